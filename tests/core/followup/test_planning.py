from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sheetcrm.core.followup.rules import Segment, Sending, Step, Stop
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.table.spoken import said
from sheetcrm.core.table.values import CellError, Severity
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
ON_DATE = Series(name="welcome", start_on="=[@Asked]", steps=(INTRO,))
BIRTHDAY = Series(name="welcome", yearly_on="=[@Born]", steps=(INTRO,))


def first(**parts):
    """The draft of the first step, as the ledger remembers it after it went out."""
    (draft,) = plan([lead(**parts)]).drafts
    return record(draft, state="sent")


def after(days: int, messages, who=None, **parts):
    who = who or lead()
    since = parts.pop("since", NOW)
    return plan(
        [who],
        messages=messages,
        standings=standing(who, since=since),
        now=NOW + days * DAY,
        **parts,
    )


def test_a_lead_in_the_stage_gets_the_first_step():
    planned = plan([lead(location="Jakarta", interests=("solar", "EV")), lead(1, stage="Lead")])
    (draft,) = planned.drafts
    assert (draft.key, draft.person) == ("lead1@example.com|welcome|1|1", "lead1@example.com")
    assert (draft.due_on, draft.created_at) == (date(2026, 11, 24), NOW)
    assert draft.why == (
        "MQL sejak 24 Nov 2026 · welcome, langkah 1 dari 2 · welcome/01-intro.id.md: bahasa id"
    )
    assert draft.segment == "Jakarta · solar, EV"
    assert planned.segment == ["Jakarta · solar, EV", ""]
    assert planned.email_status == ["DRAFT", ""]
    assert planned.next_follow_up == [date(2026, 11, 24), None]
    assert planned.due == [
        "welcome: step 1 (01-intro) is due. A draft is written: welcome/01-intro.id.md.",
        "welcome: its rule does not hold.",
    ]


def test_planning_again_changes_nothing():
    leads = [lead(), lead(1, email=""), lead(2, phone="+6281234567890")]
    texts = TEXTS | {"welcome/01-intro.whatsapp.id.md": "Halo {{ lead.first_name }}"}
    one = plan(leads, texts=texts)
    known = [record(draft) for draft in one.drafts]
    two = plan(
        leads, texts=texts, messages=known, standings=standing(*leads), now=NOW + timedelta(hours=3)
    )
    assert not two.drafts
    assert len(one.drafts) == 2
    for column in ("segment", "next_follow_up", "email_status", "whatsapp"):
        assert getattr(two, column) == getattr(one, column)
    assert plan(leads, texts=texts).drafts == one.drafts


def test_the_second_step_comes_three_business_days_later():
    sent = first()
    waiting = after(1, [sent])
    assert not waiting.drafts
    assert waiting.next_follow_up == [date(2026, 11, 27)]
    assert waiting.email_status == ["EMAIL_SENT"]
    assert waiting.due == ["welcome: step 2 (02-case) on 2026-11-27."]
    (draft,) = after(3, [sent]).drafts
    assert (draft.step, draft.due_on) == (2, date(2026, 11, 27))
    done = after(9, [sent, record(draft, state="sent")])
    assert not done.drafts
    assert done.next_follow_up == [None]
    assert done.due == ["welcome: finished."]


def test_a_pause_makes_up_for_nothing():
    steps = (INTRO, CASE, Step(template="01-intro", after_days=1))
    long = after(60, [first()], sequences=[Series(name="welcome", when=WELCOME.when, steps=steps)])
    assert [draft.step for draft in long.drafts] == [2]


@pytest.mark.parametrize(
    ("now", "due_on"),
    [
        (datetime(2026, 11, 24, 18, 0, tzinfo=JAKARTA), date(2026, 11, 25)),
        (datetime(2026, 11, 28, 9, 0, tzinfo=JAKARTA), date(2026, 11, 30)),
    ],
)
def test_outside_the_hours_the_draft_is_for_the_next_business_day(now, due_on):
    planned = plan([lead()], now=now)
    assert planned.drafts[0].due_on == due_on
    assert planned.next_follow_up == [due_on]


