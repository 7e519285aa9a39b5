"""Lengths and places are counted in UTF-16 code units, as Excel counts them."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm import evaluate
from sheetcrm.core.formula.codeunits import apart, together

TEXTS = st.lists(
    st.text(alphabet="aé €😀𝒳\U0010f000\U0010f400", max_size=6), min_size=1, max_size=5
)


def units(text):
    return text.encode("utf-16-le")


def part(text, start, count):
    found = units(text)[2 * start : 2 * (start + count)]
    return found.decode("utf-16-le", errors="replace")


@given(TEXTS)
@settings(max_examples=60)
def test_nothing_is_lost_on_the_way(texts):
    series = pl.Series(texts, dtype=pl.String)
    assert together(apart(series)).to_list() == texts
    assert [len(text) for text in apart(series)] == [len(units(text)) // 2 for text in texts]


@given(TEXTS, st.integers(0, 4), st.integers(0, 4))
@settings(max_examples=60)
def test_parts_are_those_of_code_units(texts, start, count):
    columns = {"A": texts}
    assert evaluate("=LEN([@A])", columns) == [len(units(text)) / 2 for text in texts]
    assert evaluate(f"=MID([@A], {start + 1}, {count})", columns) == [
        part(text, start, count) for text in texts
    ]
    assert evaluate(f"=LEFT([@A], {count})", columns) == [part(text, 0, count) for text in texts]


def test_half_of_a_character_is_the_replacement_character():
    assert evaluate("=LEFT([@A], 1)", {"A": ["😀"]}) == ["\N{REPLACEMENT CHARACTER}"]


def test_places_are_counted_so_too():
    columns = {"A": ["😀b", "b", None]}
    assert evaluate('=IFERROR(FIND("b", [@A]), 0)', columns) == [3, 1, 0]
    assert evaluate('=IFERROR(SEARCH("B*", [@A]), 0)', columns) == [3, 1, 0]
    assert evaluate('=REPLACE([@A], 3, 1, "c")', columns) == ["😀c", "bc", "c"]
