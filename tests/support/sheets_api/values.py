"""The `values` collection: plain values in rectangles."""

from __future__ import annotations

from typing import Any

from tests.support.sheets_api.a1 import letters
from tests.support.sheets_api.book import Book
from tests.support.sheets_api.cells import (
    ERROR_TEXTS,
    Cell,
    ErrorValue,
    Formula,
    Item,
    cell,
    effective,
    item,
    number,
)
from tests.support.sheets_api.entered import entered, link, raw
from tests.support.sheets_api.errors import bad_fields, invalid
from tests.support.sheets_api.ranges import Area
from tests.support.sheets_api.requests_metadata import areas
from tests.support.sheets_api.sheet import Sheet
from tests.support.sheets_api.shown import is_date, shown

Given = dict[str, Any]


def get(book: Book, text: str, query: Given) -> Given:
    """values.get."""
    sheet, area, _ = book.resolve(text)
    return value_range(book, sheet, area, query)


def batch_get(book: Book, query: Given) -> Given:
    """values.batchGet."""
    ranges = [get(book, text, query) for text in query.get("ranges", [])]
    return _answer(book, valueRanges=ranges)


def batch_get_by_filter(book: Book, body: Given) -> Given:
    """values.batchGetByDataFilter."""
    found = [
        {"valueRange": value_range(book, sheet, area, body), "dataFilters": [one]}
        for one in body.get("dataFilters", [])
        for sheet, area in areas(book, one)
    ]
    return _answer(book, valueRanges=found)


def update(book: Book, account: str, text: str, query: Given, body: Given) -> Given:
    """values.update."""
    sheet, area, bounded = book.resolve(text)
    if body.get("range") and book.resolve(body["range"])[:2] != (sheet, area):
        raise invalid(
            f"Requested writing within range [{text}], but tried writing to range [{body['range']}]"
        )
    return write(book, account, (sheet, area), body, query, bounded=bounded)


def batch_update(book: Book, account: str, body: Given) -> Given:
    """values.batchUpdate."""
    answers = []
    for entry in body.get("data", []):
        sheet, area, bounded = book.resolve(entry.get("range", ""))
        answers.append(write(book, account, (sheet, area), entry, body, bounded=bounded))
    return _answer(book, **_totals(book, answers), responses=answers)


def batch_update_by_filter(book: Book, account: str, body: Given) -> Given:
    """values.batchUpdateByDataFilter."""
    answers = []
    for entry in body.get("data", []):
        for sheet, area in areas(book, entry.get("dataFilter", {})):
            answer = write(book, account, (sheet, area), entry, body, bounded=True)
            del answer["spreadsheetId"]
            answers.append(answer | {"dataFilter": entry["dataFilter"]})
    return _answer(book, **_totals(book, answers), responses=answers)


def append(book: Book, account: str, text: str, query: Given, body: Given) -> Given:
    """values.append: below the table that is found in the range; the tab grows."""
    sheet, area, _ = book.resolve(text)
    rows = _rows(body)
    table = _table(sheet, area)
    top, left = (table.bottom, table.left) if table else (area.top, area.left)
    height, width = len(rows), max(map(len, rows), default=0)
    if query.get("insertDataOption") == "INSERT_ROWS" and table and top < sheet.row_count:
        sheet.insert("ROWS", top, height)
    sheet.row_count = max(sheet.row_count, top + height)
    sheet.column_count = max(sheet.column_count, left + width)
    book.check_size()
    place = Area(top, left, max(top + height, top + 1), max(left + width, left + 1))
    answer: Given = {"spreadsheetId": book.id}
    if table:
        answer["tableRange"] = sheet.name(table)
    answer["updates"] = write(book, account, (sheet, place), body, query, bounded=True)
    return answer


def clear(book: Book, account: str, text: str) -> Given:
    """values.clear."""
    sheet, area, _ = book.resolve(text)
    return {"spreadsheetId": book.id, "clearedRange": _clear(book, account, sheet, area)}


def batch_clear(book: Book, account: str, body: Given) -> Given:
    """values.batchClear."""
    places = [book.resolve(text)[:2] for text in body.get("ranges", [])]
    cleared = [_clear(book, account, sheet, area) for sheet, area in places]
    return _answer(book, clearedRanges=cleared)


def batch_clear_by_filter(book: Book, account: str, body: Given) -> Given:
    """values.batchClearByDataFilter."""
    places = [place for one in body.get("dataFilters", []) for place in areas(book, one)]
    cleared = [_clear(book, account, sheet, area) for sheet, area in places]
    return _answer(book, clearedRanges=cleared)


