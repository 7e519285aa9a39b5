"""Whom we are to Google: key files of all kinds, and tokens that are not given."""

from __future__ import annotations

import json
import threading
import time
from email.utils import formatdate

import pytest

from sheetcrm.adapters.google import auth
from sheetcrm.adapters.google.auth import find_credentials
from sheetcrm.adapters.google.client import SheetsClient
from sheetcrm.adapters.google.http import clock_skew
from sheetcrm.adapters.google.stored import NAME, login_path, read_login, store_login
from sheetcrm.errors import SourceError, SourceRefusedError, SourceUnreachableError
from tests.support.google_stub import Reply, error

wall_clock = time.time  # noqa: TID251  google-auth signs it
ROBOT = "robot@demo.iam.gserviceaccount.com"
EXPIRED = error(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED")


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(monkeypatch, tmp_path):
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "K_SERVICE", "GCE_METADATA_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setattr(auth, "PRODUCT", tmp_path / "product_name")


@pytest.fixture
def found(tmp_path):
    def find(said=""):
        return find_credentials(said, root=tmp_path / "crm", home=tmp_path / "home")

    return find


@pytest.fixture
def client(stub, found):
    def make(said="", **options):
        return SheetsClient(lambda: found(said), endpoint=stub.url, **options)

    return make


def refused(reply):
    """An answer of the token endpoint that gives none."""
    code, description = reply
    return Reply(status=400, body={"error": code, "error_description": description})


def test_a_service_account(stub, client, robot):
    ours = client(robot)
    ours.get("abc", fields="x")
    assert ours.account == ROBOT
    (asked,) = stub.asked
    assert asked.body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    from google.auth import jwt

    claims = jwt.decode(asked.body["assertion"], verify=False)
    assert claims["iss"] == ROBOT
    assert claims["scope"] == "https://www.googleapis.com/auth/spreadsheets"
    assert stub.seen[0].headers["authorization"] == "Bearer t1"


def test_a_person(stub, client, person):
    ours = client(person)
    ours.get("abc", fields="x")
    ours.get("abc", fields="x")
    assert ours.account == "ani@example.com"
    assert [asked.body["grant_type"] for asked in stub.asked] == ["refresh_token"]
    assert stub.asked[0].body["refresh_token"] == "r"


def test_a_login_that_gspread_stored_says_no_type(found, person):
    info = json.loads(person)
    del info["type"], info["account"], info["token_uri"]
    credentials = found(json.dumps({**info, "scopes": ["x"], "expiry": "2020-01-01T00:00:00Z"}))
    assert credentials.token_uri == "https://oauth2.googleapis.com/token"


def test_paths_begin_at_the_workspace(found, robot, tmp_path):
    (tmp_path / "crm" / "secrets").mkdir(parents=True)
    (tmp_path / "crm" / "secrets" / "robot.json").write_text("\ufeff" + robot, encoding="utf-8")
    assert found("secrets/robot.json").service_account_email == ROBOT
    assert found(str(tmp_path / "crm" / "secrets" / "robot.json")).service_account_email == ROBOT


def test_google_auth_asks_nobody_else_in_the_background(stub, client, robot):
    before = set(threading.enumerate())
    ours = client(robot)
    ours.get("abc", fields="x")
    stub.replies.append(EXPIRED)
    ours.get("abc", fields="x")
    started = [thread for thread in set(threading.enumerate()) - before if thread.daemon]
    assert all("process_request_thread" in repr(thread) for thread in started)


def test_an_expired_token_is_renewed(stub, client, robot):
    ours = client(robot)
    stub.replies += [Reply(), EXPIRED, Reply(body={"ok": 1})]
    ours.get("abc", fields="x")
    assert ours.change("abc", [{}]) == {"ok": 1}
    assert len(stub.asked) == 2
    assert [seen.headers["authorization"] for seen in stub.seen] == [
        "Bearer t1",
        "Bearer t1",
        "Bearer t2",
    ]


def test_a_token_that_is_not_accepted_even_when_new(stub, client, robot):
    stub.replies += [EXPIRED] * 9
    with pytest.raises(SourceRefusedError, match=f"credentials of {ROBOT}") as told:
        client(robot).get("abc", fields="x")
    assert told.value.code == "login"
    assert len(stub.seen) <= 3


SKEWED = (
    "invalid_grant",
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (13 * 60, "the clock of this computer is 13 minutes ahead of Google's"),
        (-61 * 60, "the clock of this computer is 61 minutes behind Google's"),
        (62, "the clock of this computer is 1 minute ahead of Google's"),
    ],
)
def test_a_clock_that_is_wrong(stub, client, robot, ahead, words):
    date = {"Date": formatdate(wall_clock() - ahead, usegmt=True)}
    reply = refused(SKEWED)
    stub.tokens.append(Reply(status=400, body=reply.body, headers=date))
    with pytest.raises(SourceRefusedError) as told:
        client(robot).change("abc", [{}])
    assert told.value.message == words
    assert (told.value.code, stub.seen) == ("clock", [])


