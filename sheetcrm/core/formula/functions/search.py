"""Where a text stands in another, and what stands before and after it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import polars as pl

from sheetcrm.core.formula.cells import NA, Cells, choose
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.registry import (
    Context,
    answer,
    anything,
    as_units,
    cellwise,
    number,
    text,
    whole,
)
from sheetcrm.core.formula.shapes import Value, explode, lift
from sheetcrm.core.formula.syntax import Node, Omitted
from sheetcrm.core.formula.wildcards import has_wildcard, wildcard_regex
from sheetcrm.core.table.values import CellError, CellValue

_SINGLE_TILDE = re.compile(r"~([*?~])|~")


@cellwise(
    "FIND",
    text("wanted"),
    text("within"),
    number("start", 1),
    summary="The place of a text in another, case included; #VALUE! where it is not.",
    example='=FIND("@", [@Email])',
)
def _find(wanted: Cells, within: Cells, start: Cells) -> Cells:
    return _place(wanted, within, start, _find_one, fold=False)


@cellwise(
    "SEARCH",
    text("wanted"),
    text("within"),
    number("start", 1),
    summary="The place of a text in another, without case and with * ? ~; #VALUE! where it is not.",
    example='=SEARCH("solar", [@Interest])',
)
def _search(wanted: Cells, within: Cells, start: Cells) -> Cells:
    return _place(wanted, within, start, _search_one, fold=True)


def _place(
    wanted: Cells,
    within: Cells,
    start: Cells,
    one: Callable[[str, str, float], CellValue],
    *,
    fold: bool,
) -> Cells:
    """At Polars' speed for a constant text from the start, else once per distinct input."""
    (needle, wrong), (first, wrong2) = as_units(wanted), as_number(start)
    plain = len(needle) == len(first) == 1 and wrong is None and wrong2 is None and first[0] == 1
    if not plain or not needle[0]:
        return per_distinct(one, [(needle, wrong), as_units(within), (first, wrong2)])
    looked_for: str = _sought(needle[0]) if fold else needle[0]
    if not looked_for:
        return per_distinct(one, [(needle, wrong), as_units(within), (first, wrong2)])

    def build(full: pl.Expr) -> pl.Expr:
        return _character(full.str.to_lowercase() if fold else full, looked_for, fold=fold)

    return answer(build, [as_units(within)], "number")


def _sought(wanted: str) -> str:
    """What SEARCH looks for: a ~ that protects nothing means nothing."""
    return _SINGLE_TILDE.sub(lambda found: found[0] if found[1] else "", wanted.lower())


def _character(full: pl.Expr, wanted: str, *, fold: bool) -> pl.Expr:
    """The place as characters are counted; Polars counts bytes."""
    wild = fold and has_wildcard(wanted)
    pattern = f"(?s){wildcard_regex(wanted)}" if wild else wanted
    place = full.str.find(pattern, literal=not wild)
    before = full.cast(pl.Binary).bin.slice(0, place).cast(pl.String)
    return pl.when(place.is_not_null()).then(before.str.len_chars() + 1.0)


def _find_one(wanted: str, within: str, start: float) -> CellValue:
    place = within.find(wanted, int(start) - 1) if 1 <= start <= len(within) + 1 else -1
    return float(place + 1) if place >= 0 else CellError("#VALUE!")


def _search_one(wanted: str, within: str, start: float) -> CellValue:
    wanted = _sought(wanted)
    if not has_wildcard(wanted):
        return _find_one(wanted, within.lower(), start)
    if not 1 <= start <= len(within) + 1:
        return CellError("#VALUE!")
    rest = pl.select(_character(pl.lit(within[int(start) - 1 :].lower()), wanted, fold=True))
    place = rest.item()
    return CellError("#VALUE!") if place is None else place + int(start) - 1


