"""A mail server of our own: as quick as one can be in Python, and as nasty as one is told to be.

In the process of a test (`SmtpServer`), or as one of its own that outlives those that are killed::

    python -m tests.support.smtp_server FILE --cut 0.003 --later 0.01 --seed 7

It prints its port, and writes a line to FILE for each message as soon as it has taken it.
"""

from __future__ import annotations

import argparse
import base64
import random
import re
import socket
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_ID = re.compile(rb"^Message-ID: *(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that the server has taken, or was about to."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    answered: bool = True  #: False where the connection was cut instead of an answer

    @property
    def message_id(self) -> str:
        found = _ID.search(self.data)
        return found[1].decode() if found else ""


Script = Callable[[str, str], "str | None"]
"""Phase (``connect``, ``auth``, ``mail``, ``rcpt``, ``data``, ``dot``) and what was said → the
answer, ``cut`` for none at all, or None for the usual one."""


@dataclass
class Behaviour:
    """What a server is like."""

    script: Script = lambda _phase, _said: None
    extensions: tuple[str, ...] = ("SIZE 10000000", "8BITMIME", "DSN", "ENHANCEDSTATUSCODES")
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    users: dict[str, str] = field(default_factory=dict)  #: those who may log in
    taken: Callable[[Taken], object] = lambda _taken: None


class _Handler(socketserver.StreamRequestHandler):
    behaviour: Behaviour

    def setup(self) -> None:
        if self.behaviour.implicit_tls:
            assert self.behaviour.tls
            self.request = self.behaviour.tls.wrap_socket(self.request, server_side=True)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rbufsize = 65536
        super().setup()

    def handle(self) -> None:
        with suppress(OSError, _CutError):
            self._talk()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()  # where it is one of TLS, the server knows only what was below it

    def _talk(self) -> None:
        self.sender, self.recipients = "", []
        self._answer("connect", "", "220 mail.example.com ESMTP")
        while line := self.rfile.readline():
            said = line.decode("utf-8", "replace").strip()
            verb = said.split(" ")[0].upper()
            if verb == "QUIT":
                self._say("221 2.0.0 Bye")
                return
            getattr(self, f"_{verb.lower()}", self._other)(said)

    def _ehlo(self, said: str) -> None:
        names = [*self.behaviour.extensions]
        if self.behaviour.tls and not isinstance(self.request, ssl.SSLSocket):
            names.append("STARTTLS")
        if self.behaviour.users:
            names.append("AUTH PLAIN LOGIN XOAUTH2")
        lines = ["mail.example.com", *names]
        for name in lines[:-1]:
            self._say(f"250-{name}")
        self._say(f"250 {lines[-1]}")

    def _starttls(self, said: str) -> None:
        self._say("220 2.0.0 Ready")
        assert self.behaviour.tls
        self.request = self.behaviour.tls.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb", 65536)
        self.wfile = socketserver._SocketWriter(self.request)

    def _auth(self, said: str) -> None:
        _, how, *rest = said.split(" ")
        if how.upper() == "LOGIN":
            user = base64.b64decode(rest[0]) if rest else self._ask("VXNlcm5hbWU6")
            password = self._ask("UGFzc3dvcmQ6")
        else:
            given = base64.b64decode(rest[0]) if rest else self._ask("")
            if how.upper() == "PLAIN":
                _, user, password = given.split(b"\0")
            else:
                match = re.fullmatch(rb"user=(.*)\x01auth=Bearer (.*)\x01\x01", given)
                assert match
                user, password = match.groups()
        right = self.behaviour.users.get(user.decode()) == password.decode()
        usual = "235 2.7.0 Welcome" if right else "535 5.7.8 Username and Password not accepted"
        self._answer("auth", said, usual)

    def _mail(self, said: str) -> None:
        self.sender, self.recipients = _address(said), []
        self._answer("mail", said, "250 2.1.0 Ok")

    def _rcpt(self, said: str) -> None:
        if self._answer("rcpt", said, "250 2.1.5 Ok").startswith("2"):
            self.recipients.append(_address(said))

    def _rset(self, said: str) -> None:
        self.sender, self.recipients = "", []
        self._say("250 2.0.0 Ok")

    def _noop(self, said: str) -> None:
        self._say("250 2.0.0 Ok")

    def _data(self, said: str) -> None:
        if not self._answer("data", said, "354 go on").startswith("354"):
            return
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        data = b"".join(lines)
        answer = self.behaviour.script("dot", self.recipients[0] if self.recipients else "")
        answer = answer or "250 2.0.0 Ok: queued as 4F1"
        parts = {
            "sender": self.sender,
            "recipients": tuple(self.recipients),
            "data": data,
        }
        if answer.startswith("2") or answer == "cut":
            self.behaviour.taken(Taken(**parts, answered=answer != "cut"))
        if answer == "cut":
            raise _CutError
        if answer != "lost":
            self._say(answer)
        else:
            raise _CutError

    def _other(self, said: str) -> None:
        self._say("502 5.5.2 What?")

    def _answer(self, phase: str, said: str, usual: str) -> str:
        answer = self.behaviour.script(phase, said) or usual
        if answer == "cut":
            raise _CutError
        self._say(answer)
        if answer.startswith("421"):
            raise _CutError
        return answer

    def _ask(self, what: str) -> bytes:
        self._say(f"334 {what}")
        return base64.b64decode(self.rfile.readline())

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _CutError(Exception):
    pass


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        pass


class SmtpServer:
    """A server on a free port of this computer, for as long as the block."""

    def __init__(self, **behaviour) -> None:
        self.messages: list[Taken] = []
        self.connections = 0
        taken = behaviour.pop("taken", self.messages.append)
        self.behaviour = Behaviour(taken=taken, **behaviour)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"behaviour": self.behaviour})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _address(said: str) -> str:
    found = re.search(r"<([^>]*)>", said)
    return found[1] if found else ""


def main() -> None:
    """A server in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--cut", type=float, default=0.0)
    parser.add_argument("--later", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    lock = threading.Lock()
    out = given.file.open("a", encoding="utf-8", buffering=1)

    def script(phase: str, said: str) -> str | None:
        if phase != "dot":
            return None
        with lock:
            drawn = chance.random()
        if drawn < given.cut:
            return "cut"
        return "451 4.3.0 try again later" if drawn < given.cut + given.later else None

    def taken(message: Taken) -> None:
        with lock:
            end = "answered" if message.answered else "cut"
            out.write(f"{message.message_id} {' '.join(message.recipients)} {end}\n")

    with SmtpServer(script=script, taken=taken) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
