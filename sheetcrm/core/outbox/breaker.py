"""When to stop sending by ourselves: too many bounces, or a server that refuses us."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sheetcrm.core.memory import MessageRecord
from sheetcrm.core.outbox.answers import is_our_fault
from sheetcrm.core.outbox.values import Answer, Pause, Verdict

LOOKED_AT = 100  #: messages, the newest
BOUNCES = 0.05  #: of them; mail providers begin to refuse at about that
FEWEST = 20  #: under so many messages, one bounce says nothing
IN_A_ROW = 3  #: times that a domain may put us off before it gets a rest
REST = timedelta(hours=1)

BY = "breaker"


def after_bounces(recent: Sequence[MessageRecord], account: str, now: datetime) -> Pause | None:
    """A pause of the account where too many of its newest messages bounced.

    Args:
        recent: the newest messages of the account, at most `LOOKED_AT`.
        account: whose they are.
        now: zoned.
    """
    bounced = sum(record.state == "bounced" for record in recent)
    if len(recent) < FEWEST or bounced <= BOUNCES * len(recent):
        return None
    reason = (
        f"{bounced} of the last {len(recent)} messages bounced: check where the addresses come "
        "from, then: sheetcrm resume"
    )
    return Pause(f"account|{account}", reason, BY, now)


class Watch:
    """Watches the answers of one run."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._put_off: Counter[str] = Counter()

    def after(self, domain: str, answer: Answer, now: datetime) -> Pause | None:
        """A pause that this answer to a message for `domain` calls for."""
        if is_our_fault(answer):
            reason = f"the mail server refuses us: {answer.code} {answer.text}"
            return Pause(f"account|{self._account}", reason, BY, now)
        if answer.verdict is not Verdict.LATER or not answer.code:
            del self._put_off[domain]
            return None
        self._put_off[domain] += 1
        if self._put_off[domain] < IN_A_ROW:
            return None
        del self._put_off[domain]
        reason = f"{domain} put us off {IN_A_ROW} times: {answer.code} {answer.text}"
        return Pause(f"domain|{domain}", reason, BY, now, now + REST)
