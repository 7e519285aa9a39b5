"""Which follow-ups are due now, and what stands in the follow-up columns of every lead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from sheetcrm.core.followup.forecast import Forecast
from sheetcrm.core.followup.lead import LeadView
from sheetcrm.core.followup.lookout import Lookout
from sheetcrm.core.followup.off_ladder import Beside, OffLadder
from sheetcrm.core.followup.people import Past, newly_taken
from sheetcrm.core.followup.rows import Held, Row, RowPlanner
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.signals import Signals
from sheetcrm.core.followup.templates import TemplateSet
from sheetcrm.core.followup.withdrawing import withdraw
from sheetcrm.core.followup.writing import Writer
from sheetcrm.core.followup.zones import zone
from sheetcrm.core.formula import Frame
from sheetcrm.core.formula.evaluate import ParameterValue
from sheetcrm.core.memory import Enrolment, MessageDraft, Renewal, Withdrawal
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.values import Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpPlan:
    """The drafts of a run, and one value for each lead in each follow-up column."""

    drafts: list[MessageDraft]
    held: list[Problem]  #: what is due but cannot be written, and why
    segment: list[str]
    next_follow_up: list[date | None]
    email_status: list[str]
    whatsapp: list[str | None]
    due: list[str]  #: what is next for the lead, or why nothing is, in words
    renewed: Sequence[Renewal] = ()  #: messages that wait and would say something else now
    withdrawn: Sequence[Withdrawal] = ()  #: drafts that wait and must not go out any more
    taken: Sequence[str] = ()  #: keys of drafts that are seen to be taken away
    enrolments: Sequence[Enrolment] = ()  #: rules of sequences that turned true or false
    waits: Sequence[Held]  #: what is due and does not go
    leads: Sequence[LeadView]
    segments: Segments
    signals: Signals
    lookout: Lookout
    writer: Writer
    forecast: Forecast  #: what would go to them in the days to come
    zones: Collection[tzinfo] = ()  #: of the leads for whom there may be something to do
    off_ladder: Mapping[str, Sequence[Beside]] = field(default_factory=dict)
    """Address, or phone and name → the rows in which this person is off the ladder."""


def plan_followups(
    rules: FollowUps,
    templates: TemplateSet,
    frame: Frame,
    leads: Sequence[LeadView],
    *,
    source: str,
    past: Past,
    parameters: Mapping[str, ParameterValue],
    tables: Mapping[str, Frame],
    now: datetime,
    locale: Locale,
    off_ladder: OffLadder,
    words: bool = True,
) -> FollowUpPlan:
    """Plan the follow-ups of one source; nothing is touched, the same again gives the same.

    Of a person's rows the first one with something due counts.

    Args:
        rules: segments, sequences, sender.
        templates: the team's texts.
        frame: the tab's columns, with `Score`, `Stage` … among them.
        leads: one view for each row of the frame, in its order.
        source: the source's name.
        past: what is remembered, from whichever source.
        parameters: for formulas.
        tables: for formulas.
        now: zoned.
        locale: the workspace's.
        off_ladder: the rows that stand beside the ladder.
        words: write the messages; else only which they are is decided, which is much faster, and
            nobody is held for a value that is missing.

    Raises:
        FormulaError: a formula cannot be understood (`check_followups` tells before).
    """
    local = now.astimezone(zone(locale.timezone)).replace(tzinfo=None)
    signals = Signals.evaluate(rules, frame, parameters=parameters, tables=tables, now=local)
    segments = Segments(rules, leads, signals)
    lookout = Lookout.over(
        leads, past, rules=rules, signals=signals, off_ladder=off_ladder, locale=locale, now=now
    )
    writer = Writer(rules, templates, segments, source=source, locale=locale, words=words)
    return replace(_planned(lookout, writer, leads, segments), taken=newly_taken(past))


def _planned(
    lookout: Lookout,
    writer: Writer,
    leads: Sequence[LeadView],
    segments: Segments,
) -> FollowUpPlan:
    withdrawn = withdraw(lookout, leads, writer.source)
    planner = RowPlanner(lookout=lookout, writer=writer, ids=frozenset(lead.id for lead in leads))
    rows = _rows(planner, [(lead, segments.label(lead)) for lead in leads])
    waits = [row.held for row in rows if row.held]
    drafts = [row.draft for row in rows if row.draft]
    return FollowUpPlan(
        withdrawn=withdrawn,
        enrolments=lookout.enrolments,
        waits=waits,
        leads=leads,
        segments=segments,
        signals=lookout.signals,
        lookout=lookout,
        writer=writer,
        forecast=Forecast(lookout, writer, waits=waits, new=drafts),
        off_ladder=lookout.off_ladder.here,
        drafts=drafts,
        renewed=[row.renewal for row in rows if row.renewal],
        held=[problem for row in rows for problem in row.problems],
        segment=[row.segment for row in rows],
        next_follow_up=[row.day for row in rows],
        email_status=[row.status for row in rows],
        whatsapp=[row.whatsapp for row in rows],
        due=[" ".join(row.words) for row in rows],
        zones=frozenset(lookout.zones),
    )


def _rows(planner: RowPlanner, leads: Sequence[tuple[LeadView, str]]) -> list[Row]:
    """One row after the other; then, where a person gets a message, that person's other rows.

    Those say at once what they would say in the next run, wherever they stand in the tab.
    """
    rows = [planner.row(lead, segment) for lead, segment in leads]
    one = planner.lookout.people.one
    drafts = {one(row.draft.person): row.draft for row in rows if row.draft}
    persons = [one(lead.email) for lead, _ in leads]
    others = [i for i, row in enumerate(rows) if not row.draft and persons[i] in drafts]
    planner.know(drafts[persons[i]] for i in others)
    for i in others:
        rows[i] = planner.row(*leads[i])
    return rows
