"""A small IMAP server on loopback: mailboxes in memory, the commands that sheetcrm uses, and what
servers do wrong. The slow tier has the same tests against Dovecot.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from sheetcrm.adapters.clock import local_time


@dataclass
class Stored:
    uid: int
    raw: bytes
    at: datetime
    flags: set[str] = field(default_factory=set)


@dataclass
class Folder:
    attributes: str = ""
    uidvalidity: int = 7
    following: int = 1
    mails: list[Stored] = field(default_factory=list)

    def add(self, raw: bytes, at: datetime | None = None, flags: str = "") -> int:
        at = at or local_time()
        self.mails.append(Stored(self.following, raw, at, set(flags.split())))
        self.following += 1
        return self.following - 1


class ImapServer:
    """Started on entering; `folders` may be changed at any time."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.folders = {
            "INBOX": Folder(),
            "Sent": Folder("\\HasNoChildren \\Sent"),
            "Drafts": Folder("\\HasNoChildren \\Drafts"),
        }
        self.users = {"halo@example.com": "rahasia"}
        self.capabilities = ["IMAP4rev1", "AUTH=PLAIN", "AUTH=XOAUTH2", "UIDPLUS"]
        self.commands: list[str] = []  #: all that were given, without what they were about
        self.hang_up_at = ""  #: a command at which the connection breaks
        self.says_uidnext = True
        self.refuses = ""  #: what is said to a right password
        self.tls = tls
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"served": self})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _HungUpError(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    served: ImapServer

    def handle(self) -> None:
        self.folder: Folder | None = None
        self.readonly = True
        self.user = ""
        self.say("* OK ready")
        try:
            while line := self.rfile.readline():
                self.command(line)
        except (_HungUpError, ConnectionError):
            return
        finally:
            self.request.close()

    def say(self, line: str, literal: bytes | None = None, rest: str = "") -> None:
        data = line.encode() if literal is None else line.encode() + b"{%d}\r\n" % len(literal)
        self.wfile.write(data + (literal or b"") + rest.encode() + b"\r\n")

    def command(self, line: bytes) -> None:
        text = line.decode().strip()
        literal = b""
        if found := re.search(r"\{(\d+)\}$", text):
            self.say("+ go on")
            literal = self.rfile.read(int(found[1]))
            self.rfile.readline()
        tag, _, rest = text.partition(" ")
        name, _, given = rest.partition(" ")
        name = name.upper()
        if name == "UID":
            sub, _, given = given.partition(" ")
            name = f"UID_{sub.upper()}"
        self.served.commands.append(name)
        if name == self.served.hang_up_at:
            raise _HungUpError
        with self.served.lock:
            answer = getattr(self, f"do_{name.lower()}")(given, literal)
        self.say(f"{tag} {answer or 'OK done'}")
        if name == "LOGOUT":
            raise _HungUpError
        if name == "STARTTLS":
            try:
                self.request = self.served.tls.wrap_socket(self.request, server_side=True)
            except ssl.SSLError:
                raise _HungUpError from None
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

    def do_capability(self, *_: object) -> str:
        more = ["STARTTLS"] if self.served.tls else []
        self.say(f"* CAPABILITY {' '.join([*self.served.capabilities, *more])}")
        return ""

    def do_starttls(self, *_: object) -> str:
        return "OK begin" if self.served.tls else "BAD no"

    def do_logout(self, *_: object) -> str:
        self.say("* BYE")
        return ""

    def do_noop(self, *_: object) -> str:
        return ""

    def do_login(self, given: str, _: bytes) -> str:
        user, password = re.findall(r'"((?:[^"\\]|\\.)*)"', given)
        return self.let_in(user, re.sub(r"\\(.)", r"\1", password))

    def do_authenticate(self, given: str, _: bytes) -> str:
        self.say("+")
        said = base64.b64decode(self.rfile.readline()).decode()
        if given == "PLAIN":
            _, user, password = said.split("\0")
            return self.let_in(user, password)
        found = re.fullmatch("user=(.*)\x01auth=Bearer (.*)\x01\x01", said)
        answer = self.let_in(found[1], found[2])
        if not answer.startswith("OK"):
            self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
            self.rfile.readline()
        return answer

    def let_in(self, user: str, password: str) -> str:
        if self.served.users.get(user) != password:
            return "NO [AUTHENTICATIONFAILED] Authentication failed."
        return self.served.refuses or "OK logged in"

    def do_list(self, *_: object) -> str:
        for name, folder in self.served.folders.items():
            self.say(f'* LIST ({folder.attributes}) "/" "{name}"')
        return ""

    def do_select(self, given: str, _: bytes, *, readonly: bool = False) -> str:
        self.folder = self.served.folders.get(given.strip('"'))
        self.readonly = readonly
        if self.folder is None:
            return "NO [NONEXISTENT] no such folder"
        self.say(f"* {len(self.folder.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.folder.uidvalidity}] valid")
        if self.served.says_uidnext:
            self.say(f"* OK [UIDNEXT {self.folder.following}] next")
        return "OK [READ-ONLY] done" if readonly else "OK [READ-WRITE] done"

    def do_examine(self, given: str, literal: bytes) -> str:
        return self.do_select(given, literal, readonly=True)

    def do_append(self, given: str, literal: bytes) -> str:
        name, flags = re.match(r'"([^"]*)" \(([^)]*)\)', given).groups()
        folder = self.served.folders.get(name)
        if folder is None:
            return "NO [TRYCREATE] no such folder"
        folder.add(literal, flags=flags)
        return ""

    def do_uid_search(self, given: str, _: bytes) -> str:
        found = [mail for mail in self.folder.mails if self.matches(mail, given)]
        self.say("* SEARCH " + " ".join(str(mail.uid) for mail in found))
        return ""

    def matches(self, mail: Stored, given: str) -> bool:
        if given == "ALL":
            return True
        if found := re.fullmatch(r"UID (\d+):\*", given):
            return mail.uid >= int(found[1]) or mail is self.folder.mails[-1]
        if found := re.fullmatch(r"SINCE (\S+)", given):
            return mail.at >= datetime.strptime(found[1] + " +0000", "%d-%b-%Y %z")
        if given == "UNDELETED":
            return "\\Deleted" not in mail.flags
        found = re.fullmatch(r'UNDELETED HEADER Message-ID "(.*)"', given)
        head = mail.raw.partition(b"\r\n\r\n")[0]
        return found[1].encode() in head and "\\Deleted" not in mail.flags

    def do_uid_fetch(self, given: str, _: bytes) -> str:
        numbers, _, what = given.partition(" ")
        assert "PEEK" in what, "looking marks the mail as read"
        found = re.search(r"<0\.(\d+)>", what)
        most = int(found[1]) if found else 0
        wanted = {int(number) for number in numbers.split(",")}
        for place, mail in enumerate(self.folder.mails, start=1):
            if mail.uid in wanted:
                at = mail.at.strftime("%d-%b-%Y %H:%M:%S %z")
                if not most:
                    line = re.search(rb"(?im)^message-id:.*\r\n", mail.raw)
                    head = f"* {place} FETCH (UID {mail.uid} BODY[HEADER.FIELDS (MESSAGE-ID)] "
                    self.say(head, (line[0] if line else b"") + b"\r\n", ")")
                    continue
                head = f'* {place} FETCH (UID {mail.uid} INTERNALDATE "{at}" BODY[]<0> '
                self.say(head, mail.raw[:most], " FLAGS ())")
        return ""

    def do_uid_store(self, given: str, _: bytes) -> str:
        assert not self.readonly
        for mail in self.folder.mails:
            if str(mail.uid) in given.partition(" ")[0].split(","):
                mail.flags.add("\\Deleted")
        return ""

    def do_uid_expunge(self, given: str, _: bytes) -> str:
        gone = {int(number) for number in given.split(",")}
        self.folder.mails = [mail for mail in self.folder.mails if mail.uid not in gone]
        return ""
