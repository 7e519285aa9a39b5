"""gspread's HTTP client on our terms: its own endpoint, timeouts, and errors by HTTP status.

No request goes anywhere but to the API and to the address that gives out tokens.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.http_client import HTTPClient
from urllib3.exceptions import MaxRetryError, NewConnectionError

from sheetcrm import __version__
from sheetcrm.adapters.google.endpoints import is_local, secure
from sheetcrm.adapters.google.faults import Answer, WriteUncertainError, fault_of
from sheetcrm.adapters.google.grants import grant_fault
from sheetcrm.errors import SourceError, SourceRefusedError, SourceUnreachableError

API: Final = "https://sheets.googleapis.com"
AGENT: Final = f"sheetcrm/{__version__} (gzip)"  #: Google compresses only for those who say so
_BROKEN: Final = (  # what happens to a connection, or to an answer on its way
    requests.Timeout,
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
TOKEN_SECONDS: Final = 30.0  #: how long an answer to a request for a token may take


class SheetsHTTP(HTTPClient):
    """One authorised session with the Sheets API.

    Args:
        credentials: Google's.
        endpoint: the API's address instead of Google's.

    Raises:
        UsageError: the endpoint would send the credentials over the network in clear.
    """

    def __init__(self, credentials: Credentials, *, endpoint: str = "") -> None:
        self._root = secure(endpoint) if endpoint else API
        local = is_local(self._root)
        self._tokens = TokenRequest(plain_session(requests.Session(), local=local))
        session = AuthorizedSession(credentials, auth_request=self._tokens)  # type: ignore[no-untyped-call]
        super().__init__(credentials, plain_session(session, local=local))
        self.account = account_of(credentials)

    def call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        body: object = None,
        *,
        timeout: tuple[float, float],
        writing: bool,
    ) -> dict[str, Any]:
        """Send one request, and answer its JSON.

        Args:
            method: ``get`` or ``post``.
            path: from ``/v4`` on.
            params: the query; lists are repeated.
            body: as JSON; None for none.
            timeout: seconds to connect, and between two signs of life.
            writing: what has no answer may have taken place all the same.

        Raises:
            SourceError: see `client.SheetsClient`.
        """
        self.set_timeout(timeout)
        try:
            response = self.request(
                method, path, params={**params, "prettyPrint": "false"}, json=body
            )
            found = json.loads(response.content)
        except RefusedError as error:
            raise self._refusal(error.response, writing=writing) from error
        except RefreshError as error:
            raise grant_fault(error, account=self.account, skew=self._tokens.skew) from error
        except (GoogleAuthError, requests.RequestException) as error:
            raise _no_answer(error, writing=writing) from error
        except ValueError as error:
            raise _nonsense(writing=writing) from error
        return found if isinstance(found, dict) else {}

    def request(self, method: str, endpoint: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """As gspread's, with paths in the place of addresses; only success is returned.

        gspread lets redirects pass, and fails itself on an error that is not worded as usual.

        Raises:
            RefusedError: the status is any other than 200.
        """
        response: requests.Response = self.session.request(
            method, self._root + endpoint, timeout=self.timeout, **kwargs
        )
        if response.status_code != requests.codes.ok:
            raise RefusedError(response)
        return response

    def _refusal(self, response: requests.Response, *, writing: bool) -> SourceError:
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(status=response.status_code, body=response.content, headers=headers)
        now = datetime.fromtimestamp(_wall_clock(), UTC)
        return fault_of(answer, account=self.account, writing=writing, now=now)


class RefusedError(Exception):
    """An answer that is no success."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.response = response


class TokenRequest(Request):
    """How google-auth asks for tokens: not for longer than half a minute.

    Attributes:
        skew: seconds by which this computer's clock is ahead of the server's, by the newest
            answer; 0 while unknown.
    """

    def __init__(self, session: requests.Session) -> None:
        super().__init__(session)
        self.skew = 0.0

    def __call__(self, *args: Any, timeout: Any = TOKEN_SECONDS, **kwargs: Any) -> Any:
        """Ask, and note the server's time (RFC 9110, 6.6.1)."""
        connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        kwargs["timeout"] = (min(connect, TOKEN_SECONDS), min(read, TOKEN_SECONDS))
        response = super().__call__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.skew = clock_skew(response.headers.get("date", ""), _wall_clock())
        return response


def account_of(credentials: Credentials) -> str:
    """The e-mail address of the account that the credentials are of, "" where it is unknown."""
    found = getattr(credentials, "service_account_email", "") or getattr(credentials, "account", "")
    return str(found or "") if "@" in str(found) else ""


def plain_session(session: requests.Session, *, local: bool) -> requests.Session:
    """The session, so set that it follows no redirects and gets compressed answers.

    Proxies of the environment are used, but not for what is on this computer.
    """
    session.max_redirects = 0
    session.auth = _as_it_is  # else requests would put a netrc entry in the token's place
    session.trust_env = not local
    session.headers["User-Agent"] = AGENT
    return session


def clock_skew(date: str, now: float) -> float:
    """By how many seconds `now` is ahead of an HTTP date; 0 where that is none."""
    try:
        return now - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return 0.0


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _wall_clock() -> float:
    """The time that google-auth itself signs, so that its error is the one that matters."""
    return time.time()  # noqa: TID251


def _no_answer(error: Exception, *, writing: bool) -> SourceError:
    """What it means that a request got no answer."""
    cause = error.args[0] if isinstance(error, GoogleAuthError) and error.args else error
    if isinstance(cause, requests.TooManyRedirects):
        return SourceUnreachableError(
            "something else answers in Google's place",
            hint="does this network ask for a login in the browser first?",
        )
    if writing and isinstance(error, _BROKEN) and not _never_sent(error):
        return WriteUncertainError(
            "the connection to Google broke while something was being written",
            hint="run again; what was written is recognised",
        )
    if isinstance(cause, requests.exceptions.SSLError):
        return SourceUnreachableError(
            "the connection to Google is not safe: its certificate is not accepted",
            hint="is this computer's clock right? Does a proxy or virus scanner look into it?",
        )
    if isinstance(cause, requests.Timeout):
        return SourceUnreachableError("Google does not answer in time", hint="try again later")
    if isinstance(cause, _BROKEN) or isinstance(error, TransportError):
        return SourceUnreachableError(
            "Google cannot be reached", hint="is this computer connected to the internet?"
        )
    return SourceRefusedError(
        f"a request to Google could not be sent: {cause}",
        code="request",
        hint="run again; if it says so again, please report it",
    )


def _never_sent(error: Exception) -> bool:
    """Whether no connection came about, so that nothing can have taken place."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError)  # also NameResolutionError


def _nonsense(*, writing: bool) -> SourceError:
    kind = WriteUncertainError if writing else SourceUnreachableError
    return kind("Google's answer cannot be understood", hint="try again later")
