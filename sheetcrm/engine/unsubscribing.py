"""What happens behind the link for leaving: who it is for, going, and coming back.

A link is proof enough: it was signed by us and sent to that person alone. Nothing is asked for,
and going twice is the same as going once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sheetcrm.core.followup.leaving import sign, verify
from sheetcrm.core.followup.rules import Sender
from sheetcrm.core.memory import MessageEvent, MessageRecord
from sheetcrm.core.outbox import FINAL, Suppression
from sheetcrm.ports import Clock, Outbox, Visitor

BY_PAGE = "unsubscribed on the page"
VISIT = timedelta(hours=1)  #: for which somebody may say that it was a mistake


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """A `WayOut` into the ledger.

    Args:
        outbox: the ledger's.
        sender: who signs, and whom it is about.
        clock: the time.
    """

    outbox: Outbox
    sender: Sender
    clock: Clock

    def visitor(self, signed: str) -> Visitor | None:
        """Whose link it is; None for one that we did not sign."""
        token = verify(signed, self.sender.secret)
        if token is None:
            return None
        message = self._message(token)
        if message is None:
            return Visitor(token=token)
        whole = next(iter(self.outbox.drafts([message.key])), None)  # its body may be gone by now
        return Visitor(
            token=token,
            language=whole.language if whole else "",
            address=message.to_address,
            gone=self._reason(message) is not None,
        )

    def leave(self, signed: str) -> Visitor | None:
        """Never write to this person again; None for a link that we did not sign.

        The code for coming back is for whoever went here, and not by another way before.
        """
        found = self.visitor(signed)
        message = self._message(found.token) if found else None
        if found is None or message is None:
            return found
        now = self.clock.now()
        addresses = {message.person.casefold(), message.to_address.casefold()}
        self.outbox.suppress([Suppression(one, BY_PAGE, now) for one in sorted(addresses)])
        self.outbox.heard(message.key, MessageEvent("unsubscribed", now, self._evidence(message)))
        mine = self._reason(message) == BY_PAGE
        until = int((now + VISIT).timestamp())
        code = sign(f"back-{found.token}-{until}", self.sender.secret) if mine else ""
        return Visitor(
            token=found.token,
            language=found.language,
            address=found.address,
            gone=True,
            back=code,
        )

    def come_back(self, signed: str, code: str) -> Visitor | None:
        """It was a mistake; None where the code is none of this visit."""
        found = self.visitor(signed)
        message = self._message(found.token) if found else None
        word = verify(code, self.sender.secret) or ""
        kind, _, rest = word.partition("-")
        token, _, until = rest.rpartition("-")
        now = self.clock.now()
        ours = found is not None and message is not None and (kind, token) == ("back", found.token)
        if not (ours and until.isdecimal() and now.timestamp() <= int(until)):
            return None
        assert found is not None
        assert message is not None
        if self._reason(message) == BY_PAGE:
            self._open_again(message, now)
        return self.visitor(signed)

    def _open_again(self, message: MessageRecord, now: datetime) -> None:
        """Take back what this page did, and nothing that was known before."""
        addresses = {message.person, message.to_address}
        self.outbox.unsuppress(sorted(addresses))
        silenced = [one for one in self.outbox.find(addresses=addresses) if one.state in FINAL]
        if [one.key for one in silenced] == [message.key]:
            self.outbox.reopen(addresses, reason="came back on the page", at=now)

    def _evidence(self, message: MessageRecord) -> str:
        """Going again after coming back is something new."""
        returns = sum(event.kind == "reopened" for event in message.events)
        return f"{BY_PAGE}, {returns + 1}" if returns else BY_PAGE

    def _message(self, token: str) -> MessageRecord | None:
        return next(iter(self.outbox.find(tokens=[token])), None)

    def _reason(self, message: MessageRecord) -> str | None:
        """Why nothing goes to the receiver, None where it does."""
        known = {one.pattern: one.reason for one in self.outbox.suppressions()}
        return known.get(message.to_address.casefold()) or known.get(message.person.casefold())
