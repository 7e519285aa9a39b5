"""The link for leaving, as whoever opens it meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Somebody with a link that we signed."""

    token: str
    language: str = ""  #: that we write to them in; "" where the message is not known any more
    address: str = ""
    gone: bool = False  #: nothing goes to them already
    back: str = ""  #: the code with which they may come back, where they went by this link


class WayOut(Protocol):
    """What a link leads to; each answers None for one that we did not sign.

    Raises:
        LedgerError: the ledger cannot be used just now.
    """

    def visitor(self, signed: str) -> Visitor | None:
        """Whose link it is; nothing is changed."""

    def leave(self, signed: str) -> Visitor | None:
        """Never write to this person again; going twice is the same as going once."""

    def come_back(self, signed: str, code: str) -> Visitor | None:
        """It was a mistake; None as well where the code is none of this visit."""
