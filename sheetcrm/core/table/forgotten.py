"""Persons who asked to be forgotten: known by digests only, so that their rows are left alone.

A digest is keyed, so that nobody finds out by trying addresses who has been forgotten unless
they hold the ledger, too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from sheetcrm.core.table.values import Column, Problem, Severity, Tab

if TYPE_CHECKING:
    from sheetcrm.core.table.leads import Leads

PREFIX = "forgotten:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """Whom to leave alone."""

    key: bytes = b""
    patterns: frozenset[str] = frozenset()

    def pattern(self, value: str) -> str:
        """What is kept of an address, a phone number or a fingerprint."""
        text = value.strip().casefold().encode()
        return PREFIX + blake2b(text, key=self.key, digest_size=16).hexdigest()

    def knows(self, value: str) -> bool:
        """Whether this address, number or fingerprint belongs to somebody who was forgotten."""
        return bool(self.patterns and value) and self.pattern(value) in self.patterns


def rows_of_forgotten(
    leads: Leads, identifying: Sequence[str], forgotten: Forgotten
) -> frozenset[int]:
    """Numbers of the leads who have been forgotten.

    A row is known by its address, without one by its phone number, and by all that identifies it.
    A number alone is not enough beside another address: an office may share it.
    """
    from sheetcrm.core.table.fingerprint import fingerprints  # noqa: PLC0415  slow to load

    if not forgotten.patterns:
        return frozenset()
    prints = fingerprints(leads, identifying)
    return frozenset(
        index
        for index in range(leads.height)
        if forgotten.knows(leads.text("email", index) or leads.text("phone", index))
        or forgotten.knows(prints[index])
    )


def without(tab: Tab, places: Collection[int]) -> Tab:
    """The tab as if these of its rows were not there, and a note that says which they are."""
    kept = [index for index in range(len(tab.rows)) if index not in places]
    gone = {tab.rows[index] for index in places}
    notes = [
        Problem(
            message="somebody who asked to be forgotten: the row is left alone",
            severity=Severity.NOTE,
            source=tab.source,
            tab=tab.title,
            row=row,
            hint="delete the row in the sheet, if it is not needed",
        )
        for row in sorted(gone)
    ]
    return replace(
        tab,
        rows=[tab.rows[index] for index in kept],
        columns=[_without(column, kept) for column in tab.columns],
        problems=[*(one for one in tab.problems if one.row not in gone), *notes],
    )


def _without(column: Column, kept: Sequence[int]) -> Column:
    return replace(column, values=[column.values[index] for index in kept])
