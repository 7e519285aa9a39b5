"""`sheetcrm login`: a person lets sheetcrm edit spreadsheets, in the browser.

The flow of RFC 8252 for programs on a computer: the browser brings the answer back to a server
that listens on this computer only, for one login; state and PKCE (RFC 7636) make sure that the
answer is one to our question.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import requests
from google_auth_oauthlib.flow import Flow  # type: ignore[import-untyped]
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from sheetcrm.adapters.google.auth import MAIL, SCOPES
from sheetcrm.adapters.google.endpoints import is_local, secure
from sheetcrm.adapters.google.stored import (
    FOLDER,
    StoredLogin,
    login_path,
    read_login,
    store_login,
)
from sheetcrm.errors import SourceRefusedError, SourceUnreachableError, UsageError

ASKED: Final = ("openid", "https://www.googleapis.com/auth/userinfo.email")
"""Beside the rights: to know the address that spreadsheets must be shared with."""

CLIENT: Final = ("client_id", "client_secret", "auth_uri", "token_uri")  #: what a client says
SECONDS: Final = 300.0  #: how long we wait for the person
_PAUSE: Final = 0.5
_PAGE: Final = """<!doctype html><meta charset="utf-8"><title>sheetcrm</title>
<body style="font: 1.2em sans-serif; margin: 4em">
<p>{english}<p lang="id">{indonesian}<p lang="es">{spanish}"""
_DONE: Final = _PAGE.format(
    english="You may close this window; sheetcrm goes on in the terminal.",
    indonesian="Jendela ini boleh ditutup; sheetcrm berlanjut di terminal.",
    spanish="Puede cerrar esta ventana; sheetcrm sigue en la terminal.",
)


def renew(
    root: Path | None,
    home: Path,
    client: Path | None,
    show: Callable[[str], object],
    *,
    mail: bool = False,
) -> StoredLogin:
    """Log in, and keep that where it belongs.

    Args:
        root: the workspace's folder; None outside of one.
        home: the user's own settings.
        client: a file of Google's console; None for the client of the last login, or the one
            that lies in the workspace's secrets.
        show: shows the person an address.
        mail: ask for the right to make drafts in Gmail as well; one that was given stays.

    Raises:
        UsageError: there is no client, or nobody was logged in.
        SourceError: Google cannot be reached, or refuses.
    """
    last = _last(root, home)
    known = last.info if last else {}
    asking = read_client(client) if client else _known_client(root, known)
    rights = (*SCOPES, MAIL) if mail or MAIL in known.get("scopes", ()) else SCOPES
    info = log_in(asking, show=show, account=last.account if last else "", rights=rights)
    path = login_path(root, home)
    store_login(path, info)
    return StoredLogin(path=path, info=info)


def forget(root: Path | None, home: Path) -> tuple[StoredLogin, bool]:
    """Delete the login that is used here; also answers whether Google heard of it.

    Raises:
        UsageError: nobody is logged in.
    """
    login = read_login(root, home)
    if login is None:
        raise UsageError("nobody is logged in to Google here", hint="log in with: sheetcrm login")
    revoked = revoke(login.info)
    login.path.unlink(missing_ok=True)
    return login, revoked


def read_client(path: Path) -> dict[str, Any]:
    """The OAuth client of a file that Google's console gives (``client_secret_….json``).

    Raises:
        UsageError: it is no such file.
    """
    where = "in Google's console: Clients → Create client → Desktop app → Download JSON"
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint=where) from error
    except ValueError as error:
        raise UsageError(f"{path} is not a JSON file", hint=where) from error
    client = found.get("installed") if isinstance(found, dict) else None
    if isinstance(client, dict) and all(isinstance(client.get(key), str) for key in CLIENT):
        return {key: client[key] for key in CLIENT}
    what = f"{path} is not an OAuth client of the kind “Desktop app”"
    if isinstance(found, dict) and found.get("type") == "service_account":
        what = f"{path} is a service account, which needs no login"
        where = f'name it in config/sheetcrm.toml: credentials = "{path}"'
    raise UsageError(what, hint=where)


def log_in(
    client: Mapping[str, Any],
    *,
    show: Callable[[str], object],
    account: str = "",
    rights: Sequence[str] = SCOPES,
) -> dict[str, Any]:
    """Ask the person, and give what must be kept: the ``authorized_user`` of `stored`.

    Args:
        client: from `read_client`.
        show: shows the person an address, in a browser or as text.
        account: the address that logged in the last time, which the browser then offers.
        rights: what we want to be allowed.

    Raises:
        UsageError: nobody answered in time, the person declined, or did not allow spreadsheets.
        SourceUnreachableError: Google cannot be reached.
        SourceRefusedError: Google does not accept the client.
    """
    for uri in (client["auth_uri"], client["token_uri"]):
        secure(uri)
    if is_local(client["token_uri"]):  # a server of this computer, for trying things
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    flow = Flow.from_client_config({"installed": dict(client)}, scopes=[*ASKED, *rights])
    with _Listener() as listener:
        flow.redirect_uri = listener.address
        offer = {"login_hint": account} if account else {}
        url, state = flow.authorization_url(prompt="consent", **offer)
        show(url)
        code = listener.wait(state, SECONDS)
    token = _exchange(flow, code, rights)
    return {
        "type": "authorized_user",
        **client,
        "refresh_token": token["refresh_token"],
        "scopes": list(rights),
        "account": _address(token.get("id_token", "")),
    }


def revoke(info: Mapping[str, Any]) -> bool:
    """Tell Google that a login counts no longer (RFC 7009); whether it heard it."""
    address = f"{str(info.get('token_uri', '')).rpartition('/')[0]}/revoke"
    try:
        data = {"token": str(info.get("refresh_token", ""))}
        return requests.post(secure(address), data=data, timeout=10).ok
    except (requests.RequestException, UsageError):
        return False


def _last(root: Path | None, home: Path) -> StoredLogin | None:
    """The login until now; a damaged one is no reason against a new one."""
    try:
        return read_login(root, home)
    except SourceRefusedError:
        return None


def _known_client(root: Path | None, last: Mapping[str, Any]) -> dict[str, Any]:
    """The client of the last login, else the one that lies in the workspace's secrets."""
    if all(key in last for key in CLIENT):
        return {key: last[key] for key in CLIENT}
    found = sorted((root / FOLDER).glob("client*.json")) if root else []
    if len(found) == 1:
        return read_client(found[0])
    raise UsageError(
        "the first login needs an OAuth client, which says to Google which program asks",
        hint="make one in Google's console (Clients → Create client → Desktop app → Download "
        "JSON), then: sheetcrm login --client FILE; docs/google.md goes through it",
    )


