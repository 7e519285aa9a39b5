"""Sequences over time: waiting, being dropped, on hold, once more, and one person in two rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sheetcrm.core.followup.people import AWAY
from sheetcrm.core.followup.rules import Sending, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.memory import Enrolment, Hold, MessageEvent
from tests.core.followup.world import (
    CASE,
    INTRO,
    JAKARTA,
    NOW,
    TEXTS,
    WELCOME,
    lead,
    plan,
    record,
    standing,
)

DAY = timedelta(days=1)
NEWS = Series(name="news", when=WELCOME.when, steps=(INTRO,))
MORE = TEXTS | {"news/01-intro.id.md": "---\nSubject: Kabar\n---\nHalo"}


def first(**changes):
    (draft,) = plan([lead()]).drafts
    return record(draft, **changes)


def at(days: float, messages, who=None, past=None, **parts):
    who = who or lead()
    return plan(
        [who],
        messages=messages,
        standings=standing(who),
        now=NOW + days * DAY,
        past=past or {},
        **parts,
    )


def test_step_two_is_never_due_while_step_one_was_not_sent():
    for days in (3, 10, 100):
        planned = at(days, [first()])
        assert not planned.drafts
        assert planned.email_status == ["DRAFT"]
        assert planned.due == ["welcome: the draft of step 1 waits."]


def test_a_draft_that_was_taken_away_counts_as_sent_since_that_was_seen():
    draft = first()
    gone = {"gone": {draft.key}}
    seen = at(10, [draft], past=gone)
    assert not seen.drafts
    assert seen.due[0].startswith("welcome: the draft of step 1 was taken away. It counts as sent.")
    assert seen.next_follow_up == [date(2026, 12, 9)]  # three business days from now
    noted = replace(draft, events=(MessageEvent("gone", NOW + 10 * DAY),))
    assert not at(12, [noted], past=gone).drafts
    (second,) = at(15, [noted], past=gone).drafts
    assert second.step == 2
    assert at(15, [noted]).drafts == []  # its file is back again


def test_the_gap_counts_from_when_a_message_was_sent():
    sent = first(state="sent", sent_at=NOW + 8 * DAY)
    planned = at(8, [sent])
    assert (planned.drafts, planned.next_follow_up) == ([], [date(2026, 12, 7)])
    assert at(13, [sent]).drafts[0].step == 2


@pytest.mark.parametrize("state", ["skipped", "expired"])
def test_a_step_that_was_dropped_does_not_end_the_sequence(state):
    texts = TEXTS | {"welcome/02-case.id.md": "---\nSubject: Lagi\n---\nApa kabar?"}
    (second,) = at(3, [first(state=state)], texts=texts).drafts
    assert second.step == 2
    assert b"In-Reply-To" not in second.raw


SOON = Series(name="welcome", when=WELCOME.when, steps=(INTRO, CASE), expires_days=4)


def test_what_would_come_too_late_is_dropped_and_said():
    sent = first(state="sent", sent_at=NOW)
    assert at(7, [sent], sequences=[SOON]).drafts[0].step == 2  # due on the 27th, now the 1st
    late = at(8, [sent], sequences=[SOON])
    assert late.drafts == []
    assert late.due == ["welcome: step 2 was for 2026-11-27, and would come too late."]
    steps = (INTRO, CASE, Step(template="01-intro", after_days=10))
    longer = replace(SOON, steps=steps)
    found = at(8, [sent], sequences=[longer])
    assert found.next_follow_up == [date(2026, 12, 11)]
    assert "would come too late; step 3" in found.due[0]


def test_a_draft_that_waited_for_too_long_expires():
    planned = at(8, [first()], sequences=[SOON])
    (late,) = planned.withdrawn
    assert (late.state, late.reason) == (
        "expired",
        "it was for 2026-11-24, and would come too late",
    )
    assert planned.email_status == ["EXPIRED"]
    assert at(3, [first()], sequences=[SOON]).withdrawn == []
    (draft,) = plan([lead()], sequences=[SOON]).drafts
    assert draft.expires == datetime(2026, 11, 28, 17, 0, tzinfo=JAKARTA)


def test_a_sequence_counts_from_when_its_rule_turned_true():
    later = Series(name="welcome", when="=[@Warm]", steps=(replace(INTRO, after_days=2),))
    told = at(0, [], sequences=[later], Warm=[True])
    assert told.enrolments == [Enrolment("L-1", "welcome", True, NOW)]
    assert told.next_follow_up == [date(2026, 11, 26)]
    known = {("L-1", "welcome"): told.enrolments[0]}
    again = at(2, [], sequences=[later], Warm=[True], past={"enrolments": known})
    assert again.enrolments == []
    assert len(again.drafts) == 1
    left = at(1, [], sequences=[later], Warm=[False], past={"enrolments": known})
    assert left.enrolments == [Enrolment("L-1", "welcome", False, NOW + DAY)]
    assert at(0, [], sequences=[WELCOME]).enrolments == []  # nothing hangs on it


AGAIN = Series(name="welcome", when="=[@Warm]", steps=(INTRO, CASE), again_days=30)


def entered(days: float, *, holds: bool = True):
    return {
        "enrolments": {("L-1", "welcome"): Enrolment("L-1", "welcome", holds, NOW + days * DAY)}
    }


def test_a_lead_comes_back_only_when_the_rule_was_false_in_between():
    sent = [first(state="sent"), first(state="sent", step=2, key="lead1@example.com|welcome|2|1")]
    throughout = at(60, sent, sequences=[AGAIN], Warm=[True], past=entered(0))
    assert throughout.due == ["welcome: finished."]
    anew = at(60, sent, sequences=[AGAIN], Warm=[True], past=entered(20))
    assert [draft.key for draft in anew.drafts] == ["lead1@example.com|welcome|1|2"]
    early = at(21, sent, sequences=[AGAIN], Warm=[True], past=entered(20))
    assert (early.drafts, early.next_follow_up) == ([], [date(2026, 12, 28)])
    never = replace(AGAIN, again_days=0)
    assert at(60, sent, sequences=[never], Warm=[True], past=entered(20)).drafts == []


def test_the_second_time_goes_on_with_its_own_steps():
    sent = first(state="sent")
    anew = first(state="sent", key="lead1@example.com|welcome|1|2", created_at=NOW + 60 * DAY)
    (draft,) = at(70, [sent, anew], sequences=[AGAIN], Warm=[True], past=entered(20)).drafts
    assert draft.key == "lead1@example.com|welcome|2|2"


def test_a_message_written_again_by_hand_is_no_second_time():
    sent = first(state="failed")
    second = first(state="sent", step=2, key="lead1@example.com|welcome|2|1", created_at=NOW + DAY)
    again = first(state="sent", key="lead1@example.com|welcome|1|2", created_at=NOW + 2 * DAY)
    planned = at(20, [sent, second, again], sequences=[AGAIN], Warm=[True], past=entered(0))
    assert planned.due == ["welcome: finished."]


def test_a_later_date_begins_a_dated_sequence_once_more():
    dated = Series(name="welcome", start_on="=[@Asked]", steps=(INTRO,), again_days=30)
    sent = first(state="sent")
    early = at(25, [sent], sequences=[dated], Asked=[date(2026, 12, 20)])
    assert early.due == ["welcome: finished."]
    planned = at(25, [sent], sequences=[dated], Asked=[date(2027, 1, 20)])
    assert planned.next_follow_up == [date(2027, 1, 20)]
    later = at(58, [sent], sequences=[dated], Asked=[date(2027, 1, 20)])
    assert [draft.key for draft in later.drafts] == ["lead1@example.com|welcome|1|2"]


def test_nothing_goes_to_who_is_on_hold_and_then_only_the_one_next_step():
    steps = (INTRO, *(Step(template="02-case", after_days=1) for _ in range(3)))
    series = Series(name="welcome", when=WELCOME.when, steps=steps)
    hold = Hold("lead1@example.com", "asked to wait", "person", NOW, NOW + 20 * DAY)
    sent = first(state="sent")
    planned = at(10, [sent], sequences=[series], past={"holds": [hold]})
    assert planned.drafts == []
    assert "but is on hold until 2026-12-14: asked to wait" in planned.due[0]
    assert planned.next_follow_up == [date(2026, 12, 14)]
    over = at(20, [sent], sequences=[series], past={"holds": [hold]})
    assert [draft.step for draft in over.drafts] == [2]
    forever = at(500, [sent], past={"holds": [hold._replace(until=None)]})
    assert forever.drafts == []
    (wait,) = forever.waits
    assert (wait.step, wait.reason) == (2, "is on hold: asked to wait")


def test_a_hold_stops_the_clock_of_what_expires():
    hold = Hold("lead1@example.com", "asked to wait", "person", NOW, NOW + 20 * DAY)
    sent = first(state="sent", sent_at=NOW)
    assert at(20, [sent], sequences=[SOON], past={"holds": [hold]}).drafts[0].step == 2
    assert at(27, [sent], sequences=[SOON], past={"holds": [hold]}).drafts == []


def test_an_automatic_reply_is_a_hold_unless_a_person_says_otherwise_later():
    away = first(state="auto_reply", sent_at=NOW, events=(MessageEvent("auto_reply", NOW + DAY),))
    assert AWAY in at(5, [away]).due[0]
    assert at(8, [away]).drafts[0].step == 2
    word = Hold("lead1@example.com", "", "person", NOW + 3 * DAY, NOW + 3 * DAY)
    assert at(5, [away], past={"holds": [word]}).drafts[0].step == 2
    short = {"sending": Sending(pause_days=0)}
    assert at(5, [away], rules=short).drafts[0].step == 2


@pytest.mark.parametrize(("days", "drafts"), [(1, 0), (3, 0), (6, 1)])
def test_days_between_two_messages_to_one_person(days, drafts):
    sent = first(state="sent", sent_at=NOW)
    rules = {"sending": Sending(min_gap_days=5)}
    planned = at(days, [sent], sequences=[WELCOME, NEWS], texts=MORE, rules=rules)
    assert len(planned.drafts) == drafts
    if not drafts:
        assert planned.next_follow_up[0] in {date(2026, 11, 27), date(2026, 11, 30)}


def test_messages_to_one_person_in_a_week():
    other = [
        first(
            state="sent", sequence=name, key=f"lead1@example.com|{name}|1|1", sent_at=NOW + i * DAY
        )
        for i, name in enumerate(("old", "older"))
    ]
    rules = {"sending": Sending(person_per_week=2)}
    planned = at(3, other, sequences=[NEWS], texts=MORE, rules=rules)
    assert planned.drafts == []
    assert "not before 2026-12-01: 2 messages in seven days" in planned.due[0]
    assert at(7, other, sequences=[NEWS], texts=MORE, rules=rules).drafts


def two(**second):
    one = lead(0, email="ana@example.com", phone="+628123456789", name="Ana Putri")
    return [one, lead(1, **{"email": "ana@example.org", "phone": "+628123456789"} | second)]


def test_the_same_phone_and_name_are_one_person():
    leads = two(name="ANA  putri")
    one = plan(leads)
    assert [draft.person for draft in one.drafts] == ["ana@example.com"]
    assert one.email_status == ["DRAFT", "DUPLICATE"]
    known = [record(draft, state="sent") for draft in one.drafts]
    later = plan(leads, messages=known, standings=standing(*leads), now=NOW + 3 * DAY)
    assert [(draft.person, draft.step) for draft in later.drafts] == [("ana@example.com", 2)]


def test_colleagues_share_a_phone_and_are_two():
    for name in ("Budi", ""):
        planned = plan(two(name=name, first_name="Budi"))
        assert [draft.person for draft in planned.drafts] == ["ana@example.com", "ana@example.org"]


def test_a_word_in_one_row_counts_for_all_addresses_of_the_person():
    name = {"name": "Ana Putri"}
    assert plan(two(**name, values={"unsubscribed": "ya"})).drafts == []
    assert plan(two(**name, stage="Disqualified")).drafts == []
    assert len(plan(two(name="Budi", stage="Disqualified")).drafts) == 1


def test_a_message_to_another_address_from_another_source_counts():
    there = first(
        state="sent",
        person="ana@example.net",
        key="ana@example.net|welcome|1|1",
        source="web",
        lead="W-9",
        phone="+628123456789",
        to_name="Ana Putri",
    )
    ana = two()[0]
    planned = plan([ana], messages=[there], standings=standing(ana), now=NOW + 3 * DAY)
    assert [(draft.person, draft.step) for draft in planned.drafts] == [("ana@example.com", 2)]
    hold = Hold("ana@example.net", "asked to wait", "person", NOW)
    assert plan([ana], messages=[there], past={"holds": [hold]}).drafts == []


def test_a_birthday_never_tells_the_age_and_is_not_made_up_for():
    series = Series(name="welcome", yearly_on="=[@Born]", steps=(INTRO,))
    born = {"Born": [date(1988, 2, 29)]}
    leap = datetime(2028, 2, 29, 9, 0, tzinfo=JAKARTA)
    (draft,) = plan([lead()], sequences=[series], now=leap, **born).drafts
    assert draft.key.endswith("|1|2028")
    assert not any("1988" in text for text in (draft.why, draft.text, draft.subject, draft.html))
    assert draft.expires == datetime(2028, 3, 7, 17, 0, tzinfo=JAKARTA)
    march = datetime(2027, 3, 1, 9, 0, tzinfo=JAKARTA)  # the 28th is a Sunday
    assert plan([lead()], sequences=[series], now=march, **born).drafts
    assert not plan([lead()], sequences=[series], now=march + 9 * DAY, **born).drafts


@pytest.mark.parametrize("above", [True, False])
def test_of_two_that_are_due_on_one_day_the_first_goes_and_the_other_waits(above):
    greeting = Series(name="born", yearly_on="=[@Born]", steps=(INTRO,))
    texts = TEXTS | {"born/01-intro.id.md": "---\nSubject: Selamat\n---\nHalo"}
    order = [greeting, WELCOME] if above else [WELCOME, greeting]
    found = {"sequences": order, "texts": texts, "Born": [NOW.date().replace(year=1988)]}
    (draft,) = plan([lead()], **found).drafts
    assert draft.sequence == order[0].name
    sent = record(draft, state="sent", sent_at=NOW)
    assert plan([lead()], messages=[sent], **found).drafts == []
    (next_day,) = at(1, [sent], **found).drafts
    assert next_day.sequence == order[1].name
