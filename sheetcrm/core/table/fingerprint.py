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
_LENGTH = 7
_SEPARATOR = "\x1f"


def fingerprints(leads: Leads, identifying: Sequence[str]) -> list[str]:
    """One digest for each lead, which stays the same as long as its identity does.

    It is made of the cleaned values of the `identifying` fields; where all of these are blank or
    unreadable, of name, company and city; where name and company are blank too, of everything of
    the team's in the row.
    """
    strong = _joined(leads.height, [leads.columns[f] for f in identifying if f in leads.columns])
    named = _joined(
        leads.height, [leads.columns[f] for f in ("name", "company") if f in leads.columns]
    )
    cities = [fold(leads.text("city", index)) for index in range(leads.height)]
    whole: list[str] | None = None
    found = []
    for index, (identity, name) in enumerate(zip(strong, named, strict=True)):
        if identity:
            found.append(_digest("by", identity))
        elif name:
            found.append(_digest("name", f"{name}{_SEPARATOR}{cities[index]}"))
        else:
            whole = whole or _joined(leads.height, _team_columns(leads))
            found.append(_digest("row", whole[index]))
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
        yield "L-" + "".join(_DIGITS[number >> 5 * place & 31] for place in range(_LENGTH))


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
