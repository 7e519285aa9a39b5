"""Who a row is by what stands in it: digests of identifying fields, and the ids made of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from hashlib import blake2b
from itertools import count, islice

from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError, CellValue

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U to misread
_PAIRS = [low + high for high in _DIGITS for low in _DIGITS]
_LENGTH = 7
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
    return next(found for found in _ids(source, fingerprint) if found not in taken)


def in_order_made(source: str, fingerprint: str, ids: Sequence[str]) -> list[str]:
    """These ids of one fingerprint in the order in which `new_id` made them."""
    made = list(islice(_ids(source, fingerprint), len(ids) + 8)) if len(ids) > 1 else []
    return sorted(ids, key=lambda lead: made.index(lead) if lead in made else len(made))


def _ids(source: str, fingerprint: str) -> Iterable[str]:
    for attempt in count():
        seed = f"{source}|{fingerprint}|{attempt}".encode()
        number = int.from_bytes(blake2b(seed, digest_size=5).digest(), "big")
        pairs = (_PAIRS[number >> 10 * place & 1023] for place in range(_LENGTH // 2))
        yield f"L-{''.join(pairs)}{_DIGITS[number >> 30 & 31]}"


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
