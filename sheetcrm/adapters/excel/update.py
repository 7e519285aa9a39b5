"""Changes to sheets as the new contents of the few parts that they touch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.archive import ahead
from sheetcrm.adapters.excel.contents import Contents
from sheetcrm.adapters.excel.deflated import Deflated
from sheetcrm.adapters.excel.dependents import may_read
from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.freshvalues import FreshValues
from sheetcrm.adapters.excel.growth import (
    NewColumns,
    check_room,
    grown_filter,
    grown_names,
    grown_table,
    lengthened_table,
    recalculation,
)
from sheetcrm.adapters.excel.looks import Looks, sample
from sheetcrm.adapters.excel.package import Package, Sheet, Table
from sheetcrm.adapters.excel.patch import Patch, Patcher
from sheetcrm.adapters.excel.rows import Cell, SheetStream
from sheetcrm.adapters.excel.scan import IRREGULAR, Scan
from sheetcrm.adapters.excel.strings import SharedStrings, Unsuitable
from sheetcrm.adapters.excel.styles import Styles
from sheetcrm.adapters.excel.targets import Cells, check_cells, check_sheet
from sheetcrm.adapters.excel.widths import added_widths, fitting_widths
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area, parse_area
from sheetcrm.core.table.values import Problem, Severity

_BATCH = 512  # rows
_MOST_TEXTS = 50_000  # different ones; more would swell the shared strings that all tabs read


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What is to be written into one sheet."""

    sheet: Sheet
    scan: Scan
    cells: Cells
    area: Area | None = None  #: the leads' data rows, where columns are added
    new: NewColumns | None = None
    occupied: Mapping[int, str] = field(default_factory=dict)  #: see `Region.beyond`
    table: Table | None = None  #: the one that new columns, or rows below it, join
    header_row: int = 0  #: of what is written
    like: Sheet | None = None  #: the sheet is new, and to be registered like this one
    headers: Sequence[str] = ()  #: of all columns that are written
    write_protected: bool = False
    recalculate: bool = False  #: bring the values of formulas that read it up to date


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """New contents of parts, ready to be put into the archive."""

    cells: Mapping[str, int] = field(default_factory=dict)
    """Part of each sheet that became different → in how many cells."""
    parts: dict[str, Deflated] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)  #: of all parts but the sheets
    widths: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Part of a sheet → widths of its new columns."""
    is_read: bool = False  #: formulas may read what is written
    fresh: Mapping[str, FreshValues] = field(default_factory=dict)  #: of sheets, by their parts
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """One sheet, written anew."""

    change: Change
    content: Deflated
    cells: int
    references: int  #: to shared strings, how many more there are
    widths: Mapping[int, str]
    looks: Looks


def prepare(
    package: Package, changes: Sequence[Change], keep: Callable[[Deflated], Deflated]
) -> Update:
    """Work out changes, each of another sheet; nothing is written yet.

    Args:
        package: the workbook.
        changes: what is to be written.
        keep: is given all new contents, to be closed at the end.

    Raises:
        Refusal: it cannot be made safely.
    """
    _check_roles(package, changes)
    strings, styles = _strings(package, changes), Styles(_part(package, "styles"))
    written: list[_Written] = []
    for change in changes:
        titles = written[0].looks.titles() if written and change.like else None
        one = _write_sheet(package, change, strings, styles, titles=titles)
        keep(one.content)
        written.append(one)
    written = [one for one in written if one.cells]
    if not written:
        return Update()
    read = [one.change for one in written if _is_read(package, one.change)]
    contents = _other_parts(
        package,
        written,
        styles,
        strings,
        recalculate=bool(read) and not package.manual,
    )
    parts = {one.change.sheet.part: one.content for one in written}
    parts |= {name: keep(Deflated([content])) for name, content in contents.items()}
    hidden = [problem for one in written for problem in _hidden(one.change, one.looks)]
    return Update(
        cells={one.change.sheet.part: one.cells for one in written},
        parts=parts,
        contents=contents,
        widths={one.change.sheet.part: one.widths for one in written},
        is_read=bool(read),
        problems=[*hidden, *(_stale(package, read[0]) if read else ())],
    )


def _write_sheet(
    package: Package,
    change: Change,
    strings: SharedStrings | None,
    styles: Styles,
    *,
    titles: int | None,
) -> _Written:
    skeleton = change.scan.head + change.scan.tail
    root = markup.parse(skeleton)
    _check(package, change, root)
    widths = fitting_widths(root, change.new, change.cells) if change.new else {}
    stream, rows = open_sheet(package, change), open_sheet(package, change).rows()
    known = sample(stream.grammar, rows, _top(change))
    looks = _looks(change, styles, root, widths, known, titles=titles)
    patcher = _patcher(change, stream, strings, looks, date1904=package.date1904)
    rows = patcher.run(stream.rows())
    frame = [*_frame(change, skeleton, root), *added_widths(root, widths)]
    content = Deflated(_sheet(change, frame, rows))
    return _Written(
        change=change,
        content=content,
        cells=patcher.cells,
        references=patcher.references,
        widths=widths,
        looks=looks,
    )


def _patcher(
    change: Change,
    stream: SheetStream,
    strings: SharedStrings | None,
    looks: Looks,
    *,
    date1904: bool,
) -> Patcher:
    return Patcher(
        Patch(
            rules=stream.grammar,
            targets=Contents(
                change.cells,
                strings,
                header_row=_header_row(change),
                prefix=stream.grammar.prefix,
                date1904=date1904,
            ),
            irregular=frozenset(change.scan.rows_with(IRREGULAR)),
            style=looks,
            last_column=change.scan.last_column,
        )
    )


def _check(package: Package, change: Change, root: markup.Element) -> None:
    """Refuse what cannot be written safely, before anything is worked out."""
    protected = change.write_protected
    check_sheet(package, change.sheet, change.scan, root, write_protected=protected)
    check_cells(package, change.sheet, change.scan, root, change.cells)
    if change.new and change.area:
        others = [t for t in package.tables(change.sheet) if t != change.table]
        check_room(change.new, change.area, change.occupied, others, change.table)


def _check_roles(package: Package, changes: Sequence[Change]) -> None:
    """Refuse a part that is two things at once, as it would be changed twice."""
    named = [part_name(package, kind) for kind in ("styles", "sharedStrings")]
    tables = [change.table.part for change in changes if change.table]
    sheets = [change.sheet.part for change in changes]
    parts = [package.workbook_part, *sheets, *tables, *filter(None, named)]
    if len({part.lower() for part in parts}) < len(parts):
        raise Refusal("damaged", "one of its parts is two things at once", REPAIR)


def _header_row(change: Change) -> int:
    return change.new.header_row if change.new else change.header_row


def open_sheet(package: Package, change: Change) -> SheetStream:
    """The sheet that is to be changed, as it was, from its first row."""
    if change.scan.sheet is not None:
        return change.scan.sheet
    chunks = ahead(package.archive.chunks(change.sheet.part))
    return SheetStream(chunks, careful=change.scan.careful)


def rehearse(package: Package, change: Change) -> None:
    """Refuse what cannot be written safely, without working it out.

    Raises:
        Refusal: it cannot be made safely.
    """
    _check(package, change, markup.parse(change.scan.head + change.scan.tail))


def stale(package: Package, change: Change) -> list[Problem]:
    """A word about formulas whose values the change makes out of date, if there are any."""
    return list(_stale(package, change)) if _is_read(package, change) else []


def part_name(package: Package, kind: str) -> str:
    """The part of that kind which the workbook relates to, or ""."""
    return next(iter(package.related(package.workbook_part, kind)), "")


def _strings(package: Package, changes: Sequence[Change]) -> SharedStrings | None:
    """The workbook's shared strings; None where texts are to be written into the cells."""
    texts: set[str] = set()
    for row in chain.from_iterable(change.cells.values() for change in changes):
        texts.update([value for value in row.values() if value.__class__ is str])
        if len(texts) > _MOST_TEXTS:
            return None
    try:
        return SharedStrings(_part(package, "sharedStrings"))
    except Unsuitable:
        return None


