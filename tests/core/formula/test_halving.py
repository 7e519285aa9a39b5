"""Columns in any order, of any kinds: the places that Excel's own steps would meet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import sheetcrm
from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.table.values import CellError

CELLS = st.one_of(
    st.integers(-3, 6), st.sampled_from(["a", "B", "c", "é", "z", "4"]), st.booleans(), st.none()
)
NONE = CellError("#N/A")


def kind(value):
    return bool if isinstance(value, bool) else float if isinstance(value, int) else type(value)


def in_kind(value):
    return value.lower().replace("é", "e~") if isinstance(value, str) else value


def in_order(value):
    """Numbers before texts before booleans before blank cells."""
    rank = {float: 0, str: 1, bool: 2, type(None): 3}[kind(value)]
    return rank, "" if value is None else in_kind(value)


def match_ascending(wanted, column):
    """Halve between two places outside; step over other kinds; the last of equal neighbours."""
    low, high = -1, len(column)
    while high - low >= 2:
        middle = low + (high - low) // 2
        at = middle
        while at < high and kind(column[at]) is not kind(wanted):
            at += 1
        if at == high:
            high = middle
        elif in_kind(column[at]) == in_kind(wanted):
            while at + 1 < high and in_order(column[at + 1]) == in_order(column[at]):
                at += 1
            return at
        elif in_kind(column[at]) < in_kind(wanted):
            low = at
        else:
            high = middle if at == high - 1 else at
    return low if low >= 0 else None


def match_descending(wanted, column):
    """From the top, cells of the same kind, until one is smaller."""
    best = None
    for place, cell in enumerate(column):
        if kind(cell) is not kind(wanted):
            continue
        if in_kind(cell) == in_kind(wanted):
            return place
        if in_kind(cell) < in_kind(wanted):
            break
        best = place
    return best


def nearest(wanted, column, *, above, last):
    """One by one from an end; the first that is nearest."""
    order = range(len(column) - 1, -1, -1) if last else range(len(column))
    fitting = [
        place
        for place in order
        if (in_order(column[place]) >= in_order(wanted))
        == (above or in_order(column[place]) == in_order(wanted))
    ]
    choose = min if above else max
    return choose(fitting, key=lambda place: in_order(column[place]), default=None)


def halved(wanted, column, *, mode, descending):
    """Halve in one order over all kinds; of equal neighbours the first, going down the last."""
    low, high = -1, len(column)
    while high - low >= 2:
        middle = low + (high - low) // 2
        here, asked = in_order(column[middle]), in_order(wanted)
        if here == asked:
            step = 1 if descending else -1
            while 0 <= middle + step < len(column) and in_order(column[middle + step]) == here:
                middle += step
            return middle
        if (here < asked) != descending:
            low = middle
        else:
            high = middle
    place = low if (mode == -1) != descending else low + 1
    return place if mode and 0 <= place < len(column) else None


@settings(max_examples=20, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=9), st.lists(CELLS, min_size=1, max_size=4))
def test_every_search_goes_where_excels_steps_lead(column, wanted):
    zero = [0 if value is None else value for value in wanted]
    expected = {
        "=MATCH([@W], T[X], 1)": [match_ascending(w, column) for w in zero],
        "=MATCH([@W], T[X], -1)": [match_descending(w, column) for w in zero],
    }
    for mode in (-1, 1):
        for search in (1, -1):
            expected[f"=XMATCH([@W], T[X], {mode}, {search})"] = [
                nearest(w, column, above=mode == 1, last=search < 0) for w in wanted
            ]
    for mode in (-1, 0, 1):
        for search in (2, -2):
            expected[f"=XMATCH([@W], T[X], {mode}, {search})"] = [
                halved(w, column, mode=mode, descending=search < 0) for w in wanted
            ]
    found = evaluate(
        [parse(formula) for formula in expected],
        Frame({"W": wanted}),
        tables={"T": Frame({"X": column})},
    )
    for (formula, places), answers in zip(expected.items(), found, strict=True):
        assert [None if one == NONE else one - 1 for one in answers] == places, formula


@settings(max_examples=40, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=9), st.lists(CELLS, min_size=1, max_size=4))
def test_a_sorted_column_gives_the_same_at_once(column, wanted):
    """What is sorted takes another way through the engine."""
    column = sorted(column, key=in_order)
    for search, held in ((2, column), (-2, column[::-1])):
        found = sheetcrm.evaluate(
            f"=XMATCH([@W], T[X], 1, {search})", {"W": wanted}, tables={"T": {"X": held}}
        )
        expected = [halved(w, held, mode=1, descending=search < 0) for w in wanted]
        assert [None if answer == NONE else answer - 1 for answer in found] == expected
