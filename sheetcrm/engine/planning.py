"""From a source to the plan of what would change in it; reads, and touches nothing.

read → fields → leads → identity → scores, frameworks, stages → follow-ups → outputs → merge
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sheetcrm.core.followup import FollowUpPlan, TemplateSet, check_followups, plan_followups
from sheetcrm.core.formula import Frame, Names
from sheetcrm.core.plan import LeadRecord, Memory, MessageDraft, MessageRecord, Plan
from sheetcrm.core.qualify import LeadContext, Qualified, check_qualification, qualify
from sheetcrm.core.table.identity import Identities, duplicates, identify
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.merge import merge, overridden
from sheetcrm.core.table.values import CellValue, Problem
from sheetcrm.engine.outputs import output_values, place_problems
from sheetcrm.engine.views import lead_views, message_records
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import ConfigError, ConfigFault, SourceEmptiedError, TemplateError
from sheetcrm.ports import TabSource


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan with what led to it, so that every part of it can be explained."""

    plan: Plan
    leads: Leads
    identities: Identities
    qualified: Qualified
    followups: FollowUpPlan
    outputs: Mapping[str, Sequence[CellValue]]  #: header → what was computed, for every lead
    memory: Memory


class Planner:
    """Plans the sources of a workspace at one moment, one after the other.

    A person for whom an earlier source of the same run planned a message gets none from a
    later one.
    """

    def __init__(self, workspace: Workspace, now: datetime) -> None:
        self._workspace = workspace
        self._now = now
        self._tables: dict[str, Frame] = {}
        self._templates: TemplateSet | None = None
        self._drafted: dict[str, tuple[MessageDraft, ...]] = {}

    @property
    def tables(self) -> dict[str, Frame]:
        """The reference tables, read once."""
        if not self._tables:
            for name, table in self._workspace.tables.items():
                tab = table.read()
                self._tables[name] = Frame({c.header: c.values for c in tab.columns})
        return self._tables

    @property
    def templates(self) -> TemplateSet:
        """The team's templates, parsed once.

        Raises:
            ConfigError: some of them cannot be understood.
        """
        if self._templates is None:
            found, errors = TemplateSet.parse(self._workspace.templates.sources())
            if errors:
                raise ConfigError([template_fault(error) for error in errors])
            self._templates = found
        return self._templates

    def plan(self, source: TabSource, *, allow_empty: bool = False) -> Planned:
        """What would change in one source.

        Raises:
            ConfigError: a formula or template names what this source does not have.
            SourceError: it cannot be read, or was emptied.
        """
        rules = self._workspace.rules
        tab = source.read(known_headers(rules))
        memory = self._workspace.ledger.remember(source.name)
        refuse_emptied(source, len(tab.rows), memory, allow_empty=allow_empty)
        leads = read_leads(tab, rules.fields, rules.locale, reserved=rules.outputs.values())
        frame = Frame(
            {**leads.columns, **{name: [None] * leads.height for name in leads.missing}}
        )
        faults = self.faults(frame)
        if faults:
            raise ConfigError([replace(f, hint=in_source(f, source.name)) for f in faults])
        identities = identify(
            leads,
            id_header=rules.outputs.get("id"),
            identifying=[field.name for field in rules.fields if field.identifies],
            known={lead: known.fingerprint for lead, known in memory.leads.items()},
        )
        qualified = self._qualify(leads, frame, identities, memory)
        followups = self._followups(source.name, leads, qualified, identities, memory)
        return self._merge(source, leads, identities, qualified, followups, memory)

    def faults(self, frame: Frame) -> list[ConfigFault]:
        """All formulas and templates that name what a source with these columns lacks."""
        rules = self._workspace.rules
        names = Names(
            columns=frozenset(frame.names),
            tables={name: frozenset(table.names) for name, table in self.tables.items()},
            parameters=frozenset(rules.qualification.parameters),
        )
        found = []
        for key, error in check_qualification(rules.qualification, names):
            file, line = rules.places.get(key, ("config", 0))
            found.append(
                ConfigFault(file=file, line=line, key=key, message=error.message, hint=error.hint)
            )
        outputs = frozenset(output_names(rules))
        follow_names = Names(
            columns=names.columns | outputs, tables=names.tables, parameters=names.parameters
        )
        fields = [field.name for field in rules.fields]
        faults = check_followups(
            rules.followups,
            self.templates,
            follow_names,
            [*fields, *frame.names],
            languages=[rules.locale.language],
        )
        for fault in faults:
            file, line = rules.places.get(fault.key, (fault.file, fault.line))
            found.append(
                ConfigFault(
                    file=file or "config",
                    line=line,
                    key=fault.key,
                    message=fault.message,
                    hint=fault.hint,
                )
            )
        return found

    def _qualify(
        self, leads: Leads, frame: Frame, identities: Identities, memory: Memory
    ) -> Qualified:
        rules = self._workspace.rules
        stage_header = rules.outputs.get("stage")
        persons: Mapping[str, CellValue] = {}
        if stage_header and rules.qualification.moves.keep_override:
            persons = overridden(
                leads.tab,
                identities.ids,
                stage_header,
                written=memory.written,
                pending=memory.pending,
            )
        views = lead_views(leads, identities.ids)
        contexts = [
            LeadContext(
                lead=view.id,
                language=view.language,
                standing=memory.standings.get(view.id),
                override=text_or_none(persons.get(view.id)),
            )
            for view in views
        ]
        return qualify(
            rules.qualification,
            frame,
            contexts,
            tables=self.tables,
            now=self._now,
            language=rules.locale.language,
        )

    def _followups(
        self,
        source: str,
        leads: Leads,
        qualified: Qualified,
        identities: Identities,
        memory: Memory,
    ) -> FollowUpPlan:
        rules = self._workspace.rules
        earlier: list[MessageRecord] = list(memory.messages)
        for other, drafts in self._drafted.items():
            if other != source:
                earlier.extend(message_records(drafts, self._now))
        views = [
            replace(view, stage=stage)
            for view, stage in zip(
                lead_views(leads, identities.ids), qualified.stages, strict=True
            )
        ]
        followups = plan_followups(
            rules.followups,
            self.templates,
            qualified.frame,
            views,
            source=source,
            messages=earlier,
            standings=memory.standings,
            parameters=rules.qualification.parameters,
            tables=self.tables,
            now=self._now,
            locale=rules.locale,
        )
        self._drafted[source] = tuple(followups.drafts)
        return followups

    def _merge(
        self,
        source: TabSource,
        leads: Leads,
        identities: Identities,
        qualified: Qualified,
        followups: FollowUpPlan,
        memory: Memory,
    ) -> Planned:
        rules = self._workspace.rules
        placed = place_problems(leads, identities.ids, qualified, followups)
        problems: list[Problem] = [
            *leads.tab.problems,
            *leads.problems,
            *identities.problems,
            *duplicates(leads, identities),
            *placed,
        ]
        outputs = output_values(rules.outputs, leads, identities, qualified, followups, problems)
        merged = merge(
            leads.tab,
            identities.ids,
            outputs,
            written=memory.written,
            pending=memory.pending,
            reasons={rules.outputs["stage"]: qualified.why} if "stage" in rules.outputs else {},
        )
        plan = Plan(
            source=source.name,
            locator=source.locator,
            tab=leads.tab,
            leads=lead_records(leads, identities, qualified),
            edits=merged.edits,
            append=merged.append,
            overrides=merged.overrides,
            moves=qualified.moves,
            drafts=followups.drafts,
            held=followups.held,
            problems=problems,
            written=merged.written,
        )
        return Planned(
            plan=plan,
            leads=leads,
            identities=identities,
            qualified=qualified,
            followups=followups,
            outputs=outputs,
            memory=memory,
        )


