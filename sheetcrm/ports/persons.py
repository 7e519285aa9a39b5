"""All that is known of one person: told, and forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from sheetcrm.core.memory import PersonFile
from sheetcrm.ports.ledger import Ledger


@runtime_checkable
class Personal(Ledger, Protocol):
    """A ledger that can tell all it knows of one person, and forget it."""

    def persons(self, who: Collection[str]) -> list[PersonFile]:
        """The persons whom these may mean: addresses, numbers in E.164, ids of leads.

        A person has one file, whatever sources they stand in; none where nobody is known so.
        """

    def forget(self, person: PersonFile, *, at: datetime) -> None:
        """Forget a person in one transaction; no byte stays behind.

        What stays are numbers without a name (scores, stages and their times), and digests of
        the addresses and phone numbers, by which the person is left alone from now on.

        Args:
            person: from `persons`, or made of the addresses and numbers of somebody unknown.
            at: now.
        """


class TraceKind(StrEnum):
    """What a file with a trace of somebody is, and what becomes of it when they are forgotten."""

    MESSAGE = "message"  #: to them: deleted
    PAGE = "page"  #: that can be made anew: deleted
    TEXT = "text"  #: such as a log: the words are blackened
    BACKUP = "backup"  #: of the team's: deleted only if asked for


class Trace(NamedTuple):
    """A file of the workspace in which somebody is named."""

    kind: TraceKind
    place: str


class Traces(Protocol):
    """The files that sheetcrm itself writes, searched for one person."""

    def find(self, person: PersonFile) -> list[Trace]:
        """Files that name this person."""

    def erase(self, traces: Collection[Trace], person: PersonFile) -> None:
        """Delete these, or blacken in them what names the person.

        Raises:
            UsageError: one of them cannot be changed.
        """