@pytest.mark.parametrize(
    ("state", "status", "why"),
    [
        ("replied", "RESPONDED", "welcome: stopped: replied."),
        ("bounced", "BOUNCED", "welcome: stopped: the address bounced."),
        ("unsubscribed", "UNSUBSCRIBED", "welcome: stopped: unsubscribed."),
        ("complained", "UNSUBSCRIBED", "welcome: stopped: unsubscribed."),
        ("unknown", "UNKNOWN", "welcome: waits for step 1, which is unknown."),
        ("queued", "QUEUED", "welcome: waits for step 1, which is queued."),
        ("failed", "FAILED", "welcome: waits for step 1, which is failed."),
    ],
)
def test_what_a_message_came_to_stops_or_delays_the_next(state, status, why):
    planned = after(5, [record_state(state)])
    assert not planned.drafts
    assert (planned.email_status, planned.due) == ([status], [why])


def record_state(state: str):
    (draft,) = plan([lead()]).drafts
    return record(draft, state=state)


def test_a_change_of_stage_stops_what_has_begun():
    moved = after(5, [first()], since=NOW + 2 * DAY)
    assert not moved.drafts
    assert moved.due == ["welcome: stopped: now in stage MQL."]
    stays = Series(name="welcome", when=WELCOME.when, steps=(INTRO, CASE), stop=(Stop.REPLY,))
    assert after(5, [first()], since=NOW + 2 * DAY, sequences=[stays]).drafts


def test_a_rule_that_no_longer_holds_ends_it():
    planned = after(5, [first()], who=lead(stage="SQL"))
    assert planned.due == ["welcome: over: its rule no longer holds."]
    assert not planned.drafts


@pytest.mark.parametrize("word", [True, "Ya", "sí", "yes", "✓"])
def test_a_reply_noted_in_the_sheet_stops(word):
    who = lead(values={"replied": word})
    assert plan([who]).due == ["welcome: replied."]
    assert after(5, [first()], who=who).due == ["welcome: stopped: replied."]
    dated = plan([who], sequences=[ON_DATE], Asked=[date(2026, 11, 24)])
    assert dated.drafts  # the lead asked to be written to on that day


def test_customers_hear_only_what_is_meant_for_them():
    who = lead(stage="Customer")
    everybody = Series(name="welcome", when="=TRUE", steps=(INTRO,))
    theirs = Series(name="welcome", when='=[@Stage]="Customer"', steps=(INTRO,))
    assert plan([who], sequences=[everybody]).due == ["welcome: is a customer."]
    assert plan([who], sequences=[theirs]).drafts


def test_whoever_unsubscribed_in_one_row_or_by_mail_hears_nothing():
    leads = [lead(values={"unsubscribed": "ya"}), lead(1, email="lead1@example.com")]
    assert not plan(leads).drafts
    assert plan(leads).due[1] == "welcome: unsubscribed."


@pytest.mark.parametrize(
    ("cell", "hears"),
    [
        ("no contactar", False),
        (date(2026, 3, 12), False),
        (CellError("#VALUE!"), False),  # as the field's reader leaves such a text
        (CellError("#N/A"), True),
        ("no", True),
        ("-", True),
    ],
)
def test_what_cannot_be_read_where_people_ask_for_silence_is_a_wish_for_it(cell, hears):
    assert bool(plan([lead(values={"unsubscribed": cell})]).drafts) == hears


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (CellError("#VALUE!"), "what the sheet says of the lead's consent cannot be read"),
        ("solo WhatsApp", "what the sheet says of the lead's consent cannot be read"),
        ("no", "the sheet says that the lead does not consent"),
        ("sí", ""),
        (None, ""),
        (CellError("#N/A"), ""),
    ],
)
def test_consent_that_cannot_be_read_is_none(cell, reason):
    found = plan([lead(values={"consent": cell})])
    said = [f"welcome, step 1 is held: {reason}"] if reason else []
    assert [held.message for held in found.held] == said
    assert bool(found.drafts) != bool(reason)


def test_no_consent_holds():
    who = lead(phone="+6281234567890", values={"consent": False})
    texts = TEXTS | {"welcome/01-intro.whatsapp.id.md": "Halo"}
    planned = plan([who], texts=texts)
    assert planned.email_status == ["HELD"]
    assert planned.whatsapp == [None]
    assert [p.message for p in planned.held] == [
        "welcome, step 1 is held: the sheet says that the lead does not consent"
    ]


