"""One formula on the team's own leads: what it reads, what it gives, of which kind, and how.

Nothing is written, and no more is computed than the formula asks for: one that reads no output
can be tried while the rules are still wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sheetcrm.core.formula import Formula, Frame, check, evaluate, parse
from sheetcrm.core.formula.dated import gives_date
from sheetcrm.core.table.names import as_written, fold
from sheetcrm.core.table.reading import display
from sheetcrm.core.table.values import CellError, CellValue
from sheetcrm.engine.naming import column_names, output_names
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.tally import Kind, Tally, as_date, kind_of, tally
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import ConfigError, ConfigFault, FormulaError, UsageError
from sheetcrm.ports import TabSource

WHO = ("name", "company", "email", "phone")  #: fields that say who a lead is, the best first


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A column whose value the formula reads for each lead."""

    name: str  #: as the formula calls it: ``Budget``
    header: str = ""  #: of its column in the tab; "" where it has none
    computed: bool = False  #: an output such as Score


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A value with its kind."""

    value: CellValue
    kind: Kind
    cell: str = ""  #: what stands in the sheet, where the value was read from something else


@dataclass(frozen=True, kw_only=True, slots=True)
class TriedLead:
    """One lead: what the formula reads of it, and what it gives."""

    row: int
    name: str
    reads: Sequence[Shown]
    result: Shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What came of a formula; where it has `faults`, nothing was evaluated."""

    formula: str  #: as it was understood
    notes: Sequence[str] = ()
    faults: Sequence[ConfigFault] = ()
    source: str = ""
    locator: str = ""
    leads: int = 0
    reads: Sequence[Read] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    """Whole columns, tables and parameters that it reads → what they hold."""
    rows: Sequence[TriedLead] = ()
    failing: Mapping[str, TriedLead] = field(default_factory=dict)
    """Error → the first lead that it came of."""
    blind: int = 0  #: for how many leads all that the formula reads is blank
    tally: Tally = field(default_factory=Tally)
    fallbacks: Sequence[str] = ()  #: functions that are evaluated value by value

    @property
    def exit_code(self) -> int:
        """2 where the formula is wrong."""
        return 2 if self.faults else 0


def try_formula(
    workspace: Workspace, text: str, *, source: str = "", limit: int | None = None
) -> Trial:
    """Evaluate a formula for every lead of one source.

    Args:
        workspace: the rules and the ports.
        text: the formula.
        source: which source; may be left out where there is only one.
        limit: how many leads to show; all of them by default.

    Raises:
        UsageError: `source` is not in the config, or left out where there are several.
        ConfigError: the formula reads an output, and the rules have faults.
        FormulaError: it took too long.
        SourceError: the source, or a reference table that is needed, cannot be read.
    """
    try:
        formula = parse(text)
    except FormulaError as error:
        return Trial(formula=text, faults=[*map(_fault, error.faults)])
    planner = Planner(workspace, workspace.clock.now())
    reading = planner.read(one_source(workspace, source))
    trial = _Trial(workspace, planner, formula, reading)
    if unknown := trial.unknown():
        faults = [_fault(error) for error in unknown]
        return Trial(formula=formula.understood, notes=formula.notes, faults=faults)
    return trial.run(limit)


def one_source(workspace: Workspace, name: str) -> TabSource:
    """The source of this name, or the only one.

    Raises:
        UsageError: there is none of this name, or several and none was named.
    """
    sources = chosen(workspace, [name] if name else [])
    if len(sources) > 1:
        named = " or ".join(f"--source {source.name}" for source in sources)
        raise UsageError("there are several sources, and the formula needs one", hint=named)
    return sources[0]