def value_range(book: Book, sheet: Sheet, area: Area, query: Given) -> Given:
    """A ValueRange: what stands in an area, without the empty ends."""
    option = query.get("valueRenderOption", "FORMATTED_VALUE")
    as_text = query.get("dateTimeRenderOption") == "FORMATTED_STRING"
    dimension = query.get("majorDimension", "ROWS")
    dimension = "ROWS" if dimension == "DIMENSION_UNSPECIFIED" else dimension
    rows = [
        [_rendered(book, one, option, as_text=as_text) for one in row[area.left : area.right]]
        for row in sheet.rows[area.top : area.bottom]
    ]
    if dimension == "COLUMNS":
        width = max(map(len, rows), default=0)
        rows = [[row[i] if i < len(row) else "" for row in rows] for i in range(width)]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    answer: Given = {"range": sheet.name(area), "majorDimension": dimension}
    return answer | ({"values": rows} if rows else {})


def write(
    book: Book, account: str, place: tuple[Sheet, Area], body: Given, query: Given, *, bounded: bool
) -> Given:
    """Write a ValueRange's values and say what was written.

    Args:
        book: the spreadsheet, a copy.
        account: who writes.
        place: the tab, and where the range begins; where it ends too, if it is bounded.
        body: the values and their majorDimension.
        query: valueInputOption and what is wanted in the answer.
        bounded: whether the range has an end of its own.
    """
    sheet, area = place
    option = query.get("valueInputOption", "INPUT_VALUE_OPTION_UNSPECIFIED")
    if option == "INPUT_VALUE_OPTION_UNSPECIFIED":
        raise invalid("'valueInputOption' is required but not specified")
    rows = _rows(body)
    width = max(map(len, rows), default=0)
    written = Area(area.top, area.left, area.top + len(rows), area.left + width)
    if bounded:
        _check_bounds(sheet, area, written)
    if not sheet.area.holds(written):
        raise sheet.beyond(written)
    answer: Given = {"spreadsheetId": book.id}
    shown_area = (
        written if rows and width else Area(area.top, area.left, area.top + 1, area.left + 1)
    )
    answer["updatedRange"] = sheet.name(shown_area)
    if rows and width:
        book.guard(account, sheet, written)
        for offset, values in enumerate(rows):
            at = (written.top + offset, written.left)
            _write_row(book, sheet, at, values, option)
        answer |= _counts(rows)
    if query.get("includeValuesInResponse"):
        wanted = area if bounded else shown_area
        render = {
            "valueRenderOption": query.get("responseValueRenderOption", "FORMATTED_VALUE"),
            "dateTimeRenderOption": query.get("responseDateTimeRenderOption", "SERIAL_NUMBER"),
            "majorDimension": body.get("majorDimension", "ROWS"),
        }
        answer["updatedData"] = value_range(book, sheet, wanted, render)
    return answer


def _counts(rows: list[list[Any]]) -> Given:
    """How many rows, columns and cells were given; null is not."""
    given = [
        (offset, place)
        for offset, values in enumerate(rows)
        for place, value in enumerate(values)
        if value is not None
    ]
    counts = {
        "updatedRows": len({offset for offset, _ in given}),
        "updatedColumns": len({place for _, place in given}),
        "updatedCells": len(given),
    }
    return {name: count for name, count in counts.items() if count}


def _answer(book: Book, **parts: Any) -> Given:
    """An answer without its empty parts, as protocol buffers are written."""
    return {"spreadsheetId": book.id, **{name: part for name, part in parts.items() if part}}


def _write_row(
    book: Book, sheet: Sheet, at: tuple[int, int], values: list[Any], option: str
) -> None:
    items: list[Item] = []
    row, left = at
    for column, content in enumerate(values, left):
        old = sheet.item(row, column)
        if content is None:
            items.append(old)
            continue
        if isinstance(content, dict | list):
            raise invalid(f"Invalid values[{row}][{column}]: {content}")
        new = cell(old)
        new.link, new.runs, new.chips = "", None, None
        if option == "RAW":
            new.value = raw(content)
        else:
            kind = (new.format or {}).get("numberFormat", {}).get("type")
            entry = entered(content, book.locale, as_text=kind == "TEXT")
            new.value = entry.value
            if entry.format and not kind:
                new.format = (new.format or {}) | {"numberFormat": entry.format}
        new.result, new.link = book.yields(new.value), link(new.value)
        items.append(item(new))
    sheet.put(row, left, items)


