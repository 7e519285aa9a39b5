"""Areas under the curve and their intervals against their definitions, pair by pair."""

from __future__ import annotations

from math import sqrt
from statistics import variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.backtest.ranking import Placements
from sheetcrm.core.backtest.shares import Share, Z, share_of, wilson

LEADS = st.lists(st.tuples(st.integers(-3, 6).map(float), st.booleans()), min_size=4, max_size=40)
JUDGED = LEADS.filter(lambda leads: 2 <= sum(won for _, won in leads) <= len(leads) - 2)


def psi(higher, lower):
    return 1.0 if higher > lower else 0.5 if higher == lower else 0.0


def placements(leads):
    """DeLong's two lists, straight from his definition."""
    hits = [score for score, won in leads if won]
    misses = [score for score, won in leads if not won]
    above = [sum(psi(hit, miss) for miss in misses) / len(misses) for hit in hits]
    below = [sum(psi(hit, miss) for hit in hits) / len(hits) for miss in misses]
    return above, below


def of(leads):
    return Placements.of([score for score, _ in leads], [won for _, won in leads])


@given(JUDGED)
def test_the_area_is_the_share_of_pairs_in_the_right_order(leads):
    above, below = placements(leads)
    found = of(leads)
    assert found.auc == pytest.approx(sum(above) / len(above))
    assert list(found.won) == pytest.approx(above)
    assert list(found.lost) == pytest.approx(below)


@given(JUDGED)
def test_the_interval_holds_the_area_and_stays_between_0_and_1(leads):
    ranking = of(leads).ranking
    assert 0 <= ranking.low <= ranking.auc <= ranking.high <= 1


@given(JUDGED)
def test_scores_upside_down_have_the_rest_of_the_area(leads):
    upside_down = [(-score, won) for score, won in leads]
    assert of(upside_down).auc == pytest.approx(1 - of(leads).auc)


@given(JUDGED, st.data())
def test_a_difference_has_the_variance_of_paired_placements(leads, data):
    others = data.draw(st.lists(st.integers(0, 4), min_size=len(leads), max_size=len(leads)))
    rival = [(float(score), won) for score, (_, won) in zip(others, leads, strict=True)]
    difference = of(leads).over(of(rival))
    above, below = placements(leads)
    other_above, other_below = placements(rival)
    won = variance(a - b for a, b in zip(above, other_above, strict=True)) / len(above)
    lost = variance(a - b for a, b in zip(below, other_below, strict=True)) / len(below)
    half = Z * sqrt(won + lost)
    assert difference.by == pytest.approx(of(leads).auc - of(rival).auc)
    assert difference.high - difference.by == pytest.approx(half, abs=1e-9)
    assert difference.by - difference.low == pytest.approx(half, abs=1e-9)


def test_a_score_without_a_mistake_is_not_certain():
    few = of([(float(n), n >= 5) for n in range(10)]).ranking
    many = of([(float(n), n >= 500) for n in range(1000)]).ranking
    assert few.auc == many.auc == few.high == many.high == 1
    assert few.low < 0.6
    assert 0.98 < many.low < 1


def test_the_same_score_twice_differs_by_nothing():
    one = of([(1.0, True), (0.0, False), (2.0, True), (1.0, False)])
    difference = one.over(one)
    assert (difference.by, difference.low, difference.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("hits", "of_", "low", "high"),
    [  # Newcombe 1998, table I: the score method without continuity correction
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_have_wilsons_interval(hits, of_, low, high):
    assert wilson(hits, of_) == pytest.approx((low, high), abs=5e-5)


def test_of_no_leads_nothing_is_known():
    empty = share_of([True, False], [True, True], being=None)
    assert (empty, empty.rate, empty.interval) == (Share(leads=0, won=0), 0.0, (0.0, 1.0))
