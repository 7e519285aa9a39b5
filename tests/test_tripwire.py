"""Whoever talks to another computer fails the tests, from a thread and out of a library, too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tripwire import is_here

INNER = """
import json
import socket
import threading

import pytest
from tests.support.google_stub import serving

pytest_plugins = []


def others():
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(5)


def swallowing(work):
    def run():
        try:
            work()
        except Exception:
            pass
    thread = threading.Thread(target=run, name="sneaky")
    thread.start()
    thread.join()


def test_connects():
    swallowing(lambda: socket.create_connection(("192.0.2.1", 80), timeout=0.1))


def test_connects_without_a_name():
    swallowing(lambda: socket.socket().connect_ex(("192.0.2.1", 80)))


def test_looks_up():
    swallowing(lambda: socket.getaddrinfo("sheets.example.com", 443))


def test_sends():
    swallowing(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))


@pytest.mark.parametrize("ours", [False, True])
def test_google(ours, private_key):
    from google.auth.transport.requests import AuthorizedSession
    from google.oauth2 import service_account
    from pathlib import Path
    from sheetcrm.adapters.google.auth import find_credentials
    from sheetcrm.adapters.google.client import SheetsClient

    with serving() as stub:
        info = {
            "type": "service_account", "private_key": private_key, "token_uri": stub.url + "/token",
            "client_email": "robot@demo.iam.gserviceaccount.com",
        }
        if ours:
            credentials = find_credentials(json.dumps(info), root=Path(), home=Path())
            SheetsClient(credentials, endpoint=stub.url).get("abc", fields="x")
        else:
            credentials = service_account.Credentials.from_service_account_info(info, scopes=["x"])
            AuthorizedSession(credentials).get(stub.url + "/v4")
        assert len(stub.seen) == len(stub.asked) == 1
    others()


def test_here():
    swallowing(lambda: socket.create_connection(("127.0.0.1", 1), timeout=1))
    socket.getaddrinfo("localhost", 80)


def test_leaves_a_thread():
    global later
    later = threading.Timer(0.3, lambda: socket.getaddrinfo("late.example.com", 443))
    later.start()


@pytest.fixture(scope="session", autouse=True)
def _until_the_end():
    yield
    later.join()
"""
CONFTEST = """
from tests.adapters.google.conftest import private_key
from tests.support.tripwire import *
from tests.support.tripwire import _only_this_computer, install
install()
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """What a run of `INNER` printed, and its exit code."""
    folder = tmp_path_factory.mktemp("inner")
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_inner.py").write_text(INNER)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "-p", "no:randomly"]
    root = Path(__file__).parent.parent
    environ = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [*command, "-W", "ignore", str(folder)],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def ended(outcome, test):
    """How a test of `INNER` ended, of its teardown if that is where it failed."""
    return re.findall(rf"^(\w+) \S+::{re.escape(test)}(?: |$)", outcome.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("test", "named"),
    [
        ("test_connects", "sneaky tried to reach '192.0.2.1' (socket.getaddrinfo)"),
        ("test_connects_without_a_name", "sneaky tried to reach '192.0.2.1' (socket.connect)"),
        ("test_looks_up", "sneaky tried to reach 'sheets.example.com' (socket.getaddrinfo)"),
        ("test_sends", "sneaky tried to reach '192.0.2.1' (socket.sendto)"),
        ("test_google[False]", "tried to reach 'iamcredentials.googleapis.com'"),
    ],
)
def test_an_attempt_out_of_a_thread_fails_its_test(outcome, test, named):
    assert "ERROR" in ended(outcome, test), outcome.stdout
    assert named in outcome.stdout
    assert outcome.returncode == 1


@pytest.mark.parametrize("test", ["test_here", "test_google[True]"])
def test_this_computer_is_allowed_and_our_client_asks_nobody_else(outcome, test):
    assert ended(outcome, test) == ["PASSED"], outcome.stdout


def test_a_thread_that_outlives_its_test_fails_the_run(outcome):
    assert "'late.example.com'" in outcome.stdout


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "127.9.9.9", "localhost", b"localhost", None, ""]
)
def test_what_is_here(host):
    assert is_here(host)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "2001:db8::1", "localhost.example.com", b"example.com"]
)
def test_what_is_elsewhere(host):
    assert not is_here(host)
