"""The team's rules held against its own history: which leads were won, and did the rules tell?

Nothing is written. Where a lead stands and what people have set are left out: it is the rules
that are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from zlib import crc32

from sheetcrm.core.backtest import FEWEST, Backtest
from sheetcrm.core.backtest import backtest as hold_against
from sheetcrm.core.formula import Formula, Frame, check, evaluate, parse
from sheetcrm.core.qualify.check import formulas
from sheetcrm.core.qualify.order import own_references
from sheetcrm.core.qualify.readings import Reading, blanks
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.names import fold
from sheetcrm.engine.naming import column_names, output_names
from sheetcrm.engine.planning import Planner
from sheetcrm.engine.reading import Reading as SourceReading
from sheetcrm.engine.trial import one_source
from sheetcrm.engine.workspace import Progress, Workspace, silent
from sheetcrm.errors import ConfigError, ConfigFault, FormulaError, UsageError

HALVES = ("first", "second")
SURE = 0.9  #: a rule whose leads were nearly all won may know how they ended


@dataclass(frozen=True, kw_only=True, slots=True)
class Hindsight:
    """What the rules were worth."""

    source: str
    locator: str
    leads: int  #: in the tab
    open: int  #: whose end is not known yet, left out
    half: str  #: ``first`` or ``second`` where only these leads were taken, else ""
    result: Backtest
    knowing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Rule or stage → columns that it reads and that also say how the lead ended."""
    suspicious: Sequence[str] = ()
    """Rules whose leads were nearly all won: is what they read known before the sale?"""


def backtest(
    workspace: Workspace,
    won: str,
    *,
    lost: str = "",
    half: str = "",
    source: str = "",
    progress: Progress = silent,
) -> Hindsight:
    """Hold the rules against what became of one source's leads.

    Args:
        workspace: the rules and the ports.
        won: formula that is TRUE for a lead that was won.
        lost: formula that is TRUE for one that was lost; the others are open, and left out.
            Without it all are lost who were not won, but where `won` reads blank cells only.
        half: ``first`` or ``second``: one half of the leads, by what identifies them.
        source: which source; may be left out where there is only one.
        progress: is told what is being done.

    Raises:
        UsageError: too few of either end; there is no score; `source` is missing or unknown.
        ConfigError: the rules, or the formulas given, have faults.
        SourceError: the source cannot be read.
    """
    _refuse_without_score(workspace.rules.qualification)
    planner = Planner(workspace, workspace.clock.now())
    progress("reading", 0, 1)
    reading = planner.read(one_source(workspace, source))
    outcomes = _Endings(workspace, planner, reading).outcomes(won, lost)
    if half:
        outcomes = _halved(outcomes, reading.identities.fingerprints, HALVES.index(half))
    _refuse_few(outcomes)
    result = _held_against(workspace, planner, reading.frame, outcomes, progress)
    return Hindsight(
        source=reading.source.name,
        locator=reading.source.locator,
        leads=reading.leads.height,
        open=outcomes.count(None),
        half=half,
        result=result,
        knowing=_knowing(workspace, [won, lost], planner.tables),
        suspicious=_suspicious(result),
    )


