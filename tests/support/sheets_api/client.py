"""The real gspread client and real google-auth credentials, pointed at the emulator."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlsplit

import gspread
from google.oauth2 import credentials, service_account
from gspread.http_client import HTTPClient

from tests.support.sheets_api import routes, schema
from tests.support.sheets_api.server import SheetsServer

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive",
)
_ROOTS = ("https://sheets.googleapis.com/", "https://www.googleapis.com/")


class EmulatorClient(HTTPClient):
    """gspread's own HTTP client, whose every address is the emulator's.

    Each answer is held against Google's own description of the API.
    """

    def __init__(self, auth: Any, session: Any = None, *, root: str):
        super().__init__(auth, session)
        self.root = root
        self.set_timeout((5, 60))

    def request(self, method: str, endpoint: str, *args: Any, **more: Any) -> Any:
        """Send a request to the emulator."""
        for root in _ROOTS:
            if endpoint.startswith(root):
                endpoint = f"{self.root}/{endpoint.removeprefix(root)}"
        answer = super().request(method, endpoint, *args, **more)
        path = urlsplit(endpoint).path
        route = routes.find(method.upper(), path)
        if route and route.operation.startswith("spreadsheets."):
            kind = schema.methods()[route.operation]["response"]["$ref"]
            schema.checked(kind, answer.json())
        return answer


class Robot(service_account.Credentials):
    """A service account that asks nobody but the token endpoint.

    google-auth otherwise asks a Google server in a background thread where the account may
    be used, whatever the token endpoint is.
    """

    def _after_refresh(self, *_args: Any, **_more: Any) -> None:
        """Ask nobody."""


def robot(server: SheetsServer, name: str = "robot") -> Robot:
    """Credentials of a service account that the server knows."""
    info = server.accounts.service_account(name)
    return Robot.from_service_account_info(info, scopes=SCOPES)


def person(server: SheetsServer, account: str = "anna@example.com") -> credentials.Credentials:
    """Credentials of a person who has logged in."""
    info = server.accounts.person(account)
    return credentials.Credentials(
        None,
        refresh_token=info["refresh_token"],
        token_uri=info["token_uri"],
        client_id=info["client_id"],
        client_secret=info["client_secret"],
    )


def connect(server: SheetsServer, auth: Any) -> gspread.Client:
    """A gspread client of the emulator."""
    return gspread.Client(auth=auth, http_client=functools.partial(EmulatorClient, root=server.url))
