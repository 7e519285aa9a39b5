"""Bands of scores, and the stages."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.backtest.bands import bands
from sheetcrm.core.backtest.rungs import answered, rungs
from sheetcrm.core.backtest.shares import Share
from sheetcrm.core.qualify.rules import Stage

LEADS = st.lists(
    st.tuples(st.integers(-5, 30).map(float), st.booleans()), min_size=1, max_size=200
).filter(lambda leads: any(won for _, won in leads))


@given(LEADS, st.integers(1, 12))
def test_every_lead_is_in_one_band_and_equal_scores_are_together(leads, most):
    scores, won = [score for score, _ in leads], [won for _, won in leads]
    found = bands(scores, won, most=most)
    for band in found:
        inside = [w for score, w in leads if band.low <= score <= band.high]
        assert band.share == Share(leads=len(inside), won=sum(inside))
        assert band.lift == pytest.approx(band.share.rate / (sum(won) / len(won)))
    assert sum(band.share.leads for band in found) == len(leads)
    assert all(upper.low > lower.high for upper, lower in itertools.pairwise(found))
    assert (found[-1].leads_so_far, found[-1].won_so_far) == (1, 1)


@given(st.integers(1, 12))
def test_different_scores_make_bands_of_one_size(most):
    scores = [float(n) for n in range(most * 20)]
    found = bands(scores, [True] * len(scores), most=most)
    assert [band.share.leads for band in found] == [20] * most


def test_what_was_found_so_far_counts_from_the_top():
    found = bands([1.0, 2.0, 3.0, 4.0], [False, False, True, True], most=2)
    assert [(band.high, band.low) for band in found] == [(4, 3), (2, 1)]
    assert [(band.leads_so_far, band.won_so_far) for band in found] == [(0.5, 1), (1, 1)]
    assert [band.lift for band in found] == [2, 0]


def test_precision_and_recall_from_a_stage_upwards():
    stages = [Stage(name="Contact"), Stage(name="Lost", off_ladder=True), Stage(name="SQL")]
    reached = ["Contact", "Contact", "SQL", "SQL", "SQL", "Lost"]
    contact, sql, lost = rungs(stages, reached, [False, True, True, True, False, True])
    assert contact.share == Share(leads=2, won=1)
    assert (contact.or_higher, contact.recall) == (Share(leads=5, won=3), 0.75)
    assert (sql.or_higher, sql.recall) == (Share(leads=3, won=2), 0.5)
    assert (lost.share, lost.beside, lost.or_higher) == (Share(leads=1, won=1), True, None)


def test_unknown_is_neither_yes_nor_no():
    [budget] = answered("BANT", {"Budget": [True, None, False, None]}, [True, True, False, False])
    assert budget.yes == Share(leads=1, won=1)
    assert budget.no == Share(leads=1, won=0)
    assert budget.unknown == Share(leads=2, won=1)