class _Endings:
    """How the leads of a source ended, by formulas of the command line."""

    def __init__(self, workspace: Workspace, planner: Planner, reading: SourceReading) -> None:
        self._workspace = workspace
        self._planner = planner
        self._frame = reading.frame

    def outcomes(self, won: str, lost: str) -> list[bool | None]:
        """True, false, or None for each lead."""
        hits = self._truths(won)
        if not lost:
            return hits
        misses = self._truths(lost)
        both = sum(1 for hit, miss in zip(hits, misses, strict=True) if hit and miss)
        if both:
            raise UsageError(
                f"{both} leads are won and lost at once", hint="change --won or --lost"
            )
        return [
            True if hit else False if miss else None for hit, miss in zip(hits, misses, strict=True)
        ]

    def _truths(self, text: str) -> list[bool | None]:
        formula = self._understood(text)
        rules = self._workspace.rules.qualification
        [values] = evaluate(
            [formula],
            self._frame,
            parameters=rules.parameters,
            tables=self._planner.tables,
            now=self._workspace.clock.now().replace(tzinfo=None),
            budget_seconds=rules.formula_seconds,
        )
        columns = [r.column for r in formula.references if r.kind == "cell"]
        masks = [blanks(self._frame.values(column)) for column in columns]
        blind = [all(row) for row in zip(*masks, strict=True)] if masks else None
        return Reading(text=text, values=values, blind=blind).truths()

    def _understood(self, text: str) -> Formula:
        """The formula; it may read the sheet, and nothing that the rules compute.

        Raises:
            ConfigError: with everything that is wrong with it.
        """
        rules = self._workspace.rules
        names = column_names(rules, self._frame, self._planner.tables)
        try:
            formula = parse(text)
            faults = check(formula, names)
        except FormulaError as error:
            faults = list(error.faults)
        if faults:
            computed = {fold(name) for name in output_names(rules)}
            hint = "how a lead ended cannot be read from what the rules compute"
            raise ConfigError(
                [
                    ConfigFault(
                        file="--won, --lost",
                        message=error.message,
                        hint=hint if _named(error) in computed else error.hint,
                        picture=error.pointer,
                    )
                    for error in faults
                ]
            )
        return formula


def _named(error: FormulaError) -> str:
    """What the formula calls the thing that is not there."""
    return fold(error.text[error.offset :].strip("[]@ ").split("]")[0])


def _halved(
    outcomes: Sequence[bool | None], fingerprints: Sequence[str], half: int
) -> list[bool | None]:
    """Only the leads of one half, which stay the same however the sheet is sorted."""
    return [
        outcome if crc32(mark.encode()) % 2 == half else None
        for outcome, mark in zip(outcomes, fingerprints, strict=True)
    ]


def _held_against(
    workspace: Workspace,
    planner: Planner,
    frame: Frame,
    outcomes: Sequence[bool | None],
    progress: Progress,
) -> Backtest:
    if faults := planner.faults(frame):
        raise ConfigError(faults)
    return hold_against(
        workspace.rules.qualification,
        frame,
        outcomes,
        tables=planner.tables,
        now=workspace.clock.now(),
        done=partial(progress, "leaving out one rule after the other"),
    )


def _refuse_without_score(rules: Qualification) -> None:
    if not any(score.rules for score in rules.scores):
        raise UsageError("there is no score to be judged", hint="write one in config/scoring.toml")


def _refuse_few(outcomes: Sequence[bool | None]) -> None:
    won, lost = outcomes.count(True), outcomes.count(False)
    if min(won, lost) < FEWEST:
        raise UsageError(
            f"{won} leads were won and {lost} were not; with fewer than {FEWEST} of either, "
            "figures would look exact and say nothing",
            hint="wait until more leads have ended, or name more of them in --won and --lost",
        )


def _knowing(
    workspace: Workspace, endings: Sequence[str], tables: Mapping[str, Frame]
) -> dict[str, list[str]]:
    """Formulas of the rules that read what also says how a lead ended."""
    rules = workspace.rules
    ends = _columns([text for text in endings if text], tables)
    found = {}
    for key, text in formulas(rules.qualification).items():
        read = _columns([text], tables)
        if shared := [name for folded, name in read.items() if folded in ends]:
            found[_place(workspace, key)] = shared
    return found


def _columns(texts: Sequence[str], tables: Mapping[str, Frame]) -> dict[str, str]:
    return {
        fold(reference.column): reference.column
        for text in texts
        for reference in own_references(text, tables)
    }


def _place(workspace: Workspace, key: str) -> str:
    """``config/stages.toml:14``, else the key."""
    file, line = workspace.rules.places.get(key, ("", 0))
    return f"{file}:{line}" if file else key


def _suspicious(result: Backtest) -> list[str]:
    """Rules whose leads were nearly all won, though leads as such were not."""
    usual = result.all.rate
    return [
        f"{rule.score}: {rule.rule}"
        for rule in result.rules
        if rule.held.leads >= FEWEST and rule.held.rate >= SURE and usual < SURE / 2
    ]
