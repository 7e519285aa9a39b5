"""Handing messages to a mail server (SMTP, RFC 5321), phase by phase.

The phases are gone through by hand, since between the server's 354 and our first byte the ledger
must know that the message may have arrived from now on: whatever breaks before that has
certainly not arrived, and whatever breaks after it is unknown.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from sheetcrm.core.outbox import Answer, Claim, Verdict
from sheetcrm.core.outbox.answers import answer_of
from sheetcrm.errors import (
    MailerAuthError,
    MailerBusyError,
    MailerError,
    MailerUnavailableError,
)
from sheetcrm.ports import Begin

TIMEOUT = 60.0  #: seconds for a connection, and for each answer but the last
FINAL_TIMEOUT = 600.0  #: seconds for the answer to a whole message (RFC 5321, section 4.5.3.2.6)
TOKEN = "{token}"  #: in the envelope's sender, stands for the message  # noqa: S105

_DOT = re.compile(rb"^\.", re.MULTILINE)
_TOKEN_OF = re.compile(r"<sc\.([a-z0-9]+)@")
_GO_AHEAD = 354
_WORDS = 300  # characters of a server's answer that are shown
_BOOT = Path("/proc/sys/kernel/random/boot_id")  # random(4); Linux alone has it


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpServer:
    """A mail server, and who we are to it."""

    host: str
    port: int
    security: str  #: ``tls``, ``starttls`` or ``none``
    sender: str  #: the envelope's sender, in which ``{token}`` may stand (VERP)
    user: str = ""
    password: str = field(default="", repr=False)  #: or an access token; "" for no login
    auth: str = "password"  #: or ``xoauth2``
    timeout: float = TIMEOUT
    final_timeout: float = FINAL_TIMEOUT


class SmtpMailer:
    """A `Mailer` over one kept connection."""

    def __init__(self, server: SmtpServer, *, account: str, lock: Path) -> None:
        self._server = server
        self._account = account
        self._lock = lock

    @property
    def account(self) -> str:
        """Whose limits count."""
        return self._account

    @contextmanager
    def open(self) -> Iterator[SmtpSession]:
        """Connect and log in, until the end of the block.

        Raises:
            MailerUnavailableError: no connection, or the server wants us to come back later.
            MailerAuthError: the server refuses the login.
            MailerError: the server lacks what is needed.
        """
        session = SmtpSession(self._server)
        session.connect()
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def alone(self) -> Iterator[str]:
        """Have the account to ourselves until the end of the block: a kernel lock.

        Gives a name for all who take turns at this lock since the computer was started; "" on
        systems that do not number their starts.

        Raises:
            MailerBusyError: another process is sending from this account.
            MailerError: the lock's folder cannot be written.
        """
        lock = FileLock(self._lock)
        try:
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout as error:
            raise MailerBusyError(
                f"another process is sending from {self._account}",
                hint="wait until it has finished and try again",
            ) from error
        except OSError as error:
            raise MailerError(
                f"{self._lock.parent} cannot be written: {error.strerror}",
                hint="make that folder writable",
            ) from error
        try:
            yield _turns(self._lock)
        finally:
            lock.release()


class SmtpSession:
    """One connection, made anew where the server closed it between two messages."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def connect(self) -> None:
        """Connect and log in; as `SmtpMailer.open`."""
        with _failures(self._server):
            smtp = _connected(self._server)
            try:
                _log_in(smtp, self._server)
            except BaseException:
                smtp.close()
                raise
            self._smtp = smtp

    def deliver(self, claim: Claim, raw: bytes, begin: Begin) -> Answer:
        """Hand over one message to its one recipient.

        Raises:
            MailerError: the server takes nothing at all any more; the message was not handed over.
        """
        smtp = self._ready()
        try:
            refused = self._envelope(smtp, claim, len(raw))
            if refused:
                return self._reset(smtp, refused)
            code, text = smtp.docmd("DATA")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.drop()
            return Answer(verdict=Verdict.LATER, text=f"the connection was lost: {error}")
        if code != _GO_AHEAD:
            return self._reset(smtp, _definite(code, text))
        return self._hand_over(smtp, raw, begin)

    def drop(self) -> None:
        """Let go of the connection without a word: what was not handed over never will be."""
        if self._smtp:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """Say good-bye."""
        if self._smtp:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self.drop()

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is None:
            self.connect()
        assert self._smtp
        return self._smtp

    def _envelope(self, smtp: smtplib.SMTP, claim: Claim, size: int) -> Answer | None:
        """Sender and recipient; the answer where the server does not take them."""
        token = _TOKEN_OF.match(claim.message_id)
        sender = self._server.sender.replace(TOKEN, token[1] if token else "")
        options, recipient = [], []
        if smtp.has_extn("size"):
            options.append(f"SIZE={size}")
        if smtp.has_extn("dsn"):  # RFC 3461
            options += ["RET=HDRS", *([f"ENVID={token[1]}"] if token else [])]
            recipient.append("NOTIFY=FAILURE,DELAY")
        code, text = smtp.mail(sender, options)
        if code != 250:
            self._refuse_sender(sender, code, text)
        code, text = smtp.rcpt(claim.to_address, recipient)
        return None if code in (250, 251) else _definite(code, text)

    def _refuse_sender(self, sender: str, code: int, text: bytes) -> None:
        """A server that does not take our sender takes no message of ours."""
        self.drop()
        words = f"the mail server refuses mail from {sender}: {code} {_words(text)}"
        if code < 500:
            raise MailerUnavailableError(words, hint="try again later")
        raise MailerError(words, hint="check [sender] address and [smtp] bounces")

    def _hand_over(self, smtp: smtplib.SMTP, raw: bytes, begin: Begin) -> Answer:
        assert smtp.sock
        wire, send = _stuffed(raw), smtp.sock.sendall
        try:
            note = begin()
            if note is None:
                self.drop()
                return Answer(verdict=Verdict.DROPPED, text="another process has the message")
            note()
        except BaseException:
            self.drop()
            raise
        try:
            send(wire)  # who dies between that note and this leaves it unknown though it never went
            smtp.sock.settimeout(self._server.final_timeout)
            code, text = smtp.getreply()
            smtp.sock.settimeout(self._server.timeout)
        except (smtplib.SMTPException, OSError) as error:
            self.drop()
            lost = "the connection was lost before the server answered to the whole message"
            return Answer(verdict=Verdict.UNKNOWN, text=f"{lost} ({error})")
        return self._settled(answer_of(max(code, 0), _words(text)))

    def _reset(self, smtp: smtplib.SMTP, answer: Answer) -> Answer:
        """Make the connection ready for the next message after the server refused this one."""
        try:
            ready = answer.code >= 400 and smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            ready = False
        if not ready:  # who knows to what its next answer would belong?
            self.drop()
        return self._settled(answer)

    def _settled(self, answer: Answer) -> Answer:
        if answer.code == 421 or answer.verdict is Verdict.UNKNOWN:
            self.drop()  # after 421 the server does so, too (RFC 5321, section 3.8)
        return answer


