"""Which of our messages a mail is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sheetcrm.core.hearing.addresses import token_of_id
from sheetcrm.core.hearing.hearing import Clue, Heard, How, Kind
from sheetcrm.core.memory import MessageRecord

NEVER_SEEN = frozenset(("cancelled", "expired", "skipped", "held", "failed"))
"""States of messages that nobody has had."""

CLOCKS_APART = timedelta(minutes=10)  #: our clock and the mail server's

_LASTING = frozenset((Kind.UNSUBSCRIBED, Kind.COMPLAINED))
_ANSWERED = re.compile(r"^(?:\s*(?:re|rv|bls|balas|aw|fw|fwd)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A message that a mail is about."""

    message: MessageRecord
    how: How
    sure: bool  #: it is proven, not only likely


def wanted(heard: Heard) -> tuple[list[str], list[str], list[str]]:
    """Message-IDs, tokens and addresses by which the messages may be known."""
    clues = heard.clues
    return (
        [clue.message_id for clue in clues if clue.message_id],
        [clue.token for clue in clues if clue.token],
        [clue.address for clue in clues if clue.address],
    )


def match(heard: Heard, messages: Sequence[MessageRecord], at: datetime) -> Match | None:
    """The message that the surest clue names.

    An address alone proves nothing, unless the subject is that of a message to it: some programs
    that people send our drafts with give them new Message-IDs. What came before we wrote answers
    nothing; but whoever wanted no mails then wants none now.

    Args:
        heard: what the mail says.
        messages: those that `wanted` names, the oldest first.
        at: when the mail arrived.
    """
    for clue in heard.clues:
        if clue.how is not How.ADDRESS:
            found = [message for message in messages if _names(clue, message)]
            if found:
                return Match(message=found[-1], how=clue.how, sure=True)
    addresses = {clue.address for clue in heard.clues if clue.how is How.ADDRESS}
    known = [
        message
        for message in messages
        if _may_have_had(message, addresses)
        and (heard.kind in _LASTING or message.heard_at <= at + CLOCKS_APART)
    ]
    if not known:
        return None
    answered = bool(_ANSWERED.match(heard.subject))
    same = [message for message in known if answered and _subject(message) == _bare(heard.subject)]
    return Match(message=(same or known)[-1], how=How.ADDRESS, sure=bool(same))


def _names(clue: Clue, message: MessageRecord) -> bool:
    by_id = clue.message_id and clue.message_id == message.message_id
    return bool(by_id or (clue.token and clue.token == token_of_id(message.message_id)))


def _may_have_had(message: MessageRecord, addresses: Collection[str]) -> bool:
    to = {message.person.casefold(), message.to_address.casefold()}
    return message.state not in NEVER_SEEN and not to.isdisjoint(addresses)


def _subject(message: MessageRecord) -> str:
    return _bare(message.subject)


def _bare(subject: str) -> str:
    return " ".join(_ANSWERED.sub("", subject).casefold().split())
