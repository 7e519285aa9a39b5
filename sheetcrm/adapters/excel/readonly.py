"""A lead tab of a workbook in a format that can be read, but not written without a loss."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.adapters.excel.archive import Archive
from sheetcrm.adapters.excel.beside import offer
from sheetcrm.adapters.excel.faults import Refusal, guarded
from sheetcrm.adapters.excel.legacy import LegacyTab, read_legacy
from sheetcrm.adapters.excel.plain import find_leads
from sheetcrm.adapters.excel.save import Snapshot
from sheetcrm.core.table.values import Edit, Problem, Severity, Tab
from sheetcrm.errors import SourceChangedError
from sheetcrm.ports import WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.core.table.stagelog import StageLog

_CALLED = {
    "xls": "an old Excel file (.xls)",
    "xlsb": "a binary workbook (.xlsb)",
    "ods": "an OpenDocument spreadsheet (.ods)",
}
_SAVE_ANEW = (
    "open it and save it as an Excel workbook (.xlsx), then name that file in config/sheetcrm.toml"
)
_TRIES = 3


class ReadOnlySource:
    """A lead tab of an .xls, .xlsb or .ods workbook.

    Args:
        name: the source's name in the config.
        path: the workbook; a symbolic link is followed.
        tab: a tab, or ``Tab!B4:M``; "" for the first visible tab.
        kind: ``xls``, ``xlsb`` or ``ods``.
        to_write: say at each reading that it cannot be written.
    """

    def __init__(
        self, name: str, path: Path, tab: str, kind: str, *, to_write: bool = False
    ) -> None:
        self.name = name
        self._shown = path
        self._path = path.resolve()
        self._tab = tab
        self._kind = kind
        self._to_write = to_write
        self._title = ""

    @property
    def locator(self) -> str:
        """``leads.ods › Leads``."""
        place = self._tab or self._title
        return f"{self._shown.name} › {place}" if place else self._shown.name

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now; see `ports.TabSource`."""
        with guarded(self._path):
            for _ in range(_TRIES):
                snapshot = Snapshot.take(self._path)
                if self._kind != "xls":
                    with Archive(self._path) as archive:
                        archive.check()
                found = read_legacy(self._path, self._tab)
                if Snapshot.take(self._path) == snapshot:
                    break
            else:
                raise SourceChangedError(
                    f"{self._path.name} is being changed all the time", hint="run again later"
                )
        self._title = found.title
        leads = find_leads(found.grid, known_headers, name=self._path.name, area=found.area)
        return leads.tab(
            self.name, found.title, problems=list(self._notes(found)), revision=snapshot
        )

    def write(
        self,
        tab: Tab,  # noqa: ARG002 - the port's signature
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,  # noqa: ARG002
        run: str = "",  # noqa: ARG002
    ) -> WriteReceipt:
        """Nothing, or a refusal.

        Raises:
            SourceRefusedError: there is something to write.
        """
        if edits or append:
            with guarded(self._path):
                raise Refusal(self._kind, self._said, _SAVE_ANEW)
        return WriteReceipt(cells=0)

    @property
    def _said(self) -> str:
        return f"this is {_CALLED[self._kind]}, which sheetcrm reads but does not write"

    def _notes(self, found: LegacyTab) -> Iterator[Problem]:
        if self._to_write:
            yield Problem(
                message=self._said,
                source=self.name,
                tab=found.title,
                hint=f"{_SAVE_ANEW}; or {offer(self._path)}",
            )
        if not found.complete:
            yield Problem(
                message="whether blank cells of this file are errors of formulas is not known",
                severity=Severity.NOTE,
                source=self.name,
                tab=found.title,
                hint="save it as .xlsx to be sure",
            )
