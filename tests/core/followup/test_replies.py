"""Who answers one mail gets no other automatic one that was meant for them before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.rules import Step, Stop
from sheetcrm.core.memory import MessageEvent
from tests.core.followup.world import (
    CASE,
    INTRO,
    NOW,
    TEXTS,
    WELCOME,
    lead,
    plan,
    record,
    standing,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NEWS = Series(
    name="news", when="=TRUE", steps=(Step(template="01-intro"), Step(template="02-case"))
)
HERE = TEXTS | {
    "news/01-intro.id.md": "---\nSubject: Kabar\n---\nHalo",
    "news/02-case.id.md": "Lagi",
}


def answered(message, at: datetime):
    """A message, sent and answered."""
    events = (*message.events, MessageEvent("replied", at, "Ya, boleh"))
    return replace(message, state="replied", events=events)


def sent(sequence: Series, **parts):
    (draft,) = plan([lead()], sequences=[sequence], texts=HERE, **parts).drafts
    return record(draft, state="sent")


def later(days: int, messages, *sequences: Series, since: datetime = NOW, **parts):
    who = lead()
    return plan(
        [who],
        sequences=sequences,
        texts=HERE,
        messages=messages,
        standings=standing(who, since=since),
        now=NOW + days * DAY,
        **parts,
    )


def test_an_answer_ends_the_persons_other_sequences_too():
    messages = [sent(WELCOME), answered(sent(NEWS), NOW + HOUR)]
    planned = later(5, messages, WELCOME, NEWS)
    assert not planned.drafts
    assert planned.due == ["welcome: stopped: replied. news: stopped: replied."]
    deaf = replace(WELCOME, stop=(Stop.BOUNCE, Stop.UNSUBSCRIBE))
    assert [draft.step for draft in later(5, messages, deaf, NEWS).drafts] == [2]


def test_an_answer_takes_back_the_draft_of_another_sequence():
    waiting = replace(sent(WELCOME), state="draft")
    answer = answered(sent(NEWS), NOW + HOUR)
    assert [one.reason for one in later(0, [waiting, answer], WELCOME, NEWS).withdrawn] == [
        "replied"
    ]
    before = answered(sent(NEWS), NOW - HOUR)
    assert not later(0, [waiting, before], WELCOME, NEWS).withdrawn


def test_an_answer_keeps_a_sequence_from_beginning_whose_time_had_come():
    answer = answered(sent(NEWS), NOW + HOUR)
    assert later(5, [answer], WELCOME).due == ["welcome: replied."]
    moved = later(5, [answer], WELCOME, since=NOW + DAY)
    assert [draft.sequence for draft in moved.drafts] == ["welcome"]


def test_nobody_knows_when_a_rule_turned_true_that_looks_at_no_stage():
    answer = answered(sent(WELCOME), NOW + HOUR)
    assert later(5, [answer], NEWS).due == ["news: replied."]


def test_an_answer_may_have_asked_for_the_date():
    dated = Series(name="news", start_on="=[@Asked]", steps=(INTRO, CASE))
    answer = answered(sent(WELCOME), NOW + HOUR)
    planned = later(5, [answer], dated, Asked=[date(2026, 11, 27)])
    assert [draft.sequence for draft in planned.drafts] == ["news"]


@pytest.mark.parametrize(("days", "drafts"), [(3, []), (365, ["2027"])])
def test_thanks_for_a_birthday_wish_do_not_end_birthdays(days, drafts):
    birthday = Series(name="news", yearly_on="=[@Born]", steps=(INTRO, CASE))
    born = {"Born": [date(1990, 11, 24)]}
    thanks = answered(sent(birthday, **born), NOW + HOUR)
    planned = later(days, [thanks], birthday, **born)
    assert [draft.key.rpartition("|")[2] for draft in planned.drafts] == drafts
