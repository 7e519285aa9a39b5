"""Which lead each row is: by its id cell and its fingerprint, never by its position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetcrm.core.table.fingerprint import fingerprints, in_order_made, new_id
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.merge import owned_column, same
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.spoken import Spoken, either
from sheetcrm.core.table.values import CellError, CellValue, Problem, Severity, Tab

_LONGEST_ID = 64
_HINT = "to settle it, type the right id into that cell, or leave the new one"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identities:
    """Who the leads of a tab are, in the order of `Tab.rows`."""

    ids: list[str]
    fingerprints: list[str]
    gone: tuple[str, ...]  #: ids of the ledger that are not in the tab
    problems: tuple[Problem, ...]
    id_header: str | None = None
    standing: Sequence[CellValue] = ()  #: what stands in the id cells, as it was read
    tab: Tab | None = None  #: in which they are


def identify(
    leads: Leads, *, id_header: str | None, identifying: Sequence[str], known: Mapping[str, str]
) -> Identities:
    """Find out which known lead each row is, and give new ids to the others.

    1. Id and fingerprint agree: the same lead. Of rows that are equal in both the upper one is
       the lead, the others are copies and get new ids.
    2. A fingerprint that one row and one lead have: that lead, whatever its id cell says; it was
       moved without its id, or lost it. As many rows without ids as leads: in their order.
    3. An id that one row has, and whose fingerprint is nowhere in the tab: that lead, edited. A
       single id that the ledger does not know is accepted (the ledger was restored).

    What these do not settle is reported and gets a new id: rows of which one has the id and
    another the fingerprint, unless the id cells of the tab evidently stand beside wrong rows (a
    sort that left them out), when fingerprints decide; and then an id alone proves nothing.

    Args:
        leads: the rows.
        id_header: the output column of ids, None where none is written: then rows that are equal
            in their fingerprint are told apart by their order.
        identifying: names of the fields that identify.
        known: id → fingerprint of every lead in the ledger.
    """
    column = owned_column(leads.tab, id_header) if id_header else None
    standing = column.values if column else [None] * leads.height
    prints = fingerprints(leads, identifying)
    cells = [_id_text(value) for value in standing]
    search = _Search(
        leads=leads,
        known=known,
        prints=prints,
        cells=cells,
        present=frozenset(prints),
        typed=frozenset(cells),
        letter=column.letter if column else leads.tab.columns[0].letter if leads.height else "A",
    )
    search.agreeing()
    search.by_fingerprint(in_order=id_header is None)
    search.by_cell()
    search.new()
    return Identities(
        ids=search.ids,
        fingerprints=search.prints,
        gone=tuple(lead for lead in known if lead not in search.rows),
        problems=tuple(search.problems),
        id_header=id_header,
        standing=standing,
        tab=leads.tab,
    )


def also_ours(
    identities: Identities,
    *,
    written: Mapping[tuple[str, str], CellValue],
    pending: Mapping[tuple[str, str], tuple[CellValue, ...]],
) -> dict[tuple[str, str], tuple[CellValue, ...]]:
    """`pending`, and what we wrote that stands beside another lead now; for `merge.merge`.

    A copied row shows the scores of its original, and a sort that left out the id column puts
    one lead's id beside another: we wrote all of that, so it is no person's override. Nor is what
    a run that was cut off put beside another lead than it was meant for.
    """
    found = dict(pending)
    strays: dict[str, list[str]] = defaultdict(list)
    for lead, value in zip(identities.ids, identities.standing, strict=True):
        text = _id_text(value)
        if identities.id_header and value is not None and value != lead:
            key = (lead, identities.id_header)
            found[key] = (*found.get(key, ()), value)
        if text and text != lead:
            strays[text].append(lead)
    if strays:
        for (origin, header), value in written.items():
            for lead in strays.get(origin, ()):
                found[lead, header] = (*found.get((lead, header), ()), value)
    for key, value in _astray(identities, pending) if pending else ():
        found[key] = (*found.get(key, ()), value)
    return found


def duplicates(
    leads: Leads, identities: Identities, *, fields: Sequence[str] = ("email", "phone")
) -> list[Problem]:
    """A warning for each row with an e-mail address or phone number that stands further up too."""
    problems = []
    told: set[tuple[int, int]] = set()
    for name in fields:
        first: dict[CellValue, int] = {}
        for index, value in enumerate(leads.columns.get(name, ())):
            if value is None or isinstance(value, CellError):
                continue
            other = first.setdefault(value, index)
            if other != index and (other, index) not in told:
                told.add((other, index))
                problems.append(_duplicate(leads, identities, name, other, index))
    return problems


def _astray(
    identities: Identities, pending: Mapping[tuple[str, str], tuple[CellValue, ...]]
) -> Iterator[tuple[tuple[str, str], CellValue]]:
    """What a run that was cut off meant for one lead, and what stands beside another.

    So it is where rows moved while it wrote into a sheet that people share. One value alone proves
    nothing: a lead's row counts where it shows two or more, all that were meant for another lead,
    beside which they do not stand.
    """
    tab = identities.tab
    meant: dict[str, dict[str, CellValue]] = defaultdict(dict)
    for (lead, header), values in pending.items():
        if header != identities.id_header:
            meant[lead][header] = values[-1]
    headers = {header for cells in meant.values() for header in cells}
    columns = {h: column.values for h in headers if tab and (column := owned_column(tab, h))}

    def shows(index: int, cells: Mapping[str, CellValue]) -> bool:
        return all(h in columns and same(columns[h][index], v) for h, v in cells.items())

    rows = {lead: index for index, lead in enumerate(identities.ids)}
    by_text: dict[tuple[str, str], list[dict[str, CellValue]]] = defaultdict(list)
    for lead, cells in meant.items():
        filled = [header for header, value in cells.items() if value is not None]
        if len(filled) > 1 and not (lead in rows and shows(rows[lead], cells)):
            longest = max(filled, key=lambda header: len(display(cells[header])))
            by_text[longest, display(cells[longest]).strip()].append(cells)
    for header in {header for header, _ in by_text}.intersection(columns):
        for index, lead in enumerate(identities.ids):
            for cells in by_text.get((header, display(columns[header][index]).strip()), ()):
                if shows(index, cells):
                    yield from (((lead, name), value) for name, value in cells.items())


def _duplicate(leads: Leads, identities: Identities, name: str, other: int, index: int) -> Problem:
    there, row = leads.address(name, other), leads.tab.rows[index]
    return Problem(
        message=Spoken("the same {} as in {}: {}", name, there, leads.text(name, index)),
        source=leads.tab.source,
        tab=leads.tab.title,
        cell=leads.address(name, index),
        column=leads.found[name],
        row=row,
        lead=identities.ids[index],
        hint=f"one person in rows {leads.tab.rows[other]} and {row}? Merge them by hand",
    )


def _id_text(value: CellValue) -> str:
    """What stands in an id cell as an id; "" where it cannot be one."""
    if value is None:
        return ""
    text = "" if isinstance(value, bool | CellError) else display(value).strip()
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


@dataclass(kw_only=True, slots=True)
class _Search:
    """The search under way: each step settles what it can and leaves the rest open."""

    leads: Leads
    known: Mapping[str, str]
    prints: list[str]
    cells: list[str]
    letter: str
    present: frozenset[str]  # fingerprints that stand in the tab
    typed: frozenset[str]  # ids that stand in its id cells
    ids: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)  # id → index
    open: list[int] = field(default_factory=list)  # indexes of rows without an id
    unclear: dict[int, str] = field(default_factory=dict)  # index → what is unclear
    shuffled: bool = False  # id cells stand beside wrong rows
    problems: list[Problem] = field(default_factory=list)

    def agreeing(self) -> None:
        """Id and fingerprint agree."""
        self.ids = [""] * len(self.cells)
        for index, (cell, print_) in enumerate(zip(self.cells, self.prints, strict=True)):
            if cell and self.known.get(cell) == print_ and cell not in self.rows:
                self._settle(index, cell)
            else:
                self.open.append(index)

    def by_fingerprint(self, *, in_order: bool) -> None:
        """A free lead's fingerprint stands in one open row."""
        free = self._free() if self.open else {}
        if not free:
            return
        claims = self._claims(free, in_order=in_order)
        claims = {lead: row for lead, row in claims.items() if not self._edited_into(lead, row)}
        claimed = set(claims.values())
        own = (self.known.get(self.cells[index]) for index in claimed)
        self.shuffled = any(print_ in self.present for print_ in own)
        rivals = self._group(lambda index: "" if index in claimed else self.cells[index])
        for lead, index in claims.items():
            if lead in rivals and not self.shuffled:
                for row in (index, *rivals[lead]):
                    others = self._numbers([index, *rivals[lead]], but=row)
                    self.unclear[row] = Spoken("this row or {} may be {}", others, lead)
            else:
                self._settle(index, lead)
        self._forget_settled()

    def by_cell(self) -> None:
        """An id cell alone: an edited lead, or an id that the ledger has lost."""
        for lead, rows in self._group(self.cells.__getitem__).items():
            if lead in self.rows:
                continue
            edited_copies = lead in self.known and len({self.prints[row] for row in rows}) == 1
            if self.shuffled and lead in self.known:
                for row in rows:
                    self.unclear[row] = Spoken(
                        "the ids of this tab were moved; is this row {}?", lead
                    )
            elif len(rows) == 1 or edited_copies:
                self._settle(rows[0], lead)
            else:
                for row in rows:
                    others = self._numbers(rows, but=row)
                    self.unclear[row] = Spoken("the id {} stands in {} too", lead, others)
        self._forget_settled()

    def new(self) -> None:
        """Everybody else is new."""
        taken = {*self.known, *self.typed, *self.rows}
        for index in self.open:
            lead = new_id(self.leads.tab.source, self.prints[index], taken)
            taken.add(lead)
            self.rows[lead] = index
            self.ids[index] = lead
            self._report(index, lead)

    def _edited_into(self, lead: str, index: int) -> bool:
        """Whether the row is another lead, edited to what `lead` was before its row was deleted.

        So it is where people merge two rows of one person by hand.
        """
        cell = self.cells[index]
        return (
            cell in self.known
            and cell not in self.rows
            and self.known[cell] not in self.present
            and lead not in self.typed
        )

    def _free(self) -> dict[str, list[str]]:
        """Fingerprint → the known leads with it that no row is yet."""
        free: dict[str, list[str]] = defaultdict(list)
        for lead, print_ in self.known.items():
            if lead not in self.rows:
                free[print_].append(lead)
        return free

    def _claims(self, free: Mapping[str, list[str]], *, in_order: bool) -> dict[str, int]:
        """Free lead → the open row that has its fingerprint, where there are as many of each."""
        claims: dict[str, int] = {}
        for print_, rows in self._group(self.prints.__getitem__).items():
            leads = in_order_made(self.leads.tab.source, print_, free.get(print_, []))
            if in_order or len(leads) == len(rows) == 1 or self._all_lost(leads, rows):
                claims.update(zip(leads, rows, strict=False))
            elif leads:
                for row in rows:
                    self.unclear[row] = Spoken("this row may be {}", either(leads))
        return claims

    def _all_lost(self, leads: Sequence[str], rows: Sequence[int]) -> bool:
        """Whether the ids of these leads stand nowhere, and they are as many as these rows.

        Equal fingerprints are one person, so nothing can go to a wrong one.
        """
        return (
            len(leads) == len(rows)
            and not any(self.cells[row] for row in rows)
            and self.typed.isdisjoint(leads)
        )

    def _group(self, key: Callable[[int], str]) -> dict[str, list[int]]:
        """The open rows that are not unclear, by a key that is not empty."""
        groups: dict[str, list[int]] = defaultdict(list)
        for index in self.open:
            if index not in self.unclear and key(index):
                groups[key(index)].append(index)
        return groups

    def _settle(self, index: int, lead: str) -> None:
        self.ids[index] = lead
        self.rows[lead] = index

    def _forget_settled(self) -> None:
        self.open = [index for index in self.open if not self.ids[index]]

    def _numbers(self, rows: Sequence[int], *, but: int) -> str:
        numbers = [str(self.leads.tab.rows[row]) for row in rows if row != but]
        return Spoken("row {}", either(numbers))

    def _report(self, index: int, lead: str) -> None:
        """Say what is unclear about a new lead, or whose copy it is."""
        cell = self.cells[index]
        if index in self.unclear:
            message, severity = self.unclear[index], Severity.WARNING
        elif cell in self.rows:
            number = self.leads.tab.rows[self.rows[cell]]
            message = Spoken("the id {} in this row belongs to row {}", cell, str(number))
            severity = Severity.WARNING if self.shuffled else Severity.NOTE
        else:
            return
        tab, row = self.leads.tab, self.leads.tab.rows[index]
        self.problems.append(
            Problem(
                message=Spoken("{}; this one is the new lead {}", message, lead),
                severity=severity,
                source=tab.source,
                tab=tab.title,
                cell=f"{self.letter}{row}",
                row=row,
                lead=lead,
                hint=_HINT if severity is Severity.WARNING else "",
            )
        )
