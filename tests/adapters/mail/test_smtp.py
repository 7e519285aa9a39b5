"""Handing messages to a mail server: every phase may fail, and each failure means something else."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.mail.smtp import SmtpMailer, SmtpServer, _stuffed
from sheetcrm.core.outbox import Answer, Claim, Verdict
from sheetcrm.errors import (
    MailerAuthError,
    MailerBusyError,
    MailerError,
    MailerUnavailableError,
)
from tests.support.smtp_server import SmtpServer as Server

RAW = b"Subject: Halo\r\nMessage-ID: <sc.abc@example.com>\r\n\r\n.dots\r\n..\r\nend\r\n"
CLAIM = Claim(key="k", to_address="ana@example.com", message_id="<sc.abc@example.com>", raw=RAW)


@pytest.fixture
def to(tmp_path: Path):
    def mailer(server: Server, **parts) -> SmtpMailer:
        given = {
            "host": "127.0.0.1",
            "port": server.port,
            "security": "none",
            "sender": "halo@example.com",
            "timeout": 5.0,
            "final_timeout": 5.0,
        }
        return SmtpMailer(
            SmtpServer(**given | parts), account="halo@example.com", lock=tmp_path / "l" / "m.lock"
        )

    return mailer


def noted() -> None:
    """Nothing is to be noted before the first byte."""


def deliver(mailer: SmtpMailer, claim: Claim = CLAIM, *, begin=lambda: noted) -> Answer:
    with mailer.open() as session:
        return session.deliver(claim, claim.raw, begin)


def saying(phase: str, answer: str, *, times: int = 1):
    """A script that gives this answer in a phase so many times."""
    left = [times]

    def script(at: str, _said: str) -> str | None:
        if at != phase or not left[0]:
            return None
        left[0] -= 1
        return answer

    return script


class TestDelivery:
    def test_a_message_arrives_as_it_is_and_at_one_address(self, to) -> None:
        with Server() as server:
            answer = deliver(to(server))
        assert answer == Answer(
            verdict=Verdict.SENT, code=250, text="2.0.0 Ok: queued as 4F1", status="2.0.0"
        )
        (taken,) = server.messages
        assert taken.data == RAW
        assert taken.recipients == ("ana@example.com",)
        assert taken.sender == "halo@example.com"

    def test_the_envelopes_sender_tells_which_message_bounced(self, to) -> None:
        said: list[str] = []
        with Server(
            script=lambda phase, line: said.append(line) if phase in {"mail", "rcpt"} else None
        ) as server:
            deliver(to(server, sender="bounce+{token}@example.com"))
        assert said == [
            f"mail FROM:<bounce+abc@example.com> SIZE={len(RAW)} RET=HDRS ENVID=abc",
            "rcpt TO:<ana@example.com> NOTIFY=FAILURE,DELAY",
        ]

    def test_a_plain_server_is_asked_for_nothing_that_it_lacks(self, to) -> None:
        said: list[str] = []
        with Server(extensions=(), script=lambda _phase, line: said.append(line)) as server:
            assert deliver(to(server)).verdict is Verdict.SENT
        assert "mail FROM:<halo@example.com>" in said

    def test_one_connection_serves_many(self, to) -> None:
        connects: list[str] = []
        with (
            Server(
                script=lambda phase, _line: connects.append(phase) if phase == "connect" else None
            ) as server,
            to(server).open() as session,
        ):
            for _ in range(5):
                assert session.deliver(CLAIM, RAW, lambda: noted).verdict is Verdict.SENT
        assert len(server.messages) == 5
        assert connects == ["connect"]

    def test_a_connection_that_was_closed_in_between_is_made_again(self, to) -> None:
        with (
            Server(script=saying("mail", "421 4.4.2 too long idle")) as server,
            to(server).open() as session,
        ):
            with pytest.raises(MailerUnavailableError):
                session.deliver(CLAIM, RAW, lambda: noted)
            assert session.deliver(CLAIM, RAW, lambda: noted).verdict is Verdict.SENT
        assert len(server.messages) == 1

    @given(st.lists(st.sampled_from([b"", b".", b"..", b".a", b"a", b"\x00"]), max_size=8))
    def test_dots_are_stuffed_so_that_they_come_out_again(self, lines) -> None:
        raw = b"".join(line + b"\r\n" for line in lines)
        wire = _stuffed(raw)
        assert wire.endswith(b".\r\n")
        body = wire.removesuffix(b".\r\n")
        assert b"\r\n.\r\n" not in b"\r\n" + body
        back = b"".join(
            line[1:] if line.startswith(b".") else line for line in body.splitlines(keepends=True)
        )
        assert back == (raw or b"\r\n")


class TestRefusals:
    @pytest.mark.parametrize(
        ("phase", "said", "verdict", "status"),
        [
            ("rcpt", "550 5.1.1 no such user", Verdict.FAILED, "5.1.1"),
            ("rcpt", "550 unknown", Verdict.FAILED, ""),
            ("rcpt", "451 4.7.1 greylisted", Verdict.LATER, "4.7.1"),
            ("rcpt", "554 5.7.1 relay denied", Verdict.LATER, "5.7.1"),
            ("data", "452 4.3.1 disk full", Verdict.LATER, "4.3.1"),
            ("data", "250 what?", Verdict.LATER, ""),
            ("rcpt", "HTTP/1.1 400 Bad Request\r\n", Verdict.LATER, ""),
            ("data", "550 5.7.1 spam\r\n550 5.7.1 really", Verdict.LATER, "5.7.1"),
            ("dot", "552 5.2.2 mailbox full", Verdict.FAILED, "5.2.2"),
            ("dot", "451 4.3.0 try later", Verdict.LATER, "4.3.0"),
            ("dot", "550 5.7.1 looks like spam", Verdict.LATER, "5.7.1"),
            ("dot", "354 what?", Verdict.UNKNOWN, ""),
            ("dot", "what?", Verdict.UNKNOWN, ""),
        ],
    )
    def test_what_the_server_says_decides(self, to, phase, said, verdict, status) -> None:
        with Server(script=saying(phase, said)) as server, to(server).open() as session:
            answer = session.deliver(CLAIM, RAW, lambda: noted)
            assert (answer.verdict, answer.status) == (verdict, status)
            assert session.deliver(CLAIM, RAW, lambda: noted).verdict is Verdict.SENT
        assert len(server.messages) == 1

    def test_a_server_that_does_not_take_our_sender_takes_nothing(self, to) -> None:
        with (
            Server(script=saying("mail", "550 5.7.1 not your address")) as server,
            pytest.raises(MailerError) as caught,
        ):
            deliver(to(server))
        assert "halo@example.com" in caught.value.message
        assert caught.value.hint

    def test_a_server_that_talks_much_is_cut_short(self, to) -> None:
        with (
            Server(script=saying("mail", f"550 {'x' * 7000}")) as server,
            pytest.raises(MailerError) as caught,
        ):
            deliver(to(server))
        assert len(caught.value.message) < 400
        assert not isinstance(caught.value, MailerUnavailableError)


class TestCuts:
    @pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
    def test_before_the_go_ahead_nothing_was_handed_over(self, to, phase) -> None:
        begun: list[int] = []
        with Server(script=saying(phase, "cut")) as server, to(server).open() as session:
            answer = session.deliver(CLAIM, RAW, lambda: begun.append(1) or noted)
            assert answer.verdict is Verdict.LATER
            assert begun == []
            assert session.deliver(CLAIM, RAW, lambda: noted).verdict is Verdict.SENT

    @pytest.mark.parametrize("end", ["cut", "lost"])
    def test_after_it_nobody_can_tell(self, to, end) -> None:
        with Server(script=saying("dot", end)) as server:
            answer = deliver(to(server))
        assert answer.verdict is Verdict.UNKNOWN
        assert len(server.messages) == (end == "cut")

    def test_a_server_that_never_answers_is_unknown_as_well(self, to) -> None:
        import time

        def slow(phase: str, _said: str) -> None:
            if phase == "dot":
                time.sleep(1.5)

        with Server(script=slow) as server:
            assert deliver(to(server, final_timeout=0.3)).verdict is Verdict.UNKNOWN

    def test_what_is_not_ours_any_more_is_not_handed_over(self, to) -> None:
        with Server() as server, to(server).open() as session:
            answer = session.deliver(CLAIM, RAW, lambda: None)
            assert answer.verdict is Verdict.DROPPED
            assert server.messages == []
            assert session.deliver(CLAIM, RAW, lambda: noted).verdict is Verdict.SENT
        assert len(server.messages) == 1

    def test_a_ledger_that_fails_just_then_lets_nothing_out(self, to) -> None:
        def fails() -> bool:
            raise RuntimeError("disk full")

        with Server() as server, to(server).open() as session, pytest.raises(RuntimeError):
            session.deliver(CLAIM, RAW, fails)
        assert server.messages == []


class TestOpening:
    def test_only_one_at_a_time_sends_from_an_account(self, to) -> None:
        with Server() as server:
            with to(server).alone() as turns, pytest.raises(MailerBusyError):
                to(server).alone().__enter__()
            with to(server).alone() as again:
                assert again == turns

    @pytest.mark.parametrize("auth", ["password", "xoauth2"])
    def test_it_logs_in(self, to, auth) -> None:
        with Server(users={"halo": "secret"}) as server:
            mailer = to(server, user="halo", password="secret", auth=auth)
            assert deliver(mailer).verdict is Verdict.SENT
            with pytest.raises(MailerAuthError) as caught:
                deliver(to(server, user="halo", password="wrong", auth=auth))
        assert "wrong" not in str(caught.value)
        assert "halo" in caught.value.message

    def test_a_login_that_cannot_be_checked_now_is_tried_later(self, to) -> None:
        with (
            Server(users={"h": "s"}, script=saying("auth", "454 4.7.0 later", times=9)) as server,
            pytest.raises(MailerUnavailableError),
        ):
            deliver(to(server, user="h", password="s"))

    def test_nobody_there(self, to) -> None:
        with Server() as server:
            pass
        with pytest.raises(MailerUnavailableError) as caught:
            deliver(to(server))
        assert str(server.port) in caught.value.message

    def test_a_server_that_greets_with_a_refusal(self, to) -> None:
        with (
            Server(script=saying("connect", "421 4.3.2 busy", times=9)) as server,
            pytest.raises(MailerUnavailableError) as caught,
        ):
            deliver(to(server))
        assert caught.value.message.endswith("does not let us in: 421 4.3.2 busy")

    def test_a_challenge_that_cannot_be_read(self, to) -> None:
        with (
            Server(users={"h": "s"}, script=saying("auth", "334 %%%a", times=9)) as server,
            pytest.raises(MailerUnavailableError),
        ):
            deliver(to(server, user="h", password="s"))

    def test_a_login_in_clear_is_not_sent_where_the_server_has_no_starttls(self, to) -> None:
        with Server(users={"h": "s"}) as server, pytest.raises(MailerError) as caught:
            deliver(to(server, security="starttls", user="h", password="s"))
        assert "STARTTLS" in caught.value.message


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch",
         "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder


class TestPrivacy:
    @pytest.fixture
    def tls(self, certificate: Path) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        return context

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_it_is_private(self, to, tls, certificate, monkeypatch, security) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        with Server(tls=tls, implicit_tls=security == "tls", users={"h": "s"}) as server:
            mailer = to(server, security=security, user="h", password="s")
            assert deliver(mailer).verdict is Verdict.SENT

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_a_server_that_nobody_vouches_for_gets_nothing(self, to, tls, security) -> None:
        with (
            Server(tls=tls, implicit_tls=security == "tls", users={"h": "s"}) as server,
            pytest.raises(MailerError) as caught,
        ):
            deliver(to(server, security=security, user="h", password="s"))
        assert "prove" in caught.value.message
        assert "SSL_CERT_FILE" in caught.value.hint
