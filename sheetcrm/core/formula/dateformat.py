"""Dates and times in a number format: ``dddd d mmmm yyyy hh:mm AM/PM``, ``[h]:mm``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from sheetcrm.core.formula.yearcount import day_of

_LETTERS: Final = frozenset("yYeEmMdDhHsSaA")
ELAPSED: Final = re.compile(r"^\[(h+|m+|s+)\](?:\.(0+))?$", re.IGNORECASE)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moment:
    """A serial number taken apart."""

    total: float  #: seconds since day 0
    year: int = 0
    month: int = 0
    day: int = 0
    weekday: int = 0  #: 0 is Sunday
    clock: float = 0  #: seconds since midnight


def write_moment(serial: float, pieces: tuple[str, ...]) -> str | None:
    """A serial number in a date format; None outside Excel's calendar.

    ``m`` or ``mm`` after hours or before seconds means minutes. Elapsed time alone may be less
    than no time, and more than the calendar has.
    """
    decimals = max((len(p.partition(".")[2]) for p in pieces if p[0] in "sS["), default=0)
    seconds = math.floor(serial * 86_400 * 10**decimals + 0.5) / 10**decimals
    if not decimals and all(ELAPSED.match(piece) or piece[0] not in _LETTERS for piece in pieces):
        moment: _Moment | None = _Moment(total=seconds)
    else:
        moment = _taken_apart(seconds)
    if moment is None:
        return None
    half = any(piece.upper() in {"AM/PM", "A/P"} for piece in pieces)
    return "".join(_part(pieces, index, moment, half=half) for index in range(len(pieces)))


def _taken_apart(seconds: float) -> _Moment | None:
    serial = int(seconds // 86_400)
    day = day_of(serial)
    if day is None:
        return None
    return _Moment(
        year=day.year,
        month=day.month,
        day=day.day,
        weekday=(serial - 1) % 7,
        clock=seconds % 86_400,
        total=seconds,
    )


def _part(pieces: tuple[str, ...], index: int, moment: _Moment, *, half: bool) -> str:
    piece = pieces[index]
    elapsed = ELAPSED.match(piece)
    if elapsed:
        size = {"h": 3600, "m": 60, "s": 1}[elapsed[1][0].lower()]
        whole = str(int(abs(moment.total) // size)).rjust(len(elapsed[1]), "0")
        if elapsed[2]:
            whole += f"{abs(moment.total) % 1:.{len(elapsed[2])}f}"[1:]
        return f"-{whole}" if moment.total < 0 else whole
    letter, width = piece[0].lower(), len(piece)
    if piece.upper() in {"AM/PM", "A/P"}:
        word = piece.split("/")[0 if moment.clock < 43_200 else 1]
        return word.upper() if width > 3 else word
    if letter in {"h", "s"} or (letter == "m" and width < 3 and _means_minutes(pieces, index)):
        return _clock_part(piece, moment.clock, half=half)
    return _day_part(letter, width, moment) if letter in "yemd" else literal(piece)


def _clock_part(piece: str, clock: float, *, half: bool) -> str:
    letter, width = piece[0].lower(), min(len(piece), 2)
    if letter == "m":
        return str(int(clock // 60 % 60)).rjust(width, "0")
    if letter == "h":
        hour = int(clock // 3600)
        return str((hour - 1) % 12 + 1 if half else hour).rjust(width, "0")
    whole, point, part = piece.partition(".")
    shown = str(int(clock % 60)).rjust(min(len(whole), 2), "0")
    return f"{shown}.{f'{clock % 1:.{len(part)}f}'[2:]}" if point else shown


def _day_part(letter: str, width: int, moment: _Moment) -> str:
    if letter == "e":
        return f"{moment.year:04d}"
    if letter == "y":
        return f"{moment.year % 100:02d}" if width <= 2 else f"{moment.year:04d}"
    if letter == "m":
        name, number = _MONTHS[moment.month - 1], moment.month
    else:
        name, number = _DAYS[moment.weekday], moment.day
    if width == 5 and letter == "m":
        return name[0]
    if width >= 3:
        return name if width >= 4 else name[:3]
    return str(number).rjust(width, "0")


def _means_minutes(pieces: tuple[str, ...], index: int) -> bool:
    def neighbour(step: int) -> str:
        place = index + step
        while 0 <= place < len(pieces):
            letter = pieces[place].lstrip("[")[:1].lower()
            if letter in {*"ymdhs"}:
                return letter
            place += step
        return ""

    return neighbour(-1) == "h" or neighbour(1) == "s"


def literal(piece: str) -> str:
    """A piece of a format that stands for itself."""
    if piece.startswith('"'):
        return piece[1:-1]
    if piece.startswith("\\"):
        return piece[1:]
    if piece.startswith("_"):
        return " "
    if piece.startswith("*") and len(piece) > 1:
        return ""
    if piece.startswith("["):
        money = re.match(r"\[\$([^-\]]*)", piece)
        return money[1] if money else ""
    return piece
