"""What a cell shows: a value through its number format, in the spreadsheet's locale."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from functools import lru_cache

from tests.support.sheets_api.cells import ERROR_TEXTS, ErrorValue, Value
from tests.support.sheets_api.locales import Customs, customs

EPOCH = datetime(1899, 12, 30)
DATE_TYPES = frozenset({"DATE", "TIME", "DATE_TIME"})

_DATE_TOKEN = re.compile(
    r'"[^"]*"|\\.|\[h+\]|\[m+\]|\[s+\]|y+|m+|M+|d+|h+|H+|s+|0+|am/pm|AM/PM|a/p|A/P|.', re.DOTALL
)
_NUMBER_TOKEN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|E[+-]0+|.', re.DOTALL)
_LARGEST_PLAIN = 1e15


def shown(value: Value, number_format: dict | None, locale: str) -> str:
    """The text that a person sees in the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, ErrorValue):
        return ERROR_TEXTS[value.kind]
    if isinstance(value, str):
        return value
    kind = (number_format or {}).get("type", "")
    pattern = (number_format or {}).get("pattern", "")
    return _number(float(value), kind, pattern, locale)


def is_date(number_format: dict | None) -> bool:
    """Whether a number format shows dates or times."""
    return (number_format or {}).get("type") in DATE_TYPES


def general(value: float, decimal: str = ".") -> str:
    """A number without a format: whole ones in full, others with ten digits."""
    if value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return str(int(value))
    text = f"{value:.10g}"
    if "e" in text:
        digits, exponent = f"{value:.5E}".split("E")
        text = f"{digits.rstrip('0').rstrip('.')}E{int(exponent):+03d}"
    return text.replace(".", decimal)


@lru_cache(maxsize=4096)
def _number(value: float, kind: str, pattern: str, locale: str) -> str:
    local = customs(locale)
    if kind in DATE_TYPES:
        default = {"DATE": local.date, "TIME": "h:mm:ss am/pm", "DATE_TIME": local.date_time}
        return _date(value, pattern or default[kind], local)
    if kind == "TEXT" or not (kind or pattern):
        return general(value, local.decimal)
    default = {
        "NUMBER": "#,##0.00",
        "PERCENT": "0.00%",
        "CURRENCY": f'"{local.currency}"#,##0.00',
        "SCIENTIFIC": "0.00E+00",
    }
    return _patterned(value, pattern or default.get(kind, "General"), local)


def _date(serial: float, pattern: str, local: Customs) -> str:
    moment = EPOCH + timedelta(milliseconds=round(serial * 86_400_000))
    tokens = _DATE_TOKEN.findall(pattern.split(";", maxsplit=1)[0])
    lower = [token.lower() for token in tokens]
    bare = [token.strip("[]") for token in lower]
    halves = any(token in {"am/pm", "a/p"} for token in lower)
    texts = []
    for index, token in enumerate(tokens):
        before = next((t for t in reversed(bare[:index]) if t[:1] in set("hsymd")), "")
        after = next((t for t in bare[index + 1 :] if t[:1] in set("hsymd")), "")
        minutes = token[0] in "mM" and (before.startswith("h") or after.startswith("s"))
        texts.append(
            _date_part(token, moment, local, minutes=minutes, halves=halves, serial=serial)
        )
    return "".join(texts)


def _date_part(
    token: str, moment: datetime, local: Customs, *, minutes: bool, halves: bool, serial: float
) -> str:
    kind, long = token[0].lower(), len(token)
    if token[0] in '"\\':
        return token[1:-1] if token[0] == '"' else token[1:]
    if token.lower() in {"am/pm", "a/p"}:
        text = local.periods[moment.hour >= 12]
        return text if long > 3 else text[0]
    if kind == "[":
        return str(math.floor(serial * {"h": 24, "m": 1440, "s": 86400}[token[1].lower()] + 1e-9))
    if kind == "y":
        return f"{moment:%y}" if long <= 2 else f"{moment.year:04d}"
    if kind == "m" and not minutes:
        names = {3: local.short_months, 4: local.months}.get(long)
        if long == 5:
            return local.months[moment.month - 1][0]
        return names[moment.month - 1] if names else f"{moment.month:0{long}d}"
    if kind == "d":
        names = local.short_days if long == 3 else local.days
        return names[moment.weekday()] if long > 2 else f"{moment.day:0{long}d}"
    if kind == "0":
        return f"{moment.microsecond // 1000:03d}"[:long]
    hour = (moment.hour + 11) % 12 + 1 if halves else moment.hour
    numbers = {"h": hour, "m": moment.minute, "s": moment.second}
    return f"{numbers[kind]:0{min(long, 2)}d}" if kind in numbers else token


def _patterned(value: float, pattern: str, local: Customs) -> str:
    sections = _sections(pattern)
    negative = value < 0
    if negative and len(sections) > 1:
        section, value, sign = sections[1], -value, ""
    elif value == 0 and len(sections) > 2:
        section, sign = sections[2], ""
    else:
        section, value, sign = sections[0], abs(value), "-" if negative else ""
    if section.strip().lower() == "general" or section == "@":
        return sign + general(value, local.decimal)
    tokens = _NUMBER_TOKEN.findall(section)
    places = [index for index, token in enumerate(tokens) if token[0] in "0#?"]
    if not places:
        return sign + "".join(map(_literal, tokens))
    first, last = places[0], places[-1]
    body = "".join(token for token in tokens[first : last + 1] if token[0] in "0#?.,")
    value *= 100 ** sum(token == "%" for token in tokens)
    exponent = next((t for t in tokens if re.fullmatch(r"E[+-]0+", t)), "")
    if exponent:
        digits = len(body.partition(".")[2])
        mantissa, _, power = f"{value:.{digits}E}".partition("E")
        number = f"{mantissa.replace('.', local.decimal)}E{int(power):+0{len(exponent) - 1}d}"
    else:
        number = _digits(value, body, local)
    around = [_literal(token) for token in tokens]
    before, after = "".join(around[:first]), "".join(around[last + 1 :])
    return f"{sign}{before}{number}{after}"


def _digits(value: float, body: str, local: Customs) -> str:
    whole, _, fraction = body.partition(".")
    fewest, most = fraction.count("0"), len(fraction)
    shifted = math.floor(abs(value) * 10**most + 0.5 + 1e-9) / 10**most
    text = f"{shifted:.{most}f}"
    integer, _, decimals = text.partition(".")
    while len(decimals) > fewest and decimals.endswith("0"):
        decimals = decimals[:-1]
    least = whole.count("0")
    integer = integer.zfill(least) if least or integer != "0" else ""
    if "," in whole:
        integer = f"{int(integer or 0):,}".replace(",", local.group) if integer else integer
    return integer + (local.decimal + decimals if decimals else "")


def _sections(pattern: str) -> list[str]:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', pattern)


def _literal(token: str) -> str:
    if token[0] == '"':
        return token[1:-1]
    if token[0] == "\\":
        return token[1]
    if token[0] == "[":
        return token[2:-1].split("-", maxsplit=1)[0] if token.startswith("[$") else ""
    if token[0] == "_":
        return " "
    return "" if token[0] == "*" or re.fullmatch(r"E[+-]0+", token) else token
