"""One lead tab of a Google spreadsheet: the `TabSource` over everything else in this room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sheetcrm.adapters.google.address import FIELDS, Address, Place, find_place, quoted
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.columns import NOTE, Look, dress, hidden
from sheetcrm.adapters.google.edits import wanted
from sheetcrm.adapters.google.faults import RequestRefusedError
from sheetcrm.adapters.google.keys import keys_of
from sheetcrm.adapters.google.layout import layout_of
from sheetcrm.adapters.google.reading import WHOLE, sheet_of
from sheetcrm.adapters.google.rehearsal import rehearse
from sheetcrm.adapters.google.tabs import Revision, tab_of
from sheetcrm.adapters.google.targets import check_room
from sheetcrm.adapters.google.writing import Writing
from sheetcrm.core.table.areas import parse_area, split_place
from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.layout import Layout
from sheetcrm.core.table.values import Edit, Problem, Severity, Tab
from sheetcrm.errors import SourceError, TabNotFoundError
from sheetcrm.ports import WriteReceipt

if TYPE_CHECKING:
    from sheetcrm.adapters.google.logtab import LogTab
    from sheetcrm.core.table.stagelog import StageLog

_NO_OUTPUTS: Mapping[str, str] = {}
_PLAIN = Look()


class GoogleTabSource:
    """A lead tab of a Google spreadsheet.

    Args:
        name: the source's name in the config.
        address: the spreadsheet and the tab.
        client: the way to Google.
        fields: what the team's columns may be; by those that identify, leads are known.
        outputs: what (``id``, ``stage`` …) → header of our columns.
        look: how new columns look.
    """

    def __init__(
        self,
        name: str,
        address: Address,
        client: SheetsClient,
        *,
        fields: Sequence[Field] = (),
        outputs: Mapping[str, str] = _NO_OUTPUTS,
        look: Look = _PLAIN,
    ) -> None:
        self.name = name
        self._address = address
        self._client = client
        self._fields = fields
        self._outputs = outputs
        self._look = look
        self._spreadsheet = ""  # its title, when it is known
        self._title = address.tab
        self._seen: int | None = None  # the tab's id, once it was read

    @property
    def locator(self) -> str:
        """``Expo leads › Leads``; both names are known for sure once it was read."""
        return " › ".join(part for part in (self._spreadsheet or "Google", self._title) if part)

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """Read the tab as it stands now; see `ports.TabSource`."""
        answer, place = self._answer()
        sheet = sheet_of(answer, place.sheet)
        self._spreadsheet, self._title, self._seen = sheet.spreadsheet, sheet.title, sheet.id
        return tab_of(sheet, self.name, place.area, known_headers)

    def write(
        self,
        tab: Tab,
        edits: Sequence[Edit],
        *,
        append: Sequence[str] = (),
        log: StageLog | None = None,
        run: str = "",
    ) -> WriteReceipt:
        """Change the edits' cells and nothing else; see `ports.TabSource`.

        What is more than two megabytes is written in parts; where one of them fails, those
        before it stand.
        """
        del run  # Google keeps the versions itself
        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by a GoogleTabSource")
        cells = wanted(tab, revision, edits, append, NOTE)
        if not cells and log is None:
            return WriteReceipt(cells=0)
        check_room(revision, append)
        own = self._outputs.values()
        keys = keys_of(tab, revision, self._fields, own, self._outputs.get("id", ""))
        moves = self._log(log) if log else None
        Writing(
            client=self._client,
            spreadsheet=self._address.spreadsheet,
            revision=revision,
            keys=keys,
            cells=cells,
            log=moves,
        ).run()
        problems = [*self._dress(revision, append), *hidden(revision, append, self.name)]
        return WriteReceipt(
            cells=len(cells.values),
            appended=tuple(append),
            problems=(*problems, *(moves.problems(self.name) if moves else ())),
            logged=moves.written if moves else 0,
        )

    def layout(self, tab: Tab) -> Layout:
        """How the tab looked when it was read; see `ports.WithLayout`."""
        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by a GoogleTabSource")
        return layout_of(self._client, self._address.spreadsheet, tab, revision)

    def rehearse(self, tab: Tab, headers: Collection[str]) -> None:
        """Find out whether these columns could be written; see `ports.Rehearsing`."""
        revision = tab.revision
        if not isinstance(revision, Revision):
            raise TypeError("this tab was not read by a GoogleTabSource")
        rehearse(self._client, self._address.spreadsheet, tab, revision, headers)

    def rehearse_log(self, log: StageLog) -> None:
        """Find out whether the log could be appended to; see `ports.Logging`."""
        self._log(log).look()

    @property
    def history(self) -> str:
        """Where the versions are found; see `ports.Versioned`."""
        return "in the spreadsheet: File › Version history › See version history"

    def _answer(self) -> tuple[Mapping[str, Any], Place]:
        """The tab with all that stands in it: one request where its name or id is known."""
        address = self._address
        with suppress(RequestRefusedError, TabNotFoundError):  # a named range, or a renamed tab
            answer = self._guessed()
            if answer:
                return answer, find_place(address, answer)
        book = self._client.get(address.spreadsheet, fields=FIELDS)
        try:
            place = find_place(address, book)
        except TabNotFoundError:
            renamed = self._renamed(book)
            if renamed is None:
                raise
            place = renamed
        return self._by_id(place.sheet), place

    def _guessed(self) -> Mapping[str, Any] | None:
        tab, gid = self._address.tab, self._address.gid
        if tab:
            split = split_place(tab)
            title = split[0] if split and parse_area(split[1]) else tab
            return self._client.get(self._address.spreadsheet, ranges=[quoted(title)], fields=WHOLE)
        return self._by_id(gid) if gid is not None else None

    def _by_id(self, sheet_id: int) -> Mapping[str, Any]:
        filters = [{"gridRange": {"sheetId": sheet_id}}]
        return self._client.get_by_filter(self._address.spreadsheet, filters, fields=WHOLE)

    def _renamed(self, book: Mapping[str, Any]) -> Place | None:
        """The tab that this source has read before, where it goes by another name now."""
        if self._seen is None:
            return None
        address = Address(spreadsheet=self._address.spreadsheet, gid=self._seen)
        try:
            return find_place(address, book)
        except TabNotFoundError:
            return None

    def _log(self, log: StageLog) -> LogTab:
        from sheetcrm.adapters.google.logtab import LogTab  # noqa: PLC0415 - few teams keep one

        return LogTab(client=self._client, spreadsheet=self._address.spreadsheet, log=log)

    def _dress(self, revision: Revision, new: Sequence[str]) -> tuple[Problem, ...]:
        """Give new columns what they need besides values."""
        requests = dress(revision, new, self._look)
        try:
            if requests:
                self._client.change(self._address.spreadsheet, requests)
        except SourceError as error:
            problem = Problem(
                message=f"the new columns have no looks, and no filter knows them: {error.message}",
                severity=Severity.WARNING,
                source=self.name,
                tab=revision.sheet.title,
                column=new[0],
                hint="format them by hand, and take them into the filter",
            )
            return (problem,)
        return ()
