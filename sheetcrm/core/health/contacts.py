"""Who can be reached: addresses and numbers that do not work, persons that stand there twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sheetcrm.core.health.columns import TeamColumn
from sheetcrm.core.health.findings import EXAMPLES, Example, Finding, Kind, in_cells, quoted
from sheetcrm.core.table.countries import meant_country
from sheetcrm.core.table.emails import email_reader, meant_domain
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.phones import calling_code, number_in, phone_reader
from sheetcrm.core.table.reading import Reader, display
from sheetcrm.core.table.values import CellError, CellValue, Severity, Tab

_SLIPS = ((re.compile(r"\s*@[\s@]*"), "@"), (re.compile(r"\s*\.[\s.]*"), "."))
_PROVIDER = re.compile(
    r"(?P<name>[\w.+-]+?)[\s.@_-]*(?P<at>gmail|yahoo|hotmail|outlook|icloud)"
    r"(?:[\s.,]*(?P<end>com?|co[\s.,]*id|es))?",
    re.ASCII | re.IGNORECASE,
)
_ENDS = {"coid": "co.id", "es": "es"}
_SEVERAL = re.compile(r"[/;,|&\n]|@.*@|\s(?:or|atau|dan|y|o|and)\s", re.IGNORECASE)
_WITH_CODE = re.compile(r"\s*(?:tel:|'|`)?\s*(?:\+|00|\(\+|https?:|wa\.me)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How many leads can be reached, and by what; None where the tab has no such column."""

    by_email: int | None
    by_phone: int | None
    by_none: int


def reach(leads: Leads) -> Reach:
    """Count the leads with an e-mail address, with a phone number, and with neither."""
    email, phone = (leads.columns.get(name) for name in ("email", "phone"))
    return Reach(
        by_email=None if email is None else sum(map(_is_there, email)),
        by_phone=None if phone is None else sum(map(_is_there, phone)),
        by_none=len(_unreachable(leads)),
    )


