"""What findings are called, why they matter, and how to mend them, in the workspace's language.

Each language is a module with the same texts; a test holds them against each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sheetcrm.core.health import english, indonesian, spanish
from sheetcrm.core.health.contacts import Reach
from sheetcrm.core.health.findings import Finding, Kind
from sheetcrm.core.health.texts import Page, Text
from sheetcrm.core.table.language import base_language
from sheetcrm.core.table.names import as_written
from sheetcrm.core.table.values import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A finding in words: one sentence each."""

    what: str
    why: str  #: it matters for scores and follow-ups
    fix: str  #: what to do in the sheet


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Findings that are told in the same words: of one kind, in several columns."""

    told: Told
    findings: Sequence[Finding]

    @property
    def count(self) -> int:
        """Of cells, rows or columns."""
        return sum(finding.count for finding in self.findings)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """One language."""

    code: str
    kinds: Mapping[Kind, Text]
    severities: Mapping[Severity, str]
    page: Page

    def tell(self, finding: Finding) -> Told:
        """A finding in words, with the names that it is about."""
        names = {
            "column": finding.column,
            "field": finding.field,
            "known": as_written(finding.field),
            "about": finding.about,
        }
        text = self.kinds[finding.kind]
        return Told(
            what=text.what.format(**names),
            why=text.why.format(**names),
            fix=text.fix.format(**names),
        )

    def groups(self, findings: Sequence[Finding], severity: Severity) -> list[Group]:
        """The findings of one weight, those that are told alike together, in their order."""
        found: dict[Told, list[Finding]] = {}
        for finding in findings:
            if finding.severity is severity:
                found.setdefault(self.tell(finding), []).append(finding)
        return [Group(told=told, findings=alike) for told, alike in found.items()]

    def where(self, finding: Finding, most: int = 3) -> str:
        """``Email: C7, C19, C44 … 12 more``."""
        shown, left = finding.where(most)
        if left > 0 and shown:
            shown = f"{shown} … {self.page.more.format(left)}"
        return f"{finding.column}: {shown}" if finding.column and shown else shown

    def reached(self, reach: Reach | None, leads: int) -> list[tuple[str, str]]:
        """How many leads can be reached by what: ``("can be reached by phone", "54 of 60")``."""
        if reach is None or (reach.by_email is None and reach.by_phone is None):
            return []
        page = self.page
        counts = (
            (page.by_email, reach.by_email),
            (page.by_phone, reach.by_phone),
            (page.by_none, reach.by_none),
        )
        return [(text, page.of.format(n, leads)) for text, n in counts if n is not None]


@lru_cache(maxsize=16)
def words(language: str) -> Words:
    """The words of a language tag (``es``, ``es-MX``); English where there are none."""
    chosen = {"id": indonesian, "es": spanish}.get(base_language(language), english)
    return Words(
        code=chosen.CODE, kinds=chosen.KINDS, severities=chosen.SEVERITIES, page=chosen.PAGE
    )
