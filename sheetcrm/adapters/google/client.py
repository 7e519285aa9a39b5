"""The way to the Sheets API: paced, patient with reads, and never sending a write twice.

One client for each credential and run, shared by all its sources: Google counts requests by
account. What the API answers comes back as it is; what goes wrong comes as one of the errors of
`SheetsClient`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from sheetcrm.adapters.google.address import range_of
from sheetcrm.adapters.google.faults import (
    RateLimitedError,
    RequestRefusedError,
    WriteUncertainError,
)
from sheetcrm.adapters.google.quota import READS, Kind, Patience, TokenBucket, backoff
from sheetcrm.errors import (
    SourceBusyError,
    SourceError,
    SourceNotFoundError,
    SourceUnreachableError,
)

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

    from sheetcrm.adapters.google.http import SheetsHTTP

TIMEOUTS: Final = (5.0, 190.0)  #: seconds to connect and to answer; Google itself ends at 180
SLACK: Final = 0.5  #: seconds by which a wait may go beyond the deadline
NOTABLE: Final = 3.0  #: seconds; a wait from which on it is said


def silent(_text: str) -> None:
    """Say nothing."""


class SheetsClient:
    """Reads and changes spreadsheets.

    Errors, all of them `SourceError`. A **read** has been tried again, inside the deadline, when
    one of the transient ones is raised. A **write** (`change`) is sent once at most, and

    - `WriteUncertainError` (a `TransientError`): it may have taken place. Read what stands there.
    - `RateLimitedError`, `SourceUnreachableError` (the other `TransientError`s): it did not take
      place; go back to the guard read, as long as `hopeful`. The client holds the next request
      back for as long as is wise, so a caller never sleeps.
    - `RequestRefusedError`: did not take place; Google does not accept the request, for example
      ``Unable to parse range`` for a tab that was renamed (`said` has Google's words).
    - `SourceRefusedError` by `code`: ``login``, ``not-shared``, ``view-only``, ``api-disabled``,
      ``scope``, ``protected``, ``too-many-cells``, ``too-long``, ``not-a-spreadsheet``; and
      `SourceNotFoundError`. Did not take place, and trying again is of no use.

    Args:
        credentials: Google's credentials, or what finds them when they are first needed (its
            errors are raised by the first request).
        endpoint: the API's address instead of Google's; plain http only on this computer.
        bucket: how fast may be asked; a new one by default.
        deadline: seconds from the first request after which nothing is tried again.
        timeouts: seconds to connect, and between two signs of life of an answer.
        sleep: waits so many seconds.
        clock: gives seconds; only differences count.
        say: is told why the client waits, where that takes more than a few seconds.
    """

    def __init__(
        self,
        credentials: Credentials | Callable[[], Credentials],
        *,
        endpoint: str = "",
        bucket: TokenBucket | None = None,
        deadline: float = 600,
        timeouts: tuple[float, float] = TIMEOUTS,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], object] | None = None,
    ) -> None:
        self._credentials = credentials
        self._endpoint = endpoint
        self._bucket = bucket or TokenBucket()
        self._patience = Patience(deadline, clock)
        self._timeouts = timeouts
        self._sleep = sleep
        self._clock = clock
        self._say = say or silent
        self._failures = 0  # writes, one after the other
        self._held: dict[Kind, tuple[float, SourceError]] = {}
        self._by_titles = False

    @property
    def account(self) -> str:
        """The address that a spreadsheet must be shared with; "" where it is not known.

        Raises:
            SourceError: there are no usable credentials.
        """
        return self._http.account

    @property
    def hopeful(self) -> bool:
        """Whether trying a write that failed once more, from the guard read on, is of any use.

        False where the deadline is over, or would be before Google lets us write again.
        """
        now = self._clock()
        until = self._held["write"][0] if "write" in self._held else now
        return until - now < self._patience.left

    def get(self, spreadsheet: str, *, ranges: Sequence[str] = (), fields: str) -> dict[str, Any]:
        """``spreadsheets.get``: one read.

        Args:
            spreadsheet: its id.
            ranges: in A1 notation; only these are answered. None: all of it.
            fields: the mask of what is answered, such as ``sheets.properties``. Naming
                ``sheets.data`` reads cells.
        """
        params = {"fields": fields, "ranges": list(ranges)}
        return self._read("get", f"/v4/spreadsheets/{spreadsheet}", params)

    def get_by_filter(
        self, spreadsheet: str, filters: Sequence[Mapping[str, Any]], *, fields: str
    ) -> dict[str, Any]:
        """``spreadsheets.getByDataFilter``: one read, of what the filters choose.

        A service that speaks Google's language without this word is asked for the same by the
        names of the tabs, which takes two reads.

        Args:
            spreadsheet: its id.
            filters: such as ``{"gridRange": {"sheetId": 7}}``.
            fields: the mask of what is answered.
        """
        if self._by_titles:
            return self._get_by_title(spreadsheet, filters, fields)
        path = f"/v4/spreadsheets/{spreadsheet}:getByDataFilter"
        try:
            return self._read("post", path, {"fields": fields}, {"dataFilters": list(filters)})
        except (SourceNotFoundError, RequestRefusedError):
            found = self._get_by_title(spreadsheet, filters, fields)
            self._by_titles = True
            return found

    def _get_by_title(
        self, spreadsheet: str, filters: Sequence[Mapping[str, Any]], fields: str
    ) -> dict[str, Any]:
        book = self.get(spreadsheet, fields="sheets.properties(sheetId,title)")
        known = [one.get("properties", {}) for one in book.get("sheets", ())]
        titles = {one.get("sheetId", 0): str(one.get("title", "")) for one in known}
        grids = [one["gridRange"] for one in filters]
        gone = [grid["sheetId"] for grid in grids if grid["sheetId"] not in titles]
        if gone:
            raise RequestRefusedError(f"there is no tab with the id {gone[0]}")
        ranges = [range_of(titles[grid["sheetId"]], grid) for grid in grids]
        return self.get(spreadsheet, ranges=ranges, fields=fields)

    def batch_get(
        self, spreadsheet: str, ranges: Sequence[str], *, render: str = "UNFORMATTED_VALUE"
    ) -> list[list[list[Any]]]:
        """``values.batchGet``: one read; the rows of each range, as short as Google gives them.

        Args:
            spreadsheet: its id.
            ranges: in A1 notation.
            render: ``UNFORMATTED_VALUE`` (dates as serial numbers), ``FORMATTED_VALUE`` or
                ``FORMULA``.
        """
        params = {
            "ranges": list(ranges),
            "valueRenderOption": render,
            "dateTimeRenderOption": "SERIAL_NUMBER",
            "majorDimension": "ROWS",
        }
        answer = self._read("get", f"/v4/spreadsheets/{spreadsheet}/values:batchGet", params)
        return [one.get("values", []) for one in answer.get("valueRanges", ())]

    def change(
        self,
        spreadsheet: str,
        requests: Sequence[Mapping[str, Any]],
        *,
        proof: Sequence[str] = (),
        fields: str = "",
    ) -> dict[str, Any]:
        """``spreadsheets.batchUpdate``: one write, all of `requests` or none; never sent again.

        Args:
            spreadsheet: its id.
            requests: as the API has them, such as ``{"updateCells": …}``.
            proof: ranges in A1 notation whose cells, as they stand after the write, come back
                under ``updatedSpreadsheet`` in the same answer.
            fields: the mask of what is answered; with `proof` it should begin with
                ``updatedSpreadsheet``.
        """
        body: dict[str, Any] = {"requests": list(requests)}
        if proof:
            body |= {
                "includeSpreadsheetInResponse": True,
                "responseIncludeGridData": True,
                "responseRanges": list(proof),
            }
        params = {"fields": fields} if fields else {}
        return self._write("post", f"/v4/spreadsheets/{spreadsheet}:batchUpdate", params, body)

    def touch(self, spreadsheet: str, cell: str) -> None:
        """A write that changes nothing, and is refused where we may not write: one write.

        A null in ``values`` leaves its cell as it is, says the reference of ``ValueRange``.

        Args:
            spreadsheet: its id.
            cell: of its grid, in A1 notation.
        """
        body = {"valueInputOption": "RAW", "data": [{"range": cell, "values": [[None]]}]}
        self._write("post", f"/v4/spreadsheets/{spreadsheet}/values:batchUpdate", {}, body)

    @cached_property
    def _http(self) -> SheetsHTTP:
        from sheetcrm.adapters.google.http import SheetsHTTP  # noqa: PLC0415  takes 0.3 s

        found = self._credentials
        return SheetsHTTP(found() if callable(found) else found, endpoint=self._endpoint)

    def _read(
        self, method: str, path: str, params: Mapping[str, Any], body: object = None
    ) -> dict[str, Any]:
        for attempt in count():
            self._wait("read")
            try:
                found = self._send("read", method, path, params, body)
            except (SourceBusyError, SourceUnreachableError) as error:
                self._hold("read", error, attempt)
            else:
                self._patience.succeeded()
                return found
        raise AssertionError("unreachable")

    def _write(
        self, method: str, path: str, params: Mapping[str, Any], body: object
    ) -> dict[str, Any]:
        self._wait("write")
        try:
            found = self._send("write", method, path, params, body)
        except (SourceBusyError, SourceUnreachableError) as error:
            limited = isinstance(error, RateLimitedError)
            self._hold("write" if limited else "read", error, self._failures)
            self._failures += 1
            raise
        self._failures = 0
        self._patience.succeeded()
        return found

    def _send(
        self, kind: Kind, method: str, path: str, params: Mapping[str, Any], body: object
    ) -> dict[str, Any]:
        connect, read = self._timeouts
        http = self._http
        self._bucket.take(kind, self._clock())
        return http.call(
            method,
            path,
            params,
            body,
            timeout=(connect, min(read, max(self._patience.left, connect))),
            writing=kind == "write",
        )

    def _hold(self, kind: Kind, error: SourceError, attempt: int) -> None:
        """Before the next request of this kind, rest for a while."""
        if isinstance(error, WriteUncertainError):  # what is refused from now on was not sent
            error = SourceUnreachableError("Google Sheets does not answer", hint=error.hint)
        asked = error.seconds if isinstance(error, RateLimitedError) else 0.0
        rest = min(backoff(attempt), max(self._patience.left, 0))
        self._held[kind] = (self._clock() + max(asked, rest), copy(error))
        self._patience.failed(error)

    def _wait(self, kind: Kind) -> None:
        """Wait until a request of this kind may be sent.

        Raises:
            SourceError: that would be after the deadline.
        """
        self._patience.check()
        if kind in self._held:
            until, error = self._held[kind]
            rest = until - self._clock()
            if rest > max(self._patience.left, 0) + SLACK:
                raise copy(error)
            self._rest(rest, error.message)
            del self._held[kind]
        pause = self._bucket.delay(kind, self._clock())
        self._patience.extend(pause)
        self._rest(pause, f"Google allows {READS} requests a minute")

    def _rest(self, seconds: float, why: str) -> None:
        if seconds >= NOTABLE:
            self._say(f"waiting {seconds:.0f} s: {why}")
        if seconds > 0:
            self._sleep(seconds)