def emails(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Addresses that cannot be read, whose domain is misspelt, or that are several in a cell."""
    if column.reads_as is not FieldType.EMAIL:
        return
    read = email_reader()
    wrong = column.unreadable()
    if wrong:
        yield _told(column, tab, Kind.UNREADABLE_EMAIL, wrong, lambda i: _mended(column, i, read))
    domains = {value: _respelt(value) for value in set(column.read) if isinstance(value, str)}
    misspelt = [index for index, value in enumerate(column.read) if domains.get(value)]  # type: ignore[arg-type]
    if misspelt:
        yield _told(
            column, tab, Kind.MISSPELT_EMAIL, misspelt, lambda i: domains[str(column.read[i])]
        )
    yield from _several(column, tab, lambda text: text.count("@") > 1)


def phones(column: TeamColumn, leads: Leads, locale: Locale) -> Iterator[Finding]:
    """Numbers that cannot be read, or not without the country code that they lack.

    A number without one belongs to the workspace's country; where the lead's own country is
    another, it was read as a number of somebody else.
    """
    if column.reads_as is not FieldType.PHONE:
        return
    abroad = _read_abroad(column, leads, locale)
    wrong = [index for index in column.unreadable() if index not in abroad]
    if wrong:
        yield _told(column, leads.tab, Kind.UNREADABLE_PHONE, wrong, lambda _: "")
    if abroad:
        without = sorted(abroad)
        yield _told(column, leads.tab, Kind.PHONE_WITHOUT_CODE, without, abroad.__getitem__)
    read = phone_reader(locale)
    yield from _several(column, leads.tab, lambda text: "several" in read(text).message)


def countries(column: TeamColumn, tab: Tab) -> Iterator[Finding]:
    """Countries that nobody knows, with the one that was most likely meant."""
    wrong = column.unreadable() if column.reads_as is FieldType.COUNTRY else []
    if wrong:
        yield _told(
            column,
            tab,
            Kind.UNREADABLE_COUNTRY,
            wrong,
            lambda i: meant_country(display(column.column.values[i])) or "",
        )


def nobody(leads: Leads) -> Iterator[Finding]:
    """Leads with neither an e-mail address nor a phone number that could be read."""
    found = _unreachable(leads)
    column = next((leads.found[name] for name in ("email", "phone") if name in leads.found), "")
    here = leads.tab.column(column)
    if found and here is not None:
        names = [Example(leads.tab.address(here.header, i), leads.text("name", i)) for i in found]
        yield in_cells(
            Kind.NO_CONTACT,
            Severity.ERROR,
            leads.tab,
            here,
            found,
            examples=[name for name in names[: 4 * EXAMPLES] if name.shown],
        )


def doubles(leads: Leads, fields: Sequence[Field]) -> Iterator[Finding]:
    """The same identifying value in several rows."""
    for name in [field.name for field in fields if field.identifies and field.name in leads.found]:
        column = leads.tab.column(leads.found[name])
        groups: dict[CellValue, list[int]] = defaultdict(list)
        for index, value in enumerate(leads.columns[name]):
            if _is_there(value):
                groups[value].append(index)
        shared = [indexes for indexes in groups.values() if len(indexes) > 1]
        if shared and column is not None:
            yield in_cells(
                Kind.DUPLICATES,
                Severity.WARNING,
                leads.tab,
                column,
                sorted(index for indexes in shared for index in indexes),
                field=name,
                about=str(len(shared)),
                examples=[_double(leads, name, indexes) for indexes in shared[:EXAMPLES]],
            )


def _double(leads: Leads, name: str, indexes: Sequence[int]) -> Example:
    cells = [leads.address(name, index) for index in indexes]
    rest = f" … {len(cells) - 4}" if len(cells) > 4 else ""
    return Example(", ".join(cells[:4]) + rest, quoted(leads.columns[name][indexes[0]]))


def _told(
    column: TeamColumn,
    tab: Tab,
    kind: Kind,
    indexes: Sequence[int],
    meant: Callable[[int], str],
) -> Finding:
    """A finding whose examples say what was meant."""
    error = kind is not Kind.PHONE_WITHOUT_CODE
    return in_cells(
        kind,
        Severity.ERROR if error else Severity.WARNING,
        tab,
        column.column,
        indexes,
        field=column.field_name,
        examples=[
            Example(cell, quoted(text), meant(index))
            for index, cell, text in column.different(tab, indexes)
        ],
    )


def _several(column: TeamColumn, tab: Tab, test: Callable[[str], bool]) -> Iterator[Finding]:
    """Cells in which several addresses or numbers stand, and the first one is read."""
    texts = column.texts_that(lambda text: _SEVERAL.search(text) and test(text))
    found = [index for index in texts if _is_there(column.read[index])]
    if found:
        yield in_cells(
            Kind.SEVERAL_IN_CELL,
            Severity.NOTE,
            tab,
            column.column,
            found,
            field=column.field_name,
            examples=[
                Example(cell, quoted(text), str(column.read[index]))
                for index, cell, text in column.different(tab, found)
            ],
        )


def _read_abroad(column: TeamColumn, leads: Leads, locale: Locale) -> dict[int, str]:
    """Lead → the number that its cell is in the lead's own country, where that is another."""
    home = locale.country.upper()
    own = leads.columns.get("country")
    if own is None:
        return {}
    code = calling_code(home)
    known: dict[tuple[str, str], str] = {}
    found = {}
    for index, country in enumerate(own):
        read, stands = column.read[index], column.column.values[index]
        if stands is None or not _is_country(country) or country == home:
            continue
        if isinstance(read, str) and not read.startswith(code):
            continue
        key = (display(stands), str(country))
        if key not in known:
            known[key] = _in_country(*key, code)
        if known[key]:
            found[index] = known[key]
    return found


def _in_country(text: str, country: str, home: str) -> str:
    """The number of that country that the text is when it says no code of its own, or ""."""
    if _WITH_CODE.match(text) or text.strip().startswith(home[1:]):
        return ""
    return number_in(country, text) or ""


def _is_country(value: CellValue) -> bool:
    return isinstance(value, str) and len(value) == 2 and value.isupper()


def _mended(column: TeamColumn, index: int, read: Reader) -> str:
    """The address that was most likely meant, where a usual slip explains what stands there."""
    text = display(column.column.values[index]).strip()
    tidy = text
    for slip, right in _SLIPS:
        tidy = slip.sub(right, tidy)
    candidates = [tidy]
    match = _PROVIDER.fullmatch(tidy)
    if match:
        end = re.sub(r"[\s.,]", "", match["end"] or "").lower()
        candidates.append(f"{match['name']}@{match['at']}.{_ENDS.get(end, 'com')}")
    for candidate in candidates:
        value, message, _ = read(candidate)
        if isinstance(value, str) and not message:
            return value
    return ""


def _respelt(address: str) -> str:
    """The address with the domain that was most likely meant, or "" where it is well spelt."""
    name, _, domain = address.partition("@")
    meant = meant_domain(domain)
    return f"{name}@{meant}" if meant else ""


def _unreachable(leads: Leads) -> list[int]:
    columns = [leads.columns[name] for name in ("email", "phone") if name in leads.columns]
    if not columns:
        return []
    return [
        i for i, values in enumerate(zip(*columns, strict=True)) if not any(map(_is_there, values))
    ]


def _is_there(value: CellValue) -> bool:
    return value is not None and not isinstance(value, CellError)
