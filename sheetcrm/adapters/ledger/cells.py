"""Cell values as text that keeps their kinds apart: a small JSON.

Blank, booleans, numbers and text are JSON's own (``12`` is an integer, ``12.0`` a float); what
JSON lacks is an object of one member: ``{"date":"2026-03-01"}``, ``{"datetime":…}``,
``{"error":"#N/A"}``. Several values lie in one flat array, so that no header can be mistaken for
such a member.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from sheetcrm.core.table.values import CellError, CellValue


def dumps(values: Sequence[CellValue]) -> str:
    """Cell values as text; the same values always give the same text."""
    return f"[{','.join(map(_text, values))}]"


def loads(text: str) -> list[CellValue]:
    """The cell values that `dumps` made a text of."""
    values: list[CellValue] = _DECODER.decode(text)
    return values


def loads_all(texts: Iterable[str]) -> list[list[CellValue]]:
    """The same for many texts at once, which is faster."""
    values: list[list[CellValue]] = _DECODER.decode(f"[{','.join(texts)}]")
    return values


@lru_cache(maxsize=16_384, typed=True)  # headers, stages and reasons come back all the time
def _text(value: CellValue) -> str:
    return _ENCODER.encode(value)


def _lacking(value: object) -> dict[str, str]:
    match value:
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case CellError():
            return {"error": value.code}
        case _:
            raise TypeError(f"not a cell value: {value!r}")


def _kept(found: dict[str, str]) -> CellValue:
    ((kind, text),) = found.items()
    match kind:
        case "datetime":
            return datetime.fromisoformat(text)
        case "date":
            return date.fromisoformat(text)
        case _:
            return CellError(text)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_lacking)
_DECODER = json.JSONDecoder(object_hook=_kept)
