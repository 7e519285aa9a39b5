"""Where a mailbox is, and who we are to it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapLogin:
    """Where a mailbox is, and who we are to it."""

    host: str
    port: int
    security: str  #: ``tls``, ``starttls`` or ``none``
    user: str
    secret: str = field(repr=False)  #: password, or access token
    auth: str = "password"  #: or ``xoauth2``

    @property
    def account(self) -> str:
        """Whose mailbox it is, for people: ``halo@example.com at imap.example.com``."""
        return f"{self.user} at {self.host}"
