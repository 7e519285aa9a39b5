"""Cells that hold money: ``Rp 5.000.000,-``, ``5,5 juta``, ``$1,200.50``, ``1.200,50 €``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from sheetcrm.core.table.amounts import Amount, read_amount
from sheetcrm.core.table.customs import decimal_sign
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.figures import number_read, scale_words
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import BLANK, Reader, Reading, bare, says_unknown, unreadable
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellError, CellValue

_SHORT = {"id": "5 jt", "es": "5 millones"}  # and "5 million"

_DOLLARS = "USD MXN COP ARS CLP AUD CAD SGD NZD HKD TWD DOP UYU BBD BSD BZD FJD JMD NAD TTD"
_PESOS = "MXN COP ARS CLP DOP UYU PHP CUP"
_CODES = (
    "IDR USD EUR GBP SGD MYR AUD CAD NZD JPY CNY HKD TWD KRW INR PHP THB VND CHF SEK NOK DKK PLN "
    "CZK HUF RON TRY RUB BRL MXN COP ARS CLP PEN UYU PYG BOB VES CRC DOP GTQ HNL NIO CUP AED SAR "
    "QAR KWD ZAR NGN KES EGP"
)
_SPELLINGS: Mapping[str, str] = {
    "IDR": "rp rupiah",
    "USD": "us$ usd$ u$s dollar dollars dólar dólares dolar dolares dls dlls",
    "EUR": "€ euro euros",
    "GBP": "£ pounds libras",
    "SGD": "s$",
    "MYR": "rm ringgit",
    "AUD": "a$",
    "CAD": "c$",
    "HKD": "hk$",
    "NZD": "nz$",
    "TWD": "nt$",
    "MXN": "mx$ mex$",
    "ARS": "ar$",
    "COP": "cop$",
    "CLP": "clp$",
    "BRL": "r$ reales reais",
    "PEN": "s/ soles",
    "PHP": "₱",
    "INR": "₹",
    "THB": "฿ baht",
    "JPY": "¥ yen",
    "CNY": "yuan",
    "VND": "₫",
    "KRW": "₩",
    "$": "$",
    "peso": "peso pesos",
}
_BY_SPELLING: Mapping[str, str] = {code.casefold(): code for code in _CODES.split()} | {
    spelling: code for code, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
_SIGN = re.compile(r"u\$s|[^\W\d_]*\$|(?<![^\W\d_])s/(?=\.?\s*\d)|[^\W\d_]+|[€£₱₹฿¥₫₩]")
_LETTERS = re.compile(r"[^\W\d_]+")
_NATIONAL = re.compile(r"(?<![^\W\d_])m\.\s?n\b\.?")  # "$ 2,450,000 M.N.": pesos, moneda nacional
_MN = re.compile(r"(?<![^\W\d_])mn(?![^\W\d_])")  # the same in Mexico; elsewhere millions
_MILLIONS = re.compile(r"(?<![^\W\d_])md([pd])(?![^\W\d_])")  # "2.4 mdp": millones de pesos
_MILLIONS_OF = {"p": " millones peso ", "d": " millones usd "}
_RUPIAH_DOT = re.compile(r"(?<![^\W\d_])(rp|s/)\.(?=\s*\d)")  # "Rp.5.000.000"


def money_reader(locale: Locale) -> Reader:
    """A reader of amounts of money, whatever their currency.

    Neither rates nor a clock are known here, so an amount in another currency than the
    workspace's keeps its number and gets a remark. ``1.200`` is read as the country's people
    write it, but beside a currency sign as thousands: nobody writes three decimals there, unless
    of millions (``$1.850 mdp``).
    ``1,2 M`` is 1.2 miliar for rupiah and 1.2 million elsewhere.
    """
    short = _SHORT.get(base_language(locale.language), "5 million")
    hint = f"write it like 5000000 or {short}"

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if isinstance(cell, bool | date | CellError):
            return unreadable(cell, "an amount of money", hint)
        if isinstance(cell, int | float):
            return Reading(cell)
        text = bare(cell)
        if says_unknown(text):
            return BLANK
        found = _read(text.casefold(), locale)
        if found is None:
            return unreadable(cell, "an amount of money", hint)
        amount, currency = found
        foreign = (Spoken("in {}, while the workspace counts in {}", currency, locale.currency),)
        remarks = amount.remarks + (() if currency == locale.currency else foreign)
        return number_read(cell, amount.value, remarks)

    return read


def in_other_money(cell: CellValue, locale: Locale) -> bool:
    """Whether the cell holds an amount in another currency than the workspace's."""
    found = _read(bare(cell).casefold(), locale) if isinstance(cell, str) else None
    return found is not None and found[1] != locale.currency


def _read(text: str, locale: Locale) -> tuple[Amount, str] | None:
    """The amount and its currency; None where there is none, or more than one currency."""
    signs: set[str] = set()

    def take_out(match: re.Match[str]) -> str:
        sign, rest = match[0], " "
        if sign not in _BY_SPELLING and sign.endswith("$"):  # "5k$"
            sign, rest = "$", match[0][:-1]
        if sign not in _BY_SPELLING:
            return match[0]
        signs.add(_BY_SPELLING[sign])
        return rest

    rest = _SIGN.sub(take_out, _spelled_out(text, locale))
    if len(signs) > 1:
        signs.discard("$")  # "$ 5k USD"
    found = {_currency(sign, locale) for sign in signs}
    if len(found) > 1:
        return None
    currency = found.pop() if found else locale.currency
    scales = _scales(currency, locale.language)
    scaled = any(fold(word) in scales for word in _LETTERS.findall(rest))
    decimal = decimal_sign(locale.country) if scaled or not signs else ""
    amount = read_amount(rest, decimal=decimal, scales=scales)
    return None if amount is None else (amount, currency)


def _spelled_out(text: str, locale: Locale) -> str:
    """The text without what is cut short so that it could be read as something else."""
    text = _RUPIAH_DOT.sub(r"\1 ", text)
    if locale.currency == "MXN":
        text = _MN.sub(" peso ", text)
    text = _NATIONAL.sub(" peso ", text)
    return _MILLIONS.sub(lambda match: _MILLIONS_OF[match[1]], text)


def _currency(sign: str, locale: Locale) -> str:
    """The ISO 4217 code that the sign stands for in this workspace."""
    if sign == "$":
        return locale.currency if locale.currency in _DOLLARS.split() else "USD"
    if sign == "peso":
        return locale.currency if locale.currency in _PESOS.split() else "MXN"
    return sign


@lru_cache(maxsize=64)
def _scales(currency: str, language: str) -> Mapping[str, Decimal]:
    """Words that multiply, with the letters that mean different things to different people."""
    million = Decimal(10) ** 6
    miliar = million * (1000 if currency == "IDR" else 1)
    letters = {"m": miliar, "mm": million, "b": million * 1000, "t": million * million}
    return scale_words(language) | letters
