"""Criteria in thousands are looked up in groups, and mean what one of them alone means."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheetcrm
from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.functions import conditional
from sheetcrm.core.table.values import CellError

VALUES = [
    *(0, 1, 1.5, 2, -3, 1e16, 1e-7, "1", "1.50", " 2 ", "1/2/2024", 45293, "50%", 0.5),
    *("ann", "Ann", "anne", "bo", "b?", "b*", "~", "", "é", "true", True, False, None),
    *(CellError("#N/A"), CellError("#DIV/0!"), "#N/A", "TRUE", "1e3", 1000, "jan"),
]
SIGNS = ["", "=", "<>", "<", ">", "<=", ">="]
TEXTS = ["", "an*", "*N", "*", "?", "a?n", "~*", "b~*", "<", "=1", *map(str, VALUES)]
CRITERIA = st.one_of(
    st.sampled_from(VALUES),
    st.builds("{}{}".format, st.sampled_from(SIGNS), st.sampled_from(TEXTS)),
)
FORMULAS = [
    "=COUNTIF(T[A], [@X])",
    "=COUNTIFS(T[A], [@X], T[B], [@Y])",
    "=SUMIF(T[A], [@X], T[V])",
    "=SUMIFS(T[V], T[A], [@X], T[B], [@Y])",
    "=AVERAGEIFS(T[V], T[A], [@X], T[B], [@Y])",
    "=MINIFS(T[V], T[A], [@X], T[B], [@Y])",
    "=MAXIFS(T[V], T[B], [@Y], T[A], [@X])",
    "=SUMIF(T[A], [@X], T[W])",
]


def close(ours, other):
    if isinstance(ours, float) and isinstance(other, float):
        return ours == pytest.approx(other, rel=1e-12, abs=1e-9)
    return ours == other


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.tuples(CRITERIA, CRITERIA), min_size=2, max_size=12),
    st.lists(st.tuples(*[st.sampled_from(VALUES)] * 3), min_size=1, max_size=25),
)
def test_groups_answer_as_a_search_of_each_criterion_does(criteria, rows):
    a, b, w = ([row[place] for row in rows] for place in range(3))
    table = {"A": a, "B": b, "W": w, "V": [float(place % 7) for place in range(len(rows))]}
    leads = {"X": [x for x, _ in criteria], "Y": [y for _, y in criteria]}
    formulas = [parse(formula) for formula in FORMULAS]
    answers = []
    with pytest.MonkeyPatch.context() as patch:
        for few in (0, 1_000_000):
            patch.setattr(conditional, "_FEW", few)
            answers.append(evaluate(formulas, Frame(leads), tables={"T": Frame(table)}))
    for formula, grouped, searched in zip(FORMULAS, *answers, strict=True):
        wrong = [
            (pair, ours, other)
            for pair, ours, other in zip(criteria, grouped, searched, strict=True)
            if not close(ours, other)
        ]
        assert wrong == [], formula


@pytest.fixture(scope="module")
def many():
    """100,000 leads and as many rows to look up in, in another order."""
    size = 100_000
    rng = random.Random(4)
    names = [f"Lead {place} of many" for place in range(size)]
    numbers = [float(place) for place in range(size)]
    leads = {
        "Name": rng.sample(names, size),
        "Number": rng.sample(numbers, size),
        "City": [f"City {place % 500}" for place in range(size)],
        "Email": [f"a{place}@d{place % 20_000}.example" for place in range(size)],
        "Domain": [f"d{place % 20_000}.example" for place in range(size)],
    }
    table = {"Name": names, "Number": numbers, "Points": [*numbers]}
    return leads, {"T": table}


@pytest.mark.parametrize(
    "formula",
    [
        "=XLOOKUP([@Name], T[Name], T[Points])",
        "=VLOOKUP([@Name], T, 3, FALSE)",
        "=INDEX(T[Points], MATCH([@Name], T[Name], 0))",
        "=VLOOKUP([@Number], T[[Number]:[Points]], 2)",
        "=XLOOKUP([@Number]+0.5, T[Number], T[Points], 0, -1)",
        '=MATCH([@Name]&"*", T[Name], 0)',
        "=COUNTIF([Email], [@Email])",
        '=COUNTIF([Email], "*@"&[@Domain])',
        '=COUNTIFS([City], [@City], [Number], ">"&[@Number])',
        '=COUNTIFS([City], [@City], [Name], "<>"&[@Name])',
    ],
)
def test_a_hundred_thousand_leads_are_looked_up_in_as_many_rows(many, formula):
    """Ten billion comparisons would take minutes of computing."""
    leads, tables = many
    begun = time.process_time()
    answers = sheetcrm.evaluate(formula, leads, tables=tables)
    assert time.process_time() - begun < 60
    assert len(answers) == 100_000
    assert not any(isinstance(answer, CellError) for answer in answers)