def test_a_lead_without_a_usable_address_is_held_and_may_get_a_whatsapp_link():
    texts = TEXTS | {"welcome/01-intro.whatsapp.id.md": "Halo {{ lead.first_name }} & co"}
    leads = [
        lead(email="", phone="+6281234567890"),
        lead(1, email="", email_problem="“budi@@example” is no address"),
    ]
    planned = plan(leads, texts=texts)
    assert planned.email_status == ["HELD", "HELD"]
    assert planned.whatsapp == ["https://wa.me/6281234567890?text=Halo%20Budi%20%26%20co", None]
    assert [(p.lead, p.message, p.source) for p in planned.held] == [
        ("L-1", "welcome, step 1 is held: there is no e-mail address", "expo"),
        ("L-2", "welcome, step 1 is held: “budi@@example” is no address", "expo"),
    ]


def test_a_missing_value_holds_one_lead_with_its_place_and_the_others_go_on():
    texts = {"welcome/01-intro.id.md": "---\nSubject: Halo\n---\n\nKota {{ lead.city }}"}
    leads = [lead(values={"city": None}), lead(1, values={"city": "Bogor"})]
    planned = plan(leads, texts=texts)
    assert [draft.lead for draft in planned.drafts] == ["L-2"]
    (problem,) = planned.held
    assert problem.message == (
        "welcome, step 1 is held: lead.city is empty (templates/welcome/01-intro.id.md:5)"
    )
    assert problem.severity is Severity.WARNING
    assert "default" in problem.hint
    assert planned.next_follow_up[0] == date(2026, 11, 24)


def test_a_whatsapp_text_with_a_missing_value_does_not_hold_the_mail():
    texts = TEXTS | {"welcome/01-intro.whatsapp.id.md": "{{ lead.city }}"}
    planned = plan([lead(phone="+6281234567890", values={"city": None})], texts=texts)
    assert planned.email_status == ["DRAFT"]
    assert [p.message for p in planned.held] == [
        "no WhatsApp link: lead.city is empty (templates/welcome/01-intro.whatsapp.id.md:1)"
    ]


def test_no_template_for_a_lead_holds():
    texts = {"welcome/01-intro--bali.id.md": "---\nSubject: x\nFor-location: Bali\n---\nHalo"}
    planned = plan([lead(location="Bandung")], texts=texts)
    assert planned.held[0].message.startswith(
        "welcome, step 1 is held: no template welcome/01-intro"
    )


def test_a_person_in_two_rows_hears_once():
    leads = [
        lead(stage="Lead"),
        lead(1, email="lead1@example.com"),
        lead(2, email="lead1@example.com"),
    ]
    one = plan(leads)
    assert [draft.lead for draft in one.drafts] == ["L-2"]
    assert one.email_status == ["DUPLICATE", "DRAFT", "DUPLICATE"]
    known = [record(draft) for draft in one.drafts]
    two = plan(leads, messages=known, standings=standing(*leads))
    assert not two.drafts
    assert (two.email_status, two.next_follow_up) == (one.email_status, one.next_follow_up)
    swapped = [
        lead(0, id="L-3", email="lead1@example.com"),
        lead(1, id="L-2", email="lead1@example.com"),
    ]
    assert plan(swapped, messages=known).email_status == ["DUPLICATE", "DRAFT"]


def test_one_new_message_a_run_and_a_day_across_sequences():
    other = Series(name="news", when=WELCOME.when, steps=(INTRO,))
    texts = TEXTS | {"news/01-intro.id.md": "---\nSubject: Kabar\n---\nHalo"}
    both = [WELCOME, other]
    one = plan([lead()], sequences=both, texts=texts)
    assert [draft.sequence for draft in one.drafts] == ["welcome"]
    (draft,) = one.drafts
    waits = after(2, [record(draft)], sequences=both, texts=texts)
    assert not waits.drafts
    assert "news: step 1 (01-intro) is due, but waits for welcome step 1." in waits.due[0]
    today = after(0, [record(draft, state="sent")], sequences=both, texts=texts)
    assert not today.drafts
    assert "not on the day of another message" in today.due[0]
    tomorrow = after(1, [record(draft, state="sent")], sequences=both, texts=texts)
    assert [draft.sequence for draft in tomorrow.drafts] == ["news"]


