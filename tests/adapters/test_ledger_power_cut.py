"""A power cut at any moment of sending loses no mark of what went out.

A real run sends to a real server while ``strace`` writes down every call that changes a file. From
that, the disk is made as it may look after a cut at each point: what was synced is there, and of
what was not, nothing, all, or any part of it down to single sectors. Whatever had been handed to
the server by then must be known, and must not go out again.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.core.outbox import Limits, digest_of
from tests.adapters.ledger_contract import T0, draft, plan, record, run
from tests.support.sender import ACCOUNT
from tests.support.smtp_server import SmtpServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed"),
]

MESSAGES = 5
SECTOR = 512
CALLS = "write,pwrite64,fsync,fdatasync,ftruncate,unlink,sendto"
LINE = re.compile(r"\d+ +(\w+)\((?:\d+<([^>]*)>|\"([^\"]*)\")(.*)\) += +(-?\d+)")
TEXT = re.compile(r"\"((?:\\x[0-9a-f]{2})*)\"")
ID = re.compile(rb"Message-ID: <(\d+)@example\.com>")


@dataclass
class Call:
    """One call that changed a file, or handed something over."""

    name: str
    file: str  #: name of a file in the folder, or what the system calls a socket
    data: bytes = b""
    numbers: list[int] = field(default_factory=list)


class Disk:
    """Files as they are on the platter, and what waits to get there."""

    def __init__(self, folder: Path) -> None:
        self.safe = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.waiting: list[Call] = []

    def take(self, call: Call) -> None:
        if call.name in {"fsync", "fdatasync"}:
            for one in self.waiting:
                if one.file == call.file:
                    apply(self.safe, one)
            self.waiting = [one for one in self.waiting if one.file != call.file]
        elif call.name == "write":  # sent.log is opened to be added to
            end = len(self.now().get(call.file, b""))
            self.waiting.append(Call("pwrite64", call.file, call.data, [end]))
        else:
            self.waiting.append(call)

    def now(self) -> dict[str, bytes]:
        files = dict(self.safe)
        for call in self.waiting:
            apply(files, call)
        return files

    def after_a_cut(self, chance: random.Random) -> Iterator[dict[str, bytes]]:
        """What may be found when the power is back."""
        yield dict(self.safe)
        yield self.now()
        files = dict(self.safe)
        for call in self.waiting:
            if chance.random() < 0.7:
                apply(files, torn(call, chance))
        yield files


def apply(files: dict[str, bytes], call: Call) -> None:
    if call.name == "unlink":
        files.pop(call.file, None)
        return
    content = bytearray(files.get(call.file, b""))
    if call.name == "ftruncate":
        content = content[: call.numbers[0]].ljust(call.numbers[0], b"\0")
    else:
        place = call.numbers[0]
        content = content.ljust(place + len(call.data), b"\0")
        content[place : place + len(call.data)] = call.data
    files[call.file] = bytes(content)


def torn(call: Call, chance: random.Random) -> Call:
    """A write of which only the first sectors arrived."""
    if call.name != "pwrite64" or len(call.data) <= SECTOR:
        return call
    kept = chance.randrange(0, len(call.data) + 1, SECTOR)
    return Call(call.name, call.file, call.data[:kept], call.numbers)


def calls(trace: Path, folder: Path) -> Iterator[Call]:
    for line in trace.read_text().splitlines():
        match = LINE.match(line)
        if match is None or int(match[5]) < 0:
            continue
        path = bytes.fromhex((match[2] or match[3] or "").replace("\\x", "")).decode()
        text = TEXT.search(match[4])
        rest = match[4][text.end() :] if text else match[4]
        found = Call(
            name=match[1],
            file=path.removeprefix(f"{folder}/"),
            data=bytes.fromhex(text[1].replace("\\x", "")) if text else b"",
            numbers=[int(number) for number in re.findall(r"-?\d+", rest)],
        )
        if found.name == "pwrite64":
            found.numbers = found.numbers[1:]  # the count comes before the place
        if found.name == "sendto" or (
            path.startswith(f"{folder}/") and not path.endswith(("-shm", ".lock"))
        ):
            yield found


@pytest.fixture
def approved(tmp_path: Path) -> Path:
    """A folder with a ledger in which messages wait to go out."""
    folder = tmp_path / "var"
    numbers = range(MESSAGES)
    with closing(open_ledger(str(folder / "ledger.db"))) as ledger:
        drafts = [
            draft(
                key(i),
                lead=f"L{i}",
                person=f"p{i}@example.com",
                to_address=f"p{i}@example.com",
                message_id=f"<{i}@example.com>",
                raw=(
                    f"Message-ID: <{i}@example.com>\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
                    f"From: {ACCOUNT}\r\nTo: p{i}@example.com\r\nSubject: Halo\r\n\r\nHalo\r\n"
                ).encode(),
            )
            for i in numbers
        ]
        leads = [record(f"L{i}", email=f"p{i}@example.com") for i in numbers]
        run(ledger, plan(leads=leads, drafts=drafts))
        keys = [one.key for one in drafts]
        assert ledger.outbox.approve(keys, by="somebody", at=T0) == keys
    return folder


def key(number: int) -> str:
    return f"p{number}@example.com|welcome|1|1"


def watched(folder: Path, trace: Path, port: int) -> None:
    """Send everything, each call written down."""
    now = (T0 + timedelta(days=3)).isoformat()
    sender = [sys.executable, "-m", "tests.support.sender"]
    files = [str(folder / "ledger.db"), str(folder / "sent.log")]
    done = subprocess.run(
        [
            *("strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}"),
            *("-o", str(trace), *sender, *files, str(port), now),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if "ptrace" in done.stderr:
        pytest.skip(f"strace may not be used here: {done.stderr.strip()}")
    assert done.stdout.startswith(f"{MESSAGES} "), done.stderr


def test_no_mark_is_lost(approved: Path, tmp_path: Path) -> None:
    disk, trace = Disk(approved), tmp_path / "trace"
    with SmtpServer() as server:
        watched(approved, trace, server.port)
        assert len(server.messages) == MESSAGES
    chance, handed, cuts = random.Random(1), set(), 0
    for call in calls(trace, approved):
        if call.name == "sendto":
            handed |= {int(number) for number in ID.findall(call.data)}
        else:
            disk.take(call)
        if call.name in {"fsync", "fdatasync", "sendto", "ftruncate"}:
            for files in disk.after_a_cut(chance):
                cuts += 1
                folder = tmp_path / f"cut{cuts}"
                folder.mkdir()
                for name, content in files.items():
                    (folder / name).write_bytes(content)
                check(folder, handed)
                shutil.rmtree(folder)
    logged, _ = FileSentLog(approved / "sent.log").read(0)
    assert set(logged) == {digest_of(key(number)) for number in handed}
    assert handed == set(range(MESSAGES))
    assert cuts > 10 * MESSAGES


def check(folder: Path, handed: set[int]) -> None:
    """Whatever had been handed over is known, and never goes again."""
    expected = {key(number) for number in handed}
    with closing(open_ledger(str(folder / "ledger.db"))) as ledger:
        assert ledger.health().problems == ()
        tried = {
            one.key for one in ledger.outbox.find(tried=True, keys=[*map(key, range(MESSAGES))])
        }
        assert expected <= tried
        claimed = ledger.outbox.claim(
            ACCOUNT,
            owner="the next run",
            now=T0 + timedelta(days=9),
            lease=timedelta(minutes=20),
            limits=Limits(per_minute=1_000, per_day=1_000),
            most=1_000,
        )
        assert not expected & {one.key for one in claimed.claims}