class _Trial:
    """A formula and the leads that it is tried on."""

    def __init__(
        self, workspace: Workspace, planner: Planner, formula: Formula, reading: Reading
    ) -> None:
        self._rules = workspace.rules
        self._now = workspace.clock.now()
        self._planner = planner
        self._formula = formula
        self._reading = reading
        self._frame = reading.frame
        self._outputs = {fold(name): name for name in output_names(workspace.rules)}
        self._tables: Mapping[str, Frame] = {}

    def unknown(self) -> list[FormulaError]:
        """Compute what the formula reads; what it names that is not there."""
        references = self._formula.references
        outputs = any(fold(reference.column) in self._outputs for reference in references)
        if outputs or any(r.table or r.kind == "name" for r in references):
            self._tables = self._planner.tables
        found = self._missing(self._outputs.values())
        if outputs and not found:
            faults = self._planner.faults(self._frame)
            if faults:
                raise ConfigError(faults)
            self._frame = self._planner.qualify(self._reading).frame
            found = self._missing(())
        return found

    def run(self, limit: int | None) -> Trial:
        """Evaluate, and put what was read beside it."""
        formula, source = self._formula, self._reading.source
        [answers] = evaluate(
            [formula],
            self._frame,
            parameters=self._rules.qualification.parameters,
            tables=self._tables,
            now=self._now.replace(tzinfo=None),
            budget_seconds=self._rules.qualification.formula_seconds,
        )
        answers = [0.0 if v == 0 and not isinstance(v, bool) else v for v in answers]  # no -0
        if gives_date(formula.tree, self._dates()):
            answers = [as_date(value) for value in answers]
        reads = [self._read(name) for name in self._named("cell")]
        columns = [self._column(read) for read in reads]
        leads = [self._lead(i, columns, answers[i]) for i in range(len(answers))]
        failing = [lead for lead in reversed(leads) if isinstance(lead.result.value, CellError)]
        return Trial(
            formula=formula.understood,
            notes=formula.notes,
            source=source.name,
            locator=source.locator,
            leads=len(answers),
            reads=reads,
            others=self._others(),
            rows=leads[:limit],
            failing={str(lead.result.value): lead for lead in failing},
            blind=sum(_blind(lead.reads) for lead in leads),
            tally=tally(answers, self._reading.leads.tab.rows),
            fallbacks=sorted(formula.fallbacks),
        )

    def _missing(self, more: Collection[str]) -> list[FormulaError]:
        names = column_names(self._rules, self._frame, self._tables)
        return check(self._formula, replace(names, columns=names.columns | frozenset(more)))

    def _named(self, *kinds: str) -> list[str]:
        """The columns of the leads that the formula names, once each."""
        tables = {fold(name) for name in self._tables}
        found: dict[str, str] = {}
        for reference in self._formula.references:
            if reference.kind in kinds and fold(reference.table) not in tables:
                found.setdefault(fold(reference.column), reference.column)
        return list(found.values())

    def _dates(self) -> set[str]:
        """The columns of dates that the formula reads."""
        named = self._named("cell", "column")
        return {
            fold(name)
            for name in named
            if any(isinstance(value, date) for value in self._frame.values(name))
        }

    def _read(self, name: str) -> Read:
        leads, key = self._reading.leads, fold(name)
        if key in self._outputs:
            return Read(name=self._outputs[key], computed=True)
        for field_name, header in leads.found.items():
            if fold(field_name) == key:
                return Read(name=as_written(field_name), header=header)
        header = next((header for header in leads.tab.headers if fold(header) == key), "")
        return Read(name=header or name, header=header)

    def _others(self) -> dict[str, str]:
        """What it reads that is the same for all leads."""
        parameters = self._rules.qualification.parameters
        tables = {fold(name): table for name, table in self._tables.items()}
        values = {fold(name): value for name, value in parameters.items()}
        found = {}
        for reference in self._formula.references:
            table = tables.get(fold(reference.table or reference.column))
            if reference.kind == "column":
                height = table.height if table and reference.table else self._frame.height
                plural = "s" * (height != 1)
                found[f"{reference.table}[{reference.column}]"] = f"{height} value{plural}"
            elif reference.kind == "name" and fold(reference.column) in values:
                found[reference.column] = _listed(values[fold(reference.column)])
            elif reference.kind == "name" and table:
                found[reference.column] = f"a table of {table.height} rows"
        return found

    def _column(self, read: Read) -> list[Shown]:
        """The values of a column, beside each what stands in its cell where that is different."""
        values: Sequence[CellValue] = self._frame.values(read.name)
        column = None if read.computed else self._reading.leads.tab.column(read.header)
        cells = values if column is None else column.values
        return [
            Shown(value=value, kind=kind_of(value), cell="" if same(value, cell) else display(cell))
            for value, cell in zip(values, cells, strict=True)
        ]

    def _lead(self, index: int, columns: Sequence[Sequence[Shown]], answer: CellValue) -> TriedLead:
        leads = self._reading.leads
        named = next(filter(None, (leads.text(name, index) for name in WHO)), "")
        if not named and leads.tab.columns:
            named = display(leads.tab.columns[0].values[index])
        return TriedLead(
            row=leads.tab.rows[index],
            name=named,
            reads=[column[index] for column in columns],
            result=Shown(value=answer, kind=kind_of(answer)),
        )


def same(value: CellValue, cell: CellValue) -> bool:
    """Whether people see the same in the sheet as the formula reads."""
    return value is cell or display(value) == display(cell)


def _blind(reads: Sequence[Shown]) -> bool:
    return bool(reads) and all(one.kind is Kind.BLANK for one in reads)


def _fault(error: FormulaError) -> ConfigFault:
    return ConfigFault(message=error.message, hint=error.hint, picture=error.pointer)


def _listed(value: CellValue | Sequence[CellValue]) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(display, value))
    return display(value)
