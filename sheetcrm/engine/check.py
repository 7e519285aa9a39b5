"""Is all well? Sources, headers, formulas, templates; every problem at once, nothing touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetcrm.core.followup import TemplateSet, lacking
from sheetcrm.core.formula import parse
from sheetcrm.core.table.merge import owned_column
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.stagelog import StageLog
from sheetcrm.core.table.values import Column, Problem, Tab
from sheetcrm.engine.activitycheck import CheckedActivities, check_activities
from sheetcrm.engine.naming import formula_texts
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.stagelog import log_to_be
from sheetcrm.engine.tables import repeated_keys
from sheetcrm.engine.views import lead_views
from sheetcrm.engine.workspace import Rules, Workspace
from sheetcrm.errors import ConfigError, ConfigFault, SourceError, TransientError
from sheetcrm.ports import Logging, Rehearsing, TabSource, Unwritten

WHO = ("name", "email", "phone")  #: without these or a field that identifies, it is hardly leads


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedSource:
    """What was found in one source."""

    source: str
    locator: str
    error: SourceError | None = None
    leads: int = 0
    header_row: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    """Field → the header that it was found by."""
    missed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field that rules read and the tab lacks → where they do."""
    others: Sequence[str] = ()  #: headers that are no field and no output
    new_columns: Sequence[str] = ()  #: headers that the first sync will add
    taken_over: Sequence[str] = ()  #: outputs that stand there already, not written by us
    aside: str | None = None  #: what is written in its stead, "" for nothing; None where it is
    obstacle: SourceError | None = None  #: why our columns could not be written
    nobody: bool = False  #: whether nothing in it says who the leads are
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """What `check` found."""

    sources: tuple[CheckedSource, ...]
    faults: tuple[ConfigFault, ...]
    activities: Sequence[CheckedActivities] = ()
    table_errors: Sequence[SourceError] = ()  #: of reference tables and tabs of activities
    notes: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 fine · 1 somebody should look at a source · 2 config is wrong · 75 try again later."""
        if self.faults:
            return 2
        found = [source.error or source.obstacle for source in self.sources]
        errors = [*filter(None, found), *self.table_errors]
        if any(source.nobody for source in self.sources):
            return 1
        if errors and all(isinstance(error, TransientError) for error in errors):
            return 75
        return 1 if errors else 0


def check(workspace: Workspace) -> CheckReport:
    """Look at every source, formula and template."""
    planner = Planner(workspace, workspace.clock.now(), every_text=True)
    faults: dict[str, ConfigFault] = {}
    tables = planner.read_tables
    try:
        _ = planner.templates
    except ConfigError as error:
        faults |= {str(fault): fault for fault in error.faults}
    sources = []
    readings: list[Reading | None] = []
    unwritable: list[str] = []
    for source in workspace.sources:
        checked, reading = _check_source(workspace, planner, source)
        sources.append(checked)
        readings.append(reading)
        if reading and not tables.errors:
            for fault in planner.faults(reading.frame):
                faults[str(fault)] = replace(fault, hint=_in_source(workspace, fault, source))
        if reading and not faults:
            unwritable += _unwritable(workspace, planner.templates, reading)
    return CheckReport(
        sources=tuple(sources),
        faults=tuple(faults.values()),
        activities=_activities(workspace, planner, readings),
        table_errors=(*tables.errors, *planner.read_activities.errors),
        notes=[
            *workspace.rules.notes,
            *repeated_keys(tables.frames, formula_texts(workspace.rules).values()),
            *unwritable,
        ],
    )


def _activities(
    workspace: Workspace, planner: Planner, readings: Sequence[Reading | None]
) -> list[CheckedActivities]:
    known = [reading for reading in readings if reading]
    whole = known if len(known) == len(readings) else None
    formulas = formula_texts(workspace.rules).values()
    return check_activities(planner.read_activities, whole, formulas)


def _unwritable(workspace: Workspace, templates: TemplateSet, reading: Reading) -> list[str]:
    """Values that templates need and leads of this source do not have."""
    leads = lead_views(reading.leads, reading.identities.ids, [""] * reading.leads.height)
    rules = workspace.rules
    return lacking(rules.followups, templates, leads, rules.locale.language)


def _check_source(
    workspace: Workspace, planner: Planner, source: TabSource
) -> tuple[CheckedSource, Reading | None]:
    rules = workspace.rules
    try:
        reading = planner.read(source)
    except SourceError as error:
        return CheckedSource(source=source.name, locator=source.locator, error=error), None
    leads, tab = reading.leads, reading.leads.tab
    log = log_to_be(workspace, workspace.clock.now())
    owned = {header: owned_column(tab, header) for header in rules.outputs.values()}
    ours = {column.header for column in owned.values() if column}
    aside = source.aside if isinstance(source, Unwritten) else None
    written = aside is None
    checked = CheckedSource(
        source=source.name,
        locator=source.locator,
        leads=leads.height,
        header_row=tab.header_row,
        fields=leads.found,
        missed=_missed(rules, leads.missing),
        others=[h for h in tab.headers if h not in ours and h not in leads.found.values()],
        new_columns=[header for header, column in owned.items() if column is None and written],
        taken_over=[
            header
            for header in tab.headers
            if header in ours and written and not reading.memory.written
        ],
        aside=aside,
        obstacle=_obstacle(source, tab, owned, log) if written else None,
        nobody=not _who(rules) & leads.found.keys(),
        problems=[*tab.problems, *leads.problems],
    )
    return checked, reading


def _who(rules: Rules) -> set[str]:
    """The fields that say who a lead is."""
    return {*WHO, *(known.name for known in rules.fields if known.identifies)}


def _obstacle(
    source: TabSource, tab: Tab, owned: Mapping[str, Column | None], log: StageLog | None
) -> SourceError | None:
    """Why our columns or moves could not be written, where the source can tell beforehand."""
    try:
        if isinstance(source, Rehearsing):
            source.rehearse(tab, [column.header if column else h for h, column in owned.items()])
        if log and isinstance(source, Logging):
            source.rehearse_log(log)
    except SourceError as error:
        return error
    return None


def _missed(rules: Rules, missing: Sequence[str]) -> dict[str, list[str]]:
    """The fields that the tab lacks and that rules read, each with the rules' places."""
    by_fold = {fold(name): name for name in missing}
    found: dict[str, list[str]] = defaultdict(list)
    for key, text in formula_texts(rules).items():
        file, line = rules.places.get(key, (key, 0))
        place = f"{file}:{line}" if line else file
        for reference in parse(text).references:
            name = by_fold.get(fold(reference.column))
            if name and not reference.table and place not in found[name]:
                found[name].append(place)
    return {name: places for name, places in found.items() if places}


def _in_source(workspace: Workspace, fault: ConfigFault, source: TabSource) -> str:
    """The fault's hint; with several sources, also which of them it is about."""
    if len(workspace.sources) == 1 or not fault.key:
        return fault.hint
    return f"{fault.hint} (source {source.name})".strip()
