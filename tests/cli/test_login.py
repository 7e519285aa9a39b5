"""`sheetcrm login`: with a real browser's moves against an authorisation server on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from sheetcrm.adapters.google import login as flow
from tests.support.google_stub import Reply, serving

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
GMAIL = "https://www.googleapis.com/auth/gmail.compose"
GRANTED = f"openid https://www.googleapis.com/auth/userinfo.email {SHEETS}"


class Google:
    """What the authorisation server knows and does; `person` decides what the person does."""

    def __init__(self, stub):
        self.stub = stub
        self.asked = {}  #: the query that the browser brought
        self.granted = GRANTED
        self.account = "ani@example.com"
        self.refresh = "refresh-1"
        self.answer = lambda asked: {"code": "code-1", "state": asked["state"]}

    def authorise(self, seen):
        self.asked = {key: values[0] for key, values in seen.query.items()}
        self.stub.tokens.append(self.token)
        back = f"{self.asked['redirect_uri']}?{urlencode(self.answer(self.asked))}"
        return Reply(status=302, headers={"Location": back})

    def token(self, seen):
        sent = seen.body
        challenge = hashlib.sha256(sent["code_verifier"].encode()).digest()
        proven = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if (sent["code"], proven) != ("code-1", self.asked["code_challenge"]):
            return Reply(
                status=400, body={"error": "invalid_grant", "error_description": "Bad code"}
            )
        claims = base64.urlsafe_b64encode(json.dumps({"email": self.account}).encode()).decode()
        body = {
            "access_token": "t",
            "expires_in": 3599,
            "token_type": "Bearer",
            "scope": self.granted,
            "refresh_token": self.refresh,
            "id_token": f"e30.{claims.rstrip('=')}.x",
        }
        return Reply(body={key: value for key, value in body.items() if value})


@pytest.fixture
def google():
    with serving() as stub:
        yield Google(stub)


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """The user's own settings; and no variable of ours outlives the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    return tmp_path / "home" / "sheetcrm"


@pytest.fixture
def client(google, tmp_path):
    """The file that Google's console gives for a program on a computer."""
    path = tmp_path / "client_secret_1.json"
    info = {
        "client_id": "id-1",
        "client_secret": "secret-1",
        "auth_uri": f"{google.stub.url}/auth",
        "token_uri": f"{google.stub.url}/token",
        "redirect_uris": ["http://localhost"],
    }
    path.write_text(json.dumps({"installed": info}))
    return path


@pytest.fixture
def browser(google, monkeypatch):
    """A browser in which the person says yes; `pages` is what it showed in the end."""
    pages = []

    def opens(address):
        google.stub.replies.append(google.authorise)
        thread = threading.Thread(target=lambda: pages.append(requests.get(address, timeout=5)))
        thread.start()
        return True

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", opens)
    return pages


@pytest.fixture
def workspace(tmp_path, run):
    root = tmp_path / "crm"
    assert run("init", root).code == 0
    return root


def stored(root):
    return json.loads((root / "secrets" / "google-login.json").read_text())


def test_a_person_logs_in_and_out(run, workspace, google, client, browser):
    said = run("--workspace", workspace, "login", "--client", client)
    assert said.code == 0, said.err
    assert said.out.startswith("logged in as ani@example.com\n")
    assert "sheetcrm check" in said.out
    assert browser[0].status_code == 200
    assert "Puede cerrar esta ventana" in browser[0].text
    asked = google.asked
    assert asked["client_id"] == "id-1"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["access_type"] == "offline"
    assert SHEETS in asked["scope"].split()
    assert not any("drive" in scope for scope in asked["scope"].split())
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", asked["redirect_uri"])
    path = workspace / "secrets" / "google-login.json"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = stored(workspace)
    assert kept["scopes"] == [SHEETS]
    assert (kept["type"], kept["refresh_token"], kept["account"]) == (
        "authorized_user",
        "refresh-1",
        "ani@example.com",
    )
    said = run("--workspace", workspace, "login", "--forget")
    assert said.code == 0
    assert said.out == f"logged out ani@example.com, and deleted {path}\n"
    assert not path.exists()
    told = google.stub.asked[-1]
    assert (told.path, told.body) == ("/revoke", {"token": "refresh-1"})
    said = run("--workspace", workspace, "login", "--forget")
    assert (said.code, "nobody is logged in" in said.err) == (2, True)


def test_for_drafts_in_gmail_too(run, workspace, google, client, browser):
    said = run("--workspace", workspace, "login", "--client", client, "--gmail")
    assert said.code == 2
    assert "tick all boxes" in said.err
    google.granted = f"{GRANTED} {GMAIL}"
    said = run("--workspace", workspace, "login", "--client", client, "--gmail")
    assert said.code == 0, said.err
    assert {SHEETS, GMAIL} <= set(google.asked["scope"].split())
    assert stored(workspace)["scopes"] == [SHEETS, GMAIL]
    assert run("--workspace", workspace, "login").code == 0  # the right stays
    assert stored(workspace)["scopes"] == [SHEETS, GMAIL]


def test_the_next_login_needs_no_file_and_offers_the_same_account(
    run, workspace, google, client, browser
):
    assert run("--workspace", workspace, "login", "--client", client).code == 0
    client.unlink()
    google.refresh = "refresh-2"
    assert run("--workspace", workspace, "login").code == 0
    assert google.asked["login_hint"] == "ani@example.com"
    assert stored(workspace)["refresh_token"] == "refresh-2"