def test_steps_are_left_out_where_they_say_so():
    steps = (
        INTRO,
        Step(template="02-case", after_days=2, skip_if="=[@Skip]"),
        Step(template="01-intro", after_days=1),
    )
    series = Series(name="welcome", when=WELCOME.when, steps=steps)
    assert after(2, [first()], sequences=[series], Skip=[False]).drafts[0].step == 2
    assert not after(2, [first()], sequences=[series], Skip=[True]).drafts
    assert after(3, [first()], sequences=[series], Skip=[True]).drafts[0].step == 3


@pytest.mark.parametrize(
    ("asked", "drafts", "next_day"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 24)),
        (date(2026, 11, 2), 1, date(2026, 11, 24)),
        (date(2026, 12, 12), 0, date(2026, 12, 14)),  # a Saturday
        (46_368, 0, date(2026, 12, 12) + 2 * DAY),  # the serial number of the same day
        (None, 0, None),
    ],
)
def test_a_sequence_that_begins_on_a_date(asked, drafts, next_day):
    planned = plan([lead()], sequences=[ON_DATE], Asked=[asked])
    assert len(planned.drafts) == drafts
    assert planned.next_follow_up == [next_day]


def test_what_cannot_be_decided_is_a_problem():
    broken = plan([lead()], sequences=[ON_DATE], Asked=["besok"])
    assert broken.held[0].message == "welcome cannot be decided: “besok” is not a date"
    error = plan([lead()], Stage=[CellError("#N/A")])
    assert error.held[0].message == "welcome cannot be decided: its rule gives #N/A"
    assert error.email_status == [""]


@pytest.mark.parametrize(
    ("born", "drafts", "next_day"),
    [
        (date(1990, 11, 24), 1, date(2026, 11, 24)),
        (date(1990, 11, 21), 1, date(2026, 11, 24)),  # a Saturday three days ago
        (date(1990, 11, 10), 0, date(2027, 11, 10)),
        (date(1990, 12, 7), 0, date(2026, 12, 7)),
        (date(1988, 2, 29), 0, date(2027, 3, 1)),  # 28 February is a Sunday
    ],
)
def test_a_yearly_sequence(born, drafts, next_day):
    planned = plan([lead()], sequences=[BIRTHDAY], Born=[born])
    assert len(planned.drafts) == drafts
    assert planned.next_follow_up == [next_day]


def test_a_yearly_sequence_comes_once_a_year_and_again_the_next():
    born = {"Born": [date(1990, 11, 24)]}
    (draft,) = plan([lead()], sequences=[BIRTHDAY], **born).drafts
    assert draft.key.endswith("|1|2026")
    sent = record(draft, state="sent")
    again = after(2, [sent], sequences=[BIRTHDAY], **born)
    assert not again.drafts
    assert again.next_follow_up == [date(2027, 11, 24)]
    (later,) = after(365, [sent], sequences=[BIRTHDAY], **born).drafts
    assert later.key.endswith("|1|2027")


def test_named_segments_come_before_location_and_interest():
    groups = [Segment(name="dekat", when='=[@City]="Bogor"'), Segment(name="semua", when="=TRUE")]
    leads = [lead(location="Bogor", interests=("solar",)), lead(1, location="Medan")]
    assert plan(leads, segments=groups).segment == ["dekat, semua", "semua"]


def test_a_message_goes_out_in_the_leads_own_currency_style_and_zone():
    who = lead(language="es", values={"country": "MX"}, name="Ana")
    text = "---\nSubject: x\n---\n{{ 5000 | money('MXN') }} {{ today }}"
    now = datetime(2026, 11, 24, 10, 0, tzinfo=JAKARTA)
    (draft,) = plan([who], texts={"welcome/01-intro.es.md": text}, now=now).drafts
    assert draft.text.startswith("$5,000 23 de noviembre de 2026")


def test_many_leads_without_sequences():
    planned = plan([lead(i) for i in range(3)], sequences=[])
    assert planned.due == ["There are no sequences."] * 3
    assert plan([]).drafts == []


