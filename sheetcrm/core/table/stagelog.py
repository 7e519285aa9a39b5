"""The log of stage moves in a tab of the team's own book: rows are appended, and nothing else.

What stands in the tab is people's: they may sort and delete rows, move, rename into another of
our languages, add and delete columns. A move goes below everything, each of its parts under the
header that it goes by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final, NamedTuple

from sheetcrm.core.table.headers import SEARCH_DEPTH
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue
from sheetcrm.errors import SourceRefusedError

_HEADERS: Final[Mapping[str, Sequence[str]]] = {
    "en": ("When", "Lead ID", "Name", "From", "To", "Why", "By", "Run"),
    "id": ("Kapan", "ID lead", "Nama", "Dari", "Ke", "Alasan", "Oleh", "Proses"),
    "es": ("Cuándo", "ID del lead", "Nombre", "De", "A", "Motivo", "Por", "Ejecución"),
}
_BY: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {},
    "id": {"rule": "aturan", "person": "orang", "undo": "dibatalkan"},
    "es": {"rule": "regla", "person": "persona", "undo": "deshecho"},
}
_UNDONE: Final[Mapping[str, str]] = {
    "en": "run {} was undone",
    "id": "proses {} dibatalkan",
    "es": "se deshizo la ejecución {}",
}
_NOT_DONE: Final[Mapping[str, str]] = {
    "en": "run {} was cut off before it counted",
    "id": "proses {} terputus sebelum dihitung",
    "es": "la ejecución {} se cortó antes de contar",
}
_WHEN, _LEAD, _NAME, _BEFORE, _AFTER, _RUN = 0, 1, 2, 3, 4, 7  # places in `_HEADERS`
_NEEDED: Final = (_WHEN, _LEAD, _AFTER)  # without these a tab is not a log


class LoggedMove(NamedTuple):
    """One move; a row of the log tells its time before it, and its run behind it."""

    lead: str
    name: str
    before: str  #: "" for a lead that is new
    after: str  #: "" for one that is none any more, as it was undone
    why: str
    by: str  #: ``rule``, ``person`` or ``undo``


@dataclass(frozen=True, kw_only=True, slots=True)
class StageLog:
    """Moves that are to be logged."""

    tab: str  #: the title of the tab
    moves: Sequence[LoggedMove]
    at: datetime  #: in the workspace's zone, without saying so, as a sheet knows no zones
    run: str
    language: str = "en"  #: of the headers that a new tab gets, a tag such as ``es``
    id_header: str = ""  #: how the team calls the ids of its leads
    cut_off: Collection[str] = ()  #: runs that may have logged moves which nobody remembers
    stages: Mapping[str, str] = field(default_factory=dict)
    """Where runs were cut off: each lead of the source, and where it is known to stand before these
    moves ("" for nowhere). Others in the log belong to other sources."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of a new tab."""
        known = _HEADERS.get(self.language, _HEADERS["en"])
        lead = self.id_header or known[_LEAD]
        return (*known[:_LEAD], lead, *known[_LEAD + 1 :])

    def fit(self, grid: Sequence[Sequence[CellValue]]) -> FittedLog:
        """Where the moves belong in a tab.

        Where the newest row of a lead was written by a run that was cut off, that move either is
        made now, and need not be logged again; or it never counted, and a row says so.

        Args:
            grid: what stands in the tab, each row's cells from column A, the first being row 1.
                It may end after the first `SEARCH_DEPTH` rows where no run was cut off.

        Raises:
            SourceRefusedError: something stands there, and it is not a log of moves.
        """
        if all(value in {None, ""} for row in grid for value in row):
            columns = tuple(range(1, len(self.headers) + 1))
            titles = dict(zip(columns, self.headers, strict=True))
            return FittedLog(header_row=1, titles=titles, rows=self._rows(self.moves, columns))
        for number, row in enumerate(grid[:SEARCH_DEPTH], 1):
            columns = self._columns(row)
            if all(columns[place] for place in _NEEDED):
                moves = self._missing(grid[number:], columns) if self.cut_off else self.moves
                return FittedLog(header_row=number, rows=self._rows(moves, columns))
        needed = ", ".join(self.headers[place] for place in _NEEDED)
        raise SourceRefusedError(
            f"the tab “{self.tab}” is not a log of stage moves: no row has the headers {needed}",
            code="log-tab",
            hint="name another tab in log_tab of [write], or rename that one: "
            "where there is none of that name, it is made",
        )

    def _columns(self, header: Sequence[CellValue]) -> tuple[int, ...]:
        """The column number of each part of a move; 0 where the row has no header for it."""
        numbers: dict[str, int] = {}
        for number, title in enumerate(header, 1):
            if isinstance(title, str):
                numbers.setdefault(fold(title), number)
        languages = (self.headers, *_HEADERS.values())
        names = [list(dict.fromkeys(map(fold, one))) for one in zip(*languages, strict=True)]
        return tuple(next((numbers[n] for n in known if n in numbers), 0) for known in names)

    def _missing(
        self, rows: Sequence[Sequence[CellValue]], columns: Sequence[int]
    ) -> list[LoggedMove]:
        """The moves that do not stand there already, behind those that must be taken back."""
        moves = {move.lead: move for move in self.moves}
        back: list[LoggedMove] = []
        for lead, cells in _newest(rows, columns).items():
            run, name = str(cells[_RUN]), str(cells[_NAME] or "")
            before, after = (str(cells[place] or "") for place in (_BEFORE, _AFTER))
            if run not in self.cut_off:
                continue
            if lead in moves and (moves[lead].before, moves[lead].after) == (before, after):
                del moves[lead]
            elif after != self.stages.get(lead, after):
                why = _NOT_DONE.get(self.language, _NOT_DONE["en"]).format(run)
                back.append(LoggedMove(lead, name, after, self.stages[lead], why, "undo"))
        return [*back, *moves.values()]

    def _rows(
        self, moves: Sequence[LoggedMove], columns: Sequence[int]
    ) -> list[dict[int, CellValue]]:
        by = _BY.get(self.language, {})
        found: list[dict[int, CellValue]] = []
        for move in moves:
            said = move._replace(by=by.get(move.by, move.by))
            parts: Iterable[tuple[int, CellValue]] = zip(
                columns, (self.at, *said, self.run), strict=True
            )
            found.append({column: value for column, value in parts if column and value})
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class FittedLog:
    """What is to be appended to a certain tab."""

    header_row: int
    rows: Sequence[Mapping[int, CellValue]]  #: column → value, for each row that is new
    titles: Mapping[int, str] = field(default_factory=dict)
    """Column → header, where the tab was blank."""


def undone(run: str, language: str) -> str:
    """Why a move was taken back: the run that had made it was undone."""
    return _UNDONE.get(language, _UNDONE["en"]).format(run)


def _newest(
    rows: Sequence[Sequence[CellValue]], columns: Sequence[int]
) -> dict[str, Sequence[CellValue]]:
    """Lead → the parts of its newest move; by the time in the row, of equals the lower one."""
    found: dict[str, tuple[datetime, Sequence[CellValue]]] = {}
    for row in rows:
        cells = [row[number - 1] if 0 < number <= len(row) else None for number in columns]
        lead, at = str(cells[_LEAD]), _moment(cells[_WHEN])
        if lead not in found or at >= found[lead][0]:
            found[lead] = (at, cells)
    return {lead: cells for lead, (_, cells) in found.items()}


def _moment(value: CellValue) -> datetime:
    """For telling what is newest; what is no date counts as old."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time()) if isinstance(value, date) else datetime.min  # noqa: DTZ901
