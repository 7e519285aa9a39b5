from __future__ import annotations

import ssl
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.mail.imap import ImapInbox
from sheetcrm.adapters.mail.imap_connection import (
    connected,
    decoded_name,
    quoted_name,
)
from sheetcrm.adapters.mail.imap_login import ImapLogin
from sheetcrm.errors import MailerAuthError, MailerError, MailerUnavailableError
from sheetcrm.ports import Inbox
from tests.adapters.inbox_contract import NOW, SINCE, InboxContract
from tests.support.imap_server import Folder, ImapServer


@pytest.fixture
def server():
    with ImapServer() as running:
        yield running


@pytest.fixture
def login(server) -> ImapLogin:
    return ImapLogin(
        host="127.0.0.1",
        port=server.port,
        security="none",
        user="halo@example.com",
        secret="rahasia",
    )


def read(login, after=None, *, folder="INBOX"):
    with ImapInbox(login, folders=[folder]).open() as session:
        return list(session.arrived(folder, after, since=SINCE))


class TestContract(InboxContract):
    @pytest.fixture
    def inbox(self, server, login) -> Inbox:
        self.server = server
        return ImapInbox(login, folders=["INBOX"])

    def put(self, raw: bytes, at: datetime = NOW, *, folder: str = "INBOX") -> None:
        self.server.folders[folder].add(raw, at)

    def number_anew(self) -> None:
        self.server.folders["INBOX"].uidvalidity += 1


@pytest.mark.parametrize("says_uidnext", [True, False])
def test_an_empty_or_old_mailbox_is_not_read_from_its_beginning_later(server, login, says_uidnext):
    server.says_uidnext = says_uidnext
    (empty,) = read(login)
    assert empty.last_uid == 0
    server.folders["INBOX"].add(b"old", NOW - timedelta(days=30))
    (found,) = read(login)
    assert (found.mails, found.last_uid) == ((), 1)


def test_nothing_is_ever_changed(server, login):
    server.folders["INBOX"].add(b"Message-ID: <a@b>\r\n\r\n")
    read(login)
    with ImapInbox(login, folders=["INBOX"]).open() as session:
        session.sent(["<a@b>"])
    assert set(server.commands) <= {
        *("CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID_SEARCH", "UID_FETCH", "LIST", "LOGOUT")
    }


def test_the_folder_of_sent_mail_by_its_name_or_as_the_config_says(server, login):
    sent = server.folders.pop("Sent")
    sent.attributes = ""
    sent.add(b"Message-ID: <a@b>\r\n\r\n")
    server.folders["Enviados"] = sent
    for said in ("", "Enviados"):
        with ImapInbox(login, folders=[], sent=said).open() as session:
            assert session.sent(["<a@b>"]) == {"<a@b>"}
    del server.folders["Enviados"]
    with ImapInbox(login, folders=[]).open() as session, pytest.raises(MailerError) as caught:
        session.sent(["<a@b>"])
    assert 'name it: [imap] sent = "…"' in caught.value.hint


@pytest.mark.parametrize("auth", ["password", "xoauth2"])
def test_a_wrong_password(server, login, auth):
    with pytest.raises(MailerAuthError) as caught:
        read(replace(login, secret="salah", auth=auth))
    assert "halo@example.com" in caught.value.message
    assert "salah" not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__}"


def test_every_way_to_log_in(server, login):
    server.users = {"ana lópez": 'ra"ha\\sía'}
    said = replace(login, user="ana lópez", secret='ra"ha\\sía')
    assert read(said)
    assert read(replace(said, auth="xoauth2"))
    server.capabilities = ["IMAP4rev1"]
    server.users = {'a "b"': 'ra"ha\\s'}
    with pytest.raises(MailerAuthError):  # LOGIN takes no letters beyond ASCII
        read(said)
    server.users = {"ana": 'ra"ha\\s'}
    assert read(replace(said, user="ana", secret='ra"ha\\s'))


def test_a_server_that_is_busy_or_away_is_tried_later(server, login):
    server.refuses = "NO [UNAVAILABLE] Temporary authentication failure."
    with pytest.raises(MailerUnavailableError):
        read(login)
    server.refuses = ""
    for command in ("CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID_SEARCH"):
        server.hang_up_at = command
        with pytest.raises(MailerUnavailableError) as caught:
            read(login)
        assert f"127.0.0.1:{login.port}" in caught.value.message
    with pytest.raises(MailerUnavailableError):
        read(replace(login, port=1))


def test_a_folder_that_is_not_there(login):
    with pytest.raises(MailerError, match="the folder Balasan"):
        read(login, folder="Balasan")


def test_the_password_is_in_no_repr(login):
    assert "rahasia" not in repr(login) + repr(ImapInbox(login, folders=["INBOX"]))


def test_folders_with_any_name(server, login):
    server.folders["&AOE-rbol &- Co"] = Folder()
    with connected(login) as connection:
        assert "árbol & Co" in [name for name, _ in connection.folders()]
        assert connection.examine("árbol & Co") == (7, 1)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_names_come_back(name):
    assert decoded_name(quoted_name(name)[1:-1].replace("\\\\", "\\").replace('\\"', '"')) == name


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", *kind, *files, *named], check=True, capture_output=True)
    return folder


def test_starttls_with_a_certificate_that_is_checked(login, certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with ImapServer(tls=context) as server:
        said = replace(login, host="localhost", port=server.port, security="starttls")
        with pytest.raises(MailerError, match="does not prove who it is"):
            read(said)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        assert read(said)
        assert "AUTHENTICATE" in server.commands


def test_a_server_without_starttls_gets_no_password(server, login):
    with pytest.raises(MailerError):
        read(replace(login, security="starttls"))
    assert set(server.commands) == {"CAPABILITY"}
