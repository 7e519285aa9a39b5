"""What Google's answers mean, in words that a sales person can act on.

Decided by the HTTP status first, since an outage answers with a page instead of JSON; then by
the status and reason in the body (google.rpc.Status, google.rpc.ErrorInfo).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from sheetcrm.errors import (
    SourceBusyError,
    SourceError,
    SourceNotFoundError,
    SourceRefusedError,
    SourceUnreachableError,
)

#: part of a message of Google (in lower case) → code, what it means, what to do
_REFUSALS: Final = (
    (
        "not supported for this document",
        "not-a-spreadsheet",
        "it is an Excel file that lies in Google Drive, not a Google spreadsheet",
        "open it in the browser, choose File → Save as Google Sheets, and use that one's address",
    ),
    (
        "protected cell or object",
        "protected",
        "cells that sheetcrm should write are protected",
        "ask who owns the spreadsheet: Data → Protect sheets and ranges → let {account} edit",
    ),
    (
        "number of cells in the workbook above the limit",
        "too-many-cells",
        "the spreadsheet is full: Google allows 10 million cells, blank ones of all tabs counted",
        "delete empty rows and columns, or tabs that nobody needs",
    ),
    (
        "more than the maximum of 50000 characters",
        "too-long",
        "a text is longer than the 50,000 characters that a cell can hold",
        "shorten what the rule or template writes",
    ),
)
_SCOPE: Final = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
_DISABLED: Final = "SERVICE_DISABLED"


class RateLimitedError(SourceBusyError):
    """Google asks us to wait (429). The request did not take place.

    Attributes:
        seconds: for how long, where Google says so; else 0.
    """

    def __init__(self, message: str, *, seconds: float = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class WriteUncertainError(SourceUnreachableError):
    """No answer came to a write, or one of an outage: it may have taken place, or may not."""


class RequestRefusedError(SourceRefusedError):
    """Google does not accept the request itself (400), such as a tab that is there no longer.

    It did not take place.

    Attributes:
        said: Google's own words.
    """

    def __init__(self, said: str) -> None:
        super().__init__(
            f"Google does not accept a request: {said}",
            code="request",
            hint="run again; if it says so again, please report it",
        )
        self.said = said


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer of the API that is no success."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case

    @property
    def error(self) -> Mapping[str, Any]:
        """The ``error`` in the body; empty where the body is no such JSON."""
        try:
            found = json.loads(self.body)["error"]
        except (ValueError, LookupError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def said(self) -> str:
        """Google's own words, "" where there are none."""
        return str(self.error.get("message", ""))

    @property
    def details(self) -> Sequence[Mapping[str, Any]]:
        """The typed details of the error."""
        found = self.error.get("details", ())
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def reason(self) -> str:
        """The reason of google.rpc.ErrorInfo, such as ``SERVICE_DISABLED``."""
        return next((str(one["reason"]) for one in self.details if "reason" in one), "")

    def retry_after(self, now: datetime) -> float:
        """Seconds that Google asks us to wait (RFC 9110, 10.2.3), 0 where it does not."""
        text = self.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return float(text)
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        return max(0.0, (at - now).total_seconds()) if at.tzinfo else 0.0


def fault_of(answer: Answer, *, account: str, writing: bool, now: datetime) -> SourceError:
    """The error that an answer which is no success stands for.

    Args:
        answer: what came.
        account: the address that the spreadsheet must be shared with; "" where unknown.
        writing: it answers a write.
        now: for a Retry-After that is a date.
    """
    status = answer.status
    if status == 429:
        return _rate_limited(answer, now)
    if status == 408 or 300 <= status < 400 or (status >= 500 and status != 501):
        return _outage(answer, writing=writing)
    if status == 401:
        return credentials_fault(account)
    if status == 403:
        return _forbidden(answer, account, writing=writing)
    if status == 404:
        return SourceNotFoundError(
            "there is no spreadsheet at that address, or no longer",
            hint="copy the address from the browser into config/sheetcrm.toml",
        )
    return _refused(answer, account)


def credentials_fault(account: str) -> SourceRefusedError:
    """Google does not accept the credentials, even just renewed."""
    who = f" of {account}" if account else ""
    return SourceRefusedError(
        f"Google does not accept the credentials{who} any more",
        code="login",
        hint="log in again: sheetcrm login; for a service account, make a new key for it",
    )


def _rate_limited(answer: Answer, now: datetime) -> RateLimitedError:
    return RateLimitedError(
        "Google's quota of requests is used up (60 reads and 60 writes a minute)",
        seconds=answer.retry_after(now),
        hint="try again in a minute; if other programs use the same account, let them ask less",
    )


def _outage(answer: Answer, *, writing: bool) -> SourceUnreachableError:
    if 300 <= answer.status < 400:
        return SourceUnreachableError(
            f"something else answers in Google's place (HTTP {answer.status})",
            hint="does this network ask for a login in the browser first?",
        )
    kind = WriteUncertainError if writing else SourceUnreachableError
    return kind(f"Google Sheets has an outage (HTTP {answer.status})", hint="try again later")


def _forbidden(answer: Answer, account: str, *, writing: bool) -> SourceRefusedError:
    if answer.reason == _DISABLED or "has not been used in project" in answer.said:
        return SourceRefusedError(
            "the Google Sheets API is not switched on for these credentials",
            code="api-disabled",
            hint=f"open {_link(answer)}, press Enable, and wait a few minutes",
        )
    if answer.reason == _SCOPE or "insufficient authentication scopes" in answer.said:
        return SourceRefusedError(
            "these credentials are not allowed to use Google Sheets",
            code="scope",
            hint="log in with: sheetcrm login",
        )
    if writing:
        return SourceRefusedError(
            f"{account or 'your account'} may look at the spreadsheet, but not edit it",
            code="view-only",
            hint="in the spreadsheet: Share → choose Editor instead of Viewer for that address",
        )
    return SourceRefusedError(
        f"the spreadsheet is not shared with {account or 'the account that is logged in'}",
        code="not-shared",
        hint=f"in the spreadsheet: Share → add {account or 'that account'} → Editor",
    )


def _link(answer: Answer) -> str:
    """Where the API is switched on: the link that Google gives."""
    links = [link for one in answer.details for link in one.get("links", ()) if "url" in link]
    words = [word.rstrip(".,") for word in answer.said.split() if word.startswith("https://")]
    known = "https://console.cloud.google.com/apis/library/sheets.googleapis.com"
    return next((str(link["url"]) for link in links), next(iter(words), known))


def _refused(answer: Answer, account: str) -> SourceRefusedError:
    said = answer.said.lower()
    for part, code, what, hint in _REFUSALS:
        if part in said:
            told = hint.format(account=account or "your account")
            return SourceRefusedError(what, code=code, hint=told)
    return RequestRefusedError(answer.said or f"HTTP {answer.status}")
