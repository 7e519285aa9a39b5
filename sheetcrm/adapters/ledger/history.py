"""What happened to leads: their scores, and their moves from stage to stage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from sheetcrm.adapters.ledger.database import AnyRow, insert, update_where
from sheetcrm.adapters.ledger.schema import leads, runs, scores, sources, stage_moves
from sheetcrm.core.memory import LeadRecord, PastScore, StageMove, Standing
from sheetcrm.core.table.values import Edit


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """How a lead was scored."""

    score: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    stage: str = ""
    why: str = ""


def standings(connection: Connection, source_id: int) -> dict[str, Standing]:
    """Where each lead of a source stands: its newest move that was not undone."""
    query = (
        select(leads.c.key, stage_moves.c.to_stage, stage_moves.c.at)
        .join_from(stage_moves, leads)
        .where(leads.c.source_id == source_id, stage_moves.c.undone_by.is_(None))
        .order_by(stage_moves.c.id)
    )
    found: dict[str, Standing] = {}
    for lead, stage, at in connection.execute(query).all():
        before = found.get(lead)
        past = (*before.past, before.stage) if before else ()
        found[lead] = Standing(stage, at, past)
    return found


def moves_of(connection: Connection, lead_id: int, lead: str) -> list[StageMove]:
    """A lead's moves, oldest first, without those that were undone."""
    query = select(stage_moves).where(
        stage_moves.c.lead_id == lead_id, stage_moves.c.undone_by.is_(None)
    )
    return [_move(row, lead) for row in connection.execute(query.order_by(stage_moves.c.id))]


def moves_of_run(connection: Connection, run_id: int) -> dict[str, list[StageMove]]:
    """The moves that a run made and that were not undone, by source."""
    query = (
        select(sources.c.key.label("source"), leads.c.key.label("lead"), stage_moves)
        .select_from(stage_moves.join(leads).join(sources))
        .where(stage_moves.c.run_id == run_id, stage_moves.c.undone_by.is_(None))
        .order_by(stage_moves.c.id)
    )
    found: dict[str, list[StageMove]] = {}
    for row in connection.execute(query):
        found.setdefault(row.source, []).append(_move(row, row.lead))
    return found


def keep_moves(
    connection: Connection,
    run_id: int,
    moves: Iterable[StageMove],
    ids: Mapping[str, int],
    *,
    at: datetime,
) -> None:
    """Add the moves that were made; refused ones were not."""
    columns = [column for column in stage_moves.c if column.name not in {"id", "undone_by"}]
    rows = [
        (ids[m.lead], run_id, m.before, m.after, m.at or at, m.why, m.by)
        for m in moves
        if not m.refused
    ]
    insert(connection, stage_moves, columns, rows)


def score_of(connection: Connection, lead_id: int) -> Scored:
    """How a lead was scored last."""
    query = _newest_scores().where(leads.c.id == lead_id)
    row = connection.execute(query).first()
    if row is None:
        return Scored()
    return Scored(score=row.score, parts=json.loads(row.parts), stage=row.stage, why=row.why)


def scores_of(connection: Connection, lead_id: int) -> list[PastScore]:
    """How a lead was scored, oldest first, without what was undone."""
    query = (
        select(runs.c.started, scores.c.score, scores.c.parts, scores.c.stage)
        .join_from(scores, runs, scores.c.run_id == runs.c.id)
        .where(scores.c.lead_id == lead_id, scores.c.undone_by.is_(None))
        .order_by(scores.c.id)
    )
    return [
        PastScore(at=at, score=score, scores=json.loads(parts), stage=stage)
        for at, score, parts, stage in connection.execute(query).all()
    ]


def keep_scores(
    connection: Connection,
    run_id: int,
    source_id: int,
    records: Sequence[LeadRecord],
    ids: Mapping[str, int],
) -> None:
    """Add the scores of those leads whose last ones differ."""
    query = _newest_scores().where(leads.c.source_id == source_id)
    stored = {row[0]: tuple(row) for row in connection.execute(query).all()}
    parts = cache(_parts)  # many leads share theirs
    rows = [(ids[r.lead], r.score, parts(tuple(r.scores.items())), r.stage, r.why) for r in records]
    changed = [(row[0], run_id, *row[1:]) for row in rows if stored.get(row[0]) != row]
    insert(connection, scores, (scores.c.lead_id, scores.c.run_id, *_SCORE), changed)


def undo(
    connection: Connection,
    run_id: int,
    edits: Iterable[Edit],
    ids: Mapping[str, int],
    *,
    by: int,
) -> None:
    """The run's scores of the edits' leads no longer count, nor the moves that the edits wrote.

    A move's edit is that of its lead which wrote the name of the stage that the lead moved to.
    """
    wrote = {(ids[edit.lead], edit.after) for edit in edits}
    touched = {lead_id for lead_id, _ in wrote}
    given = select(scores.c.id, scores.c.lead_id).where(scores.c.run_id == run_id)
    found = [id_ for id_, lead_id in connection.execute(given).all() if lead_id in touched]
    update_where(connection, scores.c.id, found, undone_by=by)
    made = select(stage_moves.c.id, stage_moves.c.lead_id, stage_moves.c.to_stage)
    moves = connection.execute(made.where(stage_moves.c.run_id == run_id)).all()
    back = [id_ for id_, lead_id, stage in moves if (lead_id, stage) in wrote]
    update_where(connection, stage_moves.c.id, back, undone_by=by)


_JSON = json.JSONEncoder(ensure_ascii=False)
_SCORE = (scores.c.score, scores.c.parts, scores.c.stage, scores.c.why)


def _move(row: AnyRow, lead: str) -> StageMove:
    return StageMove(
        lead=lead, before=row.from_stage, after=row.to_stage, why=row.why, by=row.by, at=row.at
    )


def _newest_scores() -> Select[Any]:
    later = scores.alias("later")
    newer = select(later.c.id).where(
        later.c.lead_id == scores.c.lead_id,
        later.c.id > scores.c.id,
        later.c.undone_by.is_(None),
    )
    return (
        select(scores.c.lead_id, *_SCORE)
        .join_from(scores, leads)
        .where(scores.c.undone_by.is_(None), ~newer.exists())
    )


def _parts(scores: tuple[tuple[str, float], ...]) -> str:
    return _JSON.encode(dict(scores))
