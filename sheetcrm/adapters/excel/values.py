"""Values as calamine gives them → cell values; and cell values as a sheet's XML wants them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.core.table.values import CellError, CellValue

LONGEST_TEXT = 32_767  #: characters in a cell (Excel specifications and limits)
_EXACT = 2**53  # the largest whole number up to which a double has every one
_TRUTHS = {b"0": False, b"1": True}
_ODD_TYPES = (datetime, time, timedelta)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile(r"[\x00-\x1f&<>\ufffe\uffff]|_x|^\s|\s$|  ")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PADDED = re.compile(r"^\s|\s$|[\n\t]|  ")


class Payload(NamedTuple):
    """What a cell should hold: its type attribute and the content of its ``<v>``.

    `text` is set for a string, whose content is decided where it is known if it is shared.
    """

    kind: bytes
    content: bytes
    text: str | None = None


BLANK = Payload(b"", b"")


def from_calamine(
    values: tuple[object, ...],
    below_zero: Callable[[Sequence[int]], Mapping[int, float]] = lambda _: {},
) -> list[CellValue]:
    """A column as calamine gives it → cell values; blanks are None, times parts of a day.

    Args:
        values: the column.
        below_zero: indexes of times of day → those of them that are numbers below zero instead.
    """
    cleaned: list[CellValue] = list(values)  # type: ignore[arg-type]
    if "" in cleaned:
        cleaned = [None if value == "" else value for value in cleaned]
    if any(issubclass(kind, _ODD_TYPES) for kind in set(map(type, cleaned))):
        times = [index for index, value in enumerate(values) if isinstance(value, time)]
        cleaned = [_plain(value) for value in cleaned]
        for index, number in below_zero(times).items() if times else ():
            cleaned[index] = number
    return cleaned


def _plain(value: object) -> CellValue:
    """A date at midnight is a date; a time or a span is a number of days."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        return seconds / 86400
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    return value  # type: ignore[return-value]


def same(one: CellValue, other: CellValue) -> bool:
    """Whether two values would look the same in a cell, blank text being blank."""
    if type(one) is type(other):
        return one == other
    if one is None or other is None:
        return "" in {one, other}
    apart = (bool, datetime)  # equal to numbers and dates in Python only
    return not isinstance(one, apart) and not isinstance(other, apart) and one == other


def payload(value: CellValue, *, date1904: bool) -> Payload:
    """A value as the content of a cell.

    Numbers are written shortest that reads back the same; whole numbers that a cell cannot
    hold exactly as text. Text stays text, whatever it begins with.

    Raises:
        Refusal: the number is infinite, or the text is longer than a cell holds.
    """
    if isinstance(value, str):
        return _text_payload(value)
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return Payload(b"b", b"1" if value else b"0")
    if isinstance(value, CellError):
        return Payload(b"e", markup.text(value.code))
    if isinstance(value, date):
        return Payload(b"n", _number(serial(value, date1904=date1904)))
    if isinstance(value, int) and abs(value) > _EXACT:
        return Payload(b"s", b"", str(value))
    return Payload(b"n", _number(value))


def _text_payload(value: str) -> Payload:
    if not value:
        return BLANK
    if len(value) > LONGEST_TEXT:
        raise Refusal(
            "text-too-long",
            f"a text of {len(value)} characters does not fit into a cell ({LONGEST_TEXT})",
            "shorten what is to be written",
        )
    return Payload(b"s", b"", value if value.isascii() else _SURROGATE.sub("", value))


def string_element(tag: bytes, value: str, prefix: bytes) -> bytes:
    """A text as ``<si>`` or ``<is>``: control characters escaped, outer blanks kept."""
    if value.isalnum() or not _SPECIAL.search(value):
        return b"<%b%b><%bt>%b</%bt></%b%b>" % (
            prefix, tag, prefix, value.encode(), prefix, prefix, tag
        )  # fmt: skip
    space = b' xml:space="preserve"' if _PADDED.search(value) else b""
    body = markup.text(escaped(value))
    return b"<%b%b><%bt%b>%b</%bt></%b%b>" % (
        prefix, tag, prefix, space, body, prefix, prefix, tag
    )  # fmt: skip


def escaped(value: str) -> str:
    """A text with what XML cannot hold as ``_x000D_`` and its like."""
    return _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", value)


def read_text(content: bytes) -> str:
    """The text of a ``<t>``, with ``_x000D_`` and its like decoded."""
    text = markup.unescape(content.decode())
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def as_read(value: CellValue, *, date1904: bool) -> CellValue:
    """What `read_back` gives for a value that was written."""
    if isinstance(value, str):
        return (value if value.isascii() else _SURROGATE.sub("", value)) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, date):
        return float(serial(value, date1904=date1904))
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return float(value) if isinstance(value, int | float) else value


def read_back(kind: str, content: bytes, shared: Callable[[int], str]) -> CellValue:
    """What a cell that we wrote says, for the comparison with what it should say.

    Dates come back as their serial numbers.
    """
    if kind == "s":
        return shared(int(content))
    if kind in {"inlineStr", "str"}:
        return read_text(content)
    if kind == "b":
        return _TRUTHS.get(content, CellError("#VALUE!"))
    if kind == "e":
        return CellError(markup.unescape(content.decode()))
    return float(content)


def serial(value: date, *, date1904: bool) -> float:
    """A date or datetime as Excel counts days (ISO/IEC 29500-1, 18.17.4.1).

    The 1900 system counts a 29 February 1900 that never was, so earlier days are one less.
    """
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    if date1904:
        return (moment.replace(tzinfo=None) - datetime(1904, 1, 1)) / timedelta(days=1)  # noqa: DTZ001
    days = (moment.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    return days if days >= 61 else days - 1


def _number(value: float) -> bytes:
    if not math.isfinite(value):
        raise Refusal("not-a-number", f"{value} cannot be written into a cell", "correct the rule")
    whole = abs(value) <= _EXACT and value == int(value)
    return repr(int(value) if whole else float(value)).encode()
