"""Mails that a person must look at, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from sheetcrm.core.hearing.unclear import Unclear


class UnclearMails:
    """The part of an outbox that keeps them."""

    def __init__(self) -> None:
        self._unclear: dict[str, Unclear | None] = {}  # None: somebody has decided

    def keep_unclear(self, mails: Sequence[Unclear]) -> int:
        """Mails that a person must look at."""
        new = {mail.id: mail for mail in mails if mail.id not in self._unclear}
        self._unclear |= new
        return len(new)

    def unclear(self) -> list[Unclear]:
        """Those that nobody has decided about."""
        waiting = (mail for mail in self._unclear.values() if mail)
        return sorted(waiting, key=lambda mail: (mail.at, mail.id))

    def clear_up(self, mail: str, verdict: str) -> bool:
        """Somebody has looked at a mail."""
        del verdict
        waits = self._unclear.get(mail) is not None
        if waits:
            self._unclear[mail] = None
        return waits
