"""The three-way merge: what we last wrote, what stands there now, what we compute."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat

from sheetcrm.core.table.dates import serial
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellError, CellValue, Column, Edit, Override, Tab

Written = Mapping[tuple[str, str], CellValue]
Pending = Mapping[tuple[str, str], tuple[CellValue, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What should change in the columns that we own, and what stays a person's."""

    edits: list[Edit]
    overrides: list[Override]
    written: dict[tuple[str, str], CellValue]  #: what is ours after the edits, by lead and header
    append: tuple[str, ...]  #: headers of outputs that the tab lacks and that hold something


def merge(
    tab: Tab,
    ids: Sequence[str],
    outputs: Mapping[str, Sequence[CellValue]],
    *,
    written: Written,
    pending: Pending | None = None,
    reasons: Mapping[str, Sequence[str]] | None = None,
) -> Merge:
    """Decide for each cell of our columns whether it should change.

    A blank cell is ours, and so is one that shows what we last wrote, what a run that was cut off
    may have written, or what we compute anyway. Anything else is a person's: an override, kept.

    Args:
        tab: what stands there now.
        ids: of the leads, in the order of `Tab.rows`.
        outputs: header → computed values, in the order of `ids`; None empties the cell. An output
            whose header differs from the tab's only in case, accents, blanks or punctuation is
            that column.
        written: what we last wrote, by lead and output header.
        pending: what may stand there besides, as `identity.also_ours` and the ledger tell.
        reasons: header → why, in the order of `ids`, for the edits.
    """
    merge_ = _Merging(tab=tab, ids=ids, written=written, pending=pending or {})
    for header, computed in outputs.items():
        merge_.column(header, computed, (reasons or {}).get(header))
    return Merge(
        edits=merge_.edits,
        overrides=merge_.overrides,
        written=merge_.after,
        append=tuple(merge_.append),
    )


def overridden(
    tab: Tab,
    ids: Sequence[str],
    header: str,
    *,
    written: Written,
    pending: Pending | None = None,
) -> dict[str, CellValue]:
    """Persons' values in one column of ours, by lead: neither blank nor what we wrote there."""
    column = owned_column(tab, header)
    if column is None:
        return {}
    return {
        lead: value
        for lead, value in zip(ids, column.values, strict=True)
        if not _blank(value) and not _is_ours(value, (lead, header), written, pending or {})
    }


def owned_column(tab: Tab, header: str) -> Column | None:
    """The tab's column of this output: of exactly this header, else of one that folds equal."""
    exact = tab.column(header)
    if exact is not None:
        return exact
    folded = fold(header)
    return next((column for column in tab.columns if fold(column.header) == folded), None)


def same(one: CellValue, other: CellValue) -> bool:
    """Whether two cell values are the same to a sheet.

    Numbers agree to 12 digits and never with a boolean; a date is its serial number, which is
    what a column in a number format shows of it; text is compared in NFC, with one kind of line
    break and without white space around it; blank and "" are the same.
    """
    if one.__class__ is other.__class__ and one == other:
        return True
    if one is None or other is None:
        return _blank(one) and _blank(other)
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and _text(one) == _text(other)
    if isinstance(one, bool | CellError) or isinstance(other, bool | CellError):
        return False
    first = serial(one) if isinstance(one, date) else one
    second = serial(other) if isinstance(other, date) else other
    return first == second or math.isclose(first, second, rel_tol=1e-12)


@dataclass(kw_only=True, slots=True)
class _Merging:
    """A merge under way, one output column after the other."""

    tab: Tab
    ids: Sequence[str]
    written: Written
    pending: Pending
    edits: list[Edit] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    after: dict[tuple[str, str], CellValue] = field(default_factory=dict)
    append: list[str] = field(default_factory=list)

    def column(
        self, header: str, computed: Sequence[CellValue], reasons: Sequence[str] | None
    ) -> None:
        """Merge one output; the loop is plain, as it runs for every cell of every output."""
        column = owned_column(self.tab, header)
        name = column.header if column else header
        standing = column.values if column else repeat(None, len(self.ids))
        rows, written, pending, after = self.tab.rows, self.written, self.pending, self.after
        before = len(self.edits)
        cells = zip(self.ids, standing, computed, strict=True)
        for index, (lead, now, value) in enumerate(cells):
            key = (lead, header)
            if now is None:
                stands = value is None or (value.__class__ is str and _blank(value))
            else:
                stands = (now.__class__ is value.__class__ and now == value) or same(now, value)
            if stands:
                if key in written or not _blank(value):
                    after[key] = None if value == "" else value
            elif now is None or _blank(now) or _is_ours(now, key, written, pending):
                new = after[key] = None if value == "" else value
                reason = reasons[index] if reasons else ""
                edit = Edit(
                    lead=lead, row=rows[index], header=name, before=now, after=new, reason=reason
                )
                self.edits.append(edit)
            else:
                self.overrides.append(Override(lead=lead, header=header, value=now, computed=value))
                if key in written:
                    after[key] = written[key]
        if column is None and len(self.edits) > before:
            self.append.append(header)


def _is_ours(now: CellValue, key: tuple[str, str], written: Written, pending: Pending) -> bool:
    """Whether we wrote, or may have written, what stands there now."""
    if key in written and same(now, written[key]):
        return True
    return key in pending and any(same(now, value) for value in pending[key])


def _blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(value: str) -> str:
    return unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
