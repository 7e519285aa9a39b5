"""From a source to the plan of what would change in it; reads, and touches nothing.

read → fields → leads → identity → scores, frameworks, stages → follow-ups → outputs → merge
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sheetcrm.core.followup import (
    FollowUpPlan,
    OffLadder,
    TemplateSet,
    check_followups,
    plan_followups,
)
from sheetcrm.core.formula import Events, Frame
from sheetcrm.core.memory import Memory
from sheetcrm.core.plan import Plan
from sheetcrm.core.qualify import LeadContext, Qualified, check_qualification, qualify
from sheetcrm.core.table.identity import Identities, also_ours, duplicates, identify
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.merge import Pending, merge, overridden
from sheetcrm.core.table.values import CellValue, Problem
from sheetcrm.engine.activities import Activities, read_all
from sheetcrm.engine.naming import column_names, formula_texts, known_headers, output_names
from sheetcrm.engine.news import News, news
from sheetcrm.engine.outputs import Computed, in_rows, output_values, rule_problems
from sheetcrm.engine.records import lead_records
from sheetcrm.engine.tables import Tables, read_tables
from sheetcrm.engine.unwritten import id_header, set_aside
from sheetcrm.engine.views import languages, lead_views, texts
from sheetcrm.engine.waiting import waiting
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import (
    ConfigError,
    ConfigFault,
    FormulaError,
    SourceEmptiedError,
    TemplateError,
)
from sheetcrm.ports import TabSource


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A source as it was read: its leads, who they are, and what is remembered of them."""

    source: TabSource
    leads: Leads
    frame: Frame  #: every name that formulas may use; fields that the tab lacks are blank
    identities: Identities
    memory: Memory
    ours: Pending  #: what may stand in our cells beside what was confirmed


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan with what led to it, so that every part of it can be explained."""

    plan: Plan
    qualified: Qualified
    followups: FollowUpPlan
    outputs: Mapping[str, Sequence[CellValue]]  #: header → what was computed, for every lead


@dataclass(frozen=True, kw_only=True)
class _Decided:
    """What was decided of a source, and what was known of the others then."""

    reading: Reading
    qualified: Qualified
    followups: FollowUpPlan
    news: News


class Planner:
    """Plans the sources of a workspace at one moment, one after the other.

    A person for whom an earlier source of the same run planned a message gets none from a
    later one; `settle` tells the earlier ones of what the later ones planned.
    """

    def __init__(self, workspace: Workspace, now: datetime) -> None:
        self._workspace = workspace
        self._rules = workspace.rules
        self._now = now
        self._decided: dict[str, _Decided] = {}

    @property
    def tables(self) -> Mapping[str, Frame]:
        """The reference tables.

        Raises:
            SourceError: one of them cannot be read.
        """
        for error in self.read_tables.errors:
            raise error
        return self.read_tables.frames

    @cached_property
    def read_tables(self) -> Tables:
        """The reference tables and what is wrong with those that cannot be read."""
        return read_tables(self._workspace)

    @property
    def activities(self) -> Activities:
        """What the team did with its leads.

        Raises:
            SourceError: one of the tabs of activities cannot be read.
        """
        for error in self.read_activities.errors:
            raise error
        return self.read_activities

    @cached_property
    def read_activities(self) -> Activities:
        """The activities and what is wrong with tabs of them that cannot be read."""
        return read_all(self._workspace)

    @cached_property
    def templates(self) -> TemplateSet:
        """The team's templates.

        Raises:
            ConfigError: some of them cannot be understood.
        """
        found, errors = TemplateSet.parse(self._workspace.templates.sources())
        if errors:
            raise ConfigError([template_fault(error) for error in errors])
        return found

    def plan(self, source: TabSource, *, allow_empty: bool = False) -> Planned:
        """What would change in one source.

        Raises:
            ConfigError: a formula or template names what this source does not have.
            SourceError: it cannot be read, or was emptied.
        """
        self._decided.pop(source.name, None)
        reading = self.read(source)
        _ = self.activities
        if not allow_empty:
            refuse_emptied(reading)
        faults = self.faults(reading.frame)
        if faults:
            raise ConfigError([replace(f, hint=in_source(f, source.name)) for f in faults])
        try:
            return self._decide(reading, self.qualify(reading))
        except FormulaError as error:
            raise ConfigError([self._slow(error)]) from error

    def settle(self) -> dict[str, Planned]:
        """Decide anew where what other sources planned changes it, until nothing does.

        Returns:
            Source → its plan, for those whose plan is no longer the one that `plan` gave.
        """
        found: dict[str, Planned] = {}
        for _ in self._decided:
            changed = {
                name: self._decide(decided.reading, decided.qualified)
                for name, decided in list(self._decided.items())
                if decided.news != self._news(decided.reading)
            }
            if not changed:
                break
            found |= changed
        return found

    def read(self, source: TabSource) -> Reading:
        """Read a source and find out who its leads are.

        Raises:
            SourceError: it cannot be read.
        """
        rules = self._rules
        tab = source.read(known_headers(rules))
        memory = self._workspace.ledger.remember(source.name)
        leads = read_leads(tab, rules.fields, rules.locale, reserved=rules.outputs.values())
        identities = identify(
            leads,
            id_header=id_header(source, tab, rules.outputs),
            identifying=[field.name for field in rules.fields if field.identifies],
            known={lead: known.fingerprint for lead, known in memory.leads.items()},
        )
        blank = {name: [None] * leads.height for name in leads.missing}
        return Reading(
            source=source,
            leads=leads,
            frame=Frame({**leads.columns, **blank}, self._events(leads, identities.ids)),
            identities=identities,
            memory=memory,
            ours=also_ours(identities, written=memory.written, pending=memory.pending),
        )

    def _events(self, leads: Leads, ids: Sequence[str]) -> Events | None:
        """What happened to the leads; None where the team keeps no activities."""
        if not self._workspace.activities:
            return None
        return self.read_activities.events(leads, ids)

    def faults(self, frame: Frame) -> list[ConfigFault]:
        """All formulas and templates that name what a source with these columns lacks.

        Raises:
            SourceError: a reference table cannot be read.
        """
        rules = self._rules
        fields = {field.name for field in rules.fields}
        names = column_names(rules, frame, self.tables)
        found = [
            self._placed(
                ConfigFault(key=key, message=error.message, hint=error.hint, picture=error.pointer)
            )
            for key, error in check_qualification(rules.qualification, names)
        ]
        try:
            templates = self.templates
        except ConfigError as error:
            return [*found, *error.faults]
        later = replace(names, columns=names.columns | frozenset(output_names(rules)))
        return found + [
            self._placed(fault)
            for fault in check_followups(
                rules.followups,
                templates,
                later,
                [*fields, *frame.names],
                [rules.locale.language],
            )
        ]

    def _slow(self, error: FormulaError) -> ConfigFault:
        """A formula that failed while it was evaluated, as it took too long, with its place."""
        texts = formula_texts(self._rules)
        key = next((key for key, text in texts.items() if text.strip() == error.text.strip()), "")
        hint = f"{error.hint} (the limit is formula_seconds in [workspace])"
        return self._placed(
            ConfigFault(key=key, message=error.message, hint=hint, picture=error.text)
        )

    def _placed(self, fault: ConfigFault) -> ConfigFault:
        file, line = self._rules.places.get(fault.key, (fault.file or "config", fault.line))
        return replace(fault, file=file, line=line)

    def qualify(self, reading: Reading) -> Qualified:
        """Scores, answers and stages of a source whose formulas have no faults."""
        rules = self._rules
        persons: Mapping[str, CellValue] = {}
        if "stage" in rules.outputs and rules.qualification.moves.keep_override:
            persons = overridden(
                reading.leads.tab,
                reading.identities.ids,
                rules.outputs["stage"],
                written=reading.memory.written,
                pending=reading.ours,
            )
        contexts = [
            LeadContext(
                lead=lead,
                language=language,
                standing=reading.memory.standings.get(lead),
                override=text_or_none(persons.get(lead)),
            )
            for lead, language in zip(reading.identities.ids, languages(reading.leads), strict=True)
        ]
        return qualify(
            rules.qualification,
            reading.frame,
            contexts,
            tables=self.tables,
            now=self._now,
            language=rules.locale.language,
        )

    def _decide(self, reading: Reading, qualified: Qualified) -> Planned:
        heard = self._news(reading)
        followups = self._followups(reading, qualified, heard)
        self._decided[reading.source.name] = _Decided(
            reading=reading, qualified=qualified, followups=followups, news=heard
        )
        return self._merge(reading, qualified, followups)

    def _news(self, reading: Reading) -> News:
        """What the other sources of this run mean for the persons of this one."""
        own = reading.source.name
        others = [other.followups for name, other in self._decided.items() if name != own]
        if not others:
            return News()
        persons = texts(reading.leads, "email")
        return news(others, persons, reading.memory.messages, self._now)

    def _followups(self, reading: Reading, qualified: Qualified, heard: News) -> FollowUpPlan:
        rules = self._rules
        leads = lead_views(reading.leads, reading.identities.ids, qualified.stages)
        return plan_followups(
            rules.followups,
            self.templates,
            qualified.frame,
            leads,
            source=reading.source.name,
            messages=heard.of(reading.memory.messages),
            standings=reading.memory.standings,
            parameters=rules.qualification.parameters,
            tables=self.tables,
            now=self._now,
            locale=rules.locale,
            off_ladder=OffLadder(
                [stage.name for stage in rules.qualification.stages if stage.off_ladder],
                leads,
                source=reading.source.name,
                elsewhere=heard.off_ladder,
            ),
        )

    def _merge(self, reading: Reading, qualified: Qualified, followups: FollowUpPlan) -> Planned:
        rules, leads, identities = self._rules, reading.leads, reading.identities
        held = in_rows(followups.held, leads, identities.ids)
        problems: list[Problem] = [
            *leads.tab.problems,
            *leads.problems,
            *identities.problems,
            *duplicates(leads, identities),
            *rule_problems(leads, identities.ids, qualified),
            *held,
        ]
        computed = Computed(
            leads=leads, ids=identities.ids, qualified=qualified, followups=followups
        )
        outputs = output_values(rules.outputs, computed, problems)
        merged = merge(
            leads.tab,
            identities.ids,
            outputs,
            written=reading.memory.written,
            pending=reading.ours,
            reasons={rules.outputs["stage"]: qualified.why} if "stage" in rules.outputs else {},
        )
        plan = Plan(
            source=reading.source.name,
            locator=reading.source.locator,
            tab=leads.tab,
            leads=lead_records(reading, qualified),
            edits=merged.edits,
            append=merged.append,
            overrides=merged.overrides,
            moves=qualified.moves,
            drafts=followups.drafts,
            withdrawn=followups.withdrawn,
            held=held,
            waiting=waiting(identities.ids, qualified, self._now),
            problems=problems,
            written=merged.written,
        )
        plan = set_aside(
            plan,
            reading.source,
            fields=rules.fields,
            leads=leads,
            outputs=outputs,
            written=reading.memory.written,
        )
        return Planned(plan=plan, qualified=qualified, followups=followups, outputs=outputs)


def refuse_emptied(reading: Reading) -> None:
    """Stop where there were leads last time and there are none now: somebody's accident."""
    had = sum(1 for lead in reading.memory.leads.values() if not lead.gone)
    if had and not reading.leads.height:
        raise SourceEmptiedError(
            f"{reading.source.locator}: {had} leads last time, none now; nothing was changed",
            hint="if the tab really is empty now: sheetcrm sync --allow-empty",
        )


def template_fault(error: TemplateError) -> ConfigFault:
    """A template's error as a line of the list of faults."""
    return ConfigFault(
        file=f"templates/{error.template}",
        line=error.line,
        message=error.message,
        hint=error.hint,
    )


def in_source(fault: ConfigFault, source: str) -> str:
    """The fault's hint, with the source in which the name is missing."""
    return f"{fault.hint} (source {source})" if fault.hint else f"source {source}"


def text_or_none(value: CellValue) -> str | None:
    """A person's value as text."""
    return None if value is None else str(value)