def test_the_clock_is_not_blamed_where_it_is_right(stub, client, robot):
    stub.tokens.append(refused(SKEWED))
    with pytest.raises(SourceRefusedError, match="no token") as told:
        client(robot).get("abc", fields="x")
    assert told.value.code == "login"


@pytest.mark.parametrize(
    ("who", "reply", "words", "hint"),
    [
        (
            "robot",
            ("invalid_grant", "Invalid JWT Signature."),
            f"does not accept the key of {ROBOT}",
            "make a new key",
        ),
        (
            "robot",
            ("invalid_grant", "Invalid grant: account not found"),
            f"no service account {ROBOT} any more",
            "make a new one",
        ),
        (
            "person",
            ("invalid_grant", "Token has been expired or revoked."),
            "the login of ani@example.com has expired or was taken back",
            "sheetcrm login",
        ),
        (
            "person",
            ("invalid_grant", "reauth related error (invalid_rapt)"),
            "the login of ani@example.com has expired",
            "sheetcrm login",
        ),
        (
            "person",
            ("deleted_client", "The OAuth client was deleted."),
            "does not know the client",
            "sheetcrm login --client FILE",
        ),
        ("person", ("invalid_client", "Unauthorized"), "does not know the client", "--client"),
        ("person", ("odd", "Something new"), "Something new", "sheetcrm login"),
    ],
)
def test_why_no_token_is_given(request, stub, client, *, who, reply, words, hint):
    stub.tokens.append(refused(reply))
    with pytest.raises(SourceRefusedError) as told:
        client(request.getfixturevalue(who)).get("abc", fields="x")
    assert words in told.value.message
    assert hint in told.value.hint
    assert told.value.code == "login"
    assert stub.seen == []


def test_a_token_endpoint_that_is_down_passes(stub, client, robot, monkeypatch):
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda seconds: None)
    down = Reply(status=503, body="<html>")
    stub.tokens += [down] * 3
    with pytest.raises(SourceUnreachableError) as told:
        client(robot).change("abc", [{}])
    assert type(told.value) is SourceUnreachableError, "it was not sent, so it did not take place"
    stub.tokens += [down] * 3
    assert client(robot, sleep=lambda seconds: None).get("abc", fields="x") == {}
    assert len(stub.seen) == 1


def test_no_way_to_the_token_endpoint(client, robot):
    info = {**json.loads(robot), "token_uri": "http://127.0.0.1:1/token"}
    ours = client(json.dumps(info), deadline=0.1)
    with pytest.raises(SourceUnreachableError, match="cannot be reached"):
        ours.change("abc", [{}])


