"""What lies new in a mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """A mail as it arrived."""

    at: datetime  #: when the server took it; zoned
    raw: bytes  #: its beginning, where it is large


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrivals:
    """Some of the mails that are new in a folder, and up to where it has been read with them."""

    mails: tuple[Arrived, ...]
    uidvalidity: int  #: RFC 3501, section 2.3.1.1
    last_uid: int
