"""Formulas over a frame: every lead at once, every common part once, under a time budget.

A tree is walked once; each node becomes a typed column by running one Polars expression over
the columns below it (see `cells`). Equal parts of all formulas are computed once. Running node
by node instead of as one big lazy query tells each step which kinds really occur, so that a
branch nobody takes costs nothing and a division without a zero stays a clean number column;
both cores are used by walking two formulas at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import polars as pl

from sheetcrm.core.formula import fallback, operators, registry
from sheetcrm.core.formula.bind import check
from sheetcrm.core.formula.cells import Cells, blank
from sheetcrm.core.formula.convert import constant, from_values, to_values
from sheetcrm.core.formula.distinct import distinct_rows
from sheetcrm.core.formula.events import Events
from sheetcrm.core.formula.frame import Frame
from sheetcrm.core.formula.happened import as_columns, asks
from sheetcrm.core.formula.keys import Keys
from sheetcrm.core.formula.parse import Formula
from sheetcrm.core.formula.part import Part, Parts, parts_of, row_part
from sheetcrm.core.formula.scope import ParameterValue, Scope
from sheetcrm.core.formula.shapes import Span, TooWideError, Value, lift, scalar, stack
from sheetcrm.core.formula.stopping import tick, watch
from sheetcrm.core.formula.syntax import (
    ArrayOf,
    Binary,
    Call,
    CellOf,
    ColumnOf,
    Literal,
    Name,
    Node,
    Omitted,
    Unary,
)
from sheetcrm.core.table.values import CellValue
from sheetcrm.errors import FormulaError

THREADS = "formula"  #: with which the names of the threads begin that formulas run in

_WORTH_TWO: Final = 20_000  #: leads from which two formulas at a time are quicker than one

_OPERATORS = {
    "+": operators.add,
    "-": operators.subtract,
    "*": operators.multiply,
    "/": operators.divide,
    "^": operators.power,
}
_PREFIXES = {"-": operators.negative, "%": operators.percent}


def evaluate(
    formulas: Sequence[Formula],
    frame: Frame,
    *,
    parameters: Mapping[str, ParameterValue] | None = None,
    tables: Mapping[str, Frame] | None = None,
    now: datetime | None = None,
    budget_seconds: float = 60,
) -> list[list[CellValue]]:
    """Evaluate formulas for every row of a frame.

    Args:
        formulas: understood by `parse`.
        frame: the leads' columns.
        parameters: name → value, or a list (a one-column array).
        tables: name → reference table.
        now: the run's clock, in the workspace's zone, without a zone; wanted by TODAY() and NOW().
        budget_seconds: how long all of them may take together.

    Returns:
        For each formula a list of `frame.height` values: a number is a float (a date its serial
        number), an Excel error a `CellError`, blank None.

    Raises:
        FormulaError: an unknown name, no clock for TODAY(), or the budget is used up.
    """
    scope = Scope(frame, parameters or {}, tables or {}, now)
    for formula in formulas:
        for fault in check(formula, scope.names):
            raise fault
    if not frame.height:
        return [[] for _ in formulas]
    if not formulas:
        return []
    evaluation = Evaluation(Run(scope=scope))
    if any(map(asks, formulas)):
        formulas, frame = as_columns(formulas, frame, evaluation.whole)
        evaluation = Evaluation(Run(scope=Scope(frame, parameters or {}, tables or {}, now)))
    return _within(budget_seconds, formulas, evaluation)


def _within(
    seconds: float, formulas: Sequence[Formula], evaluation: Evaluation
) -> list[list[CellValue]]:
    """As many formulas at a time as there are cores, until all are done or the time is up."""
    small = evaluation.height < _WORTH_TWO
    workers = 1 if small else min(len(formulas), pl.thread_pool_size(), 8)
    pool = ThreadPoolExecutor(
        max_workers=workers,
        thread_name_prefix=THREADS,
        initializer=watch,
        initargs=(evaluation.stopped,),
    )
    try:
        futures = {pool.submit(evaluation.answers, formula): formula for formula in formulas}
        done, waiting = wait(futures, timeout=seconds, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        if waiting:
            raise _too_slow(futures, seconds)
        return [future.result() for future in futures]
    finally:
        evaluation.stopped.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _too_slow(futures: Mapping[Future[list[CellValue]], Formula], seconds: float) -> FormulaError:
    slowest = next((f for future, f in futures.items() if future.running()), None)
    slowest = slowest or next(f for future, f in futures.items() if not future.done())
    return FormulaError(
        f"the formulas took longer than {seconds:g} seconds; this one was still running",
        text=slowest.text,
        hint=f"{_faster(slowest)}; nothing has been written",
    )


def _faster(formula: Formula) -> str:
    """What makes a slow formula faster."""
    if formula.fallbacks:
        names = " and ".join(sorted(formula.fallbacks))
        return f"{names} runs once for each distinct input, so round or group what goes in"
    if any(reference.kind == "column" for reference in formula.references):
        return "it compares each lead with whole columns: COUNTIFS, SUMIFS and RANK do so faster"
    return "divide it into several rules, which share what they have in common"


_ByParts: TypeAlias = "tuple[Sequence[Evaluation], Parts]"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What all parts of one evaluation share."""

    scope: Scope
    keys: Keys = field(default_factory=Keys)
    stopped: threading.Event = field(default_factory=threading.Event)


