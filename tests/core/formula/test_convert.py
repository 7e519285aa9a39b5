"""Python values to typed columns and back, in short and in long columns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.formula.convert import from_values, to_values
from sheetcrm.core.formula.repeats import WORTH_ENCODING, Patches, Picks
from sheetcrm.core.table.values import CellError

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, 0.0, 1.0, 2.5, -3]),
    st.sampled_from(["", "a", "B", "7", "ñandú"]),
    st.sampled_from([CellError("#N/A"), CellError("#DIV/0!")]),
)


def typed(values):
    """Values with their kinds, so that 1 and TRUE differ; numbers are floats."""
    floats = [float(v) if type(v) in {int, float} else v for v in values]
    return [(type(v), v) for v in floats]


@given(st.lists(ANYTHING, max_size=12), st.sampled_from([1, WORTH_ENCODING]))
@settings(max_examples=75, deadline=None)
def test_values_come_back_as_they_went_in(values, times):
    column = values * times
    assert typed(to_values(from_values(column), len(column))) == typed(column)


@pytest.mark.parametrize("odd", [True, "7", None, CellError("#N/A"), 3])
@pytest.mark.parametrize("usual", [1.0, 5, "text", False, date(2024, 1, 31)])
def test_a_single_odd_value_at_the_end_is_seen(usual, odd):
    """The kinds of a column are told by a sample first, in which it does not stand."""
    column = [usual] * 2_500 + [odd]
    assert typed(to_values(from_values(column), 2_501))[-1] == typed([odd])[0]


def test_repeated_dates_and_times_are_the_numbers_that_single_ones_are():
    moments = [datetime(2024, 1, 31, 9, minute, 7, 123) for minute in range(50)]
    days = [date(1900, 1, 1), date(1900, 3, 1), date(2024, 2, 29), None]
    for few in (moments, days):
        column = few * 100
        alone = to_values(from_values(few), len(few))
        assert to_values(from_values(column), len(column)) == alone * 100


def test_a_day_among_times_keeps_its_kind():
    column = [datetime(2024, 1, 31, 12)] * 3_000 + [date(2024, 1, 31)]
    assert to_values(from_values(column), 3_001)[-2:] == [45322.5, 45322.0]


def test_texts_of_a_polars_column_are_known_by_their_distinct_ones():
    column = pl.Series(["b", "a", None, "b"] * 1_000)
    cells = from_values(column.to_list())
    assert cells.repeats is not None
    [words] = cells.repeats.parts
    assert words.text is not None
    assert sorted(words.text.drop_nulls().to_list()) == ["a", "b"]
    assert cells.blank
    assert cells.is_blank.sum() == 1_000


ODD = [None, "7", "much", True, False, CellError("#N/A"), date(2024, 1, 31)]


@pytest.mark.parametrize(("distinct", "way"), [(50, Picks), (4_000, Patches)])
def test_a_mixed_column_is_made_of_few_cells(distinct, way):
    """Few values altogether are picked; where the numbers are many, the odd ones are patches."""
    column = [ODD[i % 7] if i % 3 else 2.0 + i % distinct for i in range(9_000)]
    cells = from_values(column)
    assert cells.repeats is not None
    assert type(cells.repeats.way) is way
    days = [45322.0 if isinstance(value, date) else value for value in column]
    assert typed(to_values(cells, len(column))) == typed(days)
    assert cells.blank
    assert cells.is_blank.sum() == column.count(None)
    assert cells.folded is not None
    assert cells.folded.drop_nulls().to_list() == [v for v in column if isinstance(v, str)]


@pytest.mark.parametrize("other", [1, 1.0, Decimal(1), 0])
def test_numbers_and_booleans_that_python_finds_equal_are_told_apart(other):
    alike = isinstance(other, int) and not other
    truth = not alike
    for column in ([other, truth, "x"] * 1_000, [truth, other, "x"] * 1_000):
        assert typed(to_values(from_values(column), 3_000)) == typed(
            [float(v) if isinstance(v, Decimal) else v for v in column]
        )


@pytest.mark.parametrize("large", [float("nan"), float("inf"), 10**400])
def test_a_number_that_no_cell_can_hold_is_an_error_among_odd_values(large):
    column = [*(float(i) for i in range(3_000)), "n/a", large]
    assert to_values(from_values(column), 3_002)[-2:] == ["n/a", CellError("#NUM!")]


def test_what_is_no_value_of_a_cell_is_refused_among_odd_values():
    with pytest.raises(TypeError, match="a cell cannot hold a list"):
        from_values(["a", 1.0, *[None] * 3_000, []])