def test_hostile_leads_never_stop_the_run():
    evil = [
        "Budi\r\nBcc: x@example.org",
        "=HYPERLINK(1)",
        "[a](https://b.example)",
        "\u202e",
        "😀" * 500,
    ]
    leads = [lead(i, name=name, values={"city": name}) for i, name in enumerate(evil)]
    leads.append(lead(5, email="broken"))
    text = "---\nSubject: Halo {{ lead.name | default('x') }}\n---\n{{ lead.city | default('x') }}"
    planned = plan(leads, texts={"welcome/01-intro.id.md": text})
    assert [draft.lead for draft in planned.drafts] == ["L-1", "L-2", "L-3", "L-4", "L-5"]
    assert planned.email_status[5] == "HELD"
    assert not any(b"\nBcc:" in draft.raw for draft in planned.drafts)
    assert not any("b.example</a>" in draft.html for draft in planned.drafts)


def test_whoever_is_off_the_ladder_in_one_row_is_written_to_through_none():
    mail = "lead1@example.com"
    leads = [
        lead(0, row=9),
        lead(1, row=10, email=mail, stage="Disqualified"),
        lead(2, row=11, email=mail),
    ]
    why = "another row of the same person is Disqualified (row 10)"
    for order in (leads, [who._replace(number=2 - who.number) for who in reversed(leads)]):
        planned = plan(order)
        assert not planned.drafts
        assert planned.email_status == ["HELD", "", "HELD"]
        assert {problem.message for problem in planned.held} == {f"welcome, step 1 is held: {why}"}
        assert planned.next_follow_up[1] is None
    later = plan(leads, sequences=[ON_DATE], Asked=[date(2026, 12, 14)] * 3)
    assert later.next_follow_up == [None] * 3
    assert later.due[0] == f"welcome: {why}."
    assert later.due[1] == "welcome: is Disqualified, which is off the ladder."


def test_what_is_meant_for_everybody_is_not_meant_for_those_off_the_ladder():
    everybody = Series(name="welcome", when="=TRUE", steps=(INTRO,))
    who = lead(stage="Disqualified", email="", phone="+6281234567890")
    assert plan([who], sequences=[everybody]).email_status == [""]
    but = Series(name="welcome", when='=[@Stage]<>"Customer"', steps=(INTRO,))
    assert not plan([lead(stage="disqualified")], sequences=[but]).drafts


def test_a_sequence_may_ask_for_a_stage_off_the_ladder():
    series = Series(name="welcome", when='=[@Stage]="Disqualified"', steps=(INTRO,))
    texts = TEXTS | {"news/01-intro.id.md": "---\nSubject: Kabar\n---\nHalo"}
    other = Series(name="news", when='=[@Stage]="MQL"', steps=(INTRO,))
    leads = [lead(), lead(1, stage="Disqualified", email="lead1@example.com")]
    planned = plan(leads, sequences=[series, other], texts=texts)
    assert [draft.lead for draft in planned.drafts] == ["L-2"]
    assert planned.email_status == ["DUPLICATE", "DRAFT"]
    assert planned.held == []


def test_what_was_held_before_is_noted_once_and_told_in_every_run_in_the_teams_language():
    who, rules = lead(), {"sending": Sending(via="smtp")}
    written = plan([who], rules=rules).drafts[0]
    texts = TEXTS | {"welcome/01-intro.id.md": "---\nSubject: Halo\n---\n{{ lead.location }}"}
    why = "lead.location is empty (templates/welcome/01-intro.id.md:4)"
    for state, note, news in (("approved", "", [why]), ("held", why, []), ("held", "x", [why])):
        message = record(written, state=state, digest=written.digest, note=note)
        planned = plan([who], texts=texts, rules=rules, messages=[message])
        assert [one.reason for one in planned.renewed] == news
        (problem,) = planned.held
        assert problem.message == f"welcome, step 1 is held: {why}"
        assert said(problem.message, "es") == (
            "welcome, paso 1 retenido: "
            "lead.location está vacío (templates/welcome/01-intro.id.md:4)"
        )


