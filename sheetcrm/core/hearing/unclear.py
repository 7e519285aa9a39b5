"""Mails that a person must look at: they seem to be about us, and nothing proves it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Unclear(NamedTuple):
    """A mail of which it is not sure which message it is about."""

    id: str  #: the same for the same mail, however often it is read
    kind: str  #: what it seems to be: ``replied``, ``gone`` …
    at: datetime  #: when it arrived
    sender: str
    subject: str
    said: str  #: its first words
    person: str = ""  #: who it may be about
    key: str = ""  #: the message that it may be about