def known_headers(rules: Rules) -> frozenset[str]:
    """Every header that a field or an output may go by."""
    headers = {header for field in rules.fields for header in field.headers}
    return frozenset(headers | set(rules.outputs.values()))


def output_names(rules: Rules) -> list[str]:
    """What follow-up formulas may name beside fields and headers: ``Score``, ``BANT met`` …"""
    names = ["Score", "Stage", *(score.name for score in rules.qualification.scores)]
    for framework in rules.qualification.frameworks:
        names += [framework.name, f"{framework.name} met"]
        names += [f"{framework.name} {criterion.name}" for criterion in framework.criteria]
    return names


def refuse_emptied(source: TabSource, rows: int, memory: Memory, *, allow_empty: bool) -> None:
    """Stop where there were leads last time and there are none now: somebody's accident."""
    had = sum(1 for lead in memory.leads.values() if not lead.gone)
    if had and not rows and not allow_empty:
        raise SourceEmptiedError(
            f"{source.locator}: {had} leads last time, none now; nothing was changed",
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


def lead_records(
    leads: Leads, identities: Identities, qualified: Qualified
) -> list[LeadRecord]:
    """What the ledger remembers of each lead."""
    views = lead_views(leads, identities.ids)
    return [
        LeadRecord(
            lead=view.id,
            fingerprint=identities.fingerprints[i],
            row=leads.tab.rows[i],
            name=view.name,
            email=view.email,
            phone=view.phone,
            language=view.language,
            score=qualified.total[i],
            scores={name: values[i] for name, values in qualified.scores.items()},
            stage=qualified.stages[i],
            why=qualified.why[i],
        )
        for i, view in enumerate(views)
    ]

