"""One write into a tab: looked at just before, proven by its own answer, mended where it must be.

1. The guard: what the write was decided on still stands there, or `SourceChangedError`.
2. One `batchUpdate` of the cells, which answers with the header and the leads beside them. What
   is too big for one is written in parts, each of which looks ahead at the next.
3. Where that shows other leads than it should, or where no answer came, the whole tab is read,
   what hit wrong cells is taken back, and the engine reads and plans anew.

A write is never sent again blindly: a new guard always comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.edits import Cells
from sheetcrm.adapters.google.faults import RequestRefusedError, WriteUncertainError
from sheetcrm.adapters.google.keys import Keys
from sheetcrm.adapters.google.moves import moves
from sheetcrm.adapters.google.proof import Expected, a1, columns_of, same_formulas, watched
from sheetcrm.adapters.google.reading import (
    GUARD,
    PROOF,
    WHOLE,
    Place,
    Sheet,
    grid_range,
    sheet_of,
)
from sheetcrm.adapters.google.repair import Damage
from sheetcrm.adapters.google.requests import growth, parts, updates
from sheetcrm.adapters.google.tabs import Revision
from sheetcrm.adapters.google.targets import check_targets
from sheetcrm.adapters.google.values import Raw
from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.areas import Area
from sheetcrm.errors import (
    SourceBusyError,
    SourceChangedError,
    SourceError,
    SourceUnreachableError,
)

if TYPE_CHECKING:
    from sheetcrm.adapters.google.logtab import LogTab

ROUNDS: Final = 4  #: how often a write is tried, or mended, before it is left for the next run


@dataclass(kw_only=True)
class Writing:
    """A write under way.

    Attributes:
        client: the way to Google.
        spreadsheet: its id.
        revision: what the write was decided on.
        keys: by which columns leads are known.
        cells: what is to be written.
        log: the tab of stage moves, where some are to be logged; with the last cells.
    """

    client: SheetsClient
    spreadsheet: str
    revision: Revision
    keys: Keys
    cells: Cells
    log: LogTab | None = None
    title: str = field(init=False)  # of the tab, as it is called now
    width: int = field(init=False)  # columns of its grid, as it is now
    expected: Expected = field(init=False)
    written: list[Mapping[Place, Raw]] = field(default_factory=list)  # and not proven
    formats: dict[Place, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sheet = self.revision.sheet
        self.title, self.width = sheet.title, sheet.columns
        self.expected = Expected(before=sheet)

    def run(self) -> None:
        """Write the cells.

        Raises:
            SourceChangedError: the tab is no longer what it was; nothing of ours stands wrong.
            SourceError: it could not be written, or only in part.
        """
        rest = parts(self.cells) if self.cells else []
        if self.log:
            self.log.look()
        if rest:
            self._guard(rest)
        while rest:
            self._write(rest)
            rest = rest[1:]
        if self.log:
            self._write_log(self.log)

    def _write(self, rest: Sequence[Cells]) -> None:
        """Write the first of these parts; a guard or proof has vouched for all of them."""
        part = rest[0]
        for attempt in range(ROUNDS):
            if attempt:
                self._guard(rest)
                if self.log:
                    self.log.look()
            try:
                proof, watch = self._send(rest)
            except WriteUncertainError as error:
                failure: SourceError = error
                self._hit(part)
                if self._stands_right(part):
                    return
            except (SourceBusyError, SourceUnreachableError, RequestRefusedError) as error:
                failure = error  # it did not take place
            else:
                self._hit(part)
                self._prove(rest, proof, watch)
                return
            if not self.client.hopeful:
                break
        raise failure

    def _write_log(self, log: LogTab) -> None:
        """Log the moves that the cells' own write has not taken along, or not for certain."""
        if log.sent and not log.is_done:
            log.look()
        failures = 0
        while not log.is_done:
            watch = log.watched()
            try:
                answer = self.client.change(
                    self.spreadsheet, log.requests(), proof=watch, fields=PROOF if watch else ""
                )
            except (SourceBusyError, SourceUnreachableError, RequestRefusedError):
                failures += 1
                if failures == ROUNDS or not self.client.hopeful:
                    raise
            else:
                log.landed(answer)
            if not log.is_done:
                log.look()

    def _guard(self, rest: Sequence[Cells]) -> None:
        """Look once more at what the write was decided on.

        Raises:
            SourceChangedError: something else stands there now.
            SourceRefusedError: a cell may not be written.
        """
        before = self.revision.sheet
        places = list(chain.from_iterable(part.values for part in rest))
        ours = columns_of(places, self.revision.area, before.columns)
        keys = set(self.keys.columns) - {column for _, column in places}
        areas = [*watched(self.revision.header_row, places, keys, 0), *ours]
        guard = self._read([grid_range(before.id, area) for area in areas], GUARD)
        self.title, self.width = guard.title, guard.columns
        place = self.expected.first_difference(guard, areas)
        if place:
            raise self._changed(place)
        grows = max(column for _, column in places) > before.columns
        if not same_formulas(before, guard, places) or (grows and self.width != before.columns):
            raise self._changed()
        check_targets(guard, places)

    def _send(self, rest: Sequence[Cells]) -> tuple[Sheet, list[Area]]:
        """Send the first part; answers what stands there now, and in which areas."""
        part = rest[0]
        needs = max(column for _, column in part.values)
        watch = self._watch(part.values, max(self.width, needs))
        ahead = self._watch(rest[1].values, max(self.width, needs))[1:] if rest[1:] else []
        sheet_id = self.revision.sheet.id
        requests = [*growth(sheet_id, self.width, needs), *updates(sheet_id, part)]
        found = self._change(requests, [*watch, *ahead], None if rest[1:] else self.log)
        self.width = max(self.width, needs)
        return found, watch

    def _prove(self, rest: Sequence[Cells], proof: Sheet, watch: Sequence[Area]) -> None:
        """Hold what stands there now against what should.

        That the written cells hold what was sent needs no proof, as a write is done wholly or not
        at all; that they are the right ones does.

        Raises:
            SourceChangedError: something moved; nothing of ours stands wrong any more.
        """
        part = rest[0]
        if self.expected.first_difference(proof, watch, but=part.values) is None:
            self._done(part)
        elif not self._stands_right(part, proof, watch):
            raise self._changed()
        if rest[1:]:
            ahead = self._watch(rest[1].values, self.width)[1:]
            place = self.expected.first_difference(proof, ahead)
            if place:
                raise self._changed(place)

    def _stands_right(
        self, part: Cells, proof: Sheet | None = None, watch: Sequence[Area] = ()
    ) -> bool:
        """Read the whole tab, and take back what our writes put where it should not be.

        Returns:
            Whether all of `part` stands where it should; else nothing of it stands anywhere.

        Raises:
            SourceChangedError: rows or columns moved; nothing of `part` stands anywhere.
            SourceError: something does, and could not be taken back.
        """
        mended = False
        for _ in range(ROUNDS):
            now = self._read([{"sheetId": self.revision.sheet.id}], WHOLE)
            self.title, self.width = now.title, now.columns
            damage = self._damage(part, now, proof, watch)
            mending = damage.mending()
            if not mending:
                break
            mended, proof = True, None
            if self._mend(now, mending, damage):
                break
        else:
            raise self._gave_up(mending)
        if damage.landed:
            self._done(part)
            return True
        if mended or not damage.moves.is_nothing:
            raise self._changed()
        self.written.clear()
        return False

    def _damage(
        self, part: Cells, now: Sheet, proof: Sheet | None, watch: Sequence[Area]
    ) -> Damage:
        header, expected = self.revision.header_row, self.expected
        settled = proof is not None and Expected(before=proof).first_difference(now, watch) is None
        return Damage(
            expected=expected,
            now=now,
            moves=moves(expected, now, header, self.keys, self.written),
            intended=part.values,
            written=self.written,
            formats=self.formats,
            settled=settled,
        )

    def _mend(self, now: Sheet, mending: Cells, damage: Damage) -> bool:
        """Write what takes damage back; whether it is proven to stand where it should."""
        where = {old: new for new, old in damage.moves.columns.items()}
        keys = [where[column] for column in self.keys.columns if column in where]
        watch = watched(damage.moves.header_row, mending.values, keys, now.columns)
        try:
            proof = self._change(updates(now.id, mending), watch)
        except WriteUncertainError:
            self._hit(mending)
            return False
        except (SourceBusyError, SourceUnreachableError, RequestRefusedError) as error:
            if not self.client.hopeful:
                raise self._gave_up(mending) from error
            return False
        self._hit(mending)
        return Expected(before=now).first_difference(proof, watch, but=mending.values) is None

    def _change(
        self,
        requests: Sequence[Mapping[str, Any]],
        watch: Sequence[Area],
        log: LogTab | None = None,
    ) -> Sheet:
        proof = a1(self.title, watch)
        if log:
            requests, proof = [*requests, *log.requests()], [*proof, *log.watched()]
        answer = self.client.change(self.spreadsheet, requests, proof=proof, fields=PROOF)
        if log:
            log.landed(answer)
        try:
            return sheet_of(answer, self.revision.sheet.id)
        except SourceError as error:  # the tab goes by another name, and another by its old one
            raise WriteUncertainError(error.message, hint=error.hint) from error

    def _read(self, ranges: Sequence[Mapping[str, int]], fields: str) -> Sheet:
        filters = [{"gridRange": one} for one in ranges]
        try:
            answer = self.client.get_by_filter(self.spreadsheet, filters, fields=fields)
        except RequestRefusedError as error:  # an area lies outside of the grid, or no tab is left
            raise self._changed() from error
        return sheet_of(answer, self.revision.sheet.id, guard=fields == GUARD)

    def _watch(self, places: Any, columns: int) -> list[Area]:
        return watched(self.revision.header_row, places, self.keys.columns, columns)

    def _hit(self, cells: Cells) -> None:
        """These cells may have been written, wherever they were then."""
        self.written.append(cells.values)
        self.formats.update(cells.formats)

    def _done(self, part: Cells) -> None:
        """This part stands where it should."""
        self.expected.written.update(part.values)
        self.written.clear()
        self.formats.clear()

    def _changed(self, place: Place | None = None) -> SourceChangedError:
        where = f" (at {letters(place[1])}{place[0]})" if place else ""
        return SourceChangedError(
            f"“{self.title}” changed while it was being worked on{where}", hint="run it again"
        )

    def _gave_up(self, mending: Cells) -> SourceError:
        row, column = min(mending.values)
        count = len(mending.values)
        cells = "the cell" if count == 1 else f"{count} cells from"
        return SourceBusyError(
            f"“{self.title}” was rearranged while it was written; what {cells} "
            f"{letters(column)}{row} shows may belong to another row, and could not be taken back",
            hint="run again as soon as possible: what we wrote is recognised and put right; "
            "File › Version history has the state before",
        )
