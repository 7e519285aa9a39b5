"""What a run did, source by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetcrm.core.plan import Plan
from sheetcrm.errors import SheetCrmError, TransientError
from sheetcrm.ports import WriteReceipt


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceResult:
    """What happened to one source: a plan, and a receipt where it was executed; or an error."""

    source: str
    locator: str
    plan: Plan | None = None
    receipt: WriteReceipt | None = None
    error: SheetCrmError | None = None

    @property
    def stages(self) -> Mapping[str, int]:
        """Stage → number of leads."""
        return Counter(lead.stage for lead in self.plan.leads) if self.plan else {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a run did, or with `dry_run` would have done."""

    run: str = ""
    kind: str = "sync"
    dry_run: bool = False
    ladder: tuple[str, ...] = ()  #: the stages in order
    results: tuple[SourceResult, ...] = field(default_factory=tuple)

    @property
    def counts(self) -> dict[str, int]:
        """How many leads, cells, moves, drafts, withdrawn drafts, overrides and problems.

        Of a source that could not be written only what was found in it.
        """
        plans = [result.plan for result in self.results if result.plan]
        done = [one.plan for one in self.results if one.plan and (self.dry_run or one.receipt)]
        return {
            "leads": sum(len(plan.leads) for plan in plans),
            "cells": sum(len(plan.edits) for plan in done),
            "moves": sum(1 for plan in done for move in plan.moves if not move.refused),
            "drafts": sum(len(plan.drafts) for plan in done),
            "withdrawn": sum(len(plan.withdrawn) for plan in done),
            "overrides": sum(len(plan.overrides) for plan in plans),
            "held": sum(len(plan.held) for plan in plans),
            "problems": sum(len(plan.problems) for plan in plans),
            "failed": sum(1 for result in self.results if result.error),
        }

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a person should look · 75 try again later."""
        errors = [result.error for result in self.results if result.error]
        if errors and all(isinstance(error, TransientError) for error in errors):
            return 75
        return 1 if errors else 0