def test_a_client_in_the_workspaces_secrets_is_found(run, workspace, client, browser):
    (workspace / "secrets").mkdir(exist_ok=True)
    client.rename(workspace / "secrets" / client.name)
    said = run("--workspace", workspace, "login", "--json")
    assert json.loads(said.out) == {
        "account": "ani@example.com",
        "file": str(workspace / "secrets" / "google-login.json"),
    }


def test_outside_of_a_workspace_it_holds_for_all(run, client, browser, home, monkeypatch):
    monkeypatch.chdir(client.parent)
    said = run("login", "--client", client)
    assert said.code == 0
    assert str(home / "google-login.json") in said.out
    assert (home / "google-login.json").stat().st_mode & 0o777 == 0o600
    assert run("login", "--forget").code == 0
    assert not (home / "google-login.json").exists()


def test_a_stray_request_and_a_forged_answer_change_nothing(
    run, workspace, google, client, browser
):
    strays = []

    def answer(asked):
        queries = ("", "?state=forged&code=evil", "?code=evil", f"?state={asked['state']}")
        back = asked["redirect_uri"]
        strays.extend(requests.get(back + query, timeout=5).status_code for query in queries)
        return {"code": "code-1", "state": asked["state"]}

    google.answer = answer
    assert run("--workspace", workspace, "login", "--client", client).code == 0
    assert strays == [404, 404, 404, 404]
    assert stored(workspace)["refresh_token"] == "refresh-1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"answer": lambda asked: {"error": "access_denied", "state": asked["state"]}},
            "access_denied",
        ),
        ({"granted": GRANTED.replace(SHEETS, "").strip()}, "may not edit your spreadsheets"),
        ({"refresh": ""}, "may not edit your spreadsheets"),
        ({"answer": lambda asked: {"code": "wrong", "state": asked["state"]}}, "Bad code"),
    ],
)
def test_a_person_who_declines_is_not_logged_in(
    run, workspace, google, client, browser, *, change, words
):
    for name, value in change.items():
        setattr(google, name, value)
    said = run("--workspace", workspace, "login", "--client", client)
    assert said.code in {1, 2}
    assert words in said.err
    assert "sheetcrm login" in said.err
    assert not (workspace / "secrets" / "google-login.json").exists()


def test_nobody_answers(run, workspace, client, monkeypatch):
    monkeypatch.setattr(flow, "SECONDS", 0.2)
    said = run("--workspace", workspace, "login", "--client", client, "--no-browser")
    assert said.code == 2
    assert "nobody answered in the browser" in said.err


def test_an_account_that_google_does_not_name(run, workspace, google, client, browser):
    google.account = ""
    said = run("--workspace", workspace, "login", "--client", client)
    assert said.out.startswith("logged in\n")


def test_google_cannot_be_reached(run, workspace, google, client, browser):
    info = json.loads(client.read_text())
    info["installed"]["token_uri"] = "http://127.0.0.1:1/token"
    client.write_text(json.dumps(info))
    said = run("--workspace", workspace, "login", "--client", client)
    assert (said.code, "cannot be reached" in said.err) == (75, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read"),
        ("{", "is not a JSON file"),
        ("[]", "is not an OAuth client of the kind “Desktop app”"),
        ('{"web": {"client_id": "x"}}', "is not an OAuth client of the kind “Desktop app”"),
        ('{"type": "service_account"}', "is a service account, which needs no login"),
        (
            (
                '{"installed": {"client_id": "a", "client_secret": "b", '
                '"auth_uri": "http://login.example.com", "token_uri": "https://t.example.com"}}'
            ),
            "not safe to send credentials to",
        ),
    ],
)
def test_a_file_that_is_no_client(run, workspace, tmp_path, text, words):
    path = tmp_path / "x.json"
    if text is not None:
        path.write_text(text)
    said = run("--workspace", workspace, "login", "--client", path)
    assert said.code == 2
    assert words in said.err


def test_the_first_login_says_how_to_get_a_client(run, workspace):
    said = run("--workspace", workspace, "login")
    assert said.code == 2
    assert "Desktop app" in said.err
    assert "docs/google.md" in said.err


def test_a_wrong_workspace_is_no_reason_to_log_in_elsewhere(run, tmp_path):
    said = run("--workspace", tmp_path / "nope", "login")
    assert (said.code, "is not a workspace" in said.err) == (2, True)


def test_forgetting_works_without_google(run, workspace, google, client, browser):
    assert run("--workspace", workspace, "login", "--client", client).code == 0
    google.stub.tokens.append(Reply(status=400, body={"error": "invalid_token"}))
    said = run("--workspace", workspace, "login", "--forget", "--json")
    assert json.loads(said.out)["revoked"] is False
    assert not (workspace / "secrets" / "google-login.json").exists()


def test_where_no_browser_can_be_opened_the_address_is_printed_in_one_piece(
    workspace, google, client
):
    environ = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    command = [sys.executable, "-m", "sheetcrm", "--workspace", str(workspace), "login"]
    with subprocess.Popen(
        [*command, "--client", str(client)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr.readline() == "→ open this address in a browser\n"
        address = process.stderr.readline().strip()
        assert parse_qs(urlsplit(address).query)["client_id"] == ["id-1"]
        google.stub.replies.append(google.authorise)
        assert requests.get(address, timeout=5).status_code == 200
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("logged in as ani@example.com")
