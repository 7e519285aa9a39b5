"""Whom we never write to again: by hand, from lists of other programs, and back again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.outbox import OPEN, Suppression, patterns_of
from sheetcrm.core.table.emails import email_reader
from sheetcrm.core.table.forgotten import PREFIX
from sheetcrm.core.table.names import fold
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError

BY_HAND = "by hand"
SHOWN = 5  #: lines of a list that are named where they are wrong

_DOMAIN = re.compile(r"(?:\*?@)([a-z0-9-]+(?:\.[a-z0-9-]+)+)")
_NAMES = frozenset(
    fold(name)
    for name in (
        *("address", "email", "e-mail", "email address", "mail", "recipient", "pattern"),
        *("surel", "alamat email", "alamat surel", "correo", "correo electrónico", "dirección"),
    )
)
_REASONS = frozenset(fold(name) for name in ("reason", "alasan", "motivo", "type", "status"))
_RISKY = ("=", "+", "-", "@", "\t")  # begins a formula in spreadsheets


@dataclass(frozen=True, kw_only=True, slots=True)
class Suppressed:
    """What became of a list of addresses."""

    patterns: tuple[str, ...]  #: all that were given
    new: int  #: of them, what was not known yet
    waiting: int  #: messages to them that had not gone out, and never will
    wrong: tuple[tuple[int, str], ...] = ()  #: line of a list, and what stands there


def suppress(
    workspace: Workspace, given: Sequence[str], *, reason: str, now: datetime
) -> Suppressed:
    """Never write to these again.

    Args:
        workspace: the rules and the ports.
        given: addresses and ``@domains``.
        reason: why, for people.
        now: zoned.

    Raises:
        UsageError: one is neither; nothing was suppressed.
    """
    patterns = [pattern(text) for text in given]
    return _add(workspace, [Suppression(one, reason or BY_HAND, now) for one in patterns], ())


def unsuppress(
    workspace: Workspace, given: Sequence[str], *, reason: str, now: datetime
) -> tuple[int, int]:
    """Write to these again, as they themselves want it.

    Returns:
        How many were suppressed, and how many messages no longer count as bounced or unsubscribed.

    Raises:
        UsageError: one is no address, or nobody says why.
    """
    if not reason:
        raise UsageError(
            "say why they may be written to again", hint='--reason "asked for it by phone"'
        )
    patterns = [pattern(text) for text in given]
    addresses = [one for one in patterns if not one.startswith("@")]
    outbox = workspace.ledger.outbox
    known = outbox.unsuppress(patterns)
    reopened = outbox.reopen(addresses, reason=reason, at=now) if addresses else 0
    return known, reopened


def listed(workspace: Workspace) -> tuple[list[Suppression], int]:
    """All suppressions, the oldest first, and how many more are of persons who were forgotten."""
    every = workspace.ledger.outbox.suppressions()
    shown = [one for one in every if not one.pattern.startswith(PREFIX)]
    return shown, len(every) - len(shown)


def import_list(workspace: Workspace, text: str, *, reason: str, now: datetime) -> Suppressed:
    """Suppress the addresses of a list: a CSV file, or one address a line.

    Raises:
        UsageError: there is no address in it.
    """
    entries, wrong = read_list(text, reason=reason, now=now)
    if not entries:
        raise UsageError(
            "there is no address in the list",
            hint="a CSV file with a column named email, or one address a line",
        )
    return _add(workspace, entries, wrong)


def export_list(workspace: Workspace) -> str:
    """All suppressions as a CSV file, which `import_list` reads again.

    No cell begins as a formula does: a domain is written as ``*@example.com``.
    """
    shown, _ = listed(workspace)
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(("address", "reason", "at"))
    for one in shown:
        address = f"*{one.pattern}" if one.pattern.startswith("@") else one.pattern
        writer.writerow((_harmless(address), _harmless(one.reason), one.at.isoformat()))
    return target.getvalue()


def pattern(text: str) -> str:
    """An address or ``@domain`` as the ledger keeps it.

    Raises:
        UsageError: it is neither.
    """
    found = _pattern(text)
    if found is None:
        raise UsageError(
            f"{text!r} is neither an address nor a domain",
            hint="write budi@example.com, or @example.com for a whole domain",
        )
    return found


def read_list(
    text: str, *, reason: str, now: datetime
) -> tuple[list[Suppression], list[tuple[int, str]]]:
    """The addresses of a list, and the lines in which there is none."""
    rows = [row for row in _rows(text) if any(cell.strip() for cell in row[1])]
    if not rows:
        return [], []
    address_at, reason_at = _columns(rows[0][1])
    headed = address_at is not None
    entries: dict[str, Suppression] = {}
    wrong: list[tuple[int, str]] = []
    for line, row in rows[headed:]:
        cells = [_plain(cell) for cell in row]
        said = cells[address_at : address_at + 1] if address_at is not None else cells
        found = next((one for cell in said if (one := _pattern(cell))), None)
        if found is None:
            wrong.append((line, ", ".join(cells)))
            continue
        told = cells[reason_at] if reason_at is not None and reason_at < len(cells) else ""
        entries.setdefault(found, Suppression(found, reason or told or "from a list", now))
    return list(entries.values()), wrong


def _add(
    workspace: Workspace, entries: Sequence[Suppression], wrong: Iterable[tuple[int, str]]
) -> Suppressed:
    outbox = workspace.ledger.outbox
    new = outbox.suppress(entries)
    patterns = {one.pattern for one in entries}
    waiting = [one for one in outbox.find(states=OPEN) if _means(patterns, one.to_address)]
    return Suppressed(
        patterns=tuple(one.pattern for one in entries),
        new=new,
        waiting=len(waiting),
        wrong=tuple(wrong),
    )


def _means(patterns: Collection[str], address: str) -> bool:
    return any(one in patterns for one in patterns_of(address))


def _pattern(text: str) -> str | None:
    domain = _DOMAIN.fullmatch(text.strip().lower())
    if domain:
        return f"@{domain[1]}"
    found = email_reader()(text).value if "@" in text else None
    return found if isinstance(found, str) else None


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Line numbers and cells; separated by what separates most in the first line."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend((reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise UsageError(
            f"line {reader.line_num} of the list cannot be read: {error}",
            hint="save it as CSV in UTF-8",
        ) from error
    return found


def _columns(header: Sequence[str]) -> tuple[int | None, int | None]:
    """Where the addresses and the reasons stand, if the first line says it."""
    names = [fold(cell) for cell in header]
    address = next((place for place, name in enumerate(names) if name in _NAMES), None)
    reason = next((place for place, name in enumerate(names) if name in _REASONS), None)
    return address, reason if address is not None else None


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in _RISKY else text
