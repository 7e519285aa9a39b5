"""Who a row is by what stands in it: digests of identifying fields, and the ids made of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from hashlib import blake2b
from itertools import count

from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError, CellValue

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U to misread
_PAIRS = [low + high for high in _DIGITS for low in _DIGITS]
_SEPARATOR = "\x1f"


def fingerprints(leads: Leads, identifying: Sequence[str]) -> list[str]:
    """One digest for each lead, which stays the same as long as its identity does.

    It is made of the cleaned values of the `identifying` fields; where all of these are blank or
    unreadable, of name, company and city; where name and company are blank too, of everything of
    the team's in the row.
    """
    columns = [leads.columns[name] for name in identifying if name in leads.columns]
    found = [_digest("by", text) if text else "" for text in _joined(leads.height, columns)]
    nameless = []
    for index in (index for index, digest in enumerate(found) if not digest):
        name, company, city = (fold(leads.text(f, index)) for f in ("name", "company", "city"))
        if name or company:
            found[index] = _digest("name", _SEPARATOR.join((name, company, city)))
        else:
            nameless.append(index)
    whole = _joined(leads.height, _team_columns(leads)) if nameless else []
    for index in nameless:
        found[index] = _digest("row", whole[index])
    return found


def new_id(source: str, fingerprint: str, taken: Container[str]) -> str:
    """A short id such as ``L-7K3M9QD`` that is not taken: the same for the same arguments."""
    for attempt in count():
        found = _made_id(source, fingerprint, attempt)
        if found not in taken:
            return found
    raise AssertionError("ids without end")


def in_order_made(source: str, fingerprint: str, ids: Sequence[str]) -> list[str]:
    """These ids of one fingerprint in the order in which `new_id` made them."""
    if len(ids) < 2:
        return list(ids)
    made = [_made_id(source, fingerprint, attempt) for attempt in range(len(ids) + 8)]
    return sorted(ids, key=lambda lead: made.index(lead) if lead in made else len(made))


def _made_id(source: str, fingerprint: str, attempt: int) -> str:
    """Seven digits, the lowest first: three pairs of them and one."""
    seed = f"{source}|{fingerprint}|{attempt}".encode()
    bits = int.from_bytes(blake2b(seed, digest_size=5).digest(), "big")
    pairs = f"{_PAIRS[bits & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits >> 20 & 1023]}"
    return f"L-{pairs}{_DIGITS[bits >> 30 & 31]}"


def _joined(height: int, columns: Sequence[Sequence[CellValue]]) -> list[str]:
    """Row by row the columns' values as one text, "" where all of them are blank."""
    texts = [[_plain(value) for value in column] for column in columns]
    rows = zip(*texts, strict=True) if texts else [()] * height
    return [_SEPARATOR.join(row) if any(row) else "" for row in rows]


def _plain(value: CellValue) -> str:
    """A value as it counts for who somebody is."""
    if isinstance(value, str):
        return value if value.startswith("+") or "@" in value else fold(value)
    return "" if isinstance(value, CellError) else display(value)


def _digest(kind: str, text: str) -> str:
    return blake2b(f"{kind}{_SEPARATOR}{text}".encode(), digest_size=12).hexdigest()


def _team_columns(leads: Leads) -> list[Sequence[CellValue]]:
    """The columns as they were read, without ours: those change with every run."""
    team = {*leads.columns, *leads.found.values()}
    return [column.values for column in leads.tab.columns if column.header in team]
