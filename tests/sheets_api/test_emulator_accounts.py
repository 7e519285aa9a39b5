"""Who asks: service accounts, people who logged in, tokens and what they are good for."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import google.auth.exceptions
import gspread
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials
from gspread.exceptions import APIError

from tests.support.sheets_api import client

ROBOT = "robot@sheetcrm-test.iam.gserviceaccount.com"


def test_a_service_account_signs_and_is_believed(sheets_api, book):
    """As google-auth really does it: its JWT, with the audience that it hard-codes."""
    gc = client.connect(sheets_api, client.robot(sheets_api))
    assert gc.open_by_key(book.id).title == "Leads"
    token = sheets_api.log[0]
    assert token.operation == "token"
    assert token.body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert sheets_api.log[1].account == ROBOT


def test_a_key_file(sheets_api, book, tmp_path):
    path = tmp_path / "robot.json"
    assert sheets_api.accounts.write_service_account(path) == ROBOT
    assert path.stat().st_mode & 0o777 == 0o600
    auth = client.Robot.from_service_account_file(path, scopes=client.SCOPES)
    assert client.connect(sheets_api, auth).open_by_key(book.id).title == "Leads"


def test_a_wrong_key(sheets_api, book):
    sheets_api.accounts.service_account()
    other = sheets_api.accounts.service_account(key=1)
    sheets_api.accounts.service_account()  # the server knows the first key again
    auth = client.Robot.from_service_account_info(other, scopes=client.SCOPES)
    with pytest.raises(google.auth.exceptions.RefreshError, match="Invalid JWT Signature"):
        client.connect(sheets_api, auth).open_by_key(book.id)


def test_an_account_that_was_deleted(sheets_api, book):
    auth = client.robot(sheets_api)
    sheets_api.accounts.revoke(ROBOT)
    with pytest.raises(google.auth.exceptions.RefreshError, match="account not found"):
        client.connect(sheets_api, auth).open_by_key(book.id)


def test_nobody_is_nobody(sheets_api, book):
    gc = client.connect(sheets_api, AnonymousCredentials())
    with pytest.raises(PermissionError) as error:
        gc.open_by_key(book.id)
    assert "unregistered callers" in str(error.value.__cause__)


def test_a_token_that_google_did_not_give(sheets_api, book):
    with pytest.raises(google.auth.exceptions.RefreshError):
        client.connect(sheets_api, Credentials("made up")).open_by_key(book.id)
    answer = requests.get(
        f"{sheets_api.url}/v4/spreadsheets/{book.id}",
        headers={"Authorization": "Bearer made up"},
        timeout=5,
    )
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_token_for_something_else(sheets_api, book):
    read = "https://www.googleapis.com/auth/spreadsheets.readonly"
    gc = client.connect(sheets_api, Credentials(sheets_api.accounts.token(ROBOT, read)))
    sheet = gc.open_by_key(book.id)
    with pytest.raises(APIError, match="insufficient authentication scopes"):
        sheet.sheet1.update([[1]], "A1")


def test_a_token_lives_for_an_hour(sheets_api, book):
    gc = client.connect(sheets_api, Credentials(sheets_api.accounts.token(ROBOT)))
    gc.open_by_key(book.id)
    sheets_api.skew = 3601
    with pytest.raises(google.auth.exceptions.RefreshError):
        gc.open_by_key(book.id)


def test_what_is_not_there_and_what_is_not_shared(sheets_api, gc):
    with pytest.raises(gspread.SpreadsheetNotFound):
        gc.open_by_key("1nothing")
    private = sheets_api.create("Rahasia")
    with pytest.raises(PermissionError):
        gc.open_by_key(private.id)
    private.public = "reader"
    assert gc.open_by_key(private.id).title == "Rahasia"


def test_open_servers_ask_nobody(book):
    from tests.support.sheets_api import SheetsServer

    with SheetsServer(auth=False) as server:
        book = server.create("Leads")
        gc = client.connect(server, AnonymousCredentials())
        assert gc.open_by_key(book.id).title == "Leads"


class TestLogin:
    """The page of consent and the code, as RFC 8252 and RFC 7636 describe them."""

    VERIFIER = "v" * 50

    def consent(self, server, **more):
        digest = hashlib.sha256(self.VERIFIER.encode()).digest()
        asked = {
            "client_id": "desk.apps.googleusercontent.com",
            "redirect_uri": "http://127.0.0.1:1/",
            "response_type": "code",
            "scope": "https://www.googleapis.com/auth/spreadsheets openid email",
            "state": "s1",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        answer = requests.get(
            f"{server.url}/o/oauth2/auth", params=asked | more, allow_redirects=False, timeout=5
        )
        place = urlsplit(answer.headers["Location"])
        return {name: values[0] for name, values in parse_qs(place.query).items()}

    def exchange(self, server, code, **more):
        program = server.accounts.client()["installed"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "http://127.0.0.1:1/",
            "client_id": program["client_id"],
            "client_secret": program["client_secret"],
            "code_verifier": self.VERIFIER,
        }
        return requests.post(f"{server.url}/token", data=form | more, timeout=5)

    def test_yes(self, sheets_api):
        given = self.consent(sheets_api)
        assert given["state"] == "s1"
        tokens = self.exchange(sheets_api, given["code"]).json()
        assert tokens["refresh_token"].startswith("1//")
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        who = requests.get(f"{sheets_api.url}/oauth2/v3/userinfo", headers=headers, timeout=5)
        assert who.json()["email"] == "anna@example.com"
        again = self.exchange(sheets_api, given["code"])
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")

    def test_no(self, sheets_api):
        sheets_api.accounts.consenting = ""
        assert self.consent(sheets_api) == {"error": "access_denied", "state": "s1"}

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"code_verifier": "w" * 50}, "invalid_grant"),
            ({"client_secret": "guessed"}, "invalid_client"),
            ({"redirect_uri": "http://127.0.0.1:2/"}, "invalid_grant"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
        ],
    )
    def test_what_is_refused(self, sheets_api, wrong, error):
        code = self.consent(sheets_api)["code"]
        assert self.exchange(sheets_api, code, **wrong).json()["error"] == error

    def test_taken_back(self, sheets_api):
        tokens = self.exchange(sheets_api, self.consent(sheets_api)["code"]).json()
        form = {"token": tokens["refresh_token"]}
        assert requests.post(f"{sheets_api.url}/revoke", data=form, timeout=5).status_code == 200
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        answer = self.exchange(sheets_api, "", **form)
        assert answer.json()["error_description"] == "Token has been expired or revoked."
