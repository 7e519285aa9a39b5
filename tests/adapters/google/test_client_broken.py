"""Every way in which requests and google-auth can fail has a meaning, and none is forgotten."""

from __future__ import annotations

import google.auth.exceptions
import pytest
import requests
from google.oauth2.credentials import Credentials
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.faults import WriteUncertainError
from sheetcrm.errors import SourceError, SourceRefusedError, SourceUnreachableError

GoogleAuthError = google.auth.exceptions.GoogleAuthError


def kinds(root):
    found = [root]
    for kind in root.__subclasses__():
        found += kinds(kind)
    return sorted(set(found), key=lambda kind: kind.__name__)


def cut(kind):
    """Whether it may have happened after the request was on its way."""
    after = (
        requests.Timeout,
        requests.ConnectionError,
        requests.exceptions.ChunkedEncodingError,
        requests.exceptions.ContentDecodingError,
    )
    before = (requests.ConnectTimeout, requests.exceptions.ProxyError)
    return issubclass(kind, after) and not issubclass(kind, before)


@pytest.fixture
def failing(monkeypatch):
    """The error of a write, and of a read, of which the connection ends so."""

    def fail(error):
        def send(self, *args, **kwargs):
            raise error

        monkeypatch.setattr("google.auth.transport.requests.AuthorizedSession.request", send)
        found = []
        for write in (True, False):
            client = SheetsClient(
                Credentials("t"), endpoint="http://127.0.0.1:1", deadline=0, sleep=lambda _: None
            )
            with pytest.raises(SourceError) as told:
                client.change("a", [{}]) if write else client.get("a", fields="x")
            found.append(told.value)
        return found

    return fail


@pytest.mark.parametrize("kind", kinds(requests.RequestException), ids=lambda kind: kind.__name__)
def test_requests(failing, kind):
    made = kind.__new__(kind)
    Exception.__init__(made, "no")
    made.response = made.request = None
    write, read = failing(made)
    assert isinstance(write, WriteUncertainError) == cut(kind)
    passing = cut(kind) or issubclass(kind, (requests.ConnectionError, requests.TooManyRedirects))
    assert isinstance(read, SourceUnreachableError) == passing
    assert not isinstance(read, WriteUncertainError)
    assert all((one.message, one.hint) for one in (write, read))


@pytest.mark.parametrize("kind", kinds(GoogleAuthError), ids=lambda kind: kind.__name__)
def test_google_auth(failing, kind):
    made = kind.__new__(kind)
    Exception.__init__(made, "no")
    made._retryable = False
    for found in failing(made):
        assert isinstance(found, (SourceRefusedError, SourceUnreachableError))
        assert not isinstance(found, WriteUncertainError), "a token is asked for before it is sent"
        transport = issubclass(kind, google.auth.exceptions.TransportError)
        assert isinstance(found, SourceUnreachableError) == transport


@pytest.mark.parametrize("kind", [NewConnectionError, NameResolutionError])
def test_a_connection_that_never_came_about(failing, kind):
    reason = kind.__new__(kind)
    write, read = failing(requests.ConnectionError(MaxRetryError(None, "/", reason)))
    for found in (write, read):
        assert type(found) is SourceUnreachableError
        assert found.message == "Google cannot be reached"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (requests.ConnectTimeout("x"), "does not answer in time"),
        (requests.exceptions.SSLError("x"), "certificate is not accepted"),
        (requests.ConnectionError("x"), "cannot be reached"),
        (requests.TooManyRedirects("x"), "something else answers"),
    ],
)
def test_why_the_token_endpoint_does_not_answer(failing, cause, words):
    for found in failing(google.auth.exceptions.TransportError(cause)):
        assert type(found) is SourceUnreachableError
        assert words in found.message