def waiting(**parts):
    """The first step's draft, as it lies in the outbox, and whom it is for."""
    who = lead(**parts)
    return record(plan([who]).drafts[0]), who


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"stage": "Disqualified"}, "is Disqualified, which is off the ladder"),
        ({"stage": "Customer"}, "is a customer"),
        ({"stage": "SQL"}, "now in stage SQL"),
        ({"values": {"unsubscribed": "ya"}}, "unsubscribed"),
        ({"values": {"replied": "sí"}}, "replied"),
        ({"values": {"consent": False}}, "the sheet says that the lead does not consent"),
    ],
)
@pytest.mark.parametrize("state", ["draft", "approved", "queued"])
def test_what_waits_is_withdrawn_where_its_lead_may_no_longer_get_it(now, reason, state):
    message, who = waiting()
    message = replace(message, state=state)
    changed = who._replace(**now)
    moved = standing(who) if changed.stage == who.stage else standing(changed, since=NOW + DAY)
    planned = plan([changed], messages=[message], standings=moved, now=NOW + DAY)
    assert [(one.key, one.lead, one.reason) for one in planned.withdrawn] == [
        (message.key, "L-1", reason)
    ]
    assert planned.email_status == ["CANCELLED"]
    assert planned.next_follow_up == [None]
    assert planned.due[0].startswith(f"welcome: the draft of step 1 was withdrawn: {reason}.")
    cancelled = [replace(message, state="cancelled", note=reason)]
    again = plan([changed], messages=cancelled, standings=moved, now=NOW + DAY)
    assert not again.withdrawn
    assert (again.email_status, again.due) == (planned.email_status, planned.due)


def test_a_draft_is_withdrawn_when_its_rule_no_longer_holds_and_never_written_again():
    stays = [Series(name="welcome", when=WELCOME.when, steps=(INTRO, CASE), stop=())]
    message, who = waiting()
    planned = plan([who._replace(stage="Lead")], messages=[message], sequences=stays)
    assert [one.reason for one in planned.withdrawn] == ["its rule does not hold"]
    back = after(9, [replace(message, state="cancelled")], sequences=stays)
    assert not back.drafts
    assert back.due[0].endswith("welcome: over: the draft of step 1 was withdrawn.")


def test_a_draft_is_withdrawn_for_another_rows_sake():
    message, who = waiting()
    other = lead(1, row=10, email=who.email, stage="Disqualified")
    planned = plan([who, other], messages=[message], standings=standing(who))
    assert [(one.lead, one.reason) for one in planned.withdrawn] == [
        ("L-1", "another row of the same person is Disqualified (row 10)")
    ]


def test_a_draft_is_not_withdrawn_without_a_reason():
    message, who = waiting()
    texts = {"welcome/01-intro.id.md": "---\nSubject: x\n---\n{{ lead.city }}"}
    calm = {"messages": [message], "standings": standing(who), "now": NOW + DAY}
    assert not plan([who], texts=texts, **calm).withdrawn
    assert not plan([who], sequences=[], **calm).withdrawn
    assert not plan([who], Stage=[CellError("#N/A")], **calm).withdrawn
    elsewhere = replace(message, source="web")
    assert not plan([who._replace(stage="Lead")], **calm | {"messages": [elsewhere]}).withdrawn
    sent = replace(message, state="sent")
    assert not plan([who._replace(stage="Lead")], **calm | {"messages": [sent]}).withdrawn


def test_whoever_asked_for_a_date_keeps_the_draft_that_a_reply_did_not_prevent():
    who = lead(values={"replied": True})
    columns = {"sequences": [ON_DATE], "Asked": [date(2026, 11, 24)]}
    (draft,) = plan([who], **columns).drafts
    again = plan([who], messages=[record(draft)], standings=standing(who), **columns)
    assert not again.withdrawn
    assert again.email_status == ["DRAFT"]


def test_a_withdrawn_draft_makes_room_for_another_sequence_in_the_same_run():
    other = Series(name="news", when='=[@Stage]="SQL"', steps=(INTRO,))
    texts = TEXTS | {"news/01-intro.id.md": "---\nSubject: Kabar\n---\nHalo"}
    message, who = waiting()
    moved = who._replace(stage="SQL")
    known = standing(moved, since=NOW + timedelta(minutes=1))
    planned = plan(
        [moved], sequences=[WELCOME, other], texts=texts, messages=[message], standings=known
    )
    assert [one.key for one in planned.withdrawn] == [message.key]
    assert [draft.sequence for draft in planned.drafts] == ["news"]
