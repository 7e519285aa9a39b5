"""New columns at the edge of a table or filter: both grow with them, or the write is refused.

Otherwise the next sort would move the leads and leave our values where they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.markup import Element, Splice
from sheetcrm.adapters.excel.package import Package, Sheet, Table
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import MAX_COLUMN, Area, parse_area, split_place

_FILTER_NAME = "_xlnm._FilterDatabase"
_BEFORE_CALC = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath",
    "workbookProtection", "bookViews", "sheets", "functionGroups", "externalReferences",
    "definedNames",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class NewColumns:
    """Columns to be added: the number of the first, their headers, and the header's row."""

    first: int
    headers: Sequence[str]
    header_row: int

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.first + len(self.headers) - 1


def check_room(
    new: NewColumns,
    area: Area,
    occupied: Mapping[int, str],
    others: Sequence[Table],
    table: Table | None,
) -> None:
    """Refuse new columns that do not fit beside the leads.

    Args:
        new: the columns.
        area: the leads' data rows.
        occupied: columns that hold something there → the address of the first such cell.
        others: the other tables on the sheet.
        table: the table that the columns join, if any.

    Raises:
        Refusal: the sheet's edge, other cells, another table, or a linked table is in the way.
    """
    if new.last > MAX_COLUMN:
        raise Refusal("out-of-grid", "there is no room for new columns", "delete unused columns")
    taken = Area(new.first, new.header_row, new.last, max(area.last_row, new.header_row))
    for number, header in enumerate(new.headers, new.first):
        if number in occupied:
            raise _occupied(header, f"something in {occupied[number]}", new)
    for other in others:
        if taken.overlaps(other.area):
            raise _occupied(new.headers[0], f"the table “{other.name}”", new)
    if table and table.linked:
        raise Refusal(
            "linked-table",
            f"the table “{table.name}” is filled by a query, which would undo new columns",
            f"add the column “{new.headers[0]}” in the query, or turn the table into a plain one",
        )
    known = {name.casefold() for name in table.columns} if table else set()
    clash = next((header for header in new.headers if header.casefold() in known), None)
    if table and clash is not None:
        raise Refusal(
            "occupied", f"the table “{table.name}” already has a column “{clash}”", "rename one"
        )


def grown_table(data: bytes, new: NewColumns) -> bytes:
    """A table's part with the columns at its right edge: ref, filter and columns together."""
    root = markup.parse(data)
    area = parse_area(root.get("ref"))
    columns, filtered = root.find("tableColumns"), root.find("autoFilter")
    if area is None or columns is None:
        raise Refusal("damaged", "its table is not in order", "repair it in Excel")
    splices = [markup.set_attributes(data, root, {"ref": str(area.through(new.last))})]
    if filtered is not None:
        reach = parse_area(filtered.get("ref")) or area
        splices.append(markup.set_attributes(data, filtered, {"ref": str(reach.through(new.last))}))
    first_id = max((column.number("id") for column in columns.children), default=0) + 1
    count = str(len(columns.children) + len(new.headers))
    splices.append(markup.set_attributes(data, columns, {"count": count}))
    added = b"".join(
        b'<%btableColumn id="%d" name=%b/>' % (root.prefix.encode(), number, _column_name(header))
        for number, header in enumerate(new.headers, first_id)
    )
    splices.append(Splice(columns.content_end, columns.content_end, added))
    return markup.apply(data, splices)


def lengthened_table(data: bytes, last_row: int) -> bytes:
    """A table's part with the rows right below it, through `last_row`: ref and filter together."""
    root = markup.parse(data)
    splices = []
    for element in (root, root.find("autoFilter")):
        area = parse_area(element.get("ref")) if element else None
        if element is not None and area is not None:
            longer = {"ref": str(replace(area, last_row=last_row))}
            splices.append(markup.set_attributes(data, element, longer))
    return markup.apply(data, splices)


def grown_filter(skeleton: bytes, root: Element, new: NewColumns) -> Splice | None:
    """The sheet's own filter with the new columns, where they touch its right edge."""
    element = root.find("autoFilter")
    area = parse_area(element.get("ref")) if element else None
    if element is None or area is None or not _touches(area, new):
        return None
    return markup.set_attributes(skeleton, element, {"ref": str(area.through(new.last))})


def grown_names(package: Package, sheet: Sheet, new: NewColumns) -> list[Splice]:
    """The workbook's hidden name of the sheet's filter with the columns in it."""
    splices = []
    for element, name in zip(
        package.workbook.all("definedNames", "definedName"), package.names, strict=True
    ):
        place = split_place(name.text)
        area = parse_area(place[1]) if place else None
        if name.name != _FILTER_NAME or name.sheet != sheet.index or not area:
            continue
        if _touches(area, new):
            tab = name.text.rpartition("!")[0]
            grown = markup.text(f"{tab}!{_absolute(area.through(new.last))}")
            splices.append(Splice(element.inside, element.content_end, grown))
    return splices


def recalculation(package: Package) -> Splice:
    """What asks Excel to calculate all formulas anew when it opens the workbook."""
    data, root = package.workbook_xml, package.workbook
    settings = root.find("calcPr")
    if settings is not None:
        return markup.set_attributes(data, settings, {"fullCalcOnLoad": "1"})
    before = [child for child in root.children if child.name in _BEFORE_CALC]
    at = before[-1].end if before else root.inside
    return Splice(at, at, f'<{root.prefix}calcPr fullCalcOnLoad="1"/>'.encode())


def _occupied(header: str, what: str, new: NewColumns) -> Refusal:
    return Refusal(
        "occupied",
        f"the new column “{header}” belongs at {letters(new.first)}{new.header_row}, "
        f"but {what} is in its way",
        "move that further to the right, with an empty column between",
    )


def _touches(area: Area, new: NewColumns) -> bool:
    return area.last_column == new.first - 1 and area.first_row == new.header_row


def _absolute(area: Area) -> str:
    first = f"${letters(area.first_column)}${area.first_row}"
    return f"{first}:${letters(area.last_column)}${area.last_row}"


def _column_name(header: str) -> bytes:
    """As Excel writes it: a line break is ``_x000a_``."""
    return markup.quote(header.replace("\n", "_x000a_"))
