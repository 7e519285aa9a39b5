"""Where leads come from: tabs of workbooks and spreadsheets, and what some of them can do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import CellValue, Edit, Problem, Tab

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog


@dataclass(frozen=True, kw_only=True, slots=True)
class WriteReceipt:
    """What a write did."""

    cells: int  #: how many cells changed
    appended: tuple[str, ...] = ()  #: headers of columns that were added
    backup: str = ""  #: where the state before was kept, if it was
    problems: tuple[Problem, ...] = ()
    recalculated: int = 0  #: cells of formulas that read what was written, and have new values
    logged: int = 0  #: rows that were appended to the log of stage moves


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A copy of a source's file as it was just before a run changed it."""

    run: str  #: the id of that run
    place: str  #: where it lies
    size: int  #: bytes
    at: datetime  #: when the run began, in UTC


class TableSource(Protocol):
    """Something with a header and rows: a lead tab, a CSV file, rows written in the config."""

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read it as it stands now.

        Raises:
            SourceError: it is missing, refused or busy, or has no header.
        """


class TabSource(TableSource, Protocol):
    """One lead tab of a workbook or spreadsheet."""

    @property
    def name(self) -> str:
        """The source's name in the config."""

    @property
    def locator(self) -> str:
        """Where it is, for people: ``leads.xlsx › Leads``."""

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now.

        Args:
            known_headers: headers that fields may go by; the row that has most of them is
                the header, wherever it is.

        Raises:
            SourceError: it is missing, refused or busy, or has no header.
        """

    def write(
        self,
        tab: Tab,
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,
        run: str = "",
    ) -> WriteReceipt:
        """Change the edits' cells, append to the log, and do nothing else; all or none.

        Args:
            tab: what the edits were decided on; its `revision` proves that nobody has
                changed the source since.
            edits: at most one for each cell. Their headers stand in `tab` or in `append`.
            append: headers of columns to be added to the right, in this order.
            log: moves that go into another tab of the same book, which is made where there is
                none of that title. A source that can have no other tab leaves them out.
            run: the run's id, by which a copy of the state before is known.

        Raises:
            SourceChangedError: the source is no longer what `tab` was read from.
            SourceError: it is busy, or cannot be written safely; it was left untouched.
        """


@runtime_checkable
class Unwritten(TabSource, Protocol):
    """A source whose sheet is never written, because the config says so."""

    @property
    def aside(self) -> str:
        """What is written in its stead, for people: ``leads.scores.xlsx``; "" for nothing."""

    def put_aside(
        self, tab: Tab, columns: Mapping[str, Sequence[CellValue]], *, run: str = ""
    ) -> WriteReceipt:
        """Make that hold these columns, a row for each lead of `tab` in its order.

        Raises:
            SourceError: it is busy, somebody else's, or cannot be written.
        """


@runtime_checkable
class WithLayout(TabSource, Protocol):
    """A source that also knows how its sheet looks to people."""

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; only what the source can tell.

        Raises:
            SourceChangedError: the source is no longer what `tab` was read from.
            SourceError: it cannot be read any more.
        """


@runtime_checkable
class Foreseeing(TabSource, Protocol):
    """A source that can tell beforehand what a write will lead to."""

    def foresee(
        self, tab: Tab, edits: Sequence[Edit], *, append: Sequence[str] = ()
    ) -> Sequence[Problem]:
        """What is to be known before these edits of a `tab` are written; touches nothing.

        Raises:
            SourceError: the source cannot be read.
        """


@runtime_checkable
class Rehearsing(TabSource, Protocol):
    """A source that can tell beforehand whether it could be written."""

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:
        """Find out whether these columns could be written beside all leads; nothing is changed.

        Args:
            tab: as it was read just now.
            headers: of our columns, those that are not there yet included.

        Raises:
            SourceError: they could not, and why.
        """


@runtime_checkable
class Logging(TabSource, Protocol):
    """A source whose book may hold a log of stage moves, in another tab."""

    def rehearse_log(self, log: StageLog) -> None:
        """Find out whether moves could be appended to that log; nothing is changed.

        Raises:
            SourceError: they could not, and why: the tab of that name is something else.
        """


@runtime_checkable
class Versioned(TabSource, Protocol):
    """A source of which somebody else keeps all versions."""

    @property
    def history(self) -> str:
        """Where the versions are found, for people."""


@runtime_checkable
class Restorable(TabSource, Protocol):
    """A source that keeps copies of its file."""

    def backups(self) -> list[Backup]:
        """The copies that there are, the newest first; sources of one file have the same."""

    def restore(self, backup: Backup, *, run: str) -> str:
        """Put a copy in the place of the file, wholly or not at all.

        Returns:
            Where the state that it replaced is kept, under the id `run`; "" where the file was
            not there, or the same as the copy.

        Raises:
            SourceError: the file is busy or may not be written, or the copy is damaged; nothing
                was changed.
        """
