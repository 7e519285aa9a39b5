"""How healthy one lead sheet is, as a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetcrm.core.health.contacts import Reach
from sheetcrm.core.health.findings import Finding
from sheetcrm.errors import SourceError


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetHealth:
    """What was found in one source."""

    source: str
    locator: str
    error: SourceError | None = None  #: why it could not be read
    leads: int = 0
    columns: int = 0  #: the team's, ours left out
    reach: Reach | None = None
    findings: Sequence[Finding] = ()  #: the worst first
