"""One person: what the ledger knows of them, and the rows in which they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.memory import PersonFile
from sheetcrm.core.table.activities import Activity
from sheetcrm.core.table.phones import phone_reader
from sheetcrm.core.table.values import CellValue
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import LedgerError, SourceError, UsageError
from sheetcrm.ports import Personal, TabSource


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetRow:
    """A row of the team's in which a person stands."""

    source: str
    locator: str
    row: int
    lead: str
    name: str
    email: str
    phone: str
    cells: Mapping[str, CellValue]  #: header → what stands there


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A person, wherever they are known."""

    person: PersonFile
    rows: Sequence[SheetRow]
    activities: Sequence[Activity]
    unread: Sequence[str]  #: why a source could not be looked at


def personal(workspace: Workspace) -> Personal:
    """The ledger, which must be one that lasts."""
    ledger = workspace.ledger
    if not isinstance(ledger, Personal):
        raise LedgerError("this ledger keeps nothing of anybody", hint="sync first: sheetcrm sync")
    return ledger


def find_person(workspace: Workspace, who: str) -> Found:
    """The one person whom an e-mail address, a phone number or the id of a lead means.

    Raises:
        UsageError: there is nobody, or more than one.
    """
    words = _words(workspace, who)
    files = personal(workspace).persons(words)
    if len(files) > 1:
        choice = "; ".join(", ".join((*one.names[:1], *one.addresses)) for one in files)
        raise UsageError(
            f"{who!r} may be any of {len(files)} persons: {choice}",
            hint="give the e-mail address of the one whom you mean",
        )
    known = files[0] if files else PersonFile()
    planner = Planner(workspace, workspace.clock.now())
    rows, unread = _rows(planner, workspace.sources, known, words)
    if not files and not rows and not _reachable(words):
        raise UsageError(
            f"nobody is known as {who!r}",
            hint="give an e-mail address, a phone number, or the id of a lead",
        )
    person = _named(known, rows) if files else _named(_stranger(rows, words), rows)
    return Found(
        person=person,
        rows=rows,
        activities=[one for one in planner.read_activities.all if _did(one, person, rows)],
        unread=[*unread, *(error.message for error in planner.read_activities.errors)],
    )


def _words(workspace: Workspace, who: str) -> list[str]:
    """What `who` may be: as it is, an address in small letters, a number as E.164."""
    text = who.strip()
    read = phone_reader(workspace.rules.locale)(text).value
    phone = [read] if isinstance(read, str) and read.startswith("+") else []
    return list(dict.fromkeys((text, text.casefold(), text.upper(), *phone)))


def _reachable(words: Sequence[str]) -> list[str]:
    return [
        word for word in words if word.startswith("+") or ("@" in word and word == word.casefold())
    ]


def _rows(
    planner: Planner, sources: Sequence[TabSource], person: PersonFile, words: Sequence[str]
) -> tuple[list[SheetRow], list[str]]:
    """The rows of a person, and what could not be read."""
    found: list[SheetRow] = []
    unread = []
    for source in sources:
        try:
            reading = planner.read(source)
        except SourceError as error:
            unread.append(f"{source.name}: {error.message}")
            continue
        rows = (_row(reading, index) for index in range(reading.leads.height))
        found += [row for row in rows if _is(row, person, words)]
    return found, unread


def _row(reading: Reading, index: int) -> SheetRow:
    leads, tab = reading.leads, reading.leads.tab
    return SheetRow(
        source=reading.source.name,
        locator=reading.source.locator,
        row=tab.rows[index],
        lead=reading.identities.ids[index],
        name=leads.text("name", index),
        email=leads.text("email", index),
        phone=leads.text("phone", index),
        cells={
            column.header: column.values[index]
            for column in tab.columns
            if column.values[index] is not None
        },
    )


def _is(row: SheetRow, person: PersonFile, words: Sequence[str]) -> bool:
    """Whether a row is the person's: by its id, its address, or its number where it has none."""
    if (row.source, row.lead) in person.leads or row.lead in words:
        return True
    if row.email:
        return row.email in person.addresses or row.email in words
    return bool(row.phone) and (row.phone in person.phones or row.phone in words)


def _did(activity: Activity, person: PersonFile, rows: Sequence[SheetRow]) -> bool:
    """Whether an activity was with the person: the id settles it, then the address, the number."""
    if activity.lead:
        ids = {row.lead for row in rows} | {lead for _, lead in person.leads}
        return activity.lead in ids
    if activity.email:
        return activity.email in person.addresses
    return bool(activity.phone) and activity.phone in person.phones


def _stranger(rows: Sequence[SheetRow], words: Sequence[str]) -> PersonFile:
    """Somebody of whom the ledger knows nothing."""
    contacts = {*_reachable(words), *(word for row in rows for word in (row.email, row.phone))}
    return PersonFile(
        addresses=tuple(sorted(word for word in contacts if "@" in word)),
        phones=tuple(sorted(word for word in contacts if word.startswith("+"))),
    )


def _named(person: PersonFile, rows: Sequence[SheetRow]) -> PersonFile:
    """With the names that stand in the rows, too, and the ids of rows not yet remembered."""
    names = dict.fromkeys((*person.names, *(row.name for row in rows if row.name)))
    leads = dict.fromkeys((*person.leads, *((row.source, row.lead) for row in rows)))
    return replace(person, names=tuple(names), leads=tuple(leads))