class Evaluation:
    """One evaluation of formulas over a frame; a `registry.Context`."""

    def __init__(
        self, run: Run, parent: Evaluation | None = None, part: Part | None = None
    ) -> None:
        self._run = run
        self._scope = run.scope
        self._keys = run.keys
        self._parent = parent
        self._part = part
        self._memo: dict[int, Value] = {}
        self._parts: dict[tuple[str, ...], _ByParts | None] = {}

    @property
    def height(self) -> int:
        """How many leads there are."""
        return self._part.height if self._part else self._scope.frame.height

    def now(self) -> datetime:
        """The run's clock."""
        if self._scope.now is None:
            raise FormulaError("TODAY() and NOW() need the run's clock", text="", hint="give now=…")
        return self._scope.now

    @property
    def events(self) -> Events:
        """What happened to the leads."""
        found = self._scope.frame.events
        if found is None:
            raise FormulaError("there are no activities", text="")
        return found

    @property
    def stopped(self) -> threading.Event:
        """Once it is set, every thread that still computes ends at its next step."""
        return self._run.stopped

    def whole(self, node: Node) -> list[CellValue]:
        """A part of a formula for all leads."""
        return to_values(scalar(self._compute(node)), self.height)

    def answers(self, formula: Formula) -> list[CellValue]:
        """One formula's values, one for each lead."""
        tree = formula.tree
        if isinstance(tree, ColumnOf) and self._scope.is_own(tree):
            tree = CellOf(tree.table, tree.column, tree.offset)
        try:
            return self._values(tree)
        except TooWideError:
            return to_values(self._row_by_row(tree), self.height)
        except FormulaError as error:
            error.text = error.text or formula.text
            raise

    def _values(self, tree: Node) -> list[CellValue]:
        found = self._by_parts(tree)
        if found is None:
            return to_values(scalar(self.value(tree)), self.height)
        evaluations, rows = found
        return rows.way.fill(
            [to_values(scalar(one.value(tree)), one.height) for one in evaluations]
        )

    def value(self, node: Node) -> Value:
        """Evaluate a part of a formula, or find that it has been evaluated."""
        tick()
        if self._parent and not self._keys.reads_cells(node):
            return self._parent.value(node)
        key = self._keys.of(node)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._evaluate(node)
        return found

    def _evaluate(self, node: Node) -> Value:
        found = self._by_parts(node)
        if found is None:
            return self._compute(node)
        evaluations, rows = found
        value = rows.spread([one.value(node) for one in evaluations])
        return self._compute(node) if value is None else value

    def _by_parts(self, node: Node) -> _ByParts | None:
        """Where few rows, or rows of one kind, stand for all leads in what a node reads: those."""
        if self._parent or isinstance(node, CellOf):
            return None
        names = tuple(self._keys.cells_of(node))
        if names not in self._parts:
            rows = parts_of(names, self._scope.frame.cells)
            evaluations = [Evaluation(self._run, self, part) for part in rows.parts] if rows else []
            self._parts[names] = (evaluations, rows) if rows else None
        found = self._parts[names]
        # What is made of whole columns would be made twice.
        twice = found is not None and len(found[0]) > 1 and self._keys.reads_columns(node)
        return None if twice else found

    def _compute(self, node: Node) -> Value:
        match node:
            case Literal():
                return constant(node.value)
            case CellOf():
                cells = self._part.cells if self._part else None
                return cells[node.column] if cells else self._scope.frame.cells(node.column)
            case ColumnOf():
                return self._scope.columns(node)
            case Name():
                return self._scope.name(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case ArrayOf():
                columns = zip(*node.rows, strict=True)
                return Span(
                    rows=len(node.rows),
                    columns=tuple(
                        from_values([item.value for item in column]) for column in columns
                    ),
                )
            case Omitted():
                return blank()
            case Call():
                return self._call(node)

    def _unary(self, node: Unary) -> Value:
        operand = self.value(node.operand)
        if node.operator == "+":
            return operand
        return lift(_PREFIXES[node.operator], [operand])

    def _binary(self, node: Binary) -> Value:
        if node.operator == "&":
            return lift(operators.join, self._joined(node))
        operands = [self.value(node.left), self.value(node.right)]
        run = _OPERATORS.get(node.operator)
        if run is not None:
            return lift(run, operands)
        nearly = _computed(node.left) or _computed(node.right)
        return lift(lambda a, b: operators.compare(node.operator, a, b, nearly=nearly), operands)

    def _joined(self, node: Binary) -> list[Value]:
        """The texts of ``a & b & c``, which are put together at once."""
        left = node.left
        if isinstance(left, Binary) and left.operator == "&" and not self._by_parts(left):
            return [*self._joined(left), self.value(node.right)]
        return [self.value(left), self.value(node.right)]

    def _call(self, node: Call) -> Value:
        entry = registry.find(node.name)
        if entry is not None:
            return entry.run(self, node.arguments)
        values = [
            None if isinstance(argument, Omitted) else self.value(argument)
            for argument in node.arguments
        ]
        return fallback.run(node.name, values, tick=tick)

    def _row_by_row(self, tree: Node) -> Cells:
        """Once for each distinct combination of the cells that the formula reads."""
        read = {name: self._scope.frame.cells(name) for name in self._keys.cells_of(tree)}
        varying = [cells for cells in read.values() if cells.height > 1]
        first, group = distinct_rows(varying) if varying else ([0], None)
        parts = (row_part(read, row) for row in first)
        answers = [scalar(Evaluation(self._run, self, part).value(tree)) for part in parts]
        return answers[0] if group is None else stack(answers).gather(group)


def _computed(node: Node) -> bool:
    """Whether a number comes out of arithmetic, where the last bits may be off."""
    return isinstance(node, Binary) or (
        isinstance(node, Call) and any(map(_computed, node.arguments))
    )


__all__ = ["Evaluation", "ParameterValue", "evaluate"]
