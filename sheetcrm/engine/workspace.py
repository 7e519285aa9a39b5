"""What a use case works with: the team's rules, and the outside world behind ports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.memory import Retention
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.table.fields import Field, Locale
from sheetcrm.ports import (
    Clock,
    DraftBox,
    Inbox,
    Ledger,
    Mailer,
    SentLog,
    TableSource,
    TabSource,
    TemplateStore,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """Everything that a team has decided."""

    fields: Sequence[Field]
    locale: Locale
    outputs: Mapping[str, str]  #: what (``score``, ``score.Fit``, ``stage`` …) → header
    qualification: Qualification
    followups: FollowUps
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Key path (``stage[2].when``) → file and line."""
    log_tab: str = ""  #: title of the tab in which stage moves are logged; "" for none
    notes: Sequence[str] = ()  #: what is not wrong, but most likely not meant


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivitySource:
    """A tab of dated activities."""

    source: TableSource
    kind: str = ""  #: what all of them are, where the tab does not say
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field of an activity → headers of the team's own."""


def unknown() -> str | None:
    """Nobody can tell what a sync would read."""
    return None


def free(_source: str) -> None:
    """A source that nobody else is at work on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A team's rules with the ports that they are applied through."""

    rules: Rules
    sources: Sequence[TabSource]
    tables: Mapping[str, TableSource]
    ledger: Ledger
    drafts: DraftBox
    templates: TemplateStore
    clock: Clock
    activities: Sequence[ActivitySource] = ()
    inbox: Inbox | None = None  #: where answers arrive, if the workspace hears them
    mailer: Mailer | None = None  #: None where nothing is sent from here
    sent_log: SentLog | None = None  #: there is one wherever there is a mailer
    retention: Retention = field(default_factory=Retention)
    inputs: Callable[[], str | None] = unknown
    """The state of everything that a sync reads beside the ledger; None where nobody can tell."""
    claim: Callable[[str], None] = free
    """Takes a source by its name before it is read or written, until the workspace is closed;
    `SourceBusyError` where a run of another workspace has it."""


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many parts are done, and how many there are."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Show no progress."""
