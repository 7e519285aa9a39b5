"""What is done: the same functions that the command line calls, one workspace at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.engine.sync import sync as sync_workspace
from sheetcrm.errors import SheetCrmError, TransientError


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a piece of work went."""

    said: str  #: for people: what was done, or what is wrong
    error: SheetCrmError | None = None

    @property
    def passing(self) -> bool:
        """Whether it failed for a reason that goes away by itself."""
        return isinstance(self.error, TransientError)


Work = Mapping[str, Callable[[Path, str], Outcome]]
"""Kind of duty → what does it, given the workspace's folder and the name of the source.

What it raises as `SheetCrmError` counts as a failure, too.
"""


def sync(root: Path, source: str) -> Outcome:
    """Score, stage, write back and draft one source.

    Raises:
        SheetCrmError: the workspace cannot be opened, or another run is at work in it.
    """
    with open_workspace(find_root(str(root)), exclusive=True, first=source) as workspace:
        [result] = sync_workspace(workspace, only=[source]).results
    if result.error:
        return Outcome(said=result.error.message, error=result.error)
    assert result.plan
    moves = sum(1 for move in result.plan.moves if not move.refused)
    counts = {
        "leads": len(result.plan.leads),
        "cells": len(result.plan.edits),
        "moves": moves,
        "drafts": len(result.plan.drafts),
    }
    return Outcome(said=", ".join(f"{count} {what}" for what, count in counts.items() if count))


EVERYTHING: Work = {"sync": sync}
"""All that workers do."""
