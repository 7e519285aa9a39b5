"""A ledger in memory: what `ports.Ledger` means, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from sheetcrm.adapters.memory.messages import Kept, keep
from sheetcrm.adapters.memory.outbox import MemoryOutbox
from sheetcrm.adapters.memory.people import People, Person
from sheetcrm.adapters.memory.rewinds import (
    Entry,
    History,
    Shelved,
    rows_written,
    shelve,
    turned_back,
    unshelve,
)
from sheetcrm.adapters.memory.settled import NeverSettled
from sheetcrm.core.memory import (
    Enrolment,
    Hold,
    KnownLead,
    LeadRecord,
    LeadState,
    Memory,
    MessageDraft,
    MessageEvent,
    MessageRecord,
    PastScore,
    RunRecord,
    StageMove,
    Standing,
)
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.values import CellValue, Edit, Override
from sheetcrm.errors import UsageError

_Cell = tuple[str, str]  # lead, header
_PERSON = "person|"


@dataclass(kw_only=True, slots=True)
class _Source:
    """What is known of one source; a history holds pairs of run and value, oldest first."""

    known: dict[str, KnownLead] = field(default_factory=dict)
    people: dict[str, Person | None] = field(default_factory=dict)
    records: dict[str, LeadRecord] = field(default_factory=dict)
    scores: dict[str, list[tuple[str, LeadRecord]]] = field(default_factory=dict)
    moves: dict[str, list[tuple[str, StageMove]]] = field(default_factory=dict)
    enrolments: dict[tuple[str, str], Enrolment] = field(default_factory=dict)
    written: dict[_Cell, CellValue] = field(default_factory=dict)
    overrides: dict[str, list[Override]] = field(default_factory=dict)
    intended: dict[str, list[Edit]] = field(default_factory=dict)  #: by run, not confirmed
    edits: dict[str, list[Edit]] = field(default_factory=dict)  #: by run, confirmed, not undone
    undone: list[tuple[str, str, Edit]] = field(default_factory=list)  #: with its run, and by whom
    shelf: list[Shelved] = field(default_factory=list)  #: scores and moves that no longer count
    committed: str = ""  #: the newest run that was


class MemoryLedger(NeverSettled):
    """A `Ledger` that forgets everything with its process."""

    def __init__(self) -> None:
        self._runs: dict[str, RunRecord] = {}
        self._sources: defaultdict[str, _Source] = defaultdict(_Source)
        self._people = People()
        self._messages: dict[str, Kept] = {}
        self._outbox = MemoryOutbox(self._messages)

    @property
    def outbox(self) -> MemoryOutbox:
        """Its messages on their way."""
        return self._outbox

    def remember(self, source: str) -> Memory:
        """Everything known of one source, as one value."""
        known = self._sources[source]
        pending: dict[_Cell, tuple[CellValue, ...]] = {}
        for edit in (edit for edits in known.intended.values() for edit in edits):
            cell = (edit.lead, edit.header)
            pending[cell] = (*pending.get(cell, ()), edit.after)
        return Memory(
            leads=dict(known.known),
            written=dict(known.written),
            pending=pending,
            standings={lead: _standing(moves) for lead, moves in known.moves.items() if moves},
            messages=self._to(source, known.known, same_phone=True),
            enrolments=dict(known.enrolments),
            holds=tuple(
                Hold(pause.scope.removeprefix(_PERSON), *pause[1:])
                for pause in sorted(self._outbox.pauses())
                if pause.scope.startswith(_PERSON)
            ),
            suppressed=frozenset(one.pattern for one in self._outbox.suppressions()),
        )

    def start_run(self, kind: str, at: datetime) -> str:
        """Begin a run and give it an id."""
        run = f"{_zoned(at).astimezone(UTC):%Y%m%d-%H%M%S}-{len(self._runs):03d}"
        self._runs[run] = RunRecord(id=run, kind=kind, started=at, finished=None, outcome="")
        return run

    def intend(self, run: str, plan: Plan) -> None:
        """Note a plan's edits before the source is written."""
        self._run(run)
        self._sources[plan.source].intended[run] = [edit._replace(row=0) for edit in plan.edits]

    def commit(self, run: str, plan: Plan, *, at: datetime) -> None:
        """The source has been written: remember leads, values, overrides, moves and drafts."""
        self._run(run)
        _zoned(at)
        source = self._sources[plan.source]
        source.committed = max(run, source.committed)
        _settle(source, run, plan)
        _keep_leads(source, run, plan, at)
        _keep_cells(source, plan, at)
        source.people |= self._people.assign(plan.leads, source.people)
        for move in plan.moves:
            if not move.refused:
                moves = source.moves.setdefault(move.lead, [])
                moves.append((run, move._replace(at=move.at or at)))
        keep(self._messages, plan, source.people, at)
        self._outbox.learn()
        source.enrolments |= {(one.lead, one.sequence): one for one in plan.enrolments}

    def finish_run(
        self,
        run: str,
        *,
        at: datetime,
        outcome: str,
        counts: Mapping[str, int],
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Close a run with its outcome."""
        self._runs[run] = replace(
            self._run(run),
            finished=_zoned(at),
            outcome=outcome,
            counts=dict(counts),
            details=dict(details),
        )

    def runs(self, limit: int = 20) -> list[RunRecord]:
        """The newest runs first."""
        return list(reversed(self._runs.values()))[:limit]

    def edits(self, run: str) -> dict[str, list[Edit]]:
        """What a run wrote and has not been undone, by source.

        Raises:
            UsageError: there is no such run.
        """
        self._run(run)
        found = {name: source.edits.get(run, ()) for name, source in self._sources.items()}
        return {name: list(edits) for name, edits in found.items() if edits}

    def moves(self, run: str) -> dict[str, list[StageMove]]:
        """The moves that a run made and that still count, by source.

        Raises:
            UsageError: there is no such run.
        """
        self._run(run)
        found = {
            name: [move for kept in source.moves.values() for by, move in kept if by == run]
            for name, source in self._sources.items()
        }
        return {name: moves for name, moves in found.items() if moves}

    def uncommitted(self, source: str) -> list[str]:
        """The runs since the last one that was committed to the source, or all of them."""
        last = self._sources[source].committed
        return [run for run in self._runs if run > last]

    def undone(self, run: str, source: str, edits: Sequence[Edit], *, by: str) -> None:
        """These edits of `run` were put back by the run `by`; remember the old values again."""
        self._run(run)
        self._run(by)
        known = self._sources[source]
        cells = {(edit.lead, edit.header) for edit in edits}
        known.edits[run] = [e for e in known.edits.get(run, ()) if (e.lead, e.header) not in cells]
        known.written |= {(edit.lead, edit.header): edit.before for edit in edits}
        known.intended.pop(by, None)
        known.undone += [(run, by, edit) for edit in edits]
        for edit in edits:
            scores, moves = known.scores.get(edit.lead, []), known.moves.get(edit.lead, [])
            shelve(known.shelf, scores, by, [one for one in scores if one[0] == run])
            made = [one for one in moves if one[0] == run and one[1].after == edit.after]
            shelve(known.shelf, moves, by, made)

    def rows_written(self, source: str) -> dict[str, int]:
        """Run → how many leads of the source it wrote or meant to write."""
        return rows_written(self._journal(source))

    def turned_back(self, source: str, run: str) -> list[Edit]:
        """The edits that make what we last wrote what it was just before `run` wrote."""
        return turned_back(self._journal(source), self._sources[source].written, run)

    def rewound(
        self, source: str, run: str, edits: Sequence[Edit], *, by: str, at: datetime
    ) -> None:
        """By the run `by`, the source's file is again what it was just before `run` wrote."""
        self._run(by)
        _zoned(at)
        known = self._sources[source]
        known.committed = max(by, known.committed)
        known.intended.clear()
        for later in [name for name in known.edits if name >= run]:
            known.undone += [(later, by, edit) for edit in known.edits.pop(later)]
        known.edits[by] = list(edits)
        known.written |= {(edit.lead, edit.header): edit.after for edit in edits}
        unshelve(known.shelf, run)
        histories: list[History] = [*known.scores.values(), *known.moves.values()]
        for history in histories:
            shelve(known.shelf, history, by, [one for one in history if one[0] >= run])

    def overrides(self, source: str) -> list[Override]:
        """Persons' values in our cells at the last commit, and since when they stand there."""
        known = self._sources[source]
        return [
            override
            for lead, overrides in known.overrides.items()
            if not known.known[lead].gone
            for override in overrides
        ]

    def released(self, source: str, edits: Sequence[Edit], *, by: str, at: datetime) -> None:
        """By the run `by`, what persons had set counts as written by us; no cell was changed."""
        self._run(by)
        _zoned(at)
        known = self._sources[source]
        known.committed = max(by, known.committed)
        known.intended.clear()
        known.edits[by] = [edit._replace(row=0) for edit in edits]
        known.written |= {(edit.lead, edit.header): edit.after for edit in edits}

    def lead(self, source: str, lead: str) -> LeadState | None:
        """One lead with its stage history and messages."""
        known = self._sources[source]
        if lead not in known.known:
            return None
        moves = known.moves.get(lead)
        return LeadState(
            known=known.known[lead],
            record=_record(known, lead),
            standing=_standing(moves) if moves else None,
            moves=[move for _, move in moves or ()],
            messages=self._to(source, [lead]),
            overrides=list(known.overrides.get(lead, ())),
            scores=[self._past(run, scored) for run, scored in known.scores.get(lead, ())],
        )

    def drafts(self) -> list[MessageDraft]:
        """All messages that wait for a person, oldest first."""
        messages = sorted(self._messages.values(), key=lambda message: message.created_at)
        return [message.draft for message in messages if message.draft.state == "draft"]

    def add(self, run: str, draft: MessageDraft, *, reason: str, at: datetime) -> bool:
        """A person wants this draft for a lead that is known; False where its key is known."""
        self._run(run)
        people = self._sources[draft.source].people
        if draft.key in self._messages or draft.lead not in people:
            return False
        event = MessageEvent("again", at, reason)
        kept = Kept(draft=draft, person=people[draft.lead], created_at=at, events=(event,))
        self._messages[draft.key] = kept
        return True

    def discard(self, keys: Collection[str]) -> None:
        """Forget these messages as if they had never been written; only drafts."""
        for key in keys:
            if key in self._messages and self._messages[key].draft.state == "draft":
                del self._messages[key]

    def close(self) -> None:
        """There is nothing to let go of."""

    def _past(self, run: str, scored: LeadRecord) -> PastScore:
        return PastScore(self._run(run).started, scored.score, scored.scores, scored.stage)

    def _run(self, run: str) -> RunRecord:
        if run not in self._runs:
            raise UsageError(f"there is no run {run}", hint="sheetcrm status lists the runs")
        return self._runs[run]

    def _journal(self, source: str) -> list[Entry]:
        """All that was ever written in a source: run, who undid it, edit."""
        known = self._sources[source]
        runs = [*known.edits.items(), *known.intended.items()]
        return [
            *((run, "", edit) for run, edits in runs for edit in edits),
            *((run, by, edit) for run, by, edit in known.undone),
        ]

    def _to(
        self, source: str, leads: Collection[str], *, same_phone: bool = False
    ) -> list[MessageRecord]:
        """Messages to these leads of a source, and to the persons who they are."""
        people = self._sources[source].people
        persons = {person for lead in leads if (person := people[lead])}
        phones = {person.phone for person in persons if person.phone} if same_phone else ()
        messages = sorted(self._messages.values(), key=lambda message: message.created_at)
        return [
            message.record
            for message in messages
            if message.person in persons
            or (message.person and message.person.phone in phones)
            or (message.draft.source == source and message.draft.lead in leads)
        ]


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be remembered: {at}")
    return at


def _standing(moves: Sequence[tuple[str, StageMove]]) -> Standing:
    move = moves[-1][1]
    assert move.at is not None
    past = tuple(earlier.after for _, earlier in moves[:-1])
    return Standing(stage=move.after, since=move.at, past=past)


def _settle(source: _Source, run: str, plan: Plan) -> None:
    """This run's edits are confirmed; of earlier ones those whose values stand in the sheet."""
    edited = {(edit.lead, edit.header) for edit in plan.edits}
    earlier = {of: edits for of, edits in source.intended.items() if of != run}
    for of, edits in earlier.items():
        stand = [e for e in edits if (e.lead, e.header) not in edited and _stands(e, plan)]
        source.edits[of] = [*source.edits.get(of, ()), *stand]
    source.edits[run] = [edit._replace(row=0) for edit in plan.edits]
    source.intended.clear()


def _stands(edit: Edit, plan: Plan) -> bool:
    cell = (edit.lead, edit.header)
    return cell in plan.written and same(plan.written[cell], edit.after)


def _keep_leads(source: _Source, run: str, plan: Plan, at: datetime) -> None:
    here = {record.lead for record in plan.leads}
    for lead, known in source.known.items():
        source.known[lead] = known._replace(gone=lead not in here)
    for record in plan.leads:
        before = source.known.get(record.lead)
        source.known[record.lead] = KnownLead(
            lead=record.lead,
            fingerprint=record.fingerprint,
            first_seen=before.first_seen if before else at,
        )
        source.records[record.lead] = record._replace(row=0)
        scores = source.scores.setdefault(record.lead, [])
        if not scores or _score(scores[-1][1]) != _score(record):
            scores.append((run, record))


def _keep_cells(source: _Source, plan: Plan, at: datetime) -> None:
    here = {record.lead for record in plan.leads}
    gone = {cell: value for cell, value in source.written.items() if cell[0] not in here}
    source.written = gone | dict(plan.written)
    before = {(o.lead, o.header): o for known in source.overrides.values() for o in known}
    source.overrides = {lead: o for lead, o in source.overrides.items() if lead not in here}
    for one in plan.overrides:
        known = before.get((one.lead, one.header))
        stays = known is not None and known.value == one.value
        since = known.since if known and stays else at
        source.overrides.setdefault(one.lead, []).append(replace(one, since=since))


def _score(record: LeadRecord) -> tuple[object, ...]:
    return record.score, dict(record.scores), record.stage, record.why


def _record(source: _Source, lead: str) -> LeadRecord:
    """The lead with its newest score that was not undone."""
    record, scores = source.records[lead], source.scores[lead]
    if not scores:
        return record._replace(score=None, scores={}, stage="", why="")
    last = scores[-1][1]
    return record._replace(score=last.score, scores=last.scores, stage=last.stage, why=last.why)
