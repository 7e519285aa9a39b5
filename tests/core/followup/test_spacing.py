"""Whatever happens over months: no bursts, nobody hears too often, stops are final."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.followup.rules import Sending, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.memory import Hold, MessageEvent, MessageRecord
from tests.core.followup.world import NOW, lead, parse, plan, record, standing

DAY = timedelta(days=1)
TEXT = "---\nSubject: Halo\n---\nHalo"
NAMES = ("welcome", "news", "tips", "born")
TEXTS = parse({f"{name}/{step}.id.md": TEXT for name in NAMES for step in ("a", "b", "c")})

GAPS = st.integers(0, 3)


@st.composite
def series(draw, name: str) -> Series:
    steps = tuple(
        Step(template=template, after_days=draw(GAPS))
        for template in ("a", "b", "c")[: draw(st.integers(1, 3))]
    )
    begins = draw(st.sampled_from([{"when": f"=[@{name}]"}, {"start_on": "=[@Asked]"}]))
    if name == "born":
        begins = {"yearly_on": "=[@Born]"}
    return Series(
        name=name,
        steps=steps,
        again_days=draw(st.sampled_from([0, 0, 5, 20])),
        expires_days=draw(st.sampled_from([None, None, 2, 10])),
        **begins,
    )


WORLDS = st.fixed_dictionaries(
    {
        "sequences": st.tuples(*(series(name) for name in NAMES)),
        "gap": st.integers(1, 4),
        "week": st.sampled_from([None, 1, 2]),
        "via": st.sampled_from(["eml", "smtp"]),
        # what becomes of things, day by day
        "fates": st.lists(
            st.sampled_from(["sent", "sent", "sent", "waits", "skipped", "hold", "cron is down"]),
            min_size=10,
            max_size=45,
        ),
        "holds": st.lists(st.booleans(), min_size=20, max_size=45),
        "asked": st.dates(date(2026, 11, 1), date(2027, 1, 10)),
        "born": st.dates(date(1960, 11, 20), date(1960, 12, 31)),
        "two_rows": st.booleans(),
    }
)


class Team:
    """A team with one person in one row, or in two with two addresses, over some weeks."""

    def __init__(self, world) -> None:
        self.world = world
        name = {"name": "Ana Putri", "phone": "+628123456789"}
        self.leads = [lead(0, **name)]
        if world["two_rows"]:
            self.leads.append(lead(1, **name, email="ana@example.org"))
        self.rules = {
            "sending": Sending(
                min_gap_days=world["gap"], person_per_week=world["week"], via=world["via"]
            )
        }
        self.messages: dict[str, MessageRecord] = {}
        self.enrolments = {}
        self.holds: tuple[Hold, ...] = ()
        self.sent: list[datetime] = []
        self.drafted: dict[datetime, list[str]] = defaultdict(list)

    def day(self, number: int, **columns) -> None:
        fate = self.world["fates"][number % len(self.world["fates"])]
        now = NOW + number * DAY
        if fate == "hold":
            hold = Hold("lead1@example.com", "x", "person", now, now + 4 * DAY)
            self.holds = (hold,)
        if fate != "cron is down":
            self.sync(now, **columns)
        if fate in {"sent", "skipped"}:
            self.settle(fate, now + timedelta(hours=2))

    def planned(self, now: datetime, messages=None, **columns):
        rows = len(self.leads)
        facts = {
            "Asked": [self.world["asked"]] * rows,
            "Born": [self.world["born"]] * rows,
            **{name: [True] * rows for name in NAMES[:3]},
        }
        return plan(
            self.leads,
            sequences=self.world["sequences"],
            texts=TEXTS,
            messages=list(self.messages.values()) if messages is None else messages,
            standings=standing(*self.leads),
            now=now,
            rules=self.rules,
            past={"enrolments": self.enrolments, "holds": self.holds},
            **facts | columns,
        )

    def sync(self, now: datetime, **columns) -> None:
        found = self.planned(now, **columns)
        if found.drafts:  # the same again is the same
            assert found.drafts == self.planned(now, **columns).drafts
        for one in found.withdrawn:
            self.messages[one.key] = replace(self.messages[one.key], state=one.state)
        for draft in found.drafts:
            assert draft.key not in self.messages
            phone, name = self.leads[0].phone, self.leads[0].name
            self.messages[draft.key] = record(draft, phone=phone, to_name=name)
            self.drafted[now].append(draft.key)
        self.enrolments |= {(one.lead, one.sequence): one for one in found.enrolments}

    def settle(self, state: str, at: datetime) -> None:
        for key, message in list(self.messages.items()):
            if message.state == "draft":
                sent = at if state == "sent" else None
                self.messages[key] = replace(message, state=state, sent_at=sent)
                self.sent += [at] if sent else []


JAKARTA = Workdays(country="ID", zone=ZoneInfo("Asia/Jakarta"), sending=Sending())


@settings(max_examples=25)
@given(WORLDS)
def test_nobody_hears_too_often_whatever_happens(world):
    """Over any sequences, re-entries, holds, pauses, days without a run, and two addresses."""
    team = Team(world)
    for number, holds in enumerate(world["holds"]):
        team.day(number, welcome=[holds] * len(team.leads))
    assert all(len(keys) == 1 for keys in team.drafted.values())  # never a burst
    days = [JAKARTA.slot(at) for at in team.sent]
    for before, after in pairwise(days):
        assert after - before >= timedelta(days=world["gap"])
    if world["week"]:
        for day in days:
            assert sum(0 <= (other - day).days < 7 for other in days) <= world["week"]


@settings(max_examples=25)
@given(WORLDS, st.integers(3, 15), st.sampled_from(["bounced", "unsubscribed", "complained"]))
def test_a_stop_ends_everything(world, at, state):
    team = Team(world)
    for number in range(at):
        team.day(number)
    if not team.messages:
        return
    first = next(iter(team.messages))
    team.messages[first] = replace(team.messages[first], state=state)
    before = len(team.messages)
    for number in range(at, at + 25):
        team.day(number)
    assert len(team.messages) == before
    assert not any(message.state == "draft" for message in team.messages.values())


@settings(max_examples=25)
@given(WORLDS, st.integers(1, 120))
def test_after_any_pause_only_the_one_next_step_is_due(world, silence):
    team = Team(world)
    for number in range(8):
        team.day(number)
    open_before = sum(message.state == "draft" for message in team.messages.values())
    found = team.planned(NOW + (8 + silence) * DAY)
    assert len(found.drafts) + open_before <= 1 + len(found.withdrawn)


ZONES = st.sampled_from(
    ["Asia/Jakarta", "Asia/Jayapura", "America/Mexico_City", "Europe/Madrid", "UTC"]
)
COUNTRIES = st.sampled_from(["ID", "MX", "ES", "US", "XX"])


@settings(max_examples=80)
@given(
    st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    st.integers(0, 30),
    st.integers(0, 30),
    COUNTRIES,
    st.frozensets(st.integers(0, 6), min_size=1),
)
def test_business_days_add_up(day, first, second, country, weekdays):
    days = Workdays(country=country, zone=ZoneInfo("UTC"), sending=Sending(weekdays=weekdays))
    found = days.add(day, first)
    assert days.is_open(found)
    assert found >= day
    assert days.add(found, second) == days.add(day, first + second)
    between = [found + timedelta(days=i) for i in range((days.add(found, second) - found).days)]
    assert sum(map(days.is_open, between)) == second


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
        lambda moment: moment.replace(tzinfo=ZoneInfo("UTC"))
    ),
    COUNTRIES,
    ZONES,
)
def test_what_is_ready_at_any_moment_goes_in_the_leads_own_hours(moment, country, zone):
    days = Workdays(country=country, zone=ZoneInfo(zone), sending=Sending())
    opens = days.opening(moment)
    local = opens.astimezone(days.zone)
    assert opens >= moment
    assert days.is_open(local.date())
    assert days.sending.opens <= local.time() < days.sending.closes
    assert days.slot(moment) == local.date()


def test_what_a_hold_missed_is_not_made_up_for():
    steps = tuple(Step(template=template) for template in ("a", "b", "c"))
    world = {
        "sequences": tuple(Series(name=name, when="=TRUE", steps=steps) for name in NAMES),
        "gap": 1,
        "week": None,
        "via": "smtp",
        "two_rows": False,
        "asked": date(2026, 12, 1),
        "born": date(1960, 12, 1),
        "fates": ["sent"],
        "holds": [],
    }
    team = Team(world)
    team.holds = (Hold("lead1@example.com", "x", "person", NOW, NOW + 30 * DAY),)
    for number in range(50):
        team.day(number)
    assert len(team.sent) == len({at.date() for at in team.sent}) == 10
    assert min(team.sent) > NOW + 30 * DAY
    team.messages = {
        key: replace(one, events=(MessageEvent("auto_reply", NOW + 50 * DAY),))
        for key, one in team.messages.items()
    }
    for number in range(50, 57):
        team.day(number)
    assert len(team.sent) == 10
