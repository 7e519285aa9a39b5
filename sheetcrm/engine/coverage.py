"""Which templates the leads of a workspace get, and why one lead gets the ones it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.followup import Candidate, Coverage, Spot, SurveyedSource, survey
from sheetcrm.engine.explain import matching, nobody
from sheetcrm.engine.planning import Planned, Planner
from sheetcrm.engine.sync import chosen
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import SourceError, UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageReport:
    """How the templates fit the leads of all sources."""

    coverage: Coverage
    errors: Sequence[SourceError] = ()

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a source cannot be read."""
        return 1 if self.errors else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceExplained:
    """The files of one step, as one lead sees them: the first that fits is the one it gets."""

    source: str
    lead: str
    name: str
    spot: Spot
    candidates: Sequence[Candidate]


def coverage(workspace: Workspace, *, only: Sequence[str] = ()) -> CoverageReport:
    """Look at every lead and every step.

    Raises:
        ConfigError: formulas or templates name what a source does not have.
        UsageError: `only` names a source that is not in the config.
    """
    planner = Planner(workspace, workspace.clock.now(), words=False, every_text=True)
    plans: list[Planned] = []
    errors: list[SourceError] = []
    for source in chosen(workspace, only):
        try:
            plans.append(planner.plan(source))
        except SourceError as error:
            errors.append(error)
    found = survey(
        workspace.rules.followups,
        planner.templates,
        [
            SurveyedSource(
                name=planned.plan.source,
                leads=planned.followups.leads,
                segments=planned.followups.segments,
                signals=planned.followups.signals,
            )
            for planned in plans
        ],
        workspace.rules.locale.language,
    )
    return CoverageReport(coverage=found, errors=errors)


def explain_choice(
    workspace: Workspace, who: str, step: str = "", *, only: Sequence[str] = ()
) -> list[ChoiceExplained]:
    """Every file of the steps, in the order in which they fit a lead, and why.

    Args:
        workspace: the rules and the ports.
        who: an id, an e-mail address, a row number, or part of a name.
        step: ``01-intro`` or ``welcome/01-intro``; every step where it is "".
        only: names of the sources to look at; all of them where it is empty.

    Raises:
        UsageError: there is no such lead or step.
    """
    spots = _spots(workspace, step)
    planner = Planner(workspace, workspace.clock.now(), words=False, every_text=True)
    found = []
    for source in chosen(workspace, only):
        planned = planner.plan(source)
        for index in matching(planned.plan.leads, who):
            lead = planned.followups.leads[index]
            found += [
                ChoiceExplained(
                    source=source.name,
                    lead=lead.id,
                    name=lead.name or lead.email,
                    spot=spot,
                    candidates=planner.templates.candidates(
                        *spot,
                        lead,
                        language=workspace.rules.locale.language,
                        segments=planned.followups.segments,
                    ),
                )
                for spot in spots
            ]
    if not found:
        raise nobody(who)
    return found


def _spots(workspace: Workspace, step: str) -> list[Spot]:
    sequences = workspace.rules.followups.sequences
    every = [Spot(one.name, each.template) for one in sequences for each in one.steps]
    spots = [spot for spot in every if step in ("", spot.step, "/".join(spot))]
    if not spots:
        known = ", ".join("/".join(spot) for spot in every) or "none"
        raise UsageError(f"there is no step {step!r}", hint=f"there are: {known}")
    return list(dict.fromkeys(spots))
