"""All that is known of one person, to be handed over to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sheetcrm.core.memory import PersonFile
from sheetcrm.core.table.activities import Activity
from sheetcrm.engine.person import SheetRow, find_person
from sheetcrm.engine.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """All that is known of one person."""

    at: datetime
    person: PersonFile
    rows: Sequence[SheetRow]
    activities: Sequence[Activity]
    unread: Sequence[str]  #: sources that could not be looked at


def export(workspace: Workspace, who: str) -> Exported:
    """Everything of the one person whom an address, a phone number or the id of a lead means.

    Raises:
        UsageError: there is nobody, or more than one.
        SourceError: a tab of activities cannot be read.
    """
    found = find_person(workspace, who)
    return Exported(
        at=workspace.clock.now(),
        person=found.person,
        rows=found.rows,
        activities=found.activities,
        unread=found.unread,
    )