def _top(change: Change) -> int:
    """The row from which on the looks of cells matter."""
    return _header_row(change) or (
        change.area.first_row if change.area else min(change.cells, default=1)
    )


def _looks(
    change: Change,
    styles: Styles,
    root: markup.Element,
    widths: Mapping[int, str],
    rows: Sequence[tuple[int, list[Cell]]],
    *,
    titles: int | None,
) -> Looks:
    header = _header_row(change)
    new = range(change.new.first, change.new.last + 1) if change.new else ()
    return Looks(styles, root, rows, header_row=header, new=new, widths=widths, titles=titles)


def _sheet(
    change: Change, splices: Sequence[markup.Splice], rows: Iterable[bytes]
) -> Iterator[bytes]:
    """The sheet's XML with its head, its patched rows and its tail."""
    cut = len(change.scan.head)
    yield markup.apply(change.scan.head, [one for one in splices if one.start < cut])
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield b"".join(batch)
    after = [
        markup.Splice(one.start - cut, one.end - cut, one.text)
        for one in splices
        if one.start >= cut
    ]
    yield markup.apply(change.scan.tail, after)


def _frame(change: Change, skeleton: bytes, root: markup.Element) -> Iterator[markup.Splice]:
    """What changes outside the rows: the dimension and the filter, where they are there."""
    dimension = root.find("dimension")
    area = parse_area(dimension.get("ref")) if dimension else None
    columns = [column for row in change.cells.values() for column in row]
    if dimension and area and columns:
        reach = Area(
            min(area.first_column, *columns),
            min(area.first_row, *change.cells),
            max(area.last_column, *columns),
            max(area.last_row, *change.cells),
        )
        if reach != area:
            yield markup.set_attributes(skeleton, dimension, {"ref": str(reach)})
    grown = grown_filter(skeleton, root, change.new) if change.new else None
    if grown:
        yield grown


