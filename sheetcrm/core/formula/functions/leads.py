"""Functions that Excel lacks and leads need; docs/formulas.md marks them as ours.

What people type is compared without case, accents and punctuation, and by whole words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import polars as pl

from sheetcrm.core.formula.cells import NA, Cells, booleans, compute
from sheetcrm.core.formula.codeunits import ascii_only
from sheetcrm.core.formula.coerce import as_text
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import (
    Context,
    anything,
    cellwise,
    elementwise,
    text,
    whole,
)
from sheetcrm.core.formula.shapes import Bundle, TooWideError, Value, apply, lift, scalar
from sheetcrm.core.formula.syntax import Node

FREE_MAIL: Final = (
    *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.id"),
    *("yahoo.es", "yahoo.com.mx", "yahoo.com.ar", "yahoo.com.co", "yahoo.co.uk", "yahoo.fr"),
    *("hotmail.com", "hotmail.es", "hotmail.co.id", "hotmail.com.ar", "hotmail.com.mx"),
    *("hotmail.co.uk", "hotmail.fr", "outlook.com", "outlook.es", "outlook.co.id", "outlook.fr"),
    *("outlook.com.ar", "live.com", "live.com.mx", "live.com.ar", "msn.com", "icloud.com"),
    *("me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net"),
    *("gmx.es", "mail.com", "zoho.com", "yandex.com", "yandex.ru", "mail.ru", "qq.com", "163.com"),
    *("126.com", "naver.com", "web.de", "terra.com", "terra.es", "telefonica.net", "movistar.es"),
    *("orange.es", "ono.com", "plasa.com", "telkom.net", "indo.net.id", "cbn.net.id"),
    *("fastmail.com", "hey.com", "tutanota.com", "tuta.io", "inbox.com", "rediffmail.com"),
)
DONT_KNOW: Final = (
    *("?", "-", "–", "—", ".", "n/a", "na", "#n/a", "nan", "null", "none", "nil", "unknown"),
    *("not known", "don't know", "dont know", "tbd", "tba", "tbc", "not sure", "unsure", "select"),
    *("belum tahu", "tidak tahu", "gak tahu", "ga tau", "nggak tahu", "tidak diketahui", "belum"),
    *("belum ada", "belum diketahui", "kurang tahu", "entah", "no sé", "no se", "no sabe"),
    *("no lo sé", "ns/nc", "desconocido", "desconocida", "por definir", "sin definir", "sin datos"),
    *("s/d", "no aplica", "aún no", "todavía no", "pendiente", "no especificado"),
)
_BOUNDARY: Final = " ; "


@dataclass(frozen=True, kw_only=True, slots=True)
class _Alphabet:
    """What texts are taken apart by, as regular expressions."""

    marks: str  #: accents
    ends: str  #: of an entry
    others: str  #: than letters and digits


_UNICODE: Final = _Alphabet(marks=r"\p{M}", ends=r"\s*[,;|/\n\r]\s*", others=r"[^\p{L}\p{N};]+")
#: The same for texts without other characters; large classes take long to be made ready.
_ASCII: Final = _Alphabet(
    marks="", ends=r"[ \t-\r]*[,;|/\n\r][ \t-\r]*", others=r"[\x00-/:<-`{-\x7f]+"
)


@whole(
    "HASANY",
    text("cell"),
    anything("item"),
    repeats=1,
    summary="TRUE where a cell holds any of the items, as an entry of a list or as whole words.",
    example='=HASANY([@Interest], "solar", "battery")',
    ours=True,
)
def _hasany(context: Context, arguments: tuple[Node, ...]) -> Value:
    """See `plain_words` for what makes two texts the same."""
    return _has(context, arguments, pl.any_horizontal)


@whole(
    "HASALL",
    text("cell"),
    anything("item"),
    repeats=1,
    summary="TRUE where a cell holds all of the items, as entries of a list or as whole words.",
    example='=HASALL([@Interest], "solar", "battery")',
    ours=True,
)
def _hasall(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _has(context, arguments, pl.all_horizontal)


def _has(
    context: Context,
    arguments: tuple[Node, ...],
    combine: Callable[[list[pl.Expr]], pl.Expr],
) -> Value:
    items = [item for node in arguments[1:] for item in _items(context.value(node))]

    def has(cells: Cells) -> Cells:
        full, error = as_text(cells)
        words = plain_words(full)

        def every(sought: pl.Expr) -> pl.Expr:
            return combine([_holds(sought, item) for item in items])

        return booleans(compute(every, words), error)

    return lift(has, [context.value(arguments[0])])


def _items(value: Value) -> list[str]:
    """The items as plain words; they are the same for every lead, blank ones are left out."""
    if isinstance(value, Bundle) or (isinstance(value, Cells) and value.height > 1):
        raise TooWideError
    columns = [value] if isinstance(value, Cells) else value.columns
    given = [item for cells in columns for item in as_text(cells)[0].to_list()]
    return [item for item in map(_plain_item, given) if item.strip()]


@lru_cache(maxsize=4_096)
def _plain_item(item: str | None) -> str:
    return "" if item is None else str(plain_words(pl.Series([item]))[0])


def _holds(sought: pl.Expr, item: str) -> pl.Expr:
    return sought.str.contains(item, literal=True)


def plain_words(full: pl.Series) -> pl.Series:
    """Texts as they are compared: small letters without accents, words set apart by single blanks.

    ``,`` ``;`` ``|`` ``/`` and line breaks set entries apart, so that no item is found across
    two of them; other punctuation only sets words apart. A text without letters and digits
    (``?``) stays as it is. Blank on both sides, so that a part found is made of whole words.
    """
    return compute(lambda text: _words(text, _ASCII if ascii_only(full) else _UNICODE), full)


def _words(full: pl.Expr, alphabet: _Alphabet) -> pl.Expr:
    bare = full.str.to_lowercase()
    if alphabet.marks:
        bare = bare.str.normalize("NFKD").str.replace_all(alphabet.marks, "")
    entries = bare.str.replace_all(alphabet.ends, _BOUNDARY)
    words = entries.str.replace_all(alphabet.others, " ").str.strip_chars(" ;")
    kept = pl.when(words == "").then(full.str.strip_chars()).otherwise(words)
    return pl.concat_str([pl.lit(" "), kept, pl.lit(" ")])


@elementwise(
    "DOMAIN",
    text("email"),
    gives="text",
    none=NA,
    summary="The domain of an e-mail address, in small letters; #N/A where there is none.",
    example="=DOMAIN([@Email])",
    ours=True,
)
def _domain(email: pl.Expr) -> pl.Expr:
    return _domain_of(email)


def _domain_of(email: pl.Expr) -> pl.Expr:
    """What stands after the last @, without a closing bracket or a final point."""
    return email.str.to_lowercase().str.extract(r"@([^\s@<>]+\.[^\s@<>.]+)[.>\s]*$", 1)


@cellwise(
    "FREEMAIL",
    text("email"),
    summary="TRUE where an e-mail address is from a free mail service (not a company's own).",
    example="=FREEMAIL([@Email])",
    ours=True,
)
def _freemail(cells: Cells) -> Cells:
    email, error = as_text(cells)
    free = compute(lambda e: _domain_of(e).is_in(FREE_MAIL).fill_null(value=False), email)
    return booleans(free, error)


@whole(
    "UNKNOWN",
    anything("cell", None),
    repeats=1,
    summary='TRUE where every cell is blank, an error or a "don\'t know"; alone: an answer.',
    example="=IF(UNKNOWN([@Budget]), UNKNOWN(), [@Budget]>=min_budget)",
    ours=True,
)
def _unknown(context: Context, arguments: tuple[Node, ...]) -> Value:
    """Without arguments the text UNKNOWN, which a framework's criterion may answer."""
    if not arguments:
        return constant("UNKNOWN")
    values = [context.value(node) for node in arguments]
    cells = [apply(is_unknown, [scalar(value)]) for value in values]
    series = [one.boolean for one in cells if one.boolean is not None]
    return booleans(compute(lambda *parts: pl.all_horizontal(parts), *series))


def is_unknown(cells: Cells) -> Cells:
    """Where a cell says nothing: blank, an error, an empty text or a "don't know" word."""
    nothing = cells.is_blank
    if cells.error is not None:
        nothing = nothing | cells.error.is_not_null()
    if cells.text is not None:
        said = cells.text.str.strip_chars(" \t\n.!…").str.to_lowercase()
        empty = cells.text.str.strip_chars().is_in(["", ".", "…"])
        nothing = nothing | (said.is_in(DONT_KNOW) | empty).fill_null(value=False)
    return booleans(nothing)
