"""Numbers as fractions in a number format: ``# ?/?``, ``# ??/??``, ``# ?/8``."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sheetcrm.core.formula.dateformat import literal


def write_fraction(size: Decimal, pieces: tuple[str, ...]) -> str:
    """A number without its sign, as a whole part and the nearest fraction that fits."""
    slash = pieces.index("/")
    under = _after(pieces, slash)
    fixed = "".join(under)
    whole_wanted = any(p in "0#?" for p in _before(pieces, slash)[1])
    whole, rest = (int(size), size % 1) if whole_wanted else (0, size)
    if fixed.isdigit() and int(fixed):
        top, bottom = int(rest * int(fixed) + Decimal("0.5")), int(fixed)
    else:
        nearest = Fraction(rest).limit_denominator(10 ** len(under) - 1)
        top, bottom = nearest.numerator, nearest.denominator
    if whole_wanted and top == bottom:
        whole, top = whole + 1, 0
    upper, _ = _before(pieces, slash)
    tail = "".join(literal(piece) for piece in pieces[slash + 1 + len(under) :])
    if whole_wanted and not top:
        return f"{whole}{' ' * (1 + len(upper) + 1 + len(under))}{tail}"
    part = f"{str(top).rjust(len(upper))}/{str(bottom).ljust(len(under))}"
    if not whole_wanted:
        return part + tail
    return (
        f"{whole or ''} {part}{tail}" if whole or "0" in _before(pieces, slash)[1] else part + tail
    )


def _before(pieces: tuple[str, ...], slash: int) -> tuple[list[str], list[str]]:
    """(the numerator's places, what stands before them)."""
    start = slash
    while start and pieces[start - 1] in {"0", "#", "?"}:
        start -= 1
    return list(pieces[start:slash]), list(pieces[:start])


def _after(pieces: tuple[str, ...], slash: int) -> list[str]:
    end = slash + 1
    while end < len(pieces) and (pieces[end] in {"0", "#", "?"} or pieces[end].isdigit()):
        end += 1
    return list(pieces[slash + 1 : end])