@pytest.mark.parametrize(
    ("said", "words", "hint"),
    [
        ("secrets/nope.json", "there is no file", "sheetcrm login"),
        ('{"a": ', "credentials is not the JSON", "sheetcrm login"),
        ("{}", "a file without a type", "sheetcrm login"),
        ('{"type": "service_account"}', "credentials is not a whole key", "sheetcrm login"),
        ('{"type": "authorized_user"}', "credentials is not a whole key", "sheetcrm login"),
        ('{"type": "external_account"}', "of the kind “external_account”", "sheetcrm login"),
        ('{"installed": {}}', "is an OAuth client", "sheetcrm login --client"),
        ('{"web": {}}', "is an OAuth client", "sheetcrm login --client"),
        (
            '{"type": "authorized_user", "token_uri": "http://tokens.example.com"}',
            "not safe to send credentials to",
            "sheetcrm login",
        ),
    ],
)
def test_a_key_that_is_none(found, said, words, hint):
    with pytest.raises(SourceRefusedError) as told:
        found(said)
    assert words in told.value.message
    assert hint in told.value.hint
    assert told.value.code == "login"


def test_a_key_that_was_cut_short(found, robot):
    info = json.loads(robot)
    with pytest.raises(SourceRefusedError, match="not a whole key"):
        found(json.dumps({**info, "private_key": info["private_key"][:400]}))


def test_a_secret_is_in_no_message(found, robot):
    with pytest.raises(SourceError) as told:
        found(robot[:-40])
    assert "PRIVATE" not in told.value.message + told.value.hint


def test_without_any_credentials_nobody_is_asked(found):
    began = time.monotonic()
    with pytest.raises(SourceRefusedError, match="nobody is logged in") as told:
        found()
    assert "sheetcrm login" in told.value.hint
    assert time.monotonic() - began < 1, "no metadata server was looked for"


def test_what_login_stored_is_used_the_workspaces_first(found, person, tmp_path):
    root, home = tmp_path / "crm", tmp_path / "home"
    for folder, account in ((None, "home@example.com"), (root, "crm@example.com")):
        store_login(login_path(folder, home), {**json.loads(person), "account": account})
    assert found().account == "crm@example.com"
    login_path(root, home).unlink()
    assert found().account == "home@example.com"


def test_a_stored_login_is_for_its_user_only(tmp_path, person):
    path = login_path(tmp_path / "crm", tmp_path)
    store_login(path, json.loads(person))
    store_login(path, {**json.loads(person), "account": "b@example.com"})
    assert path.name == NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (path.parent / ".gitignore").read_text() == "*\n"
    assert sorted(entry.name for entry in path.parent.iterdir()) == [".gitignore", NAME]
    assert read_login(tmp_path / "crm", tmp_path).account == "b@example.com"


def test_a_stored_login_that_is_damaged(found, tmp_path):
    path = login_path(tmp_path / "crm", tmp_path / "home")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    with pytest.raises(SourceRefusedError, match="cannot be read") as told:
        found()
    assert told.value.hint == "log in again: sheetcrm login"


def test_application_default_credentials(found, robot, person, tmp_path, monkeypatch):
    (tmp_path / "gcloud").mkdir()
    stored = tmp_path / "gcloud" / "application_default_credentials.json"
    stored.write_text(json.dumps({**json.loads(person), "quota_project_id": "p"}))
    assert found().quota_project_id == "p"
    named = tmp_path / "robot.json"
    named.write_text(robot)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(named))
    assert found().service_account_email == ROBOT
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    with pytest.raises(SourceRefusedError, match=r"gone\.json"):
        found()


def test_on_a_machine_of_google_its_own_account_is_used(found, tmp_path, monkeypatch):
    (tmp_path / "product_name").write_text("Google Compute Engine\n")
    assert type(found()).__module__ == "google.auth.compute_engine.credentials"
    (tmp_path / "product_name").write_bytes(b"\xff")
    with pytest.raises(SourceRefusedError):
        found()
    monkeypatch.setenv("K_SERVICE", "crm")
    assert type(found()).__module__ == "google.auth.compute_engine.credentials"


def test_the_clock_of_a_server_without_a_date_is_not_compared():
    assert clock_skew("", 1000) == 0
    assert clock_skew("yesterday", 1000) == 0
    assert clock_skew("Thu, 01 Jan 1970 00:10:00 GMT", 660) == 60