@whole(
    "TEXTBEFORE",
    text("text"),
    text("delimiter"),
    number("instance", 1),
    number("ignore_case", 0),
    number("end_counts", 0),
    anything("if_none", None),
    summary="What stands before a delimiter (or one of several); #N/A where it does not occur.",
    example='=TEXTBEFORE([@Email], "@")',
)
def _textbefore(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _beside(context, arguments, before=True)


@whole(
    "TEXTAFTER",
    text("text"),
    text("delimiter"),
    number("instance", 1),
    number("ignore_case", 0),
    number("end_counts", 0),
    anything("if_none", None),
    summary="What stands after a delimiter (or one of several); #N/A where it does not occur.",
    example='=TEXTAFTER([@Email], "@")',
)
def _textafter(context: Context, arguments: tuple[Node, ...]) -> Value:
    return _beside(context, arguments, before=False)


def _beside(context: Context, arguments: tuple[Node, ...], *, before: bool) -> Value:
    given = [None if isinstance(node, Omitted) else context.value(node) for node in arguments]
    full, delimiter, instance, fold, end, otherwise = (*given, *[None] * 6)[:6]
    delimiters = _items(constant("") if delimiter is None else delimiter)
    rest = [constant(0.0) if one is None else one for one in (instance, fold, end)]

    def run(cells: Cells, *more: Cells) -> Cells:
        several, numbers = more[: len(delimiters)], more[len(delimiters) :]
        return _part(cells, several, numbers, before=before, counted=instance is not None)

    found = lift(run, [constant("") if full is None else full, *delimiters, *rest])
    return found if otherwise is None else lift(_if_none, [found, otherwise])


def _items(value: Value) -> list[Cells]:
    return [value] if isinstance(value, Cells) else list(explode(value).items)


def _if_none(found: Cells, otherwise: Cells) -> Cells:
    if found.error is None:
        return found
    if otherwise.blank:
        otherwise = choose(otherwise.is_blank, constant(""), otherwise)
    return choose(found.error == NA, otherwise, found)


def _part(
    full: Cells,
    delimiters: Sequence[Cells],
    numbers: Sequence[Cells],
    *,
    before: bool,
    counted: bool,
) -> Cells:
    """At Polars' speed for one constant delimiter and no more, else once per distinct input."""
    first, wrong = as_text(delimiters[0])
    plain = len(delimiters) == len(first) == 1 and wrong is None and bool(first[0])
    if plain and not counted and all(_is_zero(one) for one in numbers):
        return answer(
            lambda value: _split(value, first[0], before=before), [as_text(full)], "text", none=NA
        )
    coerced = [as_text(full), *(as_number(one) for one in numbers), *map(as_text, delimiters)]
    return per_distinct(lambda *given: _part_one(*given, before=before, counted=counted), coerced)


def _is_zero(cells: Cells) -> bool:
    return cells.height == 1 and cells.number is not None and cells.number[0] == 0


def _split(full: pl.Expr, delimiter: str, *, before: bool) -> pl.Expr:
    place = full.str.find(delimiter, literal=True)
    written = full.cast(pl.Binary)
    after = place + len(delimiter.encode())
    part = written.bin.slice(0, place) if before else written.bin.slice(after)
    return pl.when(place.is_not_null()).then(part.cast(pl.String))


def _part_one(
    full: str,
    instance: float,
    fold: float,
    end: float,
    *delimiters: str,
    before: bool,
    counted: bool,
) -> CellValue:
    count = math.floor(instance) if counted else 1
    too_many = counted and abs(count) * min(map(len, delimiters)) > len(full)
    if not count or too_many or math.floor(fold) not in {0, 1} or math.floor(end) not in {0, 1}:
        return CellError("#VALUE!")
    if "" in delimiters:
        return "" if before == (count > 0) else full
    places = _places(full, delimiters, fold=bool(fold))
    if end:
        places = [*places, (len(full), 0)] if count > 0 else [(0, 0), *places]
    index = count - 1 if count > 0 else len(places) + count
    if not 0 <= index < len(places):
        return CellError("#N/A")
    place, length = places[index]
    return full[:place] if before else full[place + length :]


def _places(full: str, delimiters: Sequence[str], *, fold: bool) -> list[tuple[int, int]]:
    """(place, length) of every occurrence of any delimiter, none overlapping another."""
    sought = re.compile("|".join(map(re.escape, delimiters)), re.IGNORECASE if fold else 0)
    return [(found.start(), len(found[0])) for found in sought.finditer(full)]
