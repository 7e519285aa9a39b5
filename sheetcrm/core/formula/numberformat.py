"""Excel's number formats (ECMA-376 part 1, 18.8.31), as TEXT writes them in English.

Sections ``positive;negative;zero;text``, digit places ``0 # ?``, thousands, percent, scaling
commas, exponents, literals, dates, times and elapsed time; colours and conditions are left out.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

from sheetcrm.core.formula.dateformat import ELAPSED, literal, write_moment
from sheetcrm.core.formula.fractionformat import write_fraction
from sheetcrm.core.formula.general import general, general_in_cell

_PIECE: Final = re.compile(
    r""""[^"]*"|\\.|_.|\*.|\[s+\]\.0+|\[[^\]]*\]|General|AM/PM|A/P|[eE][+-]|[yYeE]+|[mM]+|[dD]+|[hH]+
        |[sS]+(?:\.0+)?|[0#?]|.""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CONDITION: Final = re.compile(r"^\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]$")
_EXACT: Final = Context(prec=400)
_PLACES: Final = frozenset("0#?")
_HOLDS: Final = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


def format_number(number: float, style: str) -> str | None:
    """A number in a format; None for a format that it cannot be shown in (a negative date)."""
    if not style:
        return "-" if number < 0 else ""
    sections = _sections(style)
    if _is_broken(sections):
        return None
    pieces, size = _section_for(_for_numbers(sections), number)
    date, digits = _is_date(pieces), any(piece in {"0", "#", "?"} for piece in pieces)
    if "@" in pieces or any(piece.lower() == "general" for piece in pieces):
        return None if date or digits else _whole_number(size, pieces)
    if date:
        return None if digits else write_moment(number, pieces)
    return _digits(size, pieces)


def format_text(text: str, style: str) -> str | None:
    """A text in a format: its fourth section, or a last one with ``@``; else as it is.

    None for a format with ``@`` where it may not be.
    """
    sections = _sections(style)
    if _is_broken(sections):
        return None
    pieces = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and "@" not in pieces:
        return text
    return "".join(text if piece == "@" else literal(piece) for piece in pieces)


def _is_broken(sections: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a format has a quote left open, or ``@`` in other than its last section."""
    if any('"' in section for section in sections):
        return True
    return len(sections) > 4 or any("@" in section for section in sections[:-1])


def _for_numbers(sections: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The sections without the one for texts."""
    last = len(sections) > 3 or (len(sections) > 1 and "@" in sections[-1])
    return sections[:-1] if last else sections


def _whole_number(number: float, pieces: tuple[str, ...]) -> str:
    """A number in General, or as ``@`` writes it, between literals."""
    shown = {"general": general_in_cell(number), "@": general(number)}
    return "".join(shown.get(piece.lower()) or literal(piece) for piece in pieces)


@lru_cache(maxsize=256)
def _sections(style: str) -> tuple[tuple[str, ...], ...]:
    sections: list[list[str]] = [[]]
    for piece in _PIECE.findall(style):
        if piece == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return tuple(tuple(section) for section in sections)


def _section_for(
    sections: tuple[tuple[str, ...], ...], number: float
) -> tuple[tuple[str, ...], float]:
    """The section for a number, and the number as it is written there (its own minus or none)."""
    for section in sections:
        condition = _condition(section)
        if condition is not None and condition(number):
            return section, number
    free = [section for section in sections if _condition(section) is None]
    if len(free) < len(sections):
        return (free or list(sections))[0], number
    if number < 0 and len(sections) > 1:
        return sections[1], abs(number)
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number


def _condition(section: tuple[str, ...]) -> Callable[[float], bool] | None:
    """What a section's ``[<=100]`` asks of a number, if it has one."""
    found = next(filter(None, map(_CONDITION.match, section)), None)
    if found is None:
        return None
    holds, limit = _HOLDS[found[1]], float(found[2])
    return lambda number: bool(holds(number, limit))


def _is_date(pieces: tuple[str, ...]) -> bool:
    return any(
        (piece[0] in "yYmMdDhHsSeE" and piece[1:] not in {"+", "-"})
        or piece.upper() in {"AM/PM", "A/P"}
        or bool(ELAPSED.match(piece))
        for piece in pieces
    )


def _digits(number: float, pieces: tuple[str, ...]) -> str | None:
    """A number in digit places."""
    places = [index for index, piece in enumerate(pieces) if piece in {"0", "#", "?"}]
    if not places:
        shown = "".join(literal(piece) for piece in pieces)
        return f"-{shown}" if number < 0 and shown else shown
    scaling = _scaling_commas(pieces, places)
    scaled = Decimal(f"{abs(number):.14e}")  # Excel shows no more than 15 digits
    scaled = scaled.scaleb(2 * pieces.count("%") - 3 * len(scaling))
    exponent = next((i for i, piece in enumerate(pieces) if re.fullmatch(r"[eE][+-]", piece)), None)
    if exponent is not None:
        if pieces[exponent + 1 : exponent + 2] not in {("0",), ("#",), ("?",)}:
            return None
        return _scientific(number, scaled, pieces, exponent)
    if "/" in pieces[places[0] :]:
        written = write_fraction(scaled, pieces)
    else:
        written = _fixed(scaled, pieces, places)
    return f"-{written}" if number < 0 and re.search(r"[1-9]", written) else written


def _scaling_commas(pieces: tuple[str, ...], places: list[int]) -> set[int]:
    """Where commas stand that each divide by a thousand.

    That is right after the last place of all, or after the last one before the point.
    """
    point = pieces.index(".") if "." in pieces else len(pieces)
    found: set[int] = set()
    for end in {places[-1], max((i for i in places if i < point), default=places[-1])}:
        after = end + 1
        while after < len(pieces) and pieces[after] == ",":
            found.add(after)
            after += 1
    return found


def _fixed(scaled: Decimal, pieces: tuple[str, ...], places: list[int]) -> str:
    point = pieces.index(".") if "." in pieces else None
    whole_places = [i for i in places if point is None or i < point]
    part_places = [i for i in places if point is not None and i > point]
    rounded = scaled.quantize(Decimal(1).scaleb(-len(part_places)), ROUND_HALF_UP, _EXACT)
    whole, _, part = format(rounded, "f").partition(".")
    grouped = any(
        pieces[i : i + 2] == (",", pieces[i + 1]) and pieces[i - 1] in _PLACES
        for i in range(1, (len(pieces) if point is None else point) - 1)
        if pieces[i + 1] in _PLACES
    )
    filled = _whole_digits(whole, pieces, whole_places, grouped=grouped)
    fraction = _part_digits(part, pieces, part_places)
    written: list[str] = []
    for index, piece in enumerate(pieces):
        if index in filled:
            written.append(filled[index])
        elif index in fraction:
            written.append(fraction[index])
        elif index == point:
            written.append((whole.lstrip("0") if not whole_places else "") + ".")
        elif piece == "," and index and pieces[index - 1] in {*_PLACES, ","}:
            continue  # it groups, scales or says nothing
        else:
            written.append(literal(piece))
    return "".join(written)


def _whole_digits(
    whole: str, pieces: tuple[str, ...], places: list[int], *, grouped: bool
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
            taken = {"0": "0", "?": " ", "#": ""}[pieces[index]]
        spread = ""
        for char in reversed(taken):
            comma = grouped and count and count % 3 == 0 and char.isdigit()
            spread = char + ("," if comma else "") + spread
            count += 1
        count += not taken
        filled[index] = spread
    return filled


def _part_digits(part: str, pieces: tuple[str, ...], places: list[int]) -> dict[int, str]:
    """The digits after the point; zeros at the end vanish in ``#`` places."""
    filled = {index: part[order] for order, index in enumerate(places)}
    for index in reversed(places):
        if filled[index] != "0":
            break
        filled[index] = {"0": "0", "?": " ", "#": ""}[pieces[index]]
    return filled


def _scientific(number: float, scaled: Decimal, pieces: tuple[str, ...], at: int) -> str:
    before, after = pieces[:at], pieces[at + 1 :]
    part = sum(piece in "0#?" for piece in before[before.index(".") :]) if "." in before else 0
    width = max(sum(piece in "0#?" for piece in before) - part, 1)
    power = 0 if scaled == 0 else scaled.adjusted()
    power -= power % width if width > 1 else 0
    mantissa = scaled.scaleb(-power).quantize(Decimal(1).scaleb(-part), ROUND_HALF_UP, _EXACT)
    if mantissa >= 10**width:
        power += width
        mantissa = scaled.scaleb(-power).quantize(Decimal(1).scaleb(-part), ROUND_HALF_UP, _EXACT)
    sign = "-" if power < 0 else "+" if pieces[at][1] == "+" else ""
    digits = str(abs(power)).rjust(after.count("0"), "0").rjust(after.count("0") + after.count("?"))
    rest = "".join(literal(piece) for piece in after if piece not in "0#?")
    return f"{'-' if number < 0 else ''}{mantissa:f}{pieces[at][0]}{sign}{digits}{rest}"
