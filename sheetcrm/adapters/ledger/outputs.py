"""What stands in our cells: the values that we wrote, and those that persons put over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from sheetcrm.adapters.ledger.cells import dumps, loads, loads_all
from sheetcrm.adapters.ledger.database import delete_where, insert
from sheetcrm.adapters.ledger.schema import leads, overrides, written
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import CellValue, Edit, Override

Cell = tuple[str, str]  #: lead, header


def values(connection: Connection, source_id: int) -> dict[Cell, CellValue]:
    """What we last wrote in each cell of a source."""
    query = select(leads.c.key, written.c.cells).join_from(written, leads)
    found: dict[Cell, CellValue] = {}
    rows = connection.execute(query.where(leads.c.source_id == source_id)).all()
    known: list[list[Any]] = loads_all(row[1] for row in rows)
    for (lead, _), flat in zip(rows, known, strict=True):
        found.update(zip(zip(repeat(lead), flat[::2]), flat[1::2], strict=True))
    return found


def keep(
    connection: Connection, run_id: int, source_id: int, plan: Plan, ids: Mapping[str, int]
) -> None:
    """Remember what stands in the cells of a plan's leads; only leads that differ are rewritten.

    What we wrote for leads that are gone stays.
    """
    texts = {ids[lead]: dumps(flat) for lead, flat in _by_lead(plan.written).items()}
    stored = _stored(connection, source_id)
    _write(connection, [(i, text, run_id) for i, text in texts.items() if stored.get(i) != text])
    blank = {ids[record.lead] for record in plan.leads} - texts.keys()
    delete_where(connection, written.c.lead_id, sorted(blank & stored.keys()))


def restore(
    connection: Connection,
    run_id: int,
    source_id: int,
    edits: Sequence[Edit],
    ids: Mapping[str, int],
) -> None:
    """Remember again what stood in the edits' cells before them."""
    cells = values(connection, source_id)
    cells |= {(edit.lead, edit.header): edit.before for edit in edits}
    leads_back = {edit.lead for edit in edits}
    rows = [
        (ids[lead], dumps(flat), run_id)
        for lead, flat in _by_lead(cells).items()
        if lead in leads_back
    ]
    _write(connection, rows)


def keep_overrides(
    connection: Connection,
    source_id: int,
    plan: Plan,
    ids: Mapping[str, int],
    *,
    at: datetime,
) -> None:
    """Remember the overrides of a plan's leads; one that stays keeps the time it was first seen."""
    query = (
        select(overrides)
        .join_from(overrides, leads)
        .where(leads.c.source_id == source_id, leads.c.gone_at.is_(None))
    )
    stored = {(row.lead_id, row.output): row for row in connection.execute(query)}
    rows = {}
    for one in plan.overrides:
        cell = (ids[one.lead], one.header)
        value, before = dumps([one.value]), stored.get(cell)
        since = before.since if before and before.value == value else at
        rows[cell] = (*cell, value, dumps([one.computed]), _BY, since)
    _drop(connection, [cell for cell in stored if cell not in rows])
    changed = [
        row for cell, row in rows.items() if cell not in stored or row != tuple(stored[cell])
    ]
    insert(
        connection,
        overrides,
        tuple(overrides.c),
        changed,
        key=(overrides.c.lead_id, overrides.c.output),
        update=(overrides.c.value, overrides.c.computed, overrides.c.since),
    )


def overrides_of(
    connection: Connection, source_id: int, lead_id: int | None = None
) -> list[Override]:
    """The overrides of a source's leads, of those that are gone only if one is asked for."""
    query = (
        select(overrides, leads.c.key)
        .join_from(overrides, leads)
        .where(leads.c.source_id == source_id)
        .order_by(leads.c.id, overrides.c.output)
    )
    wanted = leads.c.gone_at.is_(None) if lead_id is None else leads.c.id == lead_id
    return [
        Override(
            lead=row.key,
            header=row.output,
            value=loads(row.value)[0],
            computed=loads(row.computed)[0],
            since=row.since,
        )
        for row in connection.execute(query.where(wanted))
    ]


_BY = "person"


def _by_lead(cells: Mapping[Cell, CellValue]) -> dict[str, list[CellValue]]:
    """Each lead with its headers and values in turn."""
    found: dict[str, list[CellValue]] = {}
    for (lead, header), value in cells.items():
        flat = found.setdefault(lead, [])
        flat += (header, value)
    return found


def _stored(connection: Connection, source_id: int) -> dict[int, str]:
    query = select(written.c.lead_id, written.c.cells).join_from(written, leads)
    rows = connection.execute(query.where(leads.c.source_id == source_id)).all()
    return {row[0]: row[1] for row in rows}


def _write(connection: Connection, rows: Sequence[tuple[int, str, int]]) -> None:
    columns = (written.c.lead_id, written.c.cells, written.c.run_id)
    insert(connection, written, columns, rows, key=columns[:1], update=columns[1:])


def _drop(connection: Connection, cells: Sequence[tuple[int, str]]) -> None:
    if cells:
        connection.execute(
            delete(overrides).where(
                overrides.c.lead_id == bindparam("lead"), overrides.c.output == bindparam("header")
            ),
            [{"lead": lead_id, "header": output} for lead_id, output in cells],
        )