class _Listener(HTTPServer):
    """Takes the browser's answer, on this computer only."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.timeout = _PAUSE
        self.answer: dict[str, str] = {}
        self.state = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def wait(self, state: str, seconds: float) -> str:
        """The code that came with this state."""
        self.state = state
        end = time.monotonic() + seconds
        while not self.answer and time.monotonic() < end:
            self.handle_request()
        if "code" in self.answer:
            return self.answer["code"]
        why = self.answer.get("error", "")
        said = f"Google says: {why}" if why else "nobody answered in the browser"
        raise UsageError(f"nobody was logged in: {said}", hint="try again: sheetcrm login")

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no reason to stop."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 2  # seconds; browsers open connections that they do not use
    server: _Listener

    def do_GET(self) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        ours = hmac.compare_digest(query.get("state", "").encode(), self.server.state.encode())
        ours = ours and bool({"code", "error"} & query.keys())
        self.send_response(200 if ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if ours:
            self.wfile.write(_DONE.encode())
            self.server.answer = query

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The code is in the address, and belongs into no log."""


def _exchange(flow: Flow, code: str, rights: Sequence[str]) -> dict[str, Any]:
    """The tokens for a code."""
    try:
        token: dict[str, Any] = flow.fetch_token(code=code, include_client_id=True, timeout=30)
    except requests.RequestException as error:
        raise SourceUnreachableError(
            "Google cannot be reached", hint="is this computer connected to the internet?"
        ) from error
    except OAuth2Error as error:
        raise SourceRefusedError(
            f"Google does not accept the login: {error.description or error.error}",
            code="login",
            hint="is the client of --client still there? Then try again: sheetcrm login",
        ) from error
    except Warning as error:  # oauthlib's way to say that less was allowed than asked for
        raise _not_allowed(rights) from error
    granted = token.get("scope", rights)
    if not token.get("refresh_token") or any(right not in granted for right in rights):
        raise _not_allowed(rights)
    return token


def _not_allowed(rights: Sequence[str]) -> UsageError:
    if MAIL in rights:
        return UsageError(
            "you are logged in, but sheetcrm may not edit your spreadsheets and make drafts",
            hint="try again, and tick all boxes: sheetcrm login --gmail",
        )
    return UsageError(
        "you are logged in, but sheetcrm may not edit your spreadsheets",
        hint="try again, and tick the box “See, edit, create, and delete all your Google Sheets "
        "spreadsheets”: sheetcrm login",
    )


def _address(id_token: str) -> str:
    """The e-mail address in an ID token (RFC 7519).

    It came from the token endpoint itself, so that its signature need not be checked (OpenID
    Connect Core 1.0, 3.1.3.7).
    """
    payload = f"{id_token}..".split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims.get("email", ""))
    except (ValueError, binascii.Error, AttributeError):
        return ""
