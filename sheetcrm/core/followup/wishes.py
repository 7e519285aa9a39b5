"""What a person says of a draft in the sheet, in the cell that shows what became of it.

``DRAFT`` changed to ``APPROVED`` lets it go, to ``SKIP`` it never will; in three languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sheetcrm.core.memory import MessageRecord, Wish
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue

APPROVED = frozenset(
    fold(word)
    for word in (
        *("approved", "approve", "send", "ok", "yes"),
        *("setuju", "disetujui", "kirim", "ya", "oke"),
        *("aprobado", "aprobar", "enviar", "sí", "vale"),
    )
)
SKIPPED = frozenset(
    fold(word)
    for word in (
        *("skip", "skipped", "no", "don't send", "never"),
        *("lewati", "dilewati", "jangan", "jangan kirim", "tidak"),
        *("omitir", "omitido", "no enviar", "saltar"),
    )
)


def wishes(
    typed: Mapping[str, CellValue], messages: Iterable[MessageRecord], *, source: str
) -> list[Wish]:
    """The wishes in the cells of leads for whom a draft waits, and nowhere but in the ledger.

    Args:
        typed: lead id → what a person has put over our word.
        messages: to the leads of the source.
        source: its name.
    """
    found = []
    for message in messages if typed else ():
        word = typed.get(message.lead)
        waits = message.state == "draft" and message.source == source and not message.place
        if not waits or not isinstance(word, str):
            continue
        if fold(word) in APPROVED:
            found.append(Wish(message.key, message.lead, "approved", word))
        elif fold(word) in SKIPPED:
            found.append(Wish(message.key, message.lead, "skipped", word))
    return found


def heeded(messages: Sequence[MessageRecord], said: Sequence[Wish]) -> Sequence[MessageRecord]:
    """The messages as they will be once the wishes are carried out."""
    if not said:
        return messages
    states = {wish.key: wish.state for wish in said}
    return [
        replace(message, state=states[message.key]) if message.key in states else message
        for message in messages
    ]
