"""Faults on demand, things that happen between two requests, quotas, and the log of requests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.sheets_api.errors import (
    HTML_500,
    ApiError,
    quota_exceeded,
    service_disabled,
    unauthenticated,
)

PROJECT = "123456789012"


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as it came in and how it was answered."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any  #: parsed JSON, or the form of the token endpoint
    operation: str  #: `spreadsheets.values.get`, `drive.files.create`, `token` …
    kind: str  #: `read` or `write` where Sheets' quota counts it, else `drive` or `oauth`
    spreadsheet: str = ""
    account: str = ""
    status: int = 0  #: 0 where the connection was cut
    happened: bool = False  #: whether it took effect, whatever the answer said


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with a request.

    `after` tells whether the request has taken place by then: a write that is followed by a
    503 was written.
    """

    status: int = 0
    body: bytes | dict[str, Any] = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    half: bool = False  #: the connection ends in the middle of the answer
    stall: float = 0.0  #: seconds, before anything else
    after: bool = False


def too_many_requests(kind: str = "Write", retry_after: int | None = None) -> Fault:
    """429, of which nothing took place."""
    error = quota_exceeded(kind, 60, PROJECT)
    headers = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
    return Fault(status=429, body=error.body(), headers=headers)


def unavailable(*, after: bool = False) -> Fault:
    """503, before or after the request took place."""
    error = ApiError(503, "The service is currently unavailable.")
    return Fault(status=503, body=error.body(), after=after)


def internal(*, after: bool = False) -> Fault:
    """500 with a JSON body."""
    error = ApiError(500, "Internal error encountered.")
    return Fault(status=500, body=error.body(), after=after)


def html_500(*, after: bool = False) -> Fault:
    """500 with a page for people, as the machines in front of the API send it."""
    headers = (("Content-Type", "text/html; charset=UTF-8"),)
    return Fault(status=500, body=HTML_500.encode(), headers=headers, after=after)


def cut(*, after: bool = False) -> Fault:
    """The connection ends without an answer."""
    return Fault(cut=True, after=after)


def cut_halfway() -> Fault:
    """The request takes place, and the connection ends in the middle of the answer."""
    return Fault(half=True, after=True)


def stall(seconds: float, *, after: bool = False) -> Fault:
    """The answer comes late; `after`: the request takes place at once."""
    return Fault(stall=seconds, after=after)


def expired_token() -> Fault:
    """401: the access token has just run out."""
    return Fault(status=401, body=unauthenticated().body())


def api_disabled() -> Fault:
    """403: nobody has switched the API on."""
    return Fault(status=403, body=service_disabled(PROJECT).body())


def invalid_grant(description: str = "Token has been expired or revoked.") -> Fault:
    """The token endpoint's 400."""
    return Fault(status=400, body={"error": "invalid_grant", "error_description": description})


Match = str | Callable[[Call], bool]


@dataclass(slots=True, kw_only=True)
class _Plan:
    match: Match
    nth: int
    times: int
    seen: int = 0
    fault: Fault | None = None
    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None

    def due(self, call: Call) -> bool:
        if not matches(self.match, call):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


def matches(match: Match, call: Call) -> bool:
    """Whether a call is meant.

    Args:
        match: a function of the call; or a kind (`read`, `write`, `oauth`, `drive`); or the
            operation or its end (`spreadsheets.batchUpdate`, `values.get`, `token`); `*` for all.
        call: the call.
    """
    if callable(match):
        return match(call)
    if match in {"*", call.kind, call.operation}:
        return True
    return call.operation.endswith("." + match) and (
        match != "batchUpdate" or call.operation == "spreadsheets.batchUpdate"
    )


@dataclass(slots=True, kw_only=True)
class Script:
    """What happens to requests that are still to come."""

    plans: list[_Plan] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, match: Match, fault: Fault, *, nth: int = 1, times: int = 1) -> None:
        """Let the n-th request from now on that matches (and those after it) go wrong.

        Args:
            match: which requests, see `matches`.
            fault: how.
            nth: the first one to go wrong, counted from 1.
            times: how many in a row.
        """
        self._add(_Plan(match=match, nth=nth, times=times, fault=fault))

    def before(
        self, match: Match, action: Callable[[], object], *, nth: int = 1, times: int = 1
    ) -> None:
        """Do something just before the n-th request that matches is carried out."""
        self._add(_Plan(match=match, nth=nth, times=times, before=action))

    def after(
        self, match: Match, action: Callable[[], object], *, nth: int = 1, times: int = 1
    ) -> None:
        """Do something just after the n-th request that matches was carried out.

        It happens before the client has the answer.
        """
        self._add(_Plan(match=match, nth=nth, times=times, after=action))

    def forget(self) -> None:
        """Let nothing more happen."""
        with self.lock:
            self.plans.clear()

    def due(self, call: Call) -> tuple[list[Callable], list[Callable], Fault | None]:
        """What happens before, after and to this call."""
        with self.lock:
            now = [plan for plan in self.plans if plan.due(call)]
        fault = next((plan.fault for plan in now if plan.fault), None)
        return (
            [plan.before for plan in now if plan.before],
            [plan.after for plan in now if plan.after],
            fault,
        )

    def _add(self, plan: _Plan) -> None:
        with self.lock:
            self.plans.append(plan)


@dataclass(slots=True)
class Quota:
    """How many reads and writes an account has in a minute; 0: as many as it likes."""

    reads: int = 0
    writes: int = 0
    used: dict[tuple[str, str], deque[float]] = field(default_factory=dict)

    def take(self, call: Call, now: float) -> None:
        """Count a call.

        Raises:
            ApiError: 429, there were too many in the last minute.
        """
        limit = {"read": self.reads, "write": self.writes}.get(call.kind, 0)
        if not limit:
            return
        times = self.used.setdefault((call.account, call.kind), deque())
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= limit:
            raise quota_exceeded(call.kind.capitalize(), limit, PROJECT)
        times.append(now)


class Log(list[Call]):
    """All requests, the oldest first."""

    @property
    def reads(self) -> list[Call]:
        """Those that Sheets' quota counts as reads."""
        return [call for call in self if call.kind == "read"]

    @property
    def writes(self) -> list[Call]:
        """Those that Sheets' quota counts as writes."""
        return [call for call in self if call.kind == "write"]

    def of(self, match: Match) -> list[Call]:
        """Those that match, see `matches`."""
        return [call for call in self if matches(match, call)]