def _rows(body: Given) -> list[list[Any]]:
    rows = body.get("values", [])
    for row in rows:
        if not isinstance(row, list):
            raise bad_fields(
                [
                    (
                        "data.values",
                        (
                            "Invalid value at 'data.values' (type.googleapis.com/"
                            f'google.protobuf.ListValue), "{row}"'
                        ),
                    )
                ]
            )
    if body.get("majorDimension") != "COLUMNS":
        return rows
    height = max(map(len, rows), default=0)
    return [[c[i] if i < len(c) else None for c in rows] for i in range(height)]


def _check_bounds(sheet: Sheet, area: Area, written: Area) -> None:
    if written.bottom > area.bottom:
        over = f"row [{area.bottom + 1}]"
    elif written.right > area.right:
        over = f"column [{letters(area.right)}]"
    else:
        return
    raise invalid(
        f"Requested writing within range [{sheet.name(area)}], but tried writing to {over}"
    )


def _rendered(book: Book, one: Item, option: str, *, as_text: bool) -> Any:
    if one is None:
        return ""
    if type(one) is str:
        return one
    kept = one if isinstance(one, Cell) else Cell(one)
    if option == "FORMULA" and isinstance(kept.value, Formula):
        return kept.value.text
    value = effective(one)
    if value is None:
        return ""
    form = (kept.format or {}).get("numberFormat")
    if option == "FORMATTED_VALUE" or (as_text and option == "UNFORMATTED_VALUE" and is_date(form)):
        return shown(value, form, book.locale)
    if isinstance(value, ErrorValue):
        return ERROR_TEXTS[value.kind]
    return value if isinstance(value, bool | str) else number(value)


def _clear(book: Book, account: str, sheet: Sheet, area: Area) -> str:
    book.guard(account, sheet, area)
    for row in range(area.top, min(area.bottom, len(sheet.rows))):
        new = []
        for one in sheet.rows[row][area.left : area.right]:
            kept = cell(one)
            kept.value = kept.result = kept.runs = kept.chips = None
            kept.link = ""
            new.append(item(kept))
        if new:
            sheet.put(row, area.left, new)
    return sheet.name(area)


def _totals(book: Book, answers: list[Given]) -> Given:
    rows, columns, sheets, cells = set(), set(), set(), 0
    for answer in answers:
        sheet, area, _ = book.resolve(answer["updatedRange"])
        if answer.get("updatedCells"):
            rows |= {(sheet.sheet_id, row) for row in range(area.top, area.bottom)}
            columns |= {(sheet.sheet_id, c) for c in range(area.left, area.right)}
            sheets.add(sheet.sheet_id)
            cells += answer["updatedCells"]
    return {
        "totalUpdatedRows": len(rows),
        "totalUpdatedColumns": len(columns),
        "totalUpdatedCells": cells,
        "totalUpdatedSheets": len(sheets),
    }


def _table(sheet: Sheet, area: Area) -> Area | None:
    """The block of filled cells that the last filled cell of an area belongs to."""
    seed = _last(sheet, area)
    if seed is None:
        return None
    top, left, bottom, right = seed[0], seed[1], seed[0] + 1, seed[1] + 1
    while True:
        before = (top, left, bottom, right)
        low, high = max(0, left - 1), right + 1
        while top and _filled(sheet, top - 1, low, high):
            top -= 1
        while _filled(sheet, bottom, low, high):
            bottom += 1
        lane = range(max(0, top - 1), min(bottom + 1, len(sheet.rows)))
        if left and any(_filled(sheet, row, left - 1, left) for row in lane):
            left -= 1
        if any(_filled(sheet, row, right, right + 1) for row in lane):
            right += 1
        if before == (top, left, bottom, right):
            return Area(top, left, bottom, right)


def _last(sheet: Sheet, area: Area) -> tuple[int, int] | None:
    for row in range(min(area.bottom, len(sheet.rows)) - 1, area.top - 1, -1):
        items = sheet.rows[row][area.left : area.right]
        for offset in range(len(items) - 1, -1, -1):
            if effective(items[offset]) is not None or _formula(items[offset]):
                return row, area.left + offset
    return None


def _filled(sheet: Sheet, row: int, left: int, right: int) -> bool:
    if row >= len(sheet.rows):
        return False
    items = sheet.rows[row][left:right]
    return any(effective(one) is not None or _formula(one) for one in items)


def _formula(one: Item) -> bool:
    return isinstance(one, Cell) and isinstance(one.value, Formula)
