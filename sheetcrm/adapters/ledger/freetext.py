"""Texts that are not about one person and may name somebody all the same, such as errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Select, String, cast, delete, false, or_, select, update

from sheetcrm.adapters.ledger import schema
from sheetcrm.adapters.ledger.schema import edits, leads, runs, unclear

if TYPE_CHECKING:
    from sheetcrm.core.blackening import Wanted

_TEXTS = (
    schema.messages.c.why,
    schema.messages.c.reply,
    schema.message_events.c.evidence,
    schema.scores.c.why,
    schema.stage_moves.c.why,
    schema.suppressions.c.reason,
    schema.pauses.c.reason,
    unclear.c.subject,
    unclear.c.said,
)


def blacken(connection: Connection, wanted: Wanted) -> None:
    """Take the person's words out of every text; what is only about them is erased before."""
    for column in _TEXTS:
        _blacken(connection, column, wanted)
    _blacken_details(connection, wanted)
    _drop_loose_edits(connection, wanted)
    _drop_ids(connection, wanted)


def _blacken(connection: Connection, column: Column[str], wanted: Wanted) -> None:
    """Take them out of one column."""
    table = column.table
    keys = list(table.primary_key.columns)
    for text, *key in connection.execute(_with(column, wanted).add_columns(*keys)).all():
        if (said := wanted.blackened(text)) != text:
            here = [one == value for one, value in zip(keys, key, strict=True)]
            connection.execute(update(table).where(*here).values({column.name: said}))


def _blacken_details(connection: Connection, wanted: Wanted) -> None:
    """Take them out of what runs noted, which is JSON."""
    found = connection.execute(_with(runs.c.details, wanted).add_columns(runs.c.id)).all()
    for text, number in found:
        known = json.loads(text)
        if (said := wanted.blackened_within(known)) != known:
            told = json.dumps(said, ensure_ascii=False)
            connection.execute(update(runs).where(runs.c.id == number).values(details=told))


def _drop_loose_edits(connection: Connection, wanted: Wanted) -> None:
    """Drop what a run that was cut off meant to write for a lead of whom nothing else is known."""
    known = select(leads.c.id).where(leads.c.source_id == edits.c.source_id)
    loose = ~known.where(leads.c.key == edits.c.lead).exists()
    query = select(edits.c.id, edits.c.lead, edits.c.cells).where(loose)
    named = [row.id for row in connection.execute(query) if wanted.is_in(f"{row.lead} {row.cells}")]
    connection.execute(delete(edits).where(edits.c.id.in_(named)))


def _drop_ids(connection: Connection, wanted: Wanted) -> None:
    """Drop the ids of mails that somebody has decided about, where an address stands in them."""
    decided = _with(unclear.c.id, wanted).where(unclear.c.verdict != "")
    ids = list(connection.scalars(decided))
    named = [one for one in ids if any(address in one.casefold() for address in wanted.addresses)]
    connection.execute(delete(unclear).where(unclear.c.id.in_(named)))


def _with(column: Column[str], wanted: Wanted) -> Select[Any]:
    """The texts among which those are that name the person, told by the database."""
    text = cast(column, String)
    pieces = (text.icontains(piece, autoescape=True) for piece in wanted.needles)
    return select(column).where(or_(false(), *pieces))
