"""Two states of one sheet, compared cell by cell with ElementTree alone, row after row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree as ET

from openpyxl.utils import column_index_from_string, get_column_letter

from tests.oracles.packages import child, children, frozen, local, spaces, text_of, unescaped

Place = tuple[int, int]  # row, column


@dataclass(slots=True)
class Reading:
    """A sheet whose rows are taken one by one; the rest of it stays in `root`."""

    data: bytes
    root: ET.Element | None = None

    def numbered(self) -> Iterator[tuple[int, ET.Element]]:
        """Row numbers and ``<row>`` elements, each gone when the next one is asked for."""
        path: list[ET.Element] = []
        number = 0
        for event, element in ET.iterparse(BytesIO(self.data), ("start", "end")):
            if event == "start":
                path.append(element)
                self.root = self.root if self.root is not None else element
                continue
            path.pop()
            if len(path) == 2 and local(element) == "row" and local(path[1]) == "sheetData":
                number = int(element.get("r") or number + 1)
                yield number, element
                path[1].remove(element)


def cells_of(row: ET.Element) -> list[tuple[int, ET.Element]]:
    """Column numbers and ``<c>`` elements of a row."""
    found, column = [], 0
    for cell in row:
        if local(cell) == "c":
            name = re.sub(r"\d", "", cell.get("r", ""))
            column = column_index_from_string(name) if name else column + 1
            found.append((column, cell))
    return found


def value_of(cell: ET.Element, texts: Sequence[str]) -> object:
    """What a cell says: a text, a number, a bool, an error as ``("e", code)``, an ISO date as ``("d", text)``, or None."""
    kind, content = cell.get("t", "n"), child(cell, "v")
    if kind == "inlineStr":
        inline = child(cell, "is")
        return (text_of(inline) or None) if inline is not None else None
    raw = content.text if content is not None else None
    if not raw:
        return None
    if kind == "s":
        return texts[int(raw)] or None
    if kind == "str":
        return unescaped(raw)
    if kind == "b":
        return raw.strip() in {"1", "true"}
    return (kind, raw) if kind in {"e", "d"} else float(raw)


def differences(
    before: bytes,
    after: bytes,
    texts: Sequence[str],
    wanted: Mapping[Place, object],
    widened: Sequence[int],
) -> list[str]:
    """What differs between two states of a sheet without leave, as sentences.

    Args:
        before: the sheet's XML as it was.
        after: as it is.
        texts: the shared strings as they are.
        wanted: each owned cell → what it should say, dates as serial numbers.
        widened: the columns that were added, which may have got a width.
    """
    old, new = Reading(before), Reading(after)
    found = [] if spaces(before) == spaces(after) else ["the namespaces of the sheet"]
    rows = old.numbered()
    left: dict[int, dict[int, object]] = {}
    for (row, column), value in wanted.items():
        left.setdefault(row, {})[column] = value
    expected = next(rows, None)
    for number, row in new.numbered():
        known = None
        if expected is not None and expected[0] == number:
            known = expected[1]
        elif number not in left:
            return [*found, f"row {number}: it was not there"]
        found += _row(number, known, row, left.pop(number, {}), texts)
        if known is not None:
            expected = next(rows, None)
        if len(found) > 5:
            return found
    if expected is not None:
        found.append(f"row {expected[0]} is missing, or out of its place")
    lost = [row for row, cells in left.items() if any(v is not None for v in cells.values())]
    found += [f"row {row} was not written" for row in lost]
    return found + _frame(old.root, new.root, widened)


def _row(
    number: int,
    old: ET.Element | None,
    new: ET.Element,
    wanted: Mapping[int, object],
    texts: Sequence[str],
) -> list[str]:
    empty = ET.Element(new.tag, {"r": str(number)})
    before = old if old is not None else empty
    found = []
    if frozen(before, "spans")[:2] != frozen(new, "spans")[:2] or not _wide_enough(before, new):
        found.append(f"row {number}: its attributes")
    there = cells_of(new)
    columns = [column for column, _ in there]
    if wanted and columns != sorted(set(columns)):
        found.append(f"row {number}: the order of its cells")
    rest = [
        [frozen(one) for one in row if local(one) != "c"]
        + [(c, frozen(cell)) for c, cell in cells_of(row) if c not in wanted]
        for row in (before, new)
    ]
    if rest[0] != rest[1]:
        found.append(f"row {number}: a cell that is not ours")
    said = dict(there)
    for column, value in wanted.items():
        place, cell = f"{get_column_letter(column)}{number}", said.get(column)
        if cell is not None and cell.get("r", place) != place:
            found.append(f"cell {place} says that it is {cell.get('r')}")
        has = value_of(cell, texts) if cell is not None else None
        if type(has) is not type(value) or has != value:
            found.append(f"cell {place} says {has!r} and not {value!r}")
        if cell is not None and child(cell, "f") is not None:
            found.append(f"cell {place} holds a formula")
    return found


def _wide_enough(before: ET.Element, after: ET.Element) -> bool:
    old, new = before.get("spans"), after.get("spans")
    if old is None or new is None or " " in old:
        return old == new
    first, last = new.split(":")
    columns = [column for column, _ in cells_of(after)]
    same = old.split(":")[0] == first and int(last) >= int(old.split(":")[1])
    grown = old == new or int(last) in columns
    return same and grown


def _frame(old: ET.Element, new: ET.Element, widened: Sequence[int]) -> list[str]:
    """The sheet without its rows: dimension, filter and widths may have grown."""
    found = []
    settings = [children(root, "cols", "col") for root in (old, new)]
    known = {frozen(one) for one in settings[0]}
    ours = [one for one in settings[1] if frozen(one) not in known]
    for one in ours:
        if one.get("min") != one.get("max") or int(one.get("min")) not in widened:
            found.append("the width of a column that is not ours")
        child(new, "cols").remove(one)
    reaches = [[int(one.get("min")) for one in children(new, "cols", "col")]]
    if ours and reaches[0] != sorted(reaches[0]):
        found.append("the order of the columns' widths")
    if child(old, "cols") is None and (empty := child(new, "cols")) is not None and not len(empty):
        new.remove(empty)
    for name in ("dimension", "autoFilter"):
        places = [child(root, name) for root in (old, new)]
        if all(one is not None for one in places):
            refs = [one.attrib.pop("ref", "") for one in places]
            if refs[0] != refs[1] and not _holds(refs[1], refs[0]):
                found.append(f"the {name}")
    for root in old, new:
        for data in children(root, "sheetData"):
            data.text = None  # blanks between rows
    return found if frozen(old) == frozen(new) else [*found, "the sheet outside its rows"]


def _holds(outer: str, inner: str) -> bool:
    (top, left, bottom, right), (t, l, b, r) = _area(outer), _area(inner)  # noqa: E741
    return top <= t and left <= l and b <= bottom and r <= right


def _area(ref: str) -> tuple[int, int, int, int]:
    first, _, last = ref.partition(":")
    corners = [re.fullmatch(r"([A-Z]+)(\d+)", one) for one in (first, last or first)]
    (a, b), (c, d) = [(int(m[2]), column_index_from_string(m[1])) for m in corners]
    return a, b, c, d
