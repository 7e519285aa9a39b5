"""Is all well? Sources, headers, formulas, templates; every problem at once, nothing touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetcrm.core.formula import Frame
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.values import Problem
from sheetcrm.engine.planning import Planner, known_headers
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import ConfigError, ConfigFault, SourceError
from sheetcrm.ports import TabSource


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
    missing: Sequence[str] = ()  #: fields that formulas may name and the tab lacks
    new_columns: Sequence[str] = ()  #: headers that the first sync will add
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport:
    """What `check` found."""

    sources: tuple[CheckedSource, ...]
    faults: tuple[ConfigFault, ...]

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a source cannot be read · 2 config or templates are wrong."""
        if any(fault.severity == "error" for fault in self.faults):
            return 2
        return 1 if any(source.error for source in self.sources) else 0


def check(workspace: Workspace) -> CheckReport:
    """Look at every source, formula and template."""
    planner = Planner(workspace, workspace.clock.now())
    faults: dict[str, ConfigFault] = {}
    sources = []
    try:
        _ = planner.templates
    except ConfigError as error:
        return CheckReport(sources=(), faults=error.faults)
    for source in workspace.sources:
        checked, leads = _check_source(workspace, source)
        sources.append(checked)
        if leads:
            blank = {name: [None] * leads.height for name in leads.missing}
            for fault in planner.faults(Frame({**leads.columns, **blank})):
                faults.setdefault(str(fault), fault)
    return CheckReport(sources=tuple(sources), faults=tuple(faults.values()))


def _check_source(workspace: Workspace, source: TabSource) -> tuple[CheckedSource, Leads | None]:
    rules = workspace.rules
    try:
        tab = source.read(known_headers(rules))
    except SourceError as error:
        return CheckedSource(source=source.name, locator=source.locator, error=error), None
    leads = read_leads(tab, rules.fields, rules.locale, reserved=rules.outputs.values())
    headers = set(tab.headers)
    checked = CheckedSource(
        source=source.name,
        locator=source.locator,
        leads=leads.height,
        header_row=tab.header_row,
        fields=leads.found,
        missing=leads.missing,
        new_columns=[header for header in rules.outputs.values() if header not in headers],
        problems=[*tab.problems, *leads.problems],
    )
    return checked, leads
