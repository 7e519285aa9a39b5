"""Each lead as the follow-ups see it: cleaned values under the names that templates use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sheetcrm.core.followup import LeadView
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.core.table.language import language_code, language_of_country
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.values import CellError, CellValue


def lead_views(leads: Leads, ids: Sequence[str]) -> list[LeadView]:
    """One view for each lead, in the tab's order; `stage` is still empty."""
    columns = leads.columns
    names = list(columns)
    rows: Iterable[Sequence[CellValue]] = zip(*columns.values(), strict=True) if names else ()
    return [
        _view(index, ids[index], dict(zip(names, row, strict=True)))
        for index, row in enumerate(rows)
    ]


def message_records(drafts: Iterable[MessageDraft], now: datetime) -> list[MessageRecord]:
    """Drafts of this run as if the ledger already knew them."""
    return [
        MessageRecord(
            key=draft.key,
            lead=draft.lead,
            person=draft.person,
            sequence=draft.sequence,
            step=draft.step,
            state=draft.state,
            message_id=draft.message_id,
            subject=draft.subject,
            created_at=draft.created_at or now,
        )
        for draft in drafts
    ]


def _view(index: int, lead: str, values: dict[str, CellValue]) -> LeadView:
    def text(field: str) -> str:
        value = values.get(field)
        return "" if value is None or isinstance(value, CellError) else str(value)

    unreadable = isinstance(values.get("email"), CellError)
    name = text("name")
    return LeadView(
        index=index,
        id=lead,
        name=name,
        first_name=text("first_name") or first_name(name),
        email=text("email"),
        email_problem="the e-mail address cannot be read" if unreadable else "",
        phone=text("phone"),
        language=language_code(text("language")) or language_of_country(text("country")),
        location=text("city") or text("region"),
        interests=tuple(part.strip() for part in text("interest").split(";") if part.strip()),
        stage="",
        values=values,
    )


TITLES = frozenset(
    (
        "bapak",
        "ibu",
        "pak",
        "bu",
        "bpk",
        "sdr",
        "sdri",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "drs",
        "ir",
        "h",
        "hj",
        "sr",
        "sra",
        "srta",
        "don",
        "doña",
        "prof",
    )
)


def first_name(name: str) -> str:
    """What a friendly letter calls somebody: ``"Bpk. Budi Santoso"`` → ``"Budi"``."""
    for word in name.replace(",", " ").split():
        if word.strip(".").casefold() not in TITLES and any(char.isalpha() for char in word):
            return word
    return ""
