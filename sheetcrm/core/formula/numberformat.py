"""Excel's number formats (ECMA-376 part 1, 18.8.31), as TEXT writes them in English.

Sections ``positive;negative;zero;text``, digit places ``0 # ?``, thousands, percent, scaling
commas, exponents, literals, dates, times and elapsed time; colours and conditions are left out.
"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from sheetcrm.core.formula.general import general
from sheetcrm.core.formula.yearcount import calendar_date

_TOKEN: Final = re.compile(
    r""""[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|AM/PM|A/P|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?
        |[eE][+-]|[0#?]|.""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ELAPSED: Final = re.compile(r"^\[(h+|m+|s+)\]$", re.IGNORECASE)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def format_number(number: float, style: str) -> str | None:
    """A number in a format; None where it cannot be shown so (a negative date)."""
    sections = _sections(style)
    if not style:
        return ""
    tokens, size = _section_for(sections, number)
    if any(token.lower() == "general" for token in tokens):
        shown = general(size)
        return "".join(shown if token.lower() == "general" else _literal(token) for token in tokens)
    if _is_date(tokens):
        return _moment(number, tokens) if number >= 0 else None
    return _digits(size, tokens)


def format_text(text: str, style: str) -> str:
    """A text in a format: its fourth section, or one with ``@``; else the text as it is."""
    sections = _sections(style)
    tokens = sections[3] if len(sections) > 3 else sections[-1]
    if "@" not in tokens:
        return text
    return "".join(text if token == "@" else _literal(token) for token in tokens)


@lru_cache(maxsize=256)
def _sections(style: str) -> tuple[tuple[str, ...], ...]:
    sections: list[list[str]] = [[]]
    for token in _TOKEN.findall(style):
        if token == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return tuple(tuple(section) for section in sections)


def _section_for(
    sections: tuple[tuple[str, ...], ...], number: float
) -> tuple[tuple[str, ...], float]:
    """The section for a number, and the number as it is written there (its own minus or none)."""
    if number < 0 and len(sections) > 1:
        return sections[1], abs(number)
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _is_date(tokens: tuple[str, ...]) -> bool:
    return any(
        token[0] in "yYmMdDhHsS" or token.upper() in {"AM/PM", "A/P"} or bool(_ELAPSED.match(token))
        for token in tokens
    )


def _literal(token: str) -> str:
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.startswith("_"):
        return " "
    if token.startswith("*") and len(token) > 1:
        return ""
    if token.startswith("["):
        money = re.match(r"\[\$([^-\]]*)", token)
        return money[1] if money else ""
    return token


def _digits(number: float, tokens: tuple[str, ...]) -> str:
    """A number in digit places."""
    places = [index for index, token in enumerate(tokens) if token in {"0", "#", "?"}]
    if not places:
        shown = "".join(_literal(token) for token in tokens)
        return f"-{shown}" if number < 0 and shown else shown
    scaled = Decimal(repr(number)).copy_abs()
    scaled *= 100 ** sum(token == "%" for token in tokens)
    last = places[-1]
    trailing = 0
    while last + 1 + trailing < len(tokens) and tokens[last + 1 + trailing] == ",":
        trailing += 1
    scaled /= 1000**trailing
    exponent = next((i for i, token in enumerate(tokens) if re.fullmatch(r"[eE][+-]", token)), None)
    if exponent is not None:
        return _scientific(number, scaled, tokens, exponent)
    written = _fixed(scaled, tokens, places, last + trailing)
    return f"-{written}" if number < 0 and re.search(r"[1-9]", written) else written


def _fixed(scaled: Decimal, tokens: tuple[str, ...], places: list[int], end: int) -> str:
    point = next((i for i in range(places[0], end + 1) if tokens[i] == "."), None)
    if point is None and "." in tokens[: places[0]]:
        point = tokens.index(".")
    whole_places = [i for i in places if point is None or i < point]
    part_places = [i for i in places if point is not None and i > point]
    rounded = scaled.quantize(Decimal(1).scaleb(-len(part_places)), ROUND_HALF_UP)
    whole, _, part = format(rounded, "f").partition(".")
    grouped = any(
        tokens[i] == "," for i in range(whole_places[0], whole_places[-1])
    ) if whole_places else False
    filled = _whole_digits(whole, tokens, whole_places, grouped=grouped)
    fraction = _part_digits(part, tokens, part_places)
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        if index in filled:
            pieces.append(filled[index])
        elif index in fraction:
            pieces.append(fraction[index])
        elif index == point:
            pieces.append((whole.lstrip("0") if not whole_places else "") + ".")
        elif token == "," and places[0] < index <= end:
            continue
        else:
            pieces.append(_literal(token))
    return "".join(pieces)


def _whole_digits(
    whole: str, tokens: tuple[str, ...], places: list[int], *, grouped: bool
) -> dict[int, str]:
    """The digits before the point, one for each place, the first place taking all that is left."""
    digits = whole.lstrip("0")
    filled: dict[int, str] = {}
    count = 0
    for order, index in enumerate(reversed(places)):
        first = order == len(places) - 1
        taken = digits if first else digits[-1:]
        digits = "" if first else digits[:-1]
        if not taken:
            taken = {"0": "0", "?": " ", "#": ""}[tokens[index]]
        spread = ""
        for char in reversed(taken):
            comma = grouped and count and count % 3 == 0 and char.isdigit()
            spread = char + ("," if comma else "") + spread
            count += 1
        filled[index] = spread
    return filled


def _part_digits(part: str, tokens: tuple[str, ...], places: list[int]) -> dict[int, str]:
    """The digits after the point; zeros at the end vanish in ``#`` places."""
    filled = {index: part[order] for order, index in enumerate(places)}
    for index in reversed(places):
        if filled[index] != "0" or tokens[index] == "0":
            break
        filled[index] = " " if tokens[index] == "?" else ""
    return filled


def _scientific(number: float, scaled: Decimal, tokens: tuple[str, ...], at: int) -> str:
    before, after = tokens[:at], tokens[at + 1 :]
    part = sum(token in "0#?" for token in before[before.index(".") :]) if "." in before else 0
    width = max(sum(token in "0#?" for token in before) - part, 1)
    power = 0 if scaled == 0 else scaled.adjusted()
    power -= power % width if width > 1 else 0
    mantissa = scaled.scaleb(-power).quantize(Decimal(1).scaleb(-part), ROUND_HALF_UP)
    if mantissa >= 10**width:
        power += width
        mantissa = scaled.scaleb(-power).quantize(Decimal(1).scaleb(-part), ROUND_HALF_UP)
    sign = "-" if power < 0 else "+" if tokens[at][1] == "+" else ""
    digits = str(abs(power)).rjust(sum(token in "0#?" for token in after), "0")
    rest = "".join(_literal(token) for token in after if token not in "0#?")
    return f"{'-' if number < 0 else ''}{mantissa:f}{tokens[at][0]}{sign}{digits}{rest}"


def _moment(serial: float, tokens: tuple[str, ...]) -> str | None:
    """A date or time: ``m`` after hours or before seconds means minutes."""
    decimals = max((len(t.partition(".")[2]) for t in tokens if t[0] in "sS"), default=0)
    seconds = math.floor(serial * 86_400 * 10**decimals + 0.5) / 10**decimals
    day = calendar_date(seconds // 86_400)
    if day is None:
        return None
    clock = seconds % 86_400
    half = any(token.upper() in {"AM/PM", "A/P"} for token in tokens)
    return "".join(
        _moment_part(tokens, index, day, clock, seconds, half=half) for index in range(len(tokens))
    )


def _moment_part(
    tokens: tuple[str, ...], index: int, day: date, clock: float, seconds: float, *, half: bool
) -> str:
    token = tokens[index]
    elapsed = _ELAPSED.match(token)
    if elapsed:
        size = {"h": 3600, "m": 60, "s": 1}[elapsed[1][0].lower()]
        return str(int(seconds // size)).rjust(len(elapsed[1]), "0")
    letter, width = token[0].lower(), len(token)
    if token.upper() in {"AM/PM", "A/P"}:
        word = token.split("/")[0 if clock < 43_200 else 1]
        return word.upper() if token.upper() == "AM/PM" else word
    if letter == "m" and _means_minutes(tokens, index):
        return str(int(clock // 60 % 60)).rjust(min(width, 2), "0")
    if letter == "h":
        hour = int(clock // 3600)
        return str((hour - 1) % 12 + 1 if half else hour).rjust(min(width, 2), "0")
    if letter == "s":
        whole, point, part = token.partition(".")
        shown = str(int(clock % 60)).rjust(min(len(whole), 2), "0")
        return f"{shown}.{f'{clock % 1:.{len(part)}f}'[2:]}" if point else shown
    return _day_part(letter, width, day) if letter in "ymd" else _literal(token)


def _day_part(letter: str, width: int, day: date) -> str:
    if letter == "y":
        return f"{day.year % 100:02d}" if width <= 2 else f"{day.year:04d}"
    names, number = (_MONTHS, day.month) if letter == "m" else (_DAYS, day.day)
    name = names[day.month - 1] if letter == "m" else names[day.weekday()]
    if width == 5 and letter == "m":
        return name[0]
    if width >= 4:
        return name
    return name[:3] if width == 3 else str(number).rjust(width, "0")


def _means_minutes(tokens: tuple[str, ...], index: int) -> bool:
    def neighbour(step: int) -> str:
        place = index + step
        while 0 <= place < len(tokens):
            letter = tokens[place].lstrip("[")[0].lower()
            if letter in "ymdhs":
                return letter
            place += step
        return ""

    return neighbour(-1) == "h" or neighbour(1) == "s"
