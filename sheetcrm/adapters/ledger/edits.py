"""The edits of runs: intended before a source is written, confirmed after it, perhaps undone.

An edit is confirmed when its run is not newer than the newest that was committed to its source;
until then it is *pending*: the run was cut off, and the value may stand in the sheet or not.
A commit drops what earlier runs intended, but for edits that prove to stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, delete, select

from sheetcrm.adapters.ledger.cells import dumps, loads
from sheetcrm.adapters.ledger.database import AnyRow, delete_where, insert, update_where
from sheetcrm.adapters.ledger.schema import edits, sources
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.values import CellValue, Edit

_Row: TypeAlias = tuple[int, int, str, str, int | None]


def intend(connection: Connection, run_id: int, source_id: int, found: Iterable[Edit]) -> None:
    """Note edits, in place of those that the run intended for this source before."""
    connection.execute(
        delete(edits).where(edits.c.run_id == run_id, edits.c.source_id == source_id)
    )
    _insert(connection, _rows(run_id, source_id, found))


def pending(connection: Connection, source: AnyRow) -> dict[tuple[str, str], tuple[CellValue, ...]]:
    """Values that may stand in the source's cells or not, oldest first."""
    found: dict[tuple[str, str], tuple[CellValue, ...]] = {}
    for row in _pending(connection, source):
        for edit in unpacked(row.lead, row.cells):
            cell = (edit.lead, edit.header)
            found[cell] = (*found.get(cell, ()), edit.after)
    return found


def confirm(connection: Connection, run_id: int, source: AnyRow, plan: Plan) -> None:
    """The run has written the plan's edits; of earlier runs those that stand there are its own."""
    earlier = _pending(connection, source, edits.c.run_id != run_id)
    edited = {(edit.lead, edit.header) for edit in plan.edits} if earlier else set()
    proven: list[_Row] = []
    for row in earlier:
        found = unpacked(row.lead, row.cells)
        stand = [e for e in found if (e.lead, e.header) not in edited and _stands(e, plan)]
        proven += _rows(row.run_id, source.id, stand)
    delete_where(connection, edits.c.id, [row.id for row in earlier])
    _insert(connection, proven)
    if plan.edits and not _has_intended(connection, run_id, source.id):
        intend(connection, run_id, source.id, plan.edits)


def drop_pending(connection: Connection, source: AnyRow) -> None:
    """Forget what runs that were cut off intended for the source."""
    delete_where(connection, edits.c.id, [row.id for row in _pending(connection, source)])


def of_run(connection: Connection, run_id: int) -> dict[str, list[Edit]]:
    """A run's confirmed edits that were not undone, by source."""
    query = (
        select(sources.c.key, edits.c.lead, edits.c.cells)
        .join_from(edits, sources)
        .where(
            edits.c.run_id == run_id,
            edits.c.run_id <= sources.c.run_id,
            edits.c.undone_by.is_(None),
        )
        .order_by(edits.c.id)
    )
    found: dict[str, list[Edit]] = {}
    for source, lead, cells in connection.execute(query).all():
        found.setdefault(source, []).extend(unpacked(lead, cells))
    return found


def undo(
    connection: Connection, run_id: int, source_id: int, undone: Sequence[Edit], *, by: int
) -> None:
    """Mark these edits of a run as undone; what the run `by` intended is done with."""
    cells = {(edit.lead, edit.header) for edit in undone}
    query = select(edits.c.id, edits.c.lead, edits.c.cells).where(
        edits.c.run_id == run_id, edits.c.source_id == source_id, edits.c.undone_by.is_(None)
    )
    whole: list[int] = []
    split: list[int] = []
    halves: list[_Row] = []
    for id_, lead, text in connection.execute(query).all():
        headers = loads(text)[::4]
        back = [header for header in headers if (lead, header) in cells]
        if len(back) == len(headers):
            whole.append(id_)
        elif back:
            split.append(id_)
            found = list(unpacked(lead, text))
            halves += _rows(run_id, source_id, (e for e in found if e.header in back), undone_by=by)
            halves += _rows(run_id, source_id, (e for e in found if e.header not in back))
    update_where(connection, edits.c.id, whole, undone_by=by)
    delete_where(connection, edits.c.id, split)
    _insert(connection, halves)
    connection.execute(delete(edits).where(edits.c.run_id == by, edits.c.source_id == source_id))


def _pending(
    connection: Connection, source: AnyRow, *conditions: ColumnElement[bool]
) -> Sequence[AnyRow]:
    query = select(edits.c.id, edits.c.run_id, edits.c.lead, edits.c.cells).where(
        edits.c.source_id == source.id, edits.c.run_id > (source.run_id or 0), *conditions
    )
    return connection.execute(query.order_by(edits.c.id)).all()


def _has_intended(connection: Connection, run_id: int, source_id: int) -> bool:
    of_run = select(edits.c.id).where(edits.c.run_id == run_id, edits.c.source_id == source_id)
    return connection.execute(of_run.limit(1)).first() is not None


def _stands(edit: Edit, plan: Plan) -> bool:
    cell = (edit.lead, edit.header)
    return cell in plan.written and same(plan.written[cell], edit.after)


def _rows(
    run_id: int, source_id: int, found: Iterable[Edit], *, undone_by: int | None = None
) -> list[_Row]:
    """One row for each lead, with its edits as one text."""
    by_lead: dict[str, list[CellValue]] = {}
    for edit in found:
        flat = by_lead.setdefault(edit.lead, [])
        flat += (edit.header, edit.before, edit.after, edit.reason)
    return [(run_id, source_id, lead, dumps(flat), undone_by) for lead, flat in by_lead.items()]


def unpacked(lead: str, text: str) -> Iterable[Edit]:
    """The edits of one lead that a row holds."""
    flat = iter(loads(text))
    for header, before, after, reason in zip(flat, flat, flat, flat, strict=True):
        yield Edit(
            lead=lead, row=0, header=str(header), before=before, after=after, reason=str(reason)
        )


def _insert(connection: Connection, rows: Sequence[_Row]) -> None:
    columns = [column for column in edits.c if column.name != "id"]
    insert(connection, edits, columns, rows)
