"""Amounts in words and digits: ``1.200,50``, ``5,5 juta``, ``500rb - 1 jt``, ``± 3 bulan``.

One small grammar serves numbers and money: terms (a number and the words that scale it) are
added up (``1 juta 500 ribu``), two amounts with a dash or a word between are a range.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken

LIMIT = Decimal(10) ** 18  #: nothing that a team counts is larger

_DIGITS = r"\d+(?:[.,'’]\d+|[ \u00a0\u2009\u202f]\d{3}(?!\d))*"
_TOKEN = re.compile(rf"{_DIGITS}|[.,]\d+|[^\W\d_]+|[^\w\s]")
_GROUPING = re.compile(r"[\s'’]")
_MILLIONS = re.compile(r"(?<=\d)['’](?=\d{3}([.,])\d{3}(?!\d))")  # "2'500,000": Mexico, Peru
_AROUND = re.compile(r"\b(jt|juta|rb|ribu)[-\s]?an\b")  # "5 jutaan": about five million
_UNTIL = re.compile(r"\bs\s*[/.]\s*d\b\.?")  # "5 s/d 10 juta"
_ENDING = re.compile(r"[,.]\s*[-–—]+(?=\s|$)")  # "5.000.000,-"

_DASHES = frozenset("-–—~")


def words(text: str) -> frozenset[str]:
    """The words of the text, folded."""
    return frozenset(map(fold, text.split()))


_TO = words("to until sampai hingga hasta a and dan y")
_ABOUT = words(
    "about approx approximately around circa ca roughly estimated between from "
    "sekitar kira kurang lebih kisaran estimasi perkiraan antara dari "
    "aprox aproximadamente unos unas alrededor cerca de entre desde "
    "in within dalam en dentro"
)
_BOUNDS = words(
    "max maximum min minimum up under over above below more less than least most at starting plus "
    "maks maksimal minimal maximal bawah dibawah atas diatas di ke paling mulai "
    "más menos que máximo mínimo hasta"
)
_PERIODS = words(
    "month monthly mo year yearly annum annually week day "
    "bulan bln tahun thn minggu hari panel unit kwp wp orang "
    "mes mensual mensuales año anual anuales semana día"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """A number that was read from text, and what a person should know about how."""

    value: Decimal
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _End:
    """One end of a range, or the only one: its terms, each scaled or not."""

    terms: list[Decimal] = field(default_factory=list)
    scales: list[Decimal | None] = field(default_factory=list)

    def total(self) -> Decimal:
        pairs = zip(self.terms, self.scales, strict=True)
        return sum((term * (scale or 1) for term, scale in pairs), Decimal(0))


def parse_number(digits: str, decimal: str) -> tuple[Decimal, bool] | None:
    """The number that `digits` writes, and whether it could as well be another one.

    A single sign with three digits after it (``1.200``) begins the decimals where it is the
    `decimal` sign, else thousands; everything else tells by itself what it is. None where it is
    no number.
    """
    compact = _GROUPING.sub("", _MILLIONS.sub(r"\1", digits))
    dots, commas = compact.count("."), compact.count(",")
    if dots and commas:
        return _both_signs(compact)
    if not dots and not commas:
        return Decimal(compact), False
    sign = "." if dots else ","
    if dots + commas > 1:
        return (Decimal(compact.replace(sign, "")), False) if _grouped(compact, sign) else None
    whole, fraction = compact.split(sign)
    unclear = len(fraction) == 3 and 0 < len(whole) < 4 and whole[0] != "0" and compact == digits
    if unclear and sign != decimal:
        return Decimal(whole + fraction), True
    return Decimal(f"{whole or '0'}.{fraction}"), unclear


def read_amount(
    text: str, *, decimal: str, scales: Mapping[str, Decimal], units: bool = False
) -> Amount | None:
    """The amount that the text writes, or None where it holds something else.

    A range is read as its lower end, a bound (``max 5 jt``) as its number; both are remarked on.

    Args:
        text: without currency signs, in lower case.
        decimal: the sign that begins decimals in ``1.200``, if any does.
        scales: folded words and signs → what they multiply by.
        units: whether another word may follow the number (``12 kWp``); it is left out.
    """
    text = _UNTIL.sub(" - ", _AROUND.sub(r"\1", _ENDING.sub(" ", text))).strip()
    negative = text.startswith("(") and text.endswith(")")
    scan = _Scan(decimal=decimal, scales=scales, units=units)
    for part in _TOKEN.findall(text[1:-1] if negative else text):
        if not scan.take(part):
            return None
    return scan.result(negative=negative)


@dataclass(slots=True)
class _Scan:
    """The state of reading one amount from left to right."""

    decimal: str
    scales: Mapping[str, Decimal]
    units: bool
    ends: list[_End] = field(default_factory=lambda: [_End()])
    left_out: list[str] = field(default_factory=list)
    bound: bool = False
    unclear: bool = False
    negative: bool = False
    per: bool = False

    def take(self, part: str) -> bool:
        """Go on by one part; False where it does not belong to an amount."""
        if any(char.isdecimal() for char in part):
            return self._number(part)
        word = part if not part.isalpha() else fold(part)
        end = self.ends[-1]
        if self.per or (part == "/" and end.terms) or word in {"per", "por"}:
            return self._period(word)
        if word in self.scales and end.terms:
            end.scales[-1] = (end.scales[-1] or Decimal(1)) * self.scales[word]
            return True
        return self._between(part, word)

    def result(self, *, negative: bool) -> Amount | None:
        """The amount once every part is taken."""
        if not self.ends[-1].terms or len(self.ends) > 2:
            return None
        value = _lower(self.ends)
        if abs(value) >= LIMIT:
            return None
        remarks = [
            *(["the lower end of a range"] if len(self.ends) == 2 else []),
            *(["a limit read as an amount"] if self.bound else []),
            *([Spoken("“{}” was left out", " ".join(self.left_out))] if self.left_out else []),
            *(
                [Spoken("a single “{}” is the decimal sign here", self.decimal)]
                if self.unclear
                else []
            ),
        ]
        return Amount(value=-value if negative or self.negative else value, remarks=tuple(remarks))

    def _number(self, part: str) -> bool:
        if self.per or self.left_out or len(part) > 40:
            return False
        number = parse_number(part, self.decimal)
        end = self.ends[-1]
        if number is None or (end.terms and end.scales[-1] is None):
            return False
        end.terms.append(number[0])
        end.scales.append(None)
        self.unclear = self.unclear or (number[1] and bool(self.decimal) and self.decimal in part)
        return True

    def _period(self, word: str) -> bool:
        """``/ bulan``: an amount for each of something."""
        started = self.per
        self.per = True
        self.left_out.append(word)
        return not started or word in _PERIODS

    def _between(self, part: str, word: str) -> bool:
        """Signs and words around the numbers."""
        started = bool(self.ends[-1].terms)
        if started and len(self.ends) == 1 and (part in _DASHES or word in _TO):
            self.ends.append(_End())
            return True
        if part == "-" and not self.ends[0].terms and not self.negative:
            self.negative = True
            return True
        if part in "<>≤≥=+" or word in _BOUNDS:
            self.bound = True
            return True
        if part in "±~≈.:" or word in _ABOUT:
            return True
        return started and self._unit(part)

    def _unit(self, part: str) -> bool:
        if not self.units or not part.isalpha() or len(self.left_out) > 2:
            return False
        self.left_out.append(part)
        return True


def _lower(ends: list[_End]) -> Decimal:
    """The only amount, or the lower one of a range: ``5-10 jt`` begins at five million."""
    low = ends[0].total()
    if len(ends) == 1:
        return low
    high, scale = ends[1].total(), ends[1].scales[-1]
    if ends[0].scales[-1] is not None or scale is None:
        return min(low, high)
    low *= scale
    while low > high and scale >= 1000:  # "500 - 1 jt" begins at 500 thousand
        low, scale = low / 1000, scale / 1000
    return low


def _both_signs(compact: str) -> tuple[Decimal, bool] | None:
    """``1.200,50`` or ``1,200.50``: the last sign is the decimal one."""
    last = "." if compact.rfind(".") > compact.rfind(",") else ","
    other = "," if last == "." else "."
    whole, _, fraction = compact.rpartition(last)
    if last in whole or not _grouped(whole, other):
        return None
    return Decimal(f"{whole.replace(other, '')}.{fraction}"), False


def _grouped(whole: str, sign: str) -> bool:
    """Whether the digits stand in groups: of three, or as in India of two before the last."""
    first, *middle, last = whole.split(sign)
    return 0 < len(first) < 4 and len(last) == 3 and all(len(group) in {2, 3} for group in middle)