def _other_parts(
    package: Package,
    written: Sequence[_Written],
    styles: Styles,
    strings: SharedStrings | None,
    *,
    recalculate: bool,
) -> dict[str, bytes]:
    """The new contents of all parts but the sheets that change."""
    references = sum(one.references for one in written)
    parts: dict[str, bytes | None] = {
        part_name(package, "styles"): styles.rendered(),
        part_name(package, "sharedStrings"): strings.rendered(references) if strings else None,
    }
    splices = [recalculation(package)] if recalculate else []
    for change in [one.change for one in written]:
        if change.new:
            splices += grown_names(package, change.sheet, change.new)
        if change.like:
            from sheetcrm.adapters.excel.newtab import registered  # noqa: PLC0415 - rare

            entry, others = registered(package, change.sheet, change.like)
            splices.append(entry)
            parts |= others
        if change.table:
            parts[change.table.part] = _table(package, change, change.table)
    if splices:
        parts[package.workbook_part] = markup.apply(package.workbook_xml, splices)
    return {name: content for name, content in parts.items() if content is not None}


def _table(package: Package, change: Change, table: Table) -> bytes | None:
    """The table's part with new columns, or with rows that were written below it."""
    data = package.archive.read(table.part)
    if change.new:
        return grown_table(data, change.new)
    last = max(change.cells)
    return lengthened_table(data, last) if last > table.area.last_row else None


def _is_read(package: Package, change: Change) -> bool:
    columns = {column for row in change.cells.values() for column in row}
    formulas = change.scan.formulas
    return may_read(package, change.sheet, formulas, columns, change.headers)


def _stale(package: Package, change: Change) -> Iterator[Problem]:
    if change.recalculate:
        return
    by_hand = ", and this workbook calculates by hand only" if package.manual else ""
    cure = "press F9 in Excel" if package.manual else "Excel calculates them when it opens it"
    yield Problem(
        message=f"formulas read what was written{by_hand}",
        severity=Severity.NOTE,
        tab=change.sheet.title,
        hint=f"{cure}; for other programs, too: recalculate = true in the source",
    )


def _hidden(change: Change, looks: Looks) -> Iterator[Problem]:
    for number, header in enumerate(change.new.headers, change.new.first) if change.new else ():
        if looks.hidden(number):
            yield Problem(
                message=f"the new column “{header}” lies in hidden columns",
                severity=Severity.NOTE,
                tab=change.sheet.title,
                column=header,
                cell=f"{letters(number)}1",
                hint="select the columns around it and choose Unhide",
            )


def _part(package: Package, kind: str) -> bytes:
    name = part_name(package, kind)
    return package.archive.read(name) if name and package.archive.find(name) else b""
