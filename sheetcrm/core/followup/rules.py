"""What a team decides about its follow-ups, as frozen values; formulas are kept as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from sheetcrm.core.table.names import fold

AXES = ("segment", "stage", "interest", "location")
"""What tells every team's leads apart, the most important first; a team may add fields to it."""


class Stop(StrEnum):
    """What ends a sequence for a lead."""

    REPLY = "reply"
    BOUNCE = "bounce"
    UNSUBSCRIBE = "unsubscribe"
    STAGE = "stage"  #: the lead is no longer in the stage in which the sequence began
    CUSTOMER = "customer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A named group beside location × interest."""

    name: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """Places that belong together; a place may be another region."""

    name: str
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One message of a sequence: ``templates/<sequence>/<template>*.md``."""

    template: str
    after_days: int = 0  #: business days after the step before it, in the lead's zone
    skip_if: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """A series of follow-ups; begins when `when` turns true, or on a date."""

    name: str
    steps: tuple[Step, ...]
    when: str = ""
    start_on: str = ""
    yearly_on: str = ""
    stop: tuple[Stop, ...] = tuple(Stop)
    again_days: int = 0  #: after so many days it may begin once more; 0: never
    expires_days: int | None = None  #: what comes later than that is dropped; None: nothing is


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """Who the messages are from."""

    name: str = ""
    address: str = ""
    postal_address: str = ""
    reply_to: str = ""
    unsubscribe: str = ""  #: ``mailto:`` or ``https:`` address; empty: mailto of the sender
    secret: str = field(default="", repr=False)  #: signs the links for leaving by one click


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """When and how fast messages may go out."""

    via: str = "eml"  #: drafts that a person sends; or "smtp": we do
    approve: str = "person"  #: or "auto"
    per_minute: int = 20
    per_day: int = 200
    per_domain: tuple[tuple[str, int], ...] = ()  #: domain → most messages a minute
    warm_up: bool = False  #: a new address begins with few
    min_gap_days: int = 1  #: between two messages to one person, whatever they are for
    person_per_week: int | None = None  #: most messages to one person in seven days
    pause_days: int = 7  #: for which an automatic reply pauses what goes to a person
    opens: time = time(9)
    closes: time = time(17)
    weekdays: frozenset[int] = frozenset(range(5))  #: Monday is 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUps:
    """Everything that turns qualified leads into messages."""

    segments: tuple[Segment, ...] = ()
    regions: tuple[Region, ...] = ()
    axes: tuple[str, ...] = ()  #: fields that tell leads apart beside `AXES`
    sequences: tuple[Sequence, ...] = ()
    sender: Sender = Sender()
    sending: Sending = Sending()
    formula_seconds: float = 60  #: for all formulas together
    synonyms: Mapping[str, str] = field(default_factory=dict)
    """Folded header of a field → the axis that it is, folded: ``kota`` → ``location``."""
    spellings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Axis → folded spelling → the value that it stands for, folded."""

    def axis(self, name: str) -> str:
        """The axis that somebody means who writes its name, or a header that it goes by."""
        folded = fold(name)
        return folded if folded in AXES else self.synonyms.get(folded, folded)

    def value(self, axis: str, name: str) -> str:
        """The value on an axis that somebody means who writes one of its spellings, folded."""
        folded = fold(name)
        return self.spellings.get(axis, {}).get(folded, folded)
