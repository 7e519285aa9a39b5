"""The filters that templates may use, and how a value is said when it is printed.

An empty or unknown value goes through every filter unchanged, so that
``{{ lead.budget | money | default("…") }}`` works and a forgotten `default` is still noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Context
from jinja2.utils import pass_context

from sheetcrm.core.followup.lead import Items
from sheetcrm.core.followup.voice import DATE_STYLES, Voice, is_currency
from sheetcrm.core.table.spoken import Spoken

VOICE = "_voice"  #: where the context keeps it; no template can name it


def say(context: Context, value: object) -> str:
    """A value as words of the message's language; raises where there is none."""
    voice = _voice(context)
    if isinstance(value, bool):
        return voice.yes_no(value)
    if isinstance(value, int | float):
        return voice.number(value)
    if isinstance(value, date):
        return voice.date(value)
    if isinstance(value, Items):
        return voice.listing(value)
    return str(value)


@pass_context
def money(context: Context, value: Any, currency: str = "") -> Any:
    """An amount, in the workspace's currency or in the one that is named (``"USD"``)."""
    if isinstance(value, Undefined):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TemplateRuntimeError(Spoken("money: “{}” is not a number", str(value)))
    if currency and not is_currency(str(currency)):
        raise TemplateRuntimeError(
            Spoken("money: “{}” is not a currency, such as IDR or EUR", str(currency))
        )
    return _voice(context).money(value, str(currency))


@pass_context
def on_date(context: Context, value: Any, style: str = "long") -> Any:
    """A day, in one of CLDR's four styles: ``{{ lead.birthday | date("full") }}``."""
    if isinstance(value, Undefined):
        return value
    if not isinstance(value, date):
        raise TemplateRuntimeError(Spoken("date: “{}” is not a date", str(value)))
    if style not in DATE_STYLES:
        raise TemplateRuntimeError(
            Spoken("date: no style “{}”; there is {}", str(style), DATE_STYLES)
        )
    return _voice(context).date(value, style)


@pass_context
def phone(context: Context, value: Any) -> Any:
    """``+62 812-3456-7890``."""
    return value if isinstance(value, Undefined) else _voice(context).phone(str(value))


def default(value: Any, otherwise: Any = "") -> Any:
    """`otherwise` where the cell is empty."""
    return otherwise if isinstance(value, Undefined) or value in ("", None) else value


@pass_context
def title(context: Context, value: Any) -> Any:
    """``budi santoso`` and ``BUDI SANTOSO`` → ``Budi Santoso``; ``McDonald`` stays."""
    if isinstance(value, Undefined):
        return value
    text = say(context, value)
    text = text.lower() if text.isupper() else text
    return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))


@pass_context
def upper(context: Context, value: Any) -> Any:
    """In capitals."""
    return value if isinstance(value, Undefined) else say(context, value).upper()


@pass_context
def lower(context: Context, value: Any) -> Any:
    """In small letters."""
    return value if isinstance(value, Undefined) else say(context, value).lower()


def join(value: Any, separator: str = ", ") -> Any:
    """A list as text; alone, a list is printed as ``solar, EV, dan baterai``."""
    return str(separator).join(value) if isinstance(value, Items) else value


def first(value: Any) -> Any:
    """The first item of a list; a single value is its own first."""
    return value[0] if isinstance(value, Items) else value


@pass_context
def words(context: Context, value: Any, count: int = 12) -> Any:
    """The first `count` words, with an ellipsis where some are left out."""
    if isinstance(value, Undefined):
        return value
    all_words = say(context, value).split()
    kept = " ".join(all_words[: max(1, int(count))])
    return kept if len(all_words) <= int(count) else f"{kept}…"


def _voice(context: Context) -> Voice:
    voice = context.resolve(VOICE)
    if not isinstance(voice, Voice):
        raise TypeError("a template was rendered without a voice")
    return voice


FILTERS: dict[str, Callable[..., Any]] = {
    "money": money,
    "date": on_date,
    "phone": phone,
    "default": default,
    "title": title,
    "upper": upper,
    "lower": lower,
    "join": join,
    "first": first,
    "words": words,
}
