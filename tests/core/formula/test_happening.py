"""What happened to leads, in formulas."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.formula import Frame, Names, check, evaluate, parse
from sheetcrm.core.formula.events import Events
from sheetcrm.errors import FormulaError

NOW = datetime(2026, 11, 22, 9, 30)
TODAY = NOW.date()


def ago(days):
    return TODAY - timedelta(days=days)


EVENTS = Events(
    height=4,
    leads=[0, 0, 0, 1, 1, 2],
    kinds=["demo", "Demo ", "call", "demo", "e-mail", "demo"],
    days=[ago(3), ago(89), ago(1), ago(90), datetime(2026, 11, 22, 23, 0), ago(-1)],
)
FRAME = Frame({"City": ["Jakarta", "Jakarta", "Jakarta", "Bogor"]}, EVENTS)


def answers(text, frame=FRAME, **names):
    [found] = evaluate([parse(text)], frame, now=NOW, **names)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=ACTIVITIES()", [3, 2, 0, 0]),
        ('=ACTIVITIES("demo")', [2, 1, 0, 0]),
        ('=ACTIVITIES("DEMO", 90)', [2, 0, 0, 0]),
        ('=ACTIVITIES("demo", 91)', [2, 1, 0, 0]),
        ('=ACTIVITIES("email")', [0, 1, 0, 0]),
        ("=ACTIVITIES(, 4)", [2, 1, 0, 0]),
        ('=ACTIVITIES({"call","e-mail"})', [1, 1, 0, 0]),
        ("=ACTIVITIES(talks, days)", [3, 1, 0, 0]),
        ('=ACTIVITIES("visit")', [0, 0, 0, 0]),
        ('=LASTACTIVITY("demo")=TODAY()-3', [True, False, False, False]),
        ("=TODAY()-LASTACTIVITY()", [1, 0, 46348, 46348]),
        ("=ISBLANK(LASTACTIVITY())", [False, False, True, True]),
        ('=IF([@City]="Jakarta", ACTIVITIES("demo"), -1)', [2, 1, 0, -1]),
        ('=ACTIVITIES("demo")*10+ACTIVITIES("call")', [21, 10, 0, 0]),
        ('=-ACTIVITIES("demo")', [-2, -1, 0, 0]),
        ("=LET(n, ACTIVITIES(), n*n)", [9, 4, 0, 0]),
    ],
)
def test_what_happened_to_each_lead(text, expected):
    names = {"parameters": {"talks": ["demo", "call"], "days": 91}}
    assert answers(text, **names) == expected


def test_it_is_asked_the_same_of_all_leads():
    with pytest.raises(FormulaError, match="same for all leads") as caught:
        answers("=1+ACTIVITIES([@City])")
    assert caught.value.offset == 3
    with pytest.raises(FormulaError, match="from 1 up"):
        answers('=ACTIVITIES("demo", 0)')


def test_without_activities_there_is_nothing_to_count():
    with pytest.raises(FormulaError, match="no activities") as caught:
        answers("=ACTIVITIES()", Frame({"City": ["Bogor"]}))
    assert "[[activities]]" in caught.value.hint
    names = Names(columns=frozenset(["City"]), activities=True)
    assert check(parse("=ACTIVITIES()"), names) == []


def test_more_columns_do_not_forget_what_happened():
    assert answers("=ACTIVITIES()", FRAME.extended({"Score": [1, 2, 3, 4]})) == [3, 2, 0, 0]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(["demo", "call", "visit"]), st.integers(-9, 99)
        )
    ),
    st.integers(1, 99),
)
def test_every_event_counts_once_and_only_where_it_belongs(events, days):
    leads, kinds, ages = zip(*events, strict=True) if events else ((), (), ())
    found = Events(height=10, leads=leads, kinds=kinds, days=[ago(age) for age in ages])
    frame = Frame({"N": list(range(10))}, found)
    wanted = Counter(lead for lead, kind, age in events if kind == "call" and 0 <= age < days)
    assert answers(f'=ACTIVITIES("call", {days})', frame) == [wanted[lead] for lead in range(10)]
    latest = [
        min((age for whose, _, age in events if whose == lead and age >= 0), default=None)
        for lead in range(10)
    ]
    blank = answers("=ISBLANK(LASTACTIVITY())", frame)
    assert blank == [age is None for age in latest]
    assert all(
        age is None or said == age
        for said, age in zip(answers("=TODAY()-LASTACTIVITY()", frame), latest, strict=True)
    )
