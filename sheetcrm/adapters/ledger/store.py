"""The ledger in a database, as the port wants it: each call is one short transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sheetcrm.adapters.ledger import (
    dossiers,
    erasing,
    followups,
    health,
    history,
    leads,
    learning,
    messages,
    outputs,
    rewinds,
    runs,
    settled,
    tidying,
)
from sheetcrm.adapters.ledger import edits as kept_edits
from sheetcrm.adapters.ledger.database import Database
from sheetcrm.adapters.ledger.migrate import bring_up_to_date
from sheetcrm.adapters.ledger.outbox import SqlOutbox
from sheetcrm.core.memory import (
    KnownLead,
    LeadRecord,
    LeadState,
    Memory,
    MessageDraft,
    PersonFile,
    Retention,
    RunRecord,
    Settled,
    StageMove,
    Standing,
)
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import Edit, Override
from sheetcrm.ports import LedgerHealth


def open_ledger(url_or_path: str, *, wait: float = 30.0) -> SqlLedger:
    """Open a ledger, made or brought up to date where that is needed.

    Args:
        url_or_path: a SQLite file (``var/ledger.db``; its folder is made), or a URL such as
            ``postgresql://user@host/database``.
        wait: seconds to wait for another run that is just writing to a SQLite file.

    Raises:
        LedgerTooNewError: a newer sheetcrm made it.
        LedgerLockedError: another run held it for too long.
        LedgerError: it cannot be used.
    """
    database = Database(url_or_path, wait=wait)
    try:
        bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return SqlLedger(database)


class SqlLedger:
    """A `Ledger` in SQLite or PostgreSQL; made by `open_ledger`.

    Every method may raise `LedgerError`, and `UsageError` for a run that does not exist.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own: set[str] = set()  # runs that this process began
        self._outbox = SqlOutbox(database)
        self._writer = secrets.token_hex(8)
        database.after_each_change = settled.after_each_change(self._writer)

    @property
    def outbox(self) -> SqlOutbox:
        """Its messages on their way."""
        return self._outbox

    def remember(self, source: str) -> Memory:
        """Everything known of one source, as one value (empty for a new source)."""
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            if found is None:
                return Memory(
                    forgotten=erasing.forgotten(connection),
                    suppressed=followups.suppressed(connection),
                )
            return Memory(
                leads=leads.known(connection, found.id),
                written=outputs.values(connection, found.id),
                pending=kept_edits.pending(connection, found),
                standings=history.standings(connection, found.id),
                messages=messages.to_source(connection, found.id),
                enrolments=followups.entered(connection, found.id),
                holds=followups.holds(connection),
                forgotten=erasing.forgotten(connection),
                suppressed=followups.suppressed(connection),
            )

    def start_run(self, kind: str, at: datetime) -> str:
        """Begin a run and give it an id such as ``20261122-093000-k3f`` (in UTC).

        Where the last one of another process was cut off, and once a day, the file is looked at
        first.

        Raises:
            LedgerDamagedError: it is damaged.
        """
        if self._database.is_file:
            with self._database.reading() as connection:
                if runs.wants_a_look(connection, self._own, at):
                    health.refuse_damaged(connection, self._database.where)
        with self._database.writing(quietly=True) as connection:
            run = runs.start(connection, kind, at)
        self._own.add(run)
        return run

    def intend(self, run: str, plan: Plan) -> None:
        """Note a plan's edits before the source is written, so that a crash loses nothing.

        They take the place of those that the same run intended for the source before.
        """
        with self._database.writing() as connection:
            run_id = runs.number(connection, run)
            source = runs.ensure_source(connection, plan.source, plan.locator)
            kept_edits.intend(connection, run_id, source.id, plan.edits)

    def commit(self, run: str, plan: Plan, *, at: datetime) -> None:
        """The source has been written: remember leads, values, overrides, moves and drafts.

        One transaction; only what differs is written. A draft whose key is already known is left
        as it was, and what the plan withdraws is cancelled where it has not gone out. What earlier
        runs intended for the source is dropped, but for edits whose values stand there now: those
        are confirmed as theirs.
        """
        with self._database.writing() as connection:
            run_id = runs.number(connection, run)
            source = runs.ensure_source(connection, plan.source, plan.locator)
            ids = leads.keep(connection, source.id, plan.leads, at=at, seen_at=source.seen_at)
            outputs.keep(connection, run_id, source.id, plan, ids)
            outputs.keep_overrides(connection, source.id, plan, ids, at=at)
            history.keep_scores(connection, run_id, source.id, plan.leads, ids)
            history.keep_moves(connection, run_id, plan.moves, ids, at=at)
            messages.renew(connection, plan.renewed, at=at)
            messages.heed(connection, plan.wishes, at=at)
            messages.cancel(connection, plan.withdrawn, at=at)
            messages.note_gone(connection, plan.gone, at=at)
            messages.keep(connection, run_id, plan.drafts, ids, at=at)
            learning.learn(connection)
            followups.enter(connection, plan.enrolments, ids)
            kept_edits.confirm(connection, run_id, source, plan)
            runs.confirm_source(connection, source, run_id, at)

    def finish_run(
        self,
        run: str,
        *,
        at: datetime,
        outcome: str,
        counts: Mapping[str, int],
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Close a run with its outcome (``ok``, ``failed`` …)."""
        with self._database.writing(quietly=True) as connection:
            run_id = runs.number(connection, run)
            runs.finish(connection, run_id, at=at, outcome=outcome, counts=counts, details=details)

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""
        with self._database.reading() as connection:
            return runs.newest(connection, limit)

    def watch(self) -> None:
        """From now on, notice whether anybody else writes here."""
        with self._database.writing() as connection:
            settled.watch(connection, self._writer)

    def settle(self, found: Settled) -> bool:
        """A sync since `watch` had nothing to do; False where somebody else wrote meanwhile."""
        with self._database.writing(quietly=True) as connection:
            return settled.settle(connection, self._writer, found)

    def settled(self) -> Settled | None:
        """What was settled last, if nothing was written since."""
        with self._database.reading() as connection:
            return settled.settled(connection)

    def edits(self, run: str) -> dict[str, list[Edit]]:
        """What a run wrote and has not been undone, by source. `Edit.row` is 0: rows move.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.reading() as connection:
            return kept_edits.of_run(connection, runs.number(connection, run))

    def moves(self, run: str) -> dict[str, list[StageMove]]:
        """The moves that a run made and that still count, by source.

        Raises:
            UsageError: there is no such run.
        """
        with self._database.reading() as connection:
            return history.moves_of_run(connection, runs.number(connection, run))

    def uncommitted(self, source: str) -> list[str]:
        """The runs since the last one that was committed to the source, or all of them."""
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            return runs.after(connection, (found and found.run_id) or 0)

    def undone(self, run: str, source: str, edits: Sequence[Edit], *, by: str) -> None:
        """These edits of `run` were put back by the run `by`; remember the old values again.

        With them go the scores that the run gave their leads, and the moves whose stage one of
        them wrote: both stay in the history, marked, and no longer count. Drafts stay.
        Where `by` had intended the putting back as a plan of its own, that is done with now.
        """
        with self._database.writing() as connection:
            run_id, by_id = runs.number(connection, run), runs.number(connection, by)
            found = runs.source(connection, source)
            if found is None:
                return
            ids = leads.ids(connection, found.id)
            kept_edits.undo(connection, run_id, found.id, edits, by=by_id)
            outputs.restore(connection, by_id, found.id, edits, ids)
            history.undo(connection, run_id, edits, ids, by=by_id)

    def rows_written(self, source: str) -> dict[str, int]:
        """Run → how many leads of the source it wrote or meant to write."""
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            return rewinds.rows_written(connection, found.id) if found else {}

    def turned_back(self, source: str, run: str) -> list[Edit]:
        """The edits that make what we last wrote what it was just before `run` wrote."""
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            return rewinds.turned_back(connection, found.id, run) if found else []

    def rewound(
        self, source: str, run: str, edits: Sequence[Edit], *, by: str, at: datetime
    ) -> None:
        """By the run `by`, the source's file is again what it was just before `run` wrote."""
        with self._database.writing() as connection:
            by_id = runs.number(connection, by)
            found = runs.source(connection, source)
            if found is not None:
                rewinds.rewind(connection, found.id, run, edits, by_id)
                runs.confirm_source(connection, found, by_id, at)

    def overrides(self, source: str) -> list[Override]:
        """Persons' values in our cells at the last commit, and since when they stand there."""
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            return outputs.overrides_of(connection, found.id) if found else []

    def released(self, source: str, edits: Sequence[Edit], *, by: str, at: datetime) -> None:
        """By the run `by`, what persons had set counts as written by us; no cell was changed."""
        with self._database.writing() as connection:
            by_id = runs.number(connection, by)
            found = runs.source(connection, source)
            if found is None:
                return
            kept_edits.drop_pending(connection, found)
            kept_edits.intend(connection, by_id, found.id, edits)
            ids = leads.ids(connection, found.id)
            ours = [edit._replace(before=edit.after) for edit in edits]
            outputs.restore(connection, by_id, found.id, ours, ids)
            runs.confirm_source(connection, found, by_id, found.seen_at or at)

    def lead(self, source: str, lead: str) -> LeadState | None:
        """One lead with its stage history and messages, for `explain`.

        `LeadRecord.row` is 0, as rows move; moves that were undone are left out.
        """
        with self._database.reading() as connection:
            found = runs.source(connection, source)
            row = leads.find(connection, found.id, lead) if found else None
            if found is None or row is None:
                return None
            scored = history.score_of(connection, row.id)
            moves = history.moves_of(connection, row.id, lead)
            return LeadState(
                known=KnownLead(
                    lead=lead,
                    fingerprint=row.fingerprint,
                    first_seen=row.first_seen,
                    gone=row.gone_at is not None,
                ),
                record=LeadRecord(
                    lead=lead,
                    fingerprint=row.fingerprint,
                    row=0,
                    name=row.name,
                    email=row.email_norm or "",
                    phone=row.phone_e164 or "",
                    language=row.language,
                    score=scored.score,
                    scores=scored.parts,
                    stage=scored.stage,
                    why=scored.why,
                ),
                standing=_standing(moves),
                moves=moves,
                messages=messages.to_lead(connection, row.id, row.person_id),
                overrides=outputs.overrides_of(connection, found.id, row.id),
                scores=history.scores_of(connection, row.id),
            )

    def add(self, run: str, draft: MessageDraft, *, reason: str, at: datetime) -> bool:
        """A person wants this draft for a lead that is known; False where its key is known."""
        with self._database.writing() as connection:
            found = runs.source(connection, draft.source)
            lead = leads.find(connection, found.id, draft.lead) if found else None
            if lead is None:
                return False
            number = runs.number(connection, run)
            return messages.add(connection, number, draft, lead.id, reason=reason, at=at)

    def drafts(self) -> list[MessageDraft]:
        """All messages that wait for a person, oldest first."""
        with self._database.reading() as connection:
            return messages.waiting(connection)

    def discard(self, keys: Collection[str]) -> None:
        """Forget these messages as if they had never been written; only drafts."""
        with self._database.writing() as connection:
            messages.discard(connection, keys)

    def persons(self, who: Collection[str]) -> list[PersonFile]:
        """The persons whom these addresses, phone numbers and ids of leads may mean."""
        with self._database.reading() as connection:
            found = dossiers.find(connection, who)
            return [dossiers.describe(connection, ids) for ids in found]

    def forget(self, person: PersonFile, *, at: datetime) -> None:
        """Forget a person in one transaction; no byte stays behind."""
        from sheetcrm.core.blackening import Wanted  # noqa: PLC0415  slow to load, rarely needed

        with self._database.writing() as connection:
            erasing.erase(connection, dossiers.ids_of(person), Wanted(person), at=at)
        erasing.scrub(self._database)

    def health(self) -> LedgerHealth:
        """Look at everything once: every page, every reference."""
        return health.health(self._database)

    def tidy(self, retention: Retention, *, at: datetime) -> Mapping[str, int]:
        """Drop what is older than it need be, at most once a day; table → how many rows."""
        with self._database.reading() as connection:
            if tidying.is_tidy(connection, at):
                return {}
        with self._database.writing() as connection:
            return tidying.tidy(connection, retention, at=at)

    def close(self) -> None:
        """Let go of files and connections."""
        self._database.close()


def _standing(moves: Sequence[StageMove]) -> Standing | None:
    if not moves or moves[-1].at is None:
        return None
    past = tuple(move.after for move in moves[:-1])
    return Standing(stage=moves[-1].after, since=moves[-1].at, past=past)
