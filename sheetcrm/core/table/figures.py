"""Cells that hold a number: ``1.200,50``, ``12 %``, ``500rb``, ``3 bulan``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sheetcrm.core.table.amounts import read_amount, words
from sheetcrm.core.table.customs import decimal_sign
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import (
    BLANK,
    Reader,
    Reading,
    bare,
    remarked,
    says_unknown,
    unreadable,
)
from sheetcrm.core.table.values import CellError, CellValue

_HINT = "write digits only, such as 12"


def number_reader(locale: Locale) -> Reader:
    """A reader of numbers.

    Percent signs divide by a hundred; a span of time (``3 bulan``, ``2 weeks``) is its number of
    days, a month having 30 and a year 365, ``ASAP`` is 0 and this or next month 30; a tick box is 1
    or 0. A unit after the number is left out with a remark.
    """
    decimal = decimal_sign(locale.country)
    scales = {**scale_words(locale.language), **_TIMES, **_ONES}
    indonesian = base_language(locale.language) == "id"
    soon = _SOON if indonesian else {**_SOON, "ya": 0}  # "ya" is "yes" there

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if isinstance(cell, bool | int | float):
            return Reading(int(cell) if isinstance(cell, bool) else cell)
        if isinstance(cell, date | CellError):
            return unreadable(cell, "a number", "format the column as a number and type it again")
        text = bare(cell)
        if says_unknown(text):
            return BLANK
        days = soon.get(fold(text))
        if days is not None:
            return Reading(days)
        amount = read_amount(text.casefold(), decimal=decimal, scales=scales, units=True)
        if amount is None:
            return unreadable(cell, "a number", _HINT)
        return number_read(cell, amount.value, amount.remarks)

    return read


def number_read(cell: CellValue, number: Decimal, remarks: tuple[str, ...]) -> Reading:
    """The reading of a number, an int where it is whole, with the remarks on how it was read."""
    value = int(number) if number == number.to_integral_value() else float(number)
    return remarked(cell, value, remarks)


def scale_words(language: str) -> dict[str, Decimal]:
    """Folded words that multiply a number by a power of ten.

    ``mil`` is a thousand, but a million where people write English.
    """
    mil = _MILLION if language == "en" else _THOUSAND
    return {**_SCALES, "mil": mil}


_THOUSAND, _MILLION, _BILLION, _TRILLION = (Decimal(10) ** power for power in (3, 6, 9, 12))
_SCALES: Mapping[str, Decimal] = {
    **dict.fromkeys(words("rb ribu ribuan k thousand thousands miles"), _THOUSAND),
    **dict.fromkeys(words("jt juta jutaan mio mln mn million millions millón millones"), _MILLION),
    **dict.fromkeys(words("miliar milyar miliaran milyaran bn billion billions"), _BILLION),
    **dict.fromkeys(words("triliun trilyun trillion trillions billón billones"), _TRILLION),
}
_TIMES: Mapping[str, Decimal] = {
    **dict.fromkeys(words("d day days hari hr día días"), Decimal(1)),
    **dict.fromkeys(words("w wk wks week weeks minggu mgg pekan semana semanas"), Decimal(7)),
    **dict.fromkeys(words("mo mos mth mths month months bulan bln mes meses"), Decimal(30)),
    **dict.fromkeys(words("quarter quarters kuartal triwulan trimestre trimestres"), Decimal(90)),
    **dict.fromkeys(words("yr yrs year years tahun thn th año años"), Decimal(365)),
}
_ONES: Mapping[str, Decimal] = {
    **dict.fromkeys(words("x kali times time vez veces pcs pc buah"), Decimal(1)),
    **dict.fromkeys(["%", "percent", "pct", "persen", "ciento"], Decimal("0.01")),
}
_AT_ONCE = frozenset(
    map(
        fold,
        (
            *(
                "asap",
                "as soon as possible",
                "immediately",
                "immediate",
                "now",
                "right now",
                "today",
            ),
            *("segera", "secepatnya", "sekarang", "hari ini", "urgent", "mendesak"),
            *("inmediato", "inmediatamente", "de inmediato", "ahora", "hoy", "urgente"),
            *("lo antes posible", "cuanto antes", "lo más pronto posible", "ya mismo"),
        ),
    )
)
_WEEK = (
    *("this week", "next week", "minggu ini", "minggu depan", "esta semana"),
    *("próxima semana", "la próxima semana", "la semana que viene"),
)
_MONTH = (
    *("this month", "next month", "bulan ini", "bulan depan", "este mes"),
    *("próximo mes", "el próximo mes", "el mes que viene"),
)
_SOON: Mapping[str, int] = {
    **dict.fromkeys(_AT_ONCE, 0),
    **dict.fromkeys(map(fold, _WEEK), 7),
    **dict.fromkeys(map(fold, _MONTH), 30),
}
