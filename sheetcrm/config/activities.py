"""Tabs of dated visits, calls and demos (``[[activities]]``)."""

from __future__ import annotations

from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Text
from sheetcrm.config.leads import CREDENTIALS, GOOGLE
from sheetcrm.config.model import ActivityConfig, TableConfig
from sheetcrm.config.shapes import Key, ListOf, Table
from sheetcrm.core.table.activities import FIELDS

_HEADERS = Table(
    {
        field.name: Key(ListOf(Text(), least=1), f"Other headers of the column {field.headers[0]}.")
        for field in FIELDS
    }
)

ACTIVITIES = Table(
    {
        "name": Key(Text(examples=("Visits",)), "What messages call it.", required=True),
        "excel": Key(Text(examples=("leads.xlsx",)), "Path of the workbook that holds it."),
        "google": GOOGLE,
        "credentials": CREDENTIALS,
        "csv": Key(Text(), "Path of a CSV file."),
        "tab": Key(
            Text(blank=True, examples=("Visits",)), "Its tab in there; left out: the first tab."
        ),
        "kind": Key(
            Text(examples=("visit",)), "What all of them are, where no column of the tab says it."
        ),
        "headers": Key(_HEADERS, 'Columns under other names: { date = ["Jadwal"] }.'),
    },
    either=(("excel",), ("google",), ("csv",)),
)

_OURS = ("kind", "headers")  #: the others say where it is

KEYS = {
    "activities": Key(
        ListOf(ACTIVITIES, named=True),
        "Tabs of visits, calls, demos: ACTIVITIES() and LASTACTIVITY() in formulas.",
    )
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another."""
    for i, one in enumerate(tree.get("activities", ())):
        if one.get("tab") and "csv" in one:
            run.fault(("activities", i, "tab"), "only a workbook has tabs", "remove the line")
        if "credentials" in one and {"excel", "csv"} & one.keys():
            run.fault(("activities", i, "credentials"), "it needs none", "remove the line")


def activities(tree: dict[str, Any]) -> tuple[ActivityConfig, ...]:
    """The tabs of activities."""
    return tuple(
        ActivityConfig(
            table=TableConfig(**{key: one[key] for key in one if key not in _OURS}),
            kind=one.get("kind", ""),
            headers={name: tuple(found) for name, found in (one.get("headers") or {}).items()},
        )
        for one in tree.get("activities", ())
    )
