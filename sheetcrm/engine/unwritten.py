"""Sources whose sheet is never written: what is decided of their leads is kept, and put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sheetcrm.core.plan import Aside, Plan
from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.merge import Written, owned_column
from sheetcrm.core.table.values import CellValue, Tab
from sheetcrm.ports import TabSource, Unwritten, WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

_WHO = frozenset(("name", "email", "phone"))  #: fields by which people know a lead
_ROW = {"en": "Row", "id": "Baris", "es": "Fila"}


def id_header(source: TabSource, tab: Tab, outputs: Mapping[str, str]) -> str | None:
    """The output column of ids; None where there will never be one.

    Leads of a sheet that is not written are known by their identifying fields, unless it has a
    column of ids from a time when it was.
    """
    header = outputs.get("id")
    if header and isinstance(source, Unwritten) and owned_column(tab, header) is None:
        return None
    return header


def set_aside(
    plan: Plan,
    source: TabSource,
    *,
    fields: Sequence[Field],
    leads: Leads,
    outputs: Mapping[str, Sequence[CellValue]],
    written: Written,
    language: str,
) -> Plan:
    """The plan as it is, or for a source that is not written: without edits.

    What was last written there stays known, so that the sheet may be written again some day.
    """
    if not isinstance(source, Unwritten):
        return plan
    here = {record.lead for record in plan.leads}
    return replace(
        plan,
        edits=(),
        append=(),
        log_tab="",
        written={cell: value for cell, value in written.items() if cell[0] in here},
        aside=Aside(place=source.aside, columns=_columns(plan, fields, leads, outputs, language)),
    )


def carry_out(
    source: TabSource, plan: Plan, *, log: StageLog | None = None, run: str
) -> WriteReceipt:
    """Write what the plan says, into the sheet or aside.

    Raises:
        SourceError: it cannot be written; nothing was.
    """
    if plan.aside and isinstance(source, Unwritten):
        return source.put_aside(plan.tab, plan.aside.columns, run=run)
    return source.write(plan.tab, plan.edits, append=plan.append, log=log, run=run)


def _columns(
    plan: Plan,
    fields: Sequence[Field],
    leads: Leads,
    outputs: Mapping[str, Sequence[CellValue]],
    language: str,
) -> dict[str, list[CellValue]]:
    """Where each lead stands and who it is, and our outputs with what people have set."""
    who = {field.name for field in fields if field.identifies} | _WHO
    theirs = {header for name, header in leads.found.items() if name in who}
    columns: dict[str, list[CellValue]] = {
        _ROW.get(base_language(language), _ROW["en"]): list(plan.tab.rows)
    }
    for column in plan.tab.columns:
        if column.header in theirs:
            columns[column.header] = list(column.values)
    ours = {header: list(values) for header, values in outputs.items()}
    index = {record.lead: place for place, record in enumerate(plan.leads)}
    for override in plan.overrides:
        ours[override.header][index[override.lead]] = override.value
    return columns | ours