def _turns(lock: Path) -> str:
    """The lock's place and the start of the system: who has the same two waits for its turn."""
    try:
        start = _BOOT.read_text("ascii").strip()
    except OSError:
        return ""
    folder = lock.parent.stat()
    return f"{start}:{folder.st_dev}:{folder.st_ino}:{lock.name}"


def _connected(server: SmtpServer) -> smtplib.SMTP:
    us = server.sender.rpartition("@")[2]  # as this computer's own name need not be known
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            server.host, server.port, us, timeout=server.timeout, context=context
        )
    smtp = smtplib.SMTP(server.host, server.port, us, timeout=server.timeout)
    if server.security == "starttls":
        try:
            smtp.starttls(context=ssl.create_default_context())
        except BaseException:
            smtp.close()
            raise
    smtp.ehlo_or_helo_if_needed()
    return smtp


def _log_in(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not server.password:
        return
    if server.auth == "xoauth2":
        # https://developers.google.com/gmail/imap/xoauth2-protocol
        said = f"user={server.user}\x01auth=Bearer {server.password}\x01\x01"
        smtp.auth("XOAUTH2", lambda challenge=None: "" if challenge else said)
    else:
        smtp.login(server.user, server.password)


def _definite(code: int, text: bytes) -> Answer:
    """An answer before the message itself: whatever it is, nothing was handed over."""
    answer = answer_of(max(code, 0), _words(text))
    if answer.verdict in (Verdict.SENT, Verdict.UNKNOWN):
        words = f"an answer that was not expected: {answer.text}"
        return Answer(verdict=Verdict.LATER, code=answer.code, text=words)
    return answer


def _stuffed(raw: bytes) -> bytes:
    """A message as it stands between DATA and the last dot (RFC 5321, section 4.5.2)."""
    end = b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"
    return _DOT.sub(b"..", raw) + end


def _words(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:_WORDS]


@contextmanager
def _failures(server: SmtpServer) -> Iterator[None]:
    """What can go wrong until we are logged in, in our words; nothing was handed over."""
    where = f"the mail server {server.host}:{server.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        said = f"{error.smtp_code} {_words(_as_bytes(error.smtp_error))}"
        if error.smtp_code < 500:
            raise MailerUnavailableError(
                f"{where} cannot check our login: {said}", hint="try again later"
            ) from error
        raise MailerAuthError(
            f"{where} refuses the login of {server.user}: {said}",
            hint="check [smtp] user and password; many providers want a password for apps",
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailerError(
            f"{where} lacks what [smtp] asks for: {error}",
            hint='check [smtp] security and auth, and the port: 465 for "tls", 587 for "starttls"',
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise MailerError(
            f"{where} does not prove who it is: {error.verify_message}",
            hint="check [smtp] host: it must be the name in the server's certificate; if you made "
            "that one yourself, give the path of its file in the variable SSL_CERT_FILE",
        ) from error
    except ssl.SSLError as error:
        raise MailerError(
            f"no private connection to {where}: {error.reason or error}",
            hint='check [smtp] security and port: 465 for "tls", 587 for "starttls"',
        ) from error
    except smtplib.SMTPResponseException as error:
        said = _words(_as_bytes(error.smtp_error))
        raise MailerUnavailableError(
            f"{where} does not let us in: {error.smtp_code} {said}".rstrip(),
            hint="check [smtp] host and port, or try again later",
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailerUnavailableError(
            f"no connection to {where}: {error}",
            hint="check [smtp] host and port and the network, or try again later",
        ) from error
    except ValueError as error:  # a challenge that is not base64
        raise MailerUnavailableError(
            f"{where} says what cannot be understood while we log in: {error}",
            hint="check [smtp] host and port: is a mail server there? or try again later",
        ) from error


def _as_bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
