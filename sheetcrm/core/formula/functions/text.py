"""Texts: their parts, their case, their characters."""

from __future__ import annotations

import math
import re

import polars as pl

from sheetcrm.core.formula.cells import ERRORS, VALUE, Cells, repeated, texts
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.registry import (
    Answer,
    answer,
    anything,
    cellwise,
    elementwise,
    number,
    scalarwise,
    text,
    units,
)
from sheetcrm.core.table.values import CellError, CellValue

_SHOWN_NUMBER = re.compile(
    r"^(?P<open>\()?(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)%*(?P<close>\))?%*$",
    re.ASCII,
)
_COMMA = "\0,"  #: the separator of groups that is not given: none where it is the decimal one
_VALUE = pl.lit(VALUE, dtype=ERRORS)


def _unless(wrong: pl.Expr, value: pl.Expr) -> Answer:
    return Answer(value, pl.when(wrong).then(_VALUE))


@elementwise(
    "LEN", units("text"), gives="number", summary="How many characters.", example='=LEN("Bogor")'
)
def _len(value: pl.Expr) -> pl.Expr:
    return value.str.len_chars()


@elementwise(
    "LEFT",
    units("text"),
    number("count", 1),
    gives="text",
    summary="The first characters.",
    example='=LEFT("Surabaya", 4)',
)
def _left(value: pl.Expr, count: pl.Expr) -> Answer:
    return _unless(count < 0, value.str.head(_whole(count)))


@elementwise(
    "RIGHT",
    units("text"),
    number("count", 1),
    gives="text",
    summary="The last characters.",
    example='=RIGHT("Surabaya", 4)',
)
def _right(value: pl.Expr, count: pl.Expr) -> Answer:
    return _unless(count < 0, value.str.tail(_whole(count)))


@elementwise(
    "MID",
    units("text"),
    number("start"),
    number("count"),
    gives="text",
    summary="Characters from the middle; the first is number 1.",
    example='=MID("Surabaya", 5, 4)',
)
def _mid(value: pl.Expr, start: pl.Expr, count: pl.Expr) -> Answer:
    part = value.str.slice(_whole(start) - 1, _whole(count))
    return _unless((start < 1) | (count < 0), part)


def _whole(count: pl.Expr) -> pl.Expr:
    return count.clip(0, 1e9).cast(pl.Int64)


@elementwise("UPPER", text("text"), gives="text", summary="In capitals.", example='=UPPER("sql")')
def _upper(value: pl.Expr) -> pl.Expr:
    return value.str.to_uppercase()


