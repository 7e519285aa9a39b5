"""Never twice, never lost: senders that are killed at any moment, and a server that cuts them off.

The size comes from ``SHEETCRM_MAILS`` (messages). The server is a process of its own, so that it
remembers what it took whoever is killed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.core.memory import MessageRecord
from tests.adapters.ledger_contract import T0, draft, plan, record, run

QUICK = 120
MAILS = int(os.environ.get("SHEETCRM_MAILS", "600"))
RAW = "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: {id}\r\nSubject: Halo\r\n\r\nHalo\r\n"


@dataclass
class World:
    """A ledger full of messages, a server, and what both say in the end."""

    folder: Path
    port: int
    hours: float = 0.0

    def sender(self, lock: str = "mail.lock") -> subprocess.Popen[str]:
        parts = ("ledger.db", "sent.log", str(self.port), lock, str(self.hours))
        places = [
            str(self.folder / part) if part.endswith((".db", ".log", ".lock")) else part
            for part in parts
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.doomed_sender", *places],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_after(self, started: subprocess.Popen[str], seconds: float) -> bool:
        """Whether it was still at work then."""
        assert started.stdout
        started.stdout.readline()  # "ready"
        try:
            started.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            started.send_signal(signal.SIGKILL)
            started.communicate()
            return True
        said = started.communicate()[1]
        assert started.returncode == 0, said
        return False

    def finish(self) -> None:
        """Send what is left, however long leases and waits last."""
        for _ in range(12):
            self.hours += 7
            sender = self.sender()
            _, said = sender.communicate(timeout=300)
            assert sender.returncode == 0, said
            if self.is_over():
                return
        raise AssertionError("something never goes")

    def is_over(self) -> bool:
        """Whether nothing waits any more."""
        return not any(r.state in {"approved", "queued", "claimed"} for r in self.records())

    def records(self) -> list[MessageRecord]:
        ledger = open_ledger(str(self.folder / "ledger.db"))
        try:
            return ledger.outbox.find(states=[*STATES])
        finally:
            ledger.close()

    def taken(self) -> Counter[str]:
        """Message id → how often the server took it."""
        lines = (self.folder / "taken.txt").read_text(encoding="utf-8").splitlines()
        return Counter(line.split(" ")[0] for line in lines)


STATES = ("draft", "approved", "queued", "claimed", "sending", "sent", "failed", "unknown")


def fill(path: Path, count: int) -> None:
    """A ledger in which so many messages wait, each to another person."""
    ledger = open_ledger(str(path))
    drafts = []
    for number in range(count):
        message_id = f"<sc.m{number:06}@example.com>"
        raw = RAW.format(id=message_id).encode()
        parts = {"raw": raw, "message_id": message_id, "state": "queued"}
        drafts.append(draft(f"k{number}", f"L{number}", **parts))
    run(ledger, plan(leads=[record(f"L{i}") for i in range(count)], drafts=drafts), at=T0)
    ledger.close()


@contextmanager
def world(folder: Path, count: int, *, seed: int) -> Iterator[World]:
    fill(folder / "ledger.db", count)
    said = ("--cut", "0.003", "--later", "0.01", "--seed", str(seed))
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.support.smtp_server", str(folder / "taken.txt"), *said],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        yield World(folder, int(server.stdout.readline()))
    finally:
        server.kill()
        server.communicate()


def judge(world: World, count: int, kills: int) -> None:
    """No duplicates, nothing lost, and nothing unknown that the server never saw.

    But for the first of all: no earlier one proves then that `sent.log` is whole.
    """
    taken = world.taken()
    records = world.records()
    states = Counter(record.state for record in records)
    assert [id_ for id_, times in taken.items() if times > 1] == []
    assert set(states) <= {"sent", "unknown"}, states
    assert sum(states.values()) == count
    assert {r.key for r in records if r.message_id not in taken} <= {"k0"}
    assert states["unknown"] <= kills + count // 50


def kill_again_and_again(
    world: World, chance: random.Random, least: float, most: float, *, times: int = 10_000
) -> int:
    kills = 0
    while kills < times and world.kill_after(world.sender(), chance.uniform(least, most)):
        kills += 1
        world.hours += 0.3  # leases are over, most waits are not
    return kills


def test_a_sender_that_is_killed_again_and_again(tmp_path: Path) -> None:
    with world(tmp_path, QUICK, seed=7) as here:
        kills = kill_again_and_again(here, random.Random(7), 0.05, 0.3, times=4)
        here.finish()
        judge(here, QUICK, kills)


@pytest.mark.slow
def test_a_sender_that_is_killed_again_and_again_and_again(tmp_path: Path) -> None:
    with world(tmp_path, MAILS, seed=11) as here:
        kills = kill_again_and_again(here, random.Random(11), 0.3, 0.9)
        here.finish()
        judge(here, MAILS, kills)


@pytest.mark.slow
def test_three_senders_at_once_each_killed_now_and_then(tmp_path: Path) -> None:
    """They have locks of their own: only claims and leases keep them apart."""
    count = MAILS * 2 // 3
    chance = random.Random(13)
    kills = 0
    with world(tmp_path, count, seed=13) as here:
        for _ in range(200):
            senders = [here.sender(f"{name}.lock") for name in "abc"]
            for sender in senders:
                assert sender.stdout
                sender.stdout.readline()
            time.sleep(chance.uniform(0.3, 0.9))
            over = [sender.poll() is not None for sender in senders]
            victim = chance.choice(senders)
            kills += victim.poll() is None
            victim.kill()
            ends = [sender.communicate(timeout=300)[1] for sender in senders]
            assert [end for end, s in zip(ends, senders, strict=True) if s.returncode == 1] == []
            if all(over) or here.is_over():
                break
            here.hours += 0.3
        here.finish()
        judge_together(here, count, kills)


def judge_together(world: World, count: int, kills: int) -> None:
    """As `judge`; but who died under another lock cannot be proven not to have begun."""
    taken = world.taken()
    records = world.records()
    states = Counter(record.state for record in records)
    assert [id_ for id_, times in taken.items() if times > 1] == []
    assert set(states) <= {"sent", "unknown"}, states
    assert [r.key for r in records if r.state == "sent" and r.message_id not in taken] == []
    assert sum(states.values()) == count
    assert states["unknown"] <= 3 * kills + count // 50
