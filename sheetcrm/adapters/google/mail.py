"""The way into a person's Gmail, for whoever makes drafts there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import requests
from google.auth.transport.requests import AuthorizedSession

from sheetcrm.adapters.google.auth import MAIL, find_credentials
from sheetcrm.adapters.google.endpoints import is_local, secure
from sheetcrm.adapters.google.http import TokenRequest, plain_session
from sheetcrm.adapters.google.stored import read_login
from sheetcrm.errors import MailerAuthError, SourceRefusedError

API: Final = "https://gmail.googleapis.com"
AGAIN: Final = "log in with the right to make drafts: sheetcrm login --gmail"


def gmail_session(
    root: Path, home: Path, *, endpoint: str = ""
) -> tuple[requests.Session, str, str]:
    """A session that may make drafts, the API's address, and whose mailbox it is.

    Args:
        root: the workspace's folder.
        home: the user's own settings.
        endpoint: the API's address instead of Google's.

    Raises:
        MailerAuthError: nobody is logged in, or without the right.
        UsageError: the endpoint would send the credentials over the network in clear.
    """
    try:
        login = read_login(root, home)
        if login is None or MAIL not in login.info.get("scopes", ()):
            raise MailerAuthError("nobody has let sheetcrm make drafts in Gmail", hint=AGAIN)
        credentials = find_credentials("", root=root, home=home)
    except SourceRefusedError as error:
        raise MailerAuthError(error.message, hint=AGAIN) from error
    address = secure(endpoint) if endpoint else API
    local = is_local(address)
    tokens = TokenRequest(plain_session(requests.Session(), local=local))
    session = AuthorizedSession(credentials, auth_request=tokens)  # type: ignore[no-untyped-call]
    return plain_session(session, local=local), address, login.account