@elementwise(
    "LOWER", text("text"), gives="text", summary="In small letters.", example='=LOWER("SQL")'
)
def _lower(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase()


@scalarwise(
    "PROPER",
    text("text"),
    summary="A capital at the beginning of each word.",
    example='=PROPER("dewi lestari")',
)
def _proper(value: str) -> str:
    return value.title()


@elementwise(
    "TRIM",
    text("text"),
    gives="text",
    summary="Without blanks around it, and with single blanks inside.",
    example='=TRIM("  Dewi   Lestari ")',
)
def _trim(value: pl.Expr) -> pl.Expr:
    return value.str.strip_chars(" ").str.replace_all(" {2,}", " ")


@elementwise(
    "CLEAN",
    text("text"),
    gives="text",
    summary="Without line breaks and other control characters.",
    example="=CLEAN([@Note])",
)
def _clean(value: pl.Expr) -> pl.Expr:
    return value.str.replace_all("[\x00-\x1f]", "")


@cellwise(
    "SUBSTITUTE",
    text("text"),
    text("old"),
    text("new"),
    anything("instance", None),
    summary="A part replaced by another, everywhere or at one instance; case matters.",
    example='=SUBSTITUTE("0812-555-01", "-", "")',
)
def _substitute(value: Cells, old: Cells, new: Cells, instance: Cells) -> Cells:
    coerced = [as_text(value), as_text(old), as_text(new)]
    part, wrong = coerced[1]
    everywhere = not instance.parts
    if everywhere and wrong is None and len(part) == 1 and part[0]:
        pattern: str = part[0]

        def replaced(full: pl.Expr, fresh: pl.Expr) -> pl.Expr:
            return full.str.replace_all(pattern, fresh, literal=True)

        return answer(replaced, [coerced[0], coerced[2]], "text")
    if everywhere:
        return per_distinct(lambda full, a, b: full.replace(a, b) if a else full, coerced)
    return per_distinct(_substitute_one, [*coerced, as_number(instance)])


def _substitute_one(full: str, old: str, new: str, instance: float) -> CellValue:
    if instance < 1:
        return CellError("#VALUE!")
    place = -1
    for _ in range(min(int(instance), len(full) + 1)):
        place = full.find(old, place + 1) if old else -1
        if place < 0:
            return full
    return full[:place] + new + full[place + len(old) :]


@elementwise(
    "REPLACE",
    units("text"),
    number("start"),
    number("count"),
    units("new"),
    gives="text",
    summary="Characters at a place replaced by others.",
    example='=REPLACE("0812", 1, 1, "+62")',
)
def _replace(value: pl.Expr, start: pl.Expr, count: pl.Expr, new: pl.Expr) -> Answer:
    first = _whole(start) - 1
    changed = value.str.head(first) + new + value.str.slice(first + _whole(count))
    return _unless((start < 1) | (count < 0), changed)


@elementwise(
    "REPT",
    text("text"),
    number("times"),
    gives="text",
    summary="A text repeated.",
    example='=REPT("★", 3)',
)
def _rept(value: pl.Expr, times: pl.Expr) -> Answer:
    count = times.clip(0, 40_000).cast(pl.UInt32)
    too_long = (times < 0) | (value.str.len_chars() * count > 32_767)
    safe = pl.when(too_long).then(pl.lit(0, dtype=pl.UInt32)).otherwise(count)
    return _unless(too_long, value.repeat_by(safe).list.join(""))


@elementwise(
    "EXACT",
    text("one"),
    text("other"),
    gives="boolean",
    summary="TRUE where two texts agree, case included.",
    example='=EXACT("SQL", "sql")',
)
def _exact(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    return one == other


@cellwise(
    "VALUE",
    anything("text"),
    summary="The number, date or time that a text shows.",
    example='=VALUE("1,250.50")',
)
def _value(cells: Cells) -> Cells:
    value, error = as_number(Cells(height=cells.height, text=cells.text, error=cells.error))
    if cells.number is not None:
        value = cells.number.zip_with(cells.number.is_not_null(), value)
    read = Cells(height=cells.height, number=value, error=error)
    if cells.boolean is None:
        return Cells(height=cells.height, number=_without(read), error=error)
    wrong = texts(cells.boolean.cast(pl.String)).text
    _, refused = as_number(Cells(height=cells.height, text=wrong))
    kept = value.zip_with(cells.boolean.is_null(), repeated(None, len(value), pl.Float64))
    merged = (
        refused
        if error is None or refused is None
        else error.zip_with(error.is_not_null(), refused)
    )
    return Cells(height=cells.height, number=kept, error=merged)


def _without(cells: Cells) -> pl.Series | None:
    """The numbers, null where there is an error."""
    if cells.number is None or cells.error is None:
        return cells.number
    nothing = repeated(None, cells.height, pl.Float64)
    return cells.number.zip_with(cells.error.is_null(), nothing)


@scalarwise(
    "NUMBERVALUE",
    text("text"),
    text("decimal_separator", "."),
    text("group_separator", _COMMA),
    summary="The number that a text shows, with the separators given.",
    example='=NUMBERVALUE("1.250,50", ",", ".")',
)
def _numbervalue(value: str, decimal: str, group: str) -> CellValue:
    if group == _COMMA:
        group = _COMMA if decimal[:1] == "," else ","
    if not decimal or not group or decimal[0] == group[0]:
        return CellError("#VALUE!")
    plain = "".join(value.split())
    whole, point, part = plain.partition(decimal[0])
    if group[0] in part:
        return CellError("#VALUE!")
    digits = whole.replace(group[0], "") + ("." if point else "") + part
    if not digits:
        return 0.0
    found = _SHOWN_NUMBER.match(digits)
    if not found or bool(found["open"]) != bool(found["close"]):
        return CellError("#VALUE!")
    number = float(found["number"]) / 100.0 ** digits.count("%")
    if found["open"] and found["number"][0] in "+-":
        return CellError("#VALUE!")
    return (-number if found["open"] else number) if math.isfinite(number) else CellError("#VALUE!")


@scalarwise(
    "CHAR",
    number("code"),
    summary="The character of a Windows code from 1 to 255.",
    example="=CHAR(10)",
)
def _char(code: float) -> CellValue:
    if not 1 <= code < 256:
        return CellError("#VALUE!")
    byte = bytes([int(code)])
    return byte.decode("cp1252", errors="ignore") or byte.decode("latin-1")


@scalarwise(
    "CODE", text("text"), summary="The Windows code of the first character.", example='=CODE("A")'
)
def _code(value: str) -> CellValue:
    if not value:
        return CellError("#VALUE!")
    first = value[0]
    if ord(first) < 256:
        return float(ord(first))
    encoded = first.encode("cp1252", errors="replace")
    return float(encoded[0])


@scalarwise(
    "UNICHAR",
    number("code"),
    summary="The character of a Unicode number.",
    example="=UNICHAR(9733)",
)
def _unichar(code: float) -> CellValue:
    point = int(code)
    if not 1 <= point <= 0x10FFFF:
        return CellError("#VALUE!")
    return CellError("#N/A") if 0xD800 <= point <= 0xDFFF else chr(point)


@scalarwise(
    "UNICODE",
    text("text"),
    summary="The Unicode number of the first character.",
    example='=UNICODE("★")',
)
def _unicode(value: str) -> CellValue:
    return float(ord(value[0])) if value else CellError("#VALUE!")
