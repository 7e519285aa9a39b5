"""A connection to an IMAP server (RFC 3501): login, folders, search; every fault in our words.

Python's imaplib is the wire; what it leaves to its users (quoting, folders' names, literals in
answers) is here.
"""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sheetcrm.adapters.mail.imap_login import ImapLogin
from sheetcrm.errors import MailerAuthError, MailerError, MailerUnavailableError

SECONDS = 60.0  #: without a sign of life
MANY = 500  #: messages whose ids are asked for at once

_LISTED = re.compile(rb"\((?P<flags>[^)]*)\) (?:NIL|\"(?:[^\"\\]|\\.)*\") (?P<name>.*)", re.DOTALL)
_ID_ONLY = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
_LATER = re.compile(rb"\[(?:UNAVAILABLE|INUSE|SERVERBUG|LIMIT|CONTACTADMIN)\]", re.IGNORECASE)
_USUAL = {
    "\\Sent": (
        *("Sent", "Sent Items", "Sent Messages", "Sent Mail", "INBOX.Sent"),
        *("Terkirim", "Item Terkirim", "Enviados", "Elementos enviados"),
    ),
    "\\Drafts": ("Drafts", "Draft", "INBOX.Drafts", "Draf", "Borradores"),
}
"""What the folders are called where the server does not say which one it is (RFC 6154)."""


class ImapConnection:
    """A server that we are logged in to."""

    def __init__(self, login: ImapLogin, wire: imaplib.IMAP4) -> None:
        self.login = login
        self._wire = wire

    def folders(self) -> list[tuple[str, frozenset[str]]]:
        """Name and attributes of every folder that can be opened."""
        found = []
        for line in self.told(self._wire.list(), "the folders"):
            if isinstance(line, tuple):  # the name as a literal
                line = line[0].rpartition(b"{")[0] + line[1]  # noqa: PLW2901
            listed = _LISTED.fullmatch(line or b"")
            if listed is None:
                continue
            flags = frozenset(listed["flags"].decode("ascii", "replace").split())
            if "\\Noselect" not in flags and "\\NonExistent" not in flags:
                found.append((decoded_name(_unquoted(listed["name"])), flags))
        return found

    def special(self, use: str, said: str) -> str:
        r"""The folder for a use (``\Sent``): what the config says, else the server, else custom.

        Raises:
            MailerError: there is none.
        """
        if said:
            return said
        folders = self.folders()
        marked = [name for name, flags in folders if use in flags]
        usual = [name for name in _USUAL[use] if name in {one for one, _ in folders}]
        found = [*marked, *usual]
        if not found:
            names = ", ".join(name for name, _ in folders[:20])
            key = use.removeprefix("\\").lower()
            raise MailerError(
                f"{self.login.account} has no folder of the kind {key}",
                hint=f'name it: [imap] {key} = "…"; there are: {names}',
            )
        return found[0]

    def examine(self, folder: str) -> tuple[int, int]:
        """Open a folder so that nothing in it can change; its UIDVALIDITY and UIDNEXT (or 0)."""
        self._open(folder, readonly=True)
        return self._number("UIDVALIDITY"), self._number("UIDNEXT")

    def open(self, folder: str) -> None:
        """Open a folder in which messages are to be taken away."""
        self._open(folder, readonly=False)

    def search(self, *criteria: str) -> list[int]:
        """The UIDs of those messages in the open folder, ascending."""
        told = self.told(self._wire.uid("SEARCH", *criteria), "a search")
        numbers = b" ".join(part for part in told if isinstance(part, bytes)).split()
        return sorted(int(number) for number in numbers if number.isdigit())

    def ids(self) -> set[str]:
        """The Message-ID of every message in the open folder, but for deleted ones."""
        uids = self.search("UNDELETED")
        found: set[str] = set()
        for start in range(0, len(uids), MANY):
            for _, head in self.fetch(uids[start : start + MANY], _ID_ONLY):
                found.update(re.findall("<[^<>]+>", head.decode("utf-8", "replace")))
        return found

    def with_id(self, message_id: str) -> list[int]:
        """The UIDs of the messages of a Message-ID in the open folder, but for deleted ones."""
        return self.search("UNDELETED", "HEADER", "Message-ID", quoted(message_id))

    def fetch(self, uids: Sequence[int], what: str) -> Iterator[tuple[bytes, bytes]]:
        """What the server tells of each message beside its literal, and that literal."""
        told = self.told(self._wire.uid("FETCH", ",".join(map(str, uids)), what), "messages")
        for place, part in enumerate(told):
            if isinstance(part, tuple):
                after = told[place + 1] if place + 1 < len(told) else b""
                tail = after if isinstance(after, bytes) else b""
                yield part[0] + b" " + tail, part[1]

    def append(self, folder: str, flags: str, raw: bytes) -> None:
        """Lay a message into a folder."""
        self.told(self._wire.append(quoted_name(folder), flags, "", raw), f"the folder {folder}")

    def remove(self, uids: Sequence[int]) -> None:
        """Take messages out of the open folder, and none but these.

        Without UIDPLUS (RFC 4315) they are only marked, as what others marked would go, too.
        """
        numbers = ",".join(map(str, uids))
        self.told(self._wire.uid("STORE", numbers, "+FLAGS.SILENT", "(\\Deleted)"), "a deletion")
        # Many servers tell what they can only to those who have logged in.
        can = b" ".join(self.told(self._wire.capability(), "its capabilities")).upper().split()
        if b"UIDPLUS" in can:
            self.told(self._wire.uid("EXPUNGE", numbers), "a deletion")

    def told(self, answer: tuple[str, list[Any]], what: str) -> list[Any]:
        """What the server answered.

        Raises:
            MailerError: it said no.
        """
        status, data = answer
        if status == "OK":
            return [part for part in data if part is not None]
        words = next((part for part in data if isinstance(part, bytes)), b"")
        kind = MailerUnavailableError if _LATER.search(words) else MailerError
        text = words.decode("utf-8", "replace")
        raise kind(f"{self.login.account} refuses {what}: {text}", hint="see [imap] in config/")

    def _open(self, folder: str, *, readonly: bool) -> None:
        self.told(self._wire.select(quoted_name(folder), readonly), f"the folder {folder}")

    def _number(self, name: str) -> int:
        _, data = self._wire.response(name)
        value = data[-1] if data else None
        return int(value) if isinstance(value, bytes) and value.isdigit() else 0


