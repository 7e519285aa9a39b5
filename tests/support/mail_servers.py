"""The real Postfix and Dovecot of Debian on loopback ports, with folders of their own.

Nothing of the machine's own mail is touched: neither `/etc` nor its services. Three domains::

    surya.example    our own: Dovecot keeps its mail, for IMAP
    lead.example     people: what they get is kept here, in `inbox`, and can be answered
    bounce.example   mailboxes that refuse, each by its name: gone, full, policy
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import smtplib
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Self

NEEDED = ("postfix", "dovecot")
USER, PASSWORD = "halo@surya.example", "rahasia"
REFUSALS = {
    "gone": "550 5.1.1 <{0}>: Recipient address rejected: User unknown",
    "full": "552 5.2.2 <{0}>: mailbox is full",
    "policy": "554 5.7.1 <{0}>: Message rejected due to content restrictions",
}
DOVECOT_PARTS = Path("/usr/lib/dovecot")
SECONDS = 20  #: for anything to happen

POSTFIX_SERVICES = """\
{smtp} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
pickup unix n - n 60 1 pickup
lmtp unix - - n - - lmtp
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

POSTFIX = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.surya.example
mydestination =
mynetworks = 127.0.0.0/8
relay_domains = surya.example, lead.example, bounce.example
recipient_delimiter = +
virtual_alias_maps = inline:{{ {{ bounce@surya.example = halo@surya.example }} }}
transport_maps = inline:{{
  {{ surya.example = lmtp:inet:127.0.0.1:{lmtp} }},
  {{ lead.example = lmtp:inet:127.0.0.1:{people} }},
  {{ bounce.example = lmtp:inet:127.0.0.1:{people} }} }}
default_transport = discard:
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions =
minimal_backoff_time = 1s
queue_run_delay = 1s
"""

DOVECOT = """\
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
instance_name = sheetcrm-test
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_login_user = dovenull
default_internal_user = dovecot
first_valid_uid = 1
mail_location = maildir:{root}/mail/%u
recipient_delimiter = +
postmaster_address = postmaster@surya.example
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


def missing() -> str:
    """Why the servers cannot be started here, "" where they can."""
    lacking = [name for name in NEEDED if not _program(name)]
    lacking += [part for part in ("imap", "lmtp") if not (DOVECOT_PARTS / part).exists()]
    if lacking:
        return f"{' and '.join(lacking)} not installed"
    return "" if os.geteuid() == 0 else "Postfix and Dovecot are started by root only"


class MailServers:
    """Both servers, started on entering."""

    def __init__(self) -> None:
        self.inbox: list[tuple[str, bytes]] = []  #: what people got: address, mail
        self._held = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as held:
            self.root = Path(tempfile.mkdtemp(prefix="sheetcrm-mail-"))
            held.callback(shutil.rmtree, self.root, ignore_errors=True)
            self.root.chmod(0o755)
            self.smtp, self.imap, self.lmtp, self.people = _free_ports(4)
            self._start_people(held)
            self._start_dovecot(held)
            self._start_postfix(held)
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def post(self, raw: bytes, *, sender: str, to: str) -> None:
        """Hand a mail to Postfix, as a person's mail program does."""
        where = {"local_hostname": "localhost", "timeout": SECONDS}
        with smtplib.SMTP("127.0.0.1", self.smtp, **where) as client:
            client.sendmail(sender, [to], raw)

    def delivered(self) -> int:
        """How many mails lie in our mailbox."""
        folder = self.root / "mail" / USER
        return sum(len(list((folder / name).glob("*"))) for name in ("new", "cur"))

    def wait(self, until: Callable[[], object], what: str) -> None:
        """Wait until something is so."""
        end = time.monotonic() + SECONDS
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}\n{self.logs()}")
            time.sleep(0.05)

    def logs(self) -> str:
        """What the servers say."""
        files = [self.root / "postfix.log", self.root / "dovecot.log"]
        return "\n".join(file.read_text()[-4000:] for file in files if file.exists())

    def _start_people(self, held: ExitStack) -> None:
        handler = type("People", (_People,), {"servers": self})
        server = socketserver.ThreadingTCPServer(("127.0.0.1", self.people), handler)
        server.daemon_threads = True
        held.callback(server.server_close)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        held.callback(server.shutdown)

    def _start_dovecot(self, held: ExitStack) -> None:
        mail = pwd.getpwnam("mail")
        (self.root / "mail").mkdir()
        os.chown(self.root / "mail", mail.pw_uid, mail.pw_gid)
        named = {"root": self.root, "imap": self.imap, "lmtp": self.lmtp}
        text = DOVECOT.format(password=PASSWORD, uid=mail.pw_uid, gid=mail.pw_gid, **named)
        (self.root / "dovecot.conf").write_text(text)
        command = [_program("dovecot"), "-F", "-c", self.root / "dovecot.conf"]
        self._run(held, command, self.imap)

    def _start_postfix(self, held: ExitStack) -> None:
        folder = self.root / "postfix"
        for path in (folder, self.root / "queue", self.root / "data"):
            path.mkdir()
        shutil.chown(self.root / "data", "postfix")
        named = {"root": self.root, "lmtp": self.lmtp, "people": self.people}
        (folder / "main.cf").write_text(POSTFIX.format(**named))
        (folder / "master.cf").write_text(POSTFIX_SERVICES.format(smtp=f"127.0.0.1:{self.smtp}"))
        command = [_program("postfix"), "-c", folder]
        self._run(held, [*command, "start-fg"], self.smtp)
        held.callback(subprocess.run, [*command, "stop"], check=False, capture_output=True)

    def _run(self, held: ExitStack, command: list[object], port: int) -> None:
        """Start a server, and wait until it listens."""
        log = held.enter_context((self.root / "start.log").open("ab"))
        process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        held.callback(_end, process)
        self.wait(lambda: _listens(port), f"{command[0]} does not listen")


class _People(socketserver.StreamRequestHandler):
    """The mail server of everybody else, spoken to by LMTP (RFC 2033)."""

    servers: MailServers

    def handle(self) -> None:
        self.say("220 people")
        self.to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "LHLO":
                self.say("250-people\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 DSN")
            elif verb == "RCPT":
                self.say(self.receiver(re.search("<(.*?)>", line)[1]))
            elif verb == "DATA":
                self.data()
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.to = [] if verb in {"MAIL", "RSET"} else self.to
                self.say("250 OK")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def receiver(self, address: str) -> str:
        local, _, domain = address.partition("@")
        refusal = REFUSALS.get(local.partition("-")[0]) if domain == "bounce.example" else None
        if refusal:
            return refusal.format(address)
        self.to.append(address)
        return "250 2.1.5 OK"

    def data(self) -> None:
        if not self.to:
            self.say("503 5.5.1 nobody to give it to")
            return
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.servers.inbox += [(to, b"".join(lines)) for to in self.to]
        for _ in self.to:
            self.say("250 2.0.0 OK")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        found = [
            held.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
            for _ in range(count)
        ]
        return [one.getsockname()[1] for one in found]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
