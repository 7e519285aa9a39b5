"""What must be remembered outside the sheet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from sheetcrm.core.memory import (
    LeadState,
    Memory,
    MessageDraft,
    RunRecord,
    Settled,
    StageMove,
)
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import Edit, Override
from sheetcrm.ports.mail import Outbox


class Ledger(Protocol):
    """What must be remembered outside the sheet."""

    @property
    def outbox(self) -> Outbox:
        """Messages on their way."""

    def remember(self, source: str) -> Memory:
        """Everything known of one source, as one value (empty for a new source)."""

    def start_run(self, kind: str, at: datetime) -> str:
        """Begin a run (`sync`, `undo`, …) and give it an id such as ``20261122-093000-k3f``."""

    def intend(self, run: str, plan: Plan) -> None:
        """Note a plan's edits before the source is written, so that a crash loses nothing."""

    def commit(self, run: str, plan: Plan, *, at: datetime) -> None:
        """The source has been written: remember leads, values, overrides, moves and drafts.

        One transaction. A draft whose key is already known is left as it was. What the plan
        withdraws is cancelled, for good, where it has not gone out yet.
        """

    def finish_run(
        self,
        run: str,
        *,
        at: datetime,
        outcome: str,
        counts: Mapping[str, int],
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Close a run with its outcome (``ok``, ``failed`` …).

        `details`, as JSON can hold them, are added to those that it began with: its ``versions``.
        """

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""

    def watch(self) -> None:
        """From now on, notice whether anybody else writes here."""

    def settle(self, found: Settled) -> bool:
        """A sync since `watch` had nothing to do; False where that is not worth remembering.

        It counts until anybody writes here again, but for the beginning and the end of runs.
        """

    def settled(self) -> Settled | None:
        """What was settled last, if it still counts."""

    def edits(self, run: str) -> dict[str, list[Edit]]:
        """What a run wrote and has not been undone, by source. `Edit.row` is 0: rows move.

        Raises:
            UsageError: there is no such run.
        """

    def moves(self, run: str) -> dict[str, list[StageMove]]:
        """The moves that a run made and that still count, by source.

        Raises:
            UsageError: there is no such run.
        """

    def uncommitted(self, source: str) -> list[str]:
        """The runs since the last one that was committed to the source, or all of them."""

    def undone(self, run: str, source: str, edits: Sequence[Edit], *, by: str) -> None:
        """These edits of `run` were put back by the run `by`; remember the old values again."""

    def rows_written(self, source: str) -> dict[str, int]:
        """Run → how many leads of the source it wrote or meant to write."""

    def turned_back(self, source: str, run: str) -> list[Edit]:
        """The edits that make what we last wrote what it was just before `run` wrote.

        `Edit.row` is 0. For a run that the ledger does not know, its id tells the time.
        """

    def rewound(
        self, source: str, run: str, edits: Sequence[Edit], *, by: str, at: datetime
    ) -> None:
        """By the run `by`, the source's file is again what it was just before `run` wrote.

        `edits`, from `turned_back`, become what `by` wrote. Scores and moves since then no longer
        count; those count again that were taken back since then. Drafts stay.
        """

    def overrides(self, source: str) -> list[Override]:
        """Persons' values in our cells at the last commit, and since when they stand there."""

    def released(self, source: str, edits: Sequence[Edit], *, by: str, at: datetime) -> None:
        """By the run `by`, what persons had set counts as written by us; no cell was changed.

        `Edit.before` is what we had written there, `Edit.after` what a person had put over it.
        What runs that were cut off had intended is dropped, as it does not stand in the sheet.
        """

    def lead(self, source: str, lead: str) -> LeadState | None:
        """One lead with its stage history and messages, for `explain`."""

    def add(self, run: str, draft: MessageDraft, *, reason: str, at: datetime) -> bool:
        """A person wants this draft for a lead that is known; False where its key is known."""

    def drafts(self) -> list[MessageDraft]:
        """All messages that wait for a person, oldest first."""

    def discard(self, keys: Collection[str]) -> None:
        """Forget these messages as if they had never been written; only drafts."""

    def close(self) -> None:
        """Let go of files and connections."""