@contextmanager
def connected(login: ImapLogin) -> Iterator[ImapConnection]:
    """A connection, logged in; every fault until its end is one of ours.

    Raises:
        MailerUnavailableError: no connection, or the server wants us to come back later.
        MailerAuthError: the server refuses the login.
        MailerError: it refuses something else.
    """
    with in_our_words(login):
        wire = _connect(login)
        try:
            _log_in(wire, login)
            yield ImapConnection(login, wire)
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                wire.logout()
            _hang_up(wire)


@contextmanager
def in_our_words(login: ImapLogin) -> Iterator[None]:
    """What goes wrong with the connection in the block becomes a `MailerError`."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailerError(
            f"{login.host} does not prove who it is: {error.verify_message}",
            hint="is the name in [imap] host right, and this computer's clock?",
        ) from error
    except (imaplib.IMAP4.abort, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it hung up"
        raise MailerUnavailableError(
            f"{login.host}:{login.port} cannot be reached: {why}",
            hint="is this computer online? Check host, port and security of [imap]",
        ) from error
    except imaplib.IMAP4.error as error:
        raise MailerError(f"{login.host} answers what nobody understands: {error}") from error


def quoted(text: str) -> str:
    """A string as IMAP writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quoted_name(folder: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501, section 5.1.3)."""
    pieces = []
    for found in re.finditer(r"[ -~]+|[^ -~]+", folder):
        piece = found[0]
        if piece.isascii() and piece.isprintable():
            pieces.append(piece.replace("&", "&-"))
        else:
            coded = base64.b64encode(piece.encode("utf-16-be")).decode().rstrip("=")
            pieces.append(f"&{coded.replace('/', ',')}-")
    return quoted("".join(pieces))


def decoded_name(text: str) -> str:
    """A folder's name as people read it."""

    def letters(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        coded = found[1].replace(",", "/")
        try:
            return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
        except ValueError:
            return found[0]

    return re.sub(r"&([A-Za-z0-9+,]*)-", letters, text)


def _unquoted(name: bytes) -> str:
    text = name.decode("utf-8", "replace").strip()
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _connect(login: ImapLogin) -> imaplib.IMAP4:
    if login.security == "tls":
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(login.host, login.port, ssl_context=context, timeout=SECONDS)
    wire = imaplib.IMAP4(login.host, login.port, timeout=SECONDS)
    if login.security == "starttls":
        try:
            wire.starttls(ssl.create_default_context())
        except BaseException:
            _hang_up(wire)
            raise
    return wire


def _hang_up(wire: imaplib.IMAP4) -> None:
    with suppress(OSError):
        wire.shutdown()


def _log_in(wire: imaplib.IMAP4, login: ImapLogin) -> None:
    """By the way that the config says; in PLAIN a password may have any letters (RFC 4616)."""
    ways = {"xoauth2": "XOAUTH2", "password": "PLAIN"}
    way = ways[login.auth]
    said = {
        "XOAUTH2": f"user={login.user}\x01auth=Bearer {login.secret}\x01\x01",
        "PLAIN": f"\0{login.user}\0{login.secret}",
    }[way].encode()
    answers = iter((said,))
    try:
        if f"AUTH={way}" in wire.capabilities or way == "XOAUTH2":
            # To the reason of a refusal, which comes as a second question, nothing is answered.
            wire.authenticate(way, lambda _: next(answers, b""))
        else:
            wire.login(quoted(login.user), login.secret)
    except (imaplib.IMAP4.abort, OSError):
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        text = str(error)
        if _LATER.search(text.encode("utf-8", "replace")):
            raise MailerUnavailableError(
                f"{login.host} lets nobody in just now", hint="try again later"
            ) from error
        raise MailerAuthError(
            f"{login.host} refuses the login of {login.user}",
            hint="check user and password of [imap]; some providers want an app password",
        ) from error
