"""From a source to the plan of what would change in it; reads, and touches nothing.

read → fields → leads → identity → scores, frameworks, stages → follow-ups → outputs → merge
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sheetcrm.core.followup import FollowUpPlan, OffLadder, Past, TemplateSet, plan_followups
from sheetcrm.core.followup.wishes import for_nobody, heeded, unheeded
from sheetcrm.core.formula import Events, Frame
from sheetcrm.core.plan import Plan
from sheetcrm.core.qualify import LeadContext, Qualified, qualify
from sheetcrm.core.table.identity import duplicates
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.merge import merge, overridden
from sheetcrm.core.table.values import CellValue, Problem
from sheetcrm.engine.activities import Activities, read_all
from sheetcrm.engine.faults import find_faults, in_source, slow_fault, template_fault
from sheetcrm.engine.news import News, news, persons_in
from sheetcrm.engine.outputs import Computed, in_rows, output_values, rule_problems
from sheetcrm.engine.reading import Reading, read_source, refuse_emptied
from sheetcrm.engine.records import lead_records
from sheetcrm.engine.tables import Tables, read_tables
from sheetcrm.engine.unwritten import set_aside
from sheetcrm.engine.views import languages, lead_views, texts
from sheetcrm.engine.waiting import waiting
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import ConfigError, ConfigFault, FormulaError
from sheetcrm.ports import TabSource


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

    def __init__(
        self,
        workspace: Workspace,
        now: datetime,
        *,
        words: bool = True,
        every_text: bool = False,
    ) -> None:
        """Plan at one moment.

        Args:
            workspace: the rules and the ports.
            now: the moment.
            words: without, what is due is only decided, and not written.
            every_text: look also at templates that belong to no series of the config.
        """
        self._words = words
        self._every_text = every_text
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
        store = self._workspace.templates
        series = [sequence.name for sequence in self._rules.followups.sequences]
        found, errors = TemplateSet.parse(
            store.sources(), store.attachment, series=None if self._every_text else series
        )
        if errors:
            raise ConfigError([template_fault(error) for error in errors])
        return found.spelled(self._rules.followups)

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
            raise ConfigError([in_source(fault, source.name) for fault in faults])
        try:
            return self._decide(reading, self.qualify(reading))
        except FormulaError as error:
            raise ConfigError([slow_fault(error, self._rules)]) from error

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
        return read_source(self._workspace, source, self._events)

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
        return find_faults(self._rules, frame, self.tables, lambda: self.templates)

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
        known_by = (texts(reading.leads, name) for name in ("email", "phone", "name"))
        persons = persons_in(others, *known_by)
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
            past=self._past(reading, heard),
            parameters=rules.qualification.parameters,
            tables=self.tables,
            now=self._now,
            locale=rules.locale,
            words=self._words,
            off_ladder=OffLadder(
                [stage.name for stage in rules.qualification.stages if stage.off_ladder],
                leads,
                source=reading.source.name,
                elsewhere=heard.off_ladder,
            ),
        )

    def _past(self, reading: Reading, heard: News) -> Past:
        memory = reading.memory
        return Past(
            messages=heeded(heard.of(memory.messages), reading.said.wishes),
            gone=reading.gone(),
            standings=memory.standings,
            enrolments=memory.enrolments,
            holds=memory.holds,
            suppressed=memory.suppressed,
        )

    def _unheeded(self, reading: Reading) -> list[Problem]:
        """Words in the sheet about drafts that only a person can decide of in another way."""
        said = reading.said
        gone = reading.gone() if said.elsewhere else ()
        found = [*unheeded(said.elsewhere, gone), *for_nobody(said.unsent)]
        own = [replace(problem, source=reading.source.name) for problem in found]
        return in_rows(own, reading.leads, reading.identities.ids)

    def _merge(self, reading: Reading, qualified: Qualified, followups: FollowUpPlan) -> Planned:
        rules, leads, identities = self._rules, reading.leads, reading.identities
        held = in_rows(followups.held, leads, identities.ids)
        problems = [*self._unheeded(reading), *_problems(reading, qualified), *held]
        computed = Computed(
            leads=leads, ids=identities.ids, qualified=qualified, followups=followups
        )
        outputs = output_values(rules.outputs, computed, problems, language=rules.locale.language)
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
            renewed=followups.renewed,
            wishes=reading.said.wishes,
            withdrawn=followups.withdrawn,
            gone=followups.taken,
            enrolments=followups.enrolments,
            held=held,
            waiting=waiting(identities.ids, qualified, self._now),
            log_tab=rules.log_tab,
            problems=problems,
            written=merged.written,
            memory=reading.memory,
            zones=followups.zones,
        )
        plan = set_aside(
            plan,
            reading.source,
            fields=rules.fields,
            leads=leads,
            outputs=outputs,
            written=reading.memory.written,
            language=rules.locale.language,
        )
        return Planned(plan=plan, qualified=qualified, followups=followups, outputs=outputs)


def _problems(reading: Reading, qualified: Qualified) -> list[Problem]:
    """What is wrong with the source's cells and leads."""
    leads, identities = reading.leads, reading.identities
    return [
        *leads.tab.problems,
        *leads.problems,
        *identities.problems,
        *duplicates(leads, identities),
        *rule_problems(leads, identities.ids, qualified),
    ]


def text_or_none(value: CellValue) -> str | None:
    """A person's value as text."""
    return None if value is None else str(value)
