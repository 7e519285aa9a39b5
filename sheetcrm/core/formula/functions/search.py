"""Where a text stands in another, and what stands before and after it."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sheetcrm.core.formula.cells import NA, Cells, choose
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.registry import (
    answer,
    anything,
    cellwise,
    number,
    text,
)
from sheetcrm.core.formula.wildcards import has_wildcard, wildcard_regex
from sheetcrm.core.table.values import CellError, CellValue

_NOT_GIVEN = CellError("#N/A")


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
    (needle, wrong), (first, wrong2) = as_text(wanted), as_number(start)
    plain = len(needle) == len(first) == 1 and wrong is None and wrong2 is None and first[0] == 1
    if not plain or not needle[0]:
        return per_distinct(one, [(needle, wrong), as_text(within), (first, wrong2)])
    looked_for: str = needle[0].lower() if fold else needle[0]

    def build(full: pl.Expr) -> pl.Expr:
        return _character(full.str.to_lowercase() if fold else full, looked_for, fold=fold)

    return answer(build, [as_text(within)], "number")


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
    if not has_wildcard(wanted):
        return _find_one(wanted.lower(), within.lower(), start)
    if not 1 <= start <= len(within) + 1:
        return CellError("#VALUE!")
    rest = pl.select(
        _character(pl.lit(within[int(start) - 1 :].lower()), wanted.lower(), fold=True)
    )
    place = rest.item()
    return CellError("#VALUE!") if place is None else place + int(start) - 1


@cellwise(
    "TEXTBEFORE",
    text("text"),
    text("delimiter"),
    number("instance", 1),
    number("ignore_case", 0),
    number("end_counts", 0),
    anything("if_none", _NOT_GIVEN),
    summary="What stands before a delimiter; #N/A where it does not occur.",
    example='=TEXTBEFORE([@Email], "@")',
)
def _textbefore(*cells: Cells) -> Cells:
    return _beside(cells, before=True)


@cellwise(
    "TEXTAFTER",
    text("text"),
    text("delimiter"),
    number("instance", 1),
    number("ignore_case", 0),
    number("end_counts", 0),
    anything("if_none", _NOT_GIVEN),
    summary="What stands after a delimiter; #N/A where it does not occur.",
    example='=TEXTAFTER([@Email], "@")',
)
def _textafter(*cells: Cells) -> Cells:
    return _beside(cells, before=False)


def _beside(cells: tuple[Cells, ...], *, before: bool) -> Cells:
    full, delimiter, instance, fold, end, otherwise = cells
    numbers = [as_number(one) for one in (instance, fold, end)]
    found = per_distinct(
        lambda *given: _beside_one(*given, before=before),
        [as_text(full), as_text(delimiter), *numbers],
    )
    given = otherwise.error is None or otherwise.error[0] != NA or otherwise.height > 1
    if found.error is None or not given:
        return found
    return choose((found.error == NA).fill_null(value=False), otherwise, found)


def _beside_one(
    full: str, delimiter: str, instance: float, fold: float, end: float, *, before: bool
) -> CellValue:
    count = int(instance)
    if count == 0 or abs(count) > max(len(full), 1):
        return CellError("#VALUE!")
    if not delimiter:
        return "" if before == (count > 0) else full
    places = _places(full, delimiter, fold=bool(fold))
    if end:
        places = [*places, (len(full), 0)] if count > 0 else [(0, 0), *places]
    index = count - 1 if count > 0 else len(places) + count
    if not 0 <= index < len(places):
        return CellError("#N/A")
    place, length = places[index]
    return full[:place] if before else full[place + length :]


def _places(full: str, delimiter: str, *, fold: bool) -> list[tuple[int, int]]:
    """(place, length) of every occurrence, none overlapping another."""
    if fold:
        full, delimiter = full.lower(), delimiter.lower()
    places: list[tuple[int, int]] = []
    at = full.find(delimiter)
    while at >= 0:
        places.append((at, len(delimiter)))
        at = full.find(delimiter, at + len(delimiter))
    return places
