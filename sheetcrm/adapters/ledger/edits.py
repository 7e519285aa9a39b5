"""The edits of runs: intended before a source is written, confirmed after it, perhaps undone.

An edit is confirmed when its run is not newer than the newest that was committed to its source;
until then it is *pending*: the run was cut off, and the value may stand in the sheet or not.
A commit drops what earlier runs intended, but for edits that prove to stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from sheetcrm.adapters.ledger.cells import dumps, loads
from sheetcrm.adapters.ledger.database import AnyRow, insert
from sheetcrm.adapters.ledger.schema import edits, sources
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.merge import same
from sheetcrm.core.table.values import CellValue, Edit


def intend(connection: Connection, run_id: int, source_id: int, found: Iterable[Edit]) -> None:
    """Note edits, in place of those that the run intended for this source before."""
    connection.execute(
        delete(edits).where(edits.c.run_id == run_id, edits.c.source_id == source_id)
    )
    _insert(connection, [(run_id, source_id, *row, None) for row in _packed(found)])


def pending(connection: Connection, source: AnyRow) -> dict[tuple[str, str], tuple[CellValue, ...]]:
    """Values that may stand in the source's cells or not, oldest first."""
    found: dict[tuple[str, str], tuple[CellValue, ...]] = {}
    for row in _pending(connection, source):
        for edit in _unpacked(row.lead, row.cells):
            cell = (edit.lead, edit.header)
            found[cell] = (*found.get(cell, ()), edit.after)
    return found


def confirm(connection: Connection, run_id: int, source: AnyRow, plan: Plan) -> None:
    """The run has written the plan's edits; of earlier runs those that stand there are its own."""
    edited = {(edit.lead, edit.header) for edit in plan.edits}
    own, gone, proven = False, [], []
    for row in _pending(connection, source):
        if row.run_id == run_id:
            own = True
            continue
        found = list(_unpacked(row.lead, row.cells))
        stand = [e for e in found if (e.lead, e.header) not in edited and _stands(e, plan)]
        gone.append(row.id)
        proven += [(row.run_id, source.id, *packed, None) for packed in _packed(stand)]
    _delete(connection, gone)
    _insert(connection, proven)
    if plan.edits and not own:
        intend(connection, run_id, source.id, plan.edits)


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
    for source, lead, cells in connection.execute(query):
        found.setdefault(source, []).extend(_unpacked(lead, cells))
    return found


def undo(
    connection: Connection, run_id: int, source_id: int, undone: Sequence[Edit], *, by: int
) -> None:
    """Mark these edits of a run as undone; what the run `by` intended is done with."""
    cells = {(edit.lead, edit.header) for edit in undone}
    leads = {edit.lead for edit in undone}
    query = select(edits.c.id, edits.c.lead, edits.c.cells).where(
        edits.c.run_id == run_id, edits.c.source_id == source_id, edits.c.undone_by.is_(None)
    )
    touched = [row for row in connection.execute(query) if row.lead in leads]
    found = [edit for row in touched for edit in _unpacked(row.lead, row.cells)]
    back = [edit for edit in found if (edit.lead, edit.header) in cells]
    rest = [edit for edit in found if (edit.lead, edit.header) not in cells]
    _delete(connection, [row.id for row in touched])
    _insert(connection, [(run_id, source_id, *row, by) for row in _packed(back)])
    _insert(connection, [(run_id, source_id, *row, None) for row in _packed(rest)])
    connection.execute(delete(edits).where(edits.c.run_id == by, edits.c.source_id == source_id))


def _pending(connection: Connection, source: AnyRow) -> Sequence[AnyRow]:
    query = select(edits.c.id, edits.c.run_id, edits.c.lead, edits.c.cells).where(
        edits.c.source_id == source.id, edits.c.run_id > (source.run_id or 0)
    )
    return connection.execute(query.order_by(edits.c.id)).all()


def _stands(edit: Edit, plan: Plan) -> bool:
    cell = (edit.lead, edit.header)
    return cell in plan.written and same(plan.written[cell], edit.after)


def _packed(found: Iterable[Edit]) -> list[tuple[str, str]]:
    """Each lead with its edits as one text."""
    by_lead: dict[str, list[CellValue]] = {}
    for edit in found:
        flat = by_lead.setdefault(edit.lead, [])
        flat += (edit.header, edit.before, edit.after, edit.reason)
    return [(lead, dumps(flat)) for lead, flat in by_lead.items()]


def _unpacked(lead: str, text: str) -> Iterable[Edit]:
    flat = iter(loads(text))
    for header, before, after, reason in zip(flat, flat, flat, flat, strict=True):
        yield Edit(
            lead=lead, row=0, header=str(header), before=before, after=after, reason=str(reason)
        )


def _insert(connection: Connection, rows: Sequence[tuple[int, int, str, str, int | None]]) -> None:
    columns = (
        edits.c.run_id,
        edits.c.source_id,
        edits.c.lead,
        edits.c.cells,
        edits.c.undone_by,
    )
    insert(connection, edits, columns, rows)


def _delete(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        connection.execute(
            delete(edits).where(edits.c.id == bindparam("edit")), [{"edit": id_} for id_ in ids]
        )
