"""Back in time: what a source's cells held just before a run, and the ledger that agrees with it.

The edits are a journal that is only added to. The first thing that happened to a cell from a run
on tells what stood there before it: an edit its `before`, an undo of an older edit its `after`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, distinct, func, or_, select, update

from sheetcrm.adapters.ledger import edits as kept_edits
from sheetcrm.adapters.ledger import leads as kept_leads
from sheetcrm.adapters.ledger import outputs
from sheetcrm.adapters.ledger.edits import unpacked
from sheetcrm.adapters.ledger.schema import edits, leads, runs, scores, stage_moves
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue, Edit

_Cell = tuple[str, str]


def rows_written(connection: Connection, source_id: int) -> dict[str, int]:
    """Run → how many leads of the source its edits name."""
    query = (
        select(runs.c.key, func.count(distinct(edits.c.lead)))
        .join_from(edits, runs, edits.c.run_id == runs.c.id)
        .where(edits.c.source_id == source_id)
        .group_by(runs.c.key)
    )
    return {row[0]: row[1] for row in connection.execute(query).all()}


def turned_back(connection: Connection, source_id: int, run: str) -> list[Edit]:
    """The edits that make what we last wrote what it was just before `run`."""
    first = _first_run(connection, run)
    written = outputs.values(connection, source_id)
    names = {(lead, fold(header)): header for lead, header in written}
    found = []
    for (lead, header), before in _stood(connection, source_id, first).items():
        name = names.get((lead, fold(header)), header)
        now = written.get((lead, name))
        if not same(now, before):
            found.append(
                Edit(lead=lead, row=0, header=name, before=now, after=before, reason="restore")
            )
    return found


def rewind(connection: Connection, source_id: int, run: str, back: Sequence[Edit], by: int) -> None:
    """The source stands as it did before `run`; `back` is what the run `by` wrote to that end."""
    first = _first_run(connection, run)
    ids = kept_leads.ids(connection, source_id)
    kept_edits.intend(connection, by, source_id, back)
    connection.execute(
        update(edits)
        .where(
            edits.c.source_id == source_id,
            edits.c.run_id >= first,
            edits.c.run_id < by,
            edits.c.undone_by.is_(None),
        )
        .values(undone_by=by)
    )
    known = [edit._replace(before=edit.after) for edit in back if edit.lead in ids]
    outputs.restore(connection, by, source_id, known, ids)
    own = select(leads.c.id).where(leads.c.source_id == source_id).scalar_subquery()
    for table in (scores, stage_moves):
        mine = table.c.lead_id.in_(own)
        back_again = update(table).where(mine, table.c.run_id < first, table.c.undone_by >= first)
        connection.execute(back_again.values(undone_by=None))
        gone = update(table).where(mine, table.c.run_id >= first, table.c.undone_by.is_(None))
        connection.execute(gone.values(undone_by=by))


def _first_run(connection: Connection, run: str) -> int:
    """The number of the run, or of the first after the time that its id tells."""
    found: int | None = connection.scalar(select(runs.c.id).where(runs.c.key == run))
    if found is None:
        found = connection.scalar(select(func.min(runs.c.id)).where(runs.c.key >= run))
    return found or 1 << 62


def _stood(connection: Connection, source_id: int, first: int) -> dict[_Cell, CellValue]:
    """What stood in each cell that was written from that run on."""
    query = select(edits.c.run_id, edits.c.undone_by, edits.c.lead, edits.c.cells).where(
        edits.c.source_id == source_id,
        or_(edits.c.run_id >= first, edits.c.undone_by >= first),
    )
    earliest: dict[_Cell, tuple[int, int, CellValue]] = {}
    for run_id, undone_by, lead, cells in connection.execute(query).all():
        wrote = run_id >= first
        event = (run_id, 0) if wrote else (undone_by, 1)
        for edit in unpacked(lead, cells):
            cell = (lead, edit.header)
            if cell not in earliest or event < earliest[cell][:2]:
                earliest[cell] = (*event, edit.before if wrote else edit.after)
    return {cell: value for cell, (_, _, value) in earliest.items()}
