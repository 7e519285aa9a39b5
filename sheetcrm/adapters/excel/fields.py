"""What the texts of a CSV file mean as cell values, and cell values as such texts.

CSV has only texts. Plain numbers, ISO dates, TRUE and FALSE, and Excel's error codes are read as
what they are; a text of ours that looks like one of them, or that a spreadsheet would run as a
formula when it opens the file (OWASP, CSV injection), gets the apostrophe that people type for
that, and loses it when it is read. Numbers that could mean two things (``1.200``) stay texts.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

from sheetcrm.adapters.excel.delimited import Dialect, quote
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.core.table.values import ERROR_CODES, CellError, CellValue

_RUNS = "=+-@\t\r\n＝＋－＠"
_EXACT = 2**53  # the largest whole number up to which a double has every one
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:([.,])\d+)?(?:e[+-]\d{2,3})?", re.ASCII)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?", re.ASCII)


def to_value(text: str, dialect: Dialect) -> CellValue:
    """What a field's text means."""
    if not text:
        return None
    if text[0] == "'":
        return text[1:] if _is_guarded(text, dialect) else text
    return _meant(text, dialect)


def to_field(value: CellValue, dialect: Dialect) -> str:
    """A value as a raw field, as `to_value` reads it.

    Raises:
        Refusal: the number is infinite.
    """
    if value is None or value == "":
        return '""' if dialect.quoted else ""
    if isinstance(value, str):
        return quote(f"'{value}" if _is_guarded(f"'{value}", dialect) else value, dialect)
    return quote(_text(value, dialect), dialect, marks="")


def _is_guarded(text: str, dialect: Dialect) -> bool:
    """Whether behind its apostrophes stands what would not be a text without them."""
    bare = text.lstrip("'")
    return bare != "" and (bare[0] in _RUNS or not isinstance(_meant(bare, dialect), str))


def _meant(text: str, dialect: Dialect) -> CellValue:
    first = text[0]
    if first.isdigit() or first == "-":
        return _number_or_date(text, dialect)
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    return CellError(text) if first == "#" and text in ERROR_CODES else text


def _number_or_date(text: str, dialect: Dialect) -> CellValue:
    match = _NUMBER.fullmatch(text)
    if match and match[1] in {None, dialect.decimal} and not _THOUSANDS.fullmatch(text):
        if "e" not in text and match[1] is None:
            whole = int(text)
            return whole if abs(whole) <= _EXACT else text
        number = float(text.replace(",", "."))
        return number if math.isfinite(number) else text
    if _DATE.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        return moment.date() if moment.time() == time.min else moment
    return text


def _text(value: CellValue, dialect: Dialect) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, CellError):
        return value.code
    assert isinstance(value, int | float)
    return _figure(value).replace(".", dialect.decimal)


def _figure(value: float) -> str:
    """Shortest, without an exponent where that is short enough, and never like thousands."""
    if not math.isfinite(value):
        raise Refusal("not-a-number", f"{value} cannot be written into a cell", "correct the rule")
    if abs(value) <= _EXACT and value == int(value):
        return str(int(value))
    if not 1e-9 < abs(value) < 1e15:
        return repr(float(value))
    figure = format(Decimal(repr(float(value))), "f")
    return figure + "0" if _THOUSANDS.fullmatch(figure) else figure
