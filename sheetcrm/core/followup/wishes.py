"""What a person says of a draft in the sheet, in the cell that shows what became of it.

``DRAFT`` changed to ``APPROVED`` lets it go, to ``SKIP`` it never will; in three languages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.memory import MessageRecord, Wish
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellValue, Problem

APPROVED = frozenset(
    fold(word)
    for word in (
        *("approved", "approve", "send", "ok", "yes"),
        *("setuju", "disetujui", "kirim", "ya", "oke"),
        *("aprobado", "aprobada", "aprobar", "autorizado", "autorizada"),
        *("enviar", "mandar", "sí", "vale"),
    )
)
SKIPPED = frozenset(
    fold(word)
    for word in (
        *("skip", "skipped", "no", "don't send", "never"),
        *("lewati", "dilewati", "jangan", "jangan kirim", "tidak"),
        *("omitir", "omitido", "omitida", "rechazado", "rechazada"),
        *("no enviar", "no mandar", "saltar"),
    )
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What persons say in the sheet of the messages to its leads."""

    wishes: Sequence[Wish] = ()  #: of drafts that lie nowhere but in the ledger: they are heeded
    elsewhere: Sequence[Wish] = ()  #: of drafts that somebody could have sent from where they lie
    over: Sequence[Wish] = ()  #: of such as lay elsewhere, and were decided of in another way
    unsent: Sequence[Wish] = ()  #: where we send nothing, and a person sends every draft

    def where_persons_send(self) -> Said:
        """The same, where only persons send: nothing comes of any word."""
        return Said(unsent=[*self.wishes, *self.elsewhere])

    def with_skips(self, gone: Collection[str]) -> Said:
        """The same, where a draft that lies elsewhere may be taken away: *no* is always safe.

        Args:
            gone: keys of drafts that are no longer where they were put.
        """
        no = [one for one in self.elsewhere if one.state == "skipped" and one.key not in gone]
        rest = [one for one in self.elsewhere if one not in no]
        return replace(self, wishes=[*self.wishes, *no], elsewhere=rest)


def said_of(
    typed: Mapping[str, CellValue], messages: Iterable[MessageRecord], *, source: str
) -> Said:
    """The words about messages in the cells of their leads.

    Args:
        typed: lead id → what a person has put over our word.
        messages: to the leads of the source, the oldest first.
        source: its name.
    """
    here: list[Wish] = []
    elsewhere: dict[str, Wish] = {}
    over: dict[str, Wish] = {}
    for message in messages if typed else ():
        word = typed.get(message.lead)
        state = _meant(word) if isinstance(word, str) and message.source == source else ""
        if not state:
            continue
        wish = Wish(message.key, message.lead, state, str(word))
        if message.state != "draft":
            over.pop(message.lead, None)  # the newest one counts
            if message.place:
                over[message.lead] = wish
        elif message.place:
            elsewhere[message.lead] = wish
        else:
            here.append(wish)
    waits = {wish.lead for wish in here} | elsewhere.keys()
    return Said(
        wishes=here,
        elsewhere=list(elsewhere.values()),
        over=[wish for lead, wish in over.items() if lead not in waits],
    )


def unheeded(said: Iterable[Wish], gone: Collection[str]) -> list[Problem]:
    """Why nothing comes of words about drafts that lie elsewhere, and what to do.

    That such a file is untouched does not prove that nobody has sent it from a mail program.

    Args:
        said: of drafts that lie elsewhere.
        gone: keys of those that are no longer where they were put.
    """
    return [_taken(wish) if wish.key in gone else _lies_elsewhere(wish) for wish in said]


def for_nobody(said: Iterable[Wish]) -> list[Problem]:
    """That nothing comes of words about drafts where only persons send."""
    return [
        Problem(
            message=Spoken("“{}” does nothing: here, people send the drafts themselves", wish.word),
            lead=wish.lead,
            hint='open the draft in your mail program; or let us send: via = "smtp" in [sending]',
        )
        for wish in said
    ]


def _meant(word: str) -> str:
    """The state that a person means by a word; "" where it is none of these words."""
    folded = fold(word)
    if folded in APPROVED:
        return "approved"
    return "skipped" if folded in SKIPPED else ""


def _lies_elsewhere(wish: Wish) -> Problem:
    return Problem(
        message=Spoken(
            "“{}” does nothing: the draft lies as a file, which somebody may have sent", wish.word
        ),
        lead=wish.lead,
        hint=f'if nobody has: sheetcrm approve "{wish.lead}" (takes the file away); '
        "if somebody has: delete the file",
    )


def _taken(wish: Wish) -> Problem:
    return Problem(
        message=Spoken(
            "“{}” does nothing: the draft is no longer where it lay, and counts as sent", wish.word
        ),
        lead=wish.lead,
        hint="look among the sent mails of your mail program; what is not there, write yourself",
    )


def heeded(messages: Sequence[MessageRecord], said: Sequence[Wish]) -> Sequence[MessageRecord]:
    """The messages as they will be once the wishes are carried out."""
    if not said:
        return messages
    states = {wish.key: wish.state for wish in said}
    return [
        replace(message, state=states[message.key]) if message.key in states else message
        for message in messages
    ]
