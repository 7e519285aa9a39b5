"""Values as the API answers them, cell values, and cell values as the API wants them.

A *raw* value is what a cell's `effectiveValue` holds: a truth value, number, text, error or
nothing. A date is a number there (days since 1899-12-30); only the cell's format tells.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, TypeAlias

from sheetcrm.core.table.dates import EPOCH, serial
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.values import CellError, CellValue
from sheetcrm.errors import SourceRefusedError

Raw: TypeAlias = bool | int | float | str | CellError | None

LONGEST_TEXT = 50_000  #: characters in a cell (Google Sheets, limits)
_EXACT = 2**53  # the largest whole number up to which a double has every one
_SURROGATE = re.compile("[\ud800-\udfff]")
_DAYS = (-693_593, 2_958_466)  # 0001-01-01 to 9999-12-31: what a Python date can be
_ERRORS = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
}
_LOADING = CellError("#N/A", calculated=False)


def error_of(error: Mapping[str, Any]) -> CellError:
    """An ErrorValue; what is still being loaded is one that nobody has calculated yet."""
    kind = str(error.get("type", ""))
    return _LOADING if kind == "LOADING" else CellError(_ERRORS.get(kind, "#VALUE!"))


def moment(number: float) -> CellValue:
    """The day or moment of a cell in a date format; the number where there is no such day."""
    if not _DAYS[0] <= number < _DAYS[1]:
        return number
    found = EPOCH + timedelta(milliseconds=round(number * 86_400_000))
    return found.date() if found.time() == time.min else found


def to_raw(value: CellValue) -> Raw:
    """What `effectiveValue` will show of a value that is written.

    Raises:
        SourceRefusedError: no cell can hold it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, date):
        return serial(value)
    if not math.isfinite(value):
        raise SourceRefusedError(
            f"{value} cannot be written into a cell", code="not-a-number", hint="correct the rule"
        )
    return str(value) if isinstance(value, int) and abs(value) > _EXACT else value


def entered(raw: Raw) -> dict[str, Any]:
    """A raw value as a CellData that sets the value and nothing else; nothing is parsed by it."""
    if raw is None:
        return {}
    if isinstance(raw, bool):
        return {"userEnteredValue": {"boolValue": raw}}
    if isinstance(raw, CellError):
        return {"userEnteredValue": {"stringValue": raw.code}}
    kind = "stringValue" if isinstance(raw, str) else "numberValue"
    return {"userEnteredValue": {kind: raw}}


def alike(one: Raw, other: Raw) -> bool:
    """Whether two raw values are the same to a sheet, which has one kind of number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def kept(written: Raw, stands: Raw) -> bool:
    """Whether a cell shows what was written into it, as far as a sheet keeps a text as it is."""
    if isinstance(written, str) and isinstance(stands, str):
        return same(written.lstrip("'"), stands.lstrip("'"))
    return alike(written, stands)


def _text(value: str) -> str | None:
    if len(value) > LONGEST_TEXT:
        raise SourceRefusedError(
            f"a text of {len(value)} characters does not fit into a cell ({LONGEST_TEXT})",
            code="too-long",
            hint="shorten what is to be written",
        )
    plain = value if value.isascii() else _SURROGATE.sub("", value)
    return plain or None
