"""The new workbook is opened once more before it takes the place of the old one.

Untouched parts must have the same bytes; of the sheet, everything but the owned cells; and
those must say what they should. The scan has shown the old rows to be well-formed, so the new
ones are too when they equal them but for cells that the grammar knows; head, tail and rows that
needed expat are parsed once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, zip_longest
from pathlib import Path
from types import MappingProxyType

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.archive import Archive, ahead
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.formulacells import swapped
from sheetcrm.adapters.excel.freshvalues import check_cells, check_sheet
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.rows import SheetStream, parted, view, widened
from sheetcrm.adapters.excel.scan import IRREGULAR
from sheetcrm.adapters.excel.strings import SharedStrings, Unsuitable
from sheetcrm.adapters.excel.styles import formats_of
from sheetcrm.adapters.excel.tails import Tails
from sheetcrm.adapters.excel.update import Change, Update, open_sheet, part_name
from sheetcrm.adapters.excel.values import as_read, read_back
from sheetcrm.adapters.excel.widths import without_widths
from sheetcrm.core.table.addresses import column_number, letters
from sheetcrm.core.table.areas import MAX_ROW
from sheetcrm.core.table.values import CellValue

_KIND = re.compile(rb'\st="([A-Za-z]+)"')
_FRAME = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(?:dimension|autoFilter)\s[^<>]*>")

_Numbered = tuple[int, bytes, Sequence[bytes]]  # number, row, and that as `parted`
Found = dict[int, tuple[str, bytes | None]]  # column → kind and content of the cell


def check(package: Package, changes: Sequence[Change], update: Update, temporary: Path) -> None:
    """Hold a new workbook against the old one and the changes.

    Raises:
        Refusal: they do not agree.
    """
    with Archive(temporary) as new:
        written = {one.sheet.part: one for one in changes if one.sheet.part in update.cells}
        made = [change.sheet for change in written.values() if change.like]
        _check_parts(package.archive, new, update, made)
        for name, content in update.contents.items():
            _require(new.read(name) == content, name)
        added = _check_appended(package, update)
        strings = part_name(package, "sharedStrings")
        shared = _texts(lambda: added or _strings(new, strings))
        for change in written.values():
            _SheetCheck(package, change, update, shared).run(new)
        for part in update.fresh.keys() - written.keys():
            check_sheet(package.archive, new, part, update.fresh[part])
    for sheet in made:
        from sheetcrm.adapters.excel.newtab import check_registered  # noqa: PLC0415 - rare

        check_registered(package, sheet, temporary)


def _check_parts(old: Archive, new: Archive, update: Update, made: Sequence[Sheet]) -> None:
    names = [*(member.name for member in old.members), *(sheet.part for sheet in made)]
    _require(names == [member.name for member in new.members], "the list of parts")
    touched = {name.lower() for name in update.parts}
    for before, after in zip(old.members, new.members, strict=False):  # what is new comes last
        if before.name.replace("\\", "/").lstrip("/").lower() not in touched:
            pairs = zip_longest(old.raw(before), new.raw(after))
            _require(all(one == other for one, other in pairs), before.name)


def _check_appended(package: Package, update: Update) -> SharedStrings | None:
    """Styles and shared strings may only grow at their ends; every part must be XML.

    Returns the new shared strings where there are any.
    """
    grown: SharedStrings | None = None
    styles, strings = part_name(package, "styles"), part_name(package, "sharedStrings")
    for name, content in update.contents.items():
        before = package.archive.read(name)
        if name == strings:
            old, grown = SharedStrings(before).items, SharedStrings(content)
            _require(grown.items[: len(old)] == old, name)
            continue
        if name == styles:
            formats = formats_of(before)
            _require(formats_of(content)[: len(formats)] == formats, name)
        else:
            markup.parse(content)
    return grown


def _strings(new: Archive, name: str) -> SharedStrings | None:
    try:
        return SharedStrings(new.read(name)) if name and new.find(name) else None
    except Unsuitable:
        return None


def _texts(load: Callable[[], SharedStrings | None]) -> Callable[[int], str]:
    """The text of each index; the strings, which may be many, are not read before one is asked."""
    loaded = cache(load)

    def text(index: int) -> str:
        strings = loaded()
        return (strings.text(index) or "") if strings else ""

    return lru_cache(maxsize=65_536)(text)


class _SheetCheck:
    """Walks through the old and the new sheet side by side."""

    def __init__(
        self, package: Package, change: Change, update: Update, shared: Callable[[int], str]
    ) -> None:
        self._change = change
        self._fresh = update.fresh.get(change.sheet.part)
        self._widths = update.widths.get(change.sheet.part, {})
        self._before = open_sheet(package, change)
        self._shared = shared
        self._date1904 = package.date1904
        self._patterns: dict[tuple[int, ...], re.Pattern[bytes]] = {}
        self._last_column = change.scan.last_column
        self._irregular = frozenset(change.scan.rows_with(IRREGULAR))
        self._openings: set[tuple[bytes, bytes, tuple[int, ...]]] = set()

    def run(self, new: Archive) -> None:
        """Raise a `Refusal` where the new sheet is not the old one with the change made."""
        name, careful = self._change.sheet.part, self._change.scan.careful
        before = self._before
        after = SheetStream(ahead(new.chunks(name)), careful=careful)
        self._rules = before.grammar
        self._tails = Tails(before.grammar, self._change.cells, self._judge, _different)
        nothing: _Numbered = (0, b"", [])
        old = chain(_numbered(before), [nothing])
        old_number, old_row, old_parts = next(old)
        cells, last = self._change.cells, 0
        missing = bytearray(MAX_ROW + 1)
        for number in cells:
            missing[number] = True
        if self._fresh:
            check_cells(self._fresh, after.grammar)
        for number, row, parts in _numbered(after, self._fresh.swaps if self._fresh else {}):
            values = cells.get(number)
            if number <= last or 0 < old_number < number or not (values or number == old_number):
                raise _different(f"row {number}")
            last, missing[number] = number, False
            if number != old_number:
                self._check_row(number, b"", row)
                continue
            if not values and row != old_row:
                raise _different(f"row {number}")
            if values and not self._grew(number, old_parts, parts, values):
                self._check_row(number, old_row, row)
            old_number, old_row, old_parts = next(old)
        self._tails.flush()
        _require(not old_number, "the number of rows")
        for number in [row for row in cells if missing[row]]:
            for column, value in cells[number].items():
                self._check_value(number, column, None, value)
        skeleton = after.head + after.tail
        skeleton = without_widths(skeleton, markup.parse(skeleton), self._widths)
        old_skeleton = before.head + before.tail
        _require(_frameless(old_skeleton) == _frameless(skeleton), "the sheet outside its rows")

    def _check_row(self, number: int, old: bytes, new: bytes) -> None:
        values = self._change.cells.get(number, {})
        end = self._rules.row_end
        before, after = old or b'%b r="%d">%b' % (self._rules.row_start, number, end), new
        before, after = self._open(self._wide(before, after, values)), self._open(after)
        if number in self._irregular:
            rest, found = self._cut_slow(after, values)
            expected = self._cut_slow(before, values)[0]
        else:
            rest, found = self._cut_fast(after, values)
            expected = self._cut_fast(before, values)[0]
        if rest != expected:
            raise _different(f"row {number}")
        for column, value in values.items():
            self._check_value(number, column, self._value(*found.get(column, ("n", None))), value)

    def _judge(self, attributes: bytes | None, content: bytes | None, value: CellValue) -> bool:
        said = None if attributes is None else self._value(_kind(attributes), content)
        return _says(said, value, date1904=self._date1904)

    def _check_value(self, number: int, column: int, said: CellValue, value: CellValue) -> None:
        if not _says(said, value, date1904=self._date1904):
            raise _different(f"cell {letters(column)}{number}")

    def _grew(
        self,
        number: int,
        old: Sequence[bytes],
        new: Sequence[bytes],
        values: Mapping[int, CellValue],
    ) -> bool:
        """Whether a regular row only got cells behind its last one; these are proven later."""
        if not old or not new or old[0] != new[0] or old[1] != new[1] or number in self._irregular:
            return False
        before, _, stem = old[2].partition(b">")
        after, _, body = new[2].partition(b">")
        cut = len(stem) - len(self._rules.row_end)
        if cut < 0 or not body.startswith(stem[:cut]) or not self._opens(before, after, values):
            return False
        first = min(values)
        if self._last_column >= first:
            match = self._rules.letters.match(stem, max(stem.rfind(self._rules.cell_start), 0))
            if match and _column(match[1]) >= first:
                return False
        self._tails.add(number, values, body[cut:])
        return True

    def _opens(self, before: bytes, after: bytes, columns: Collection[int]) -> bool:
        """Whether a start tag is the old one, or that with its `spans` as wide as need be."""
        if before == after:
            return True
        known = before, after, tuple(columns)
        if known not in self._openings:
            if after not in {widened(before, column) for column in columns}:
                return False
            self._openings.add(known)
        return True

    def _wide(self, before: bytes, after: bytes, columns: Collection[int]) -> bytes:
        """The old row with its `spans` as wide as those of the new one, where that is right."""
        cut, end = before.index(b">") + 1, after.index(b">") + 1
        opening, new = (
            row.removesuffix(b"/>").rstrip(b"> ") for row in (before[:cut], after[:end])
        )
        if opening == new or not self._opens(opening, new, columns):
            return before
        return new + before[len(opening) :]

    def _open(self, row: bytes) -> bytes:
        """A row with an end tag."""
        if row.endswith(b"/>"):
            return row[:-2].rstrip() + b">" + self._rules.row_end
        return row

    def _cut_fast(self, row: bytes, columns: Collection[int]) -> tuple[bytes, Found]:
        """A regular row without the cells of those columns, and what these say."""
        if not columns:
            return row, {}
        pieces = self._pattern(tuple(columns)).split(row)
        cells = zip(pieces[1::5], pieces[2::5], pieces[3::5], pieces[4::5], strict=True)
        found: Found = {}
        for name, attributes, value, inline in cells:
            found[_column(name)] = _kind(attributes), inline if value is None else value
        return b"".join(pieces[::5]), found

    def _cut_slow(self, row: bytes, columns: Collection[int]) -> tuple[bytes, Found]:
        """The same of any row."""
        cells = [cell for cell in view(row, self._rules).cells if cell.column in columns]
        found = {cell.column: (cell.attributes.get("t", "n"), cell.value) for cell in cells}
        cuts = [markup.Splice(cell.start, cell.end, b"") for cell in cells]
        return markup.apply(row, cuts), found

    def _pattern(self, columns: tuple[int, ...]) -> re.Pattern[bytes]:
        """The cells of those columns, as the grammar knows them, without formulas."""
        if columns not in self._patterns:
            self._patterns[columns] = self._rules.cells_of(map(letters, columns))
        return self._patterns[columns]

    def _value(self, kind: str, content: bytes | None) -> CellValue:
        return read_back(kind, content, self._shared) if content else None


def _numbered(
    stream: SheetStream, swaps: Mapping[int, Mapping[bytes, bytes]] = MappingProxyType({})
) -> Iterator[_Numbered]:
    """The rows of a sheet; those with fresh values as they would be without them."""
    number, rules = 0, stream.grammar
    for row in stream.rows():
        parts = parted(row, rules)
        number = (int(parts[1]) if parts else view(row, rules).number) or number + 1
        if number in swaps:
            was = swapped(row, swaps[number])
            yield number, was, parted(was, rules)
        else:
            yield number, row, parts


@lru_cache(maxsize=1024)
def _column(name: bytes) -> int:
    return column_number(name.decode())


@lru_cache(maxsize=1024)
def _kind(attributes: bytes) -> str:
    match = _KIND.search(attributes)
    return match[1].decode() if match else "n"


def _says(found: CellValue, value: CellValue, *, date1904: bool) -> bool:
    expected = as_read(value, date1904=date1904)
    return type(found) is type(expected) and found == expected


def _frameless(skeleton: bytes) -> bytes:
    """Head and tail without the elements that may grow."""
    return _FRAME.sub(b"", skeleton)


def _require(agrees: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not agrees:
        raise _different(what)


def _different(what: str) -> Refusal:
    return Refusal(
        "not-verified",
        f"the new file was not what it should be ({what}), so the old one was left as it is",
        "this is a fault of sheetcrm: please report it with that sentence",
    )
