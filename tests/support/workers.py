"""Workspaces and worker processes for the tests and benchmarks of the cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
[workspace]
timezone = "Asia/Jakarta"
ledger = "{ledger}"

[cluster]
schedule = "{schedule}"
{sources}
[write]
score = "Score"
stage = "Stage"

[[score]]
name = "Fit"
max = 50
[[score.rule]]
name = "big"
when = '=[@Budget]>=100'
points = 20

[[stage]]
name = "Contact"
[[stage]]
name = "MQL"
when = '=[@Score]>=20'
"""

MAIL = """
[cluster]
mail = "0 0 1 1 *"
[sender]
name = "Tim"
address = "{name}@example.com"
postal_address = "Jl. Contoh 1, Jakarta"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[sending]
{sending}
[[sequence]]
name = "welcome"
when = '=[@Stage]="MQL"'
[[sequence.step]]
template = "01-intro"
"""


def workspace(
    root: Path, ledger: str, *, sources: int = 1, leads: int = 5, schedule: str = "0 0 1 1 *"
) -> Path:
    """A workspace with small CSV files, that is due again next year."""
    named = [f"s{number:04}" for number in range(sources)]
    tables = "\n".join(f'[[source]]\nname = "{name}"\ncsv = "{name}.csv"' for name in named)
    (root / "config").mkdir(parents=True)
    (root / "templates").mkdir()
    text = CONFIG.format(ledger=ledger, schedule=schedule, sources=tables)
    (root / "config" / "sheetcrm.toml").write_text(text, encoding="utf-8")
    for name in named:
        lines = [f"Person {i},{name}-{i}@example.com,{50 * i}" for i in range(leads)]
        content = "\n".join(["Name,Email,Budget", *lines, ""])
        (root / f"{name}.csv").write_text(content, encoding="utf-8")
    return root


def with_mail(root: Path, port: int, *, account: str = "", **sending: object) -> Path:
    """The workspace writes to everybody who is an MQL, without asking, by a server here."""
    said = {"via": "smtp", "approve": "auto", "hours": "00:00-23:59", "days": "mon-sun", **sending}
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    text = MAIL.format(port=port, name=account or root.name, sending="\n".join(lines))
    (root / "config" / "mail.toml").write_text(text, encoding="utf-8")
    template = root / "templates" / "welcome" / "01-intro.md"
    template.parent.mkdir(parents=True)
    template.write_text("---\nSubject: Halo {{ lead.name }}\n---\nHalo, apa kabar?\n")
    return root


def start(*arguments: str, log: Path, code: str = "") -> subprocess.Popen[bytes]:
    """A process of sheetcrm, or of `code`, which says what it does into `log`."""
    command = ["-c", code] if code else ["-m", "sheetcrm"]
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, *command, *arguments], stdout=said, stderr=said, env=_environment()
        )


@contextmanager
def workers(count: int, *arguments: str, log: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers with these arguments; those that still live are killed at the end."""
    running = [start("worker", *arguments, log=log) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


def until(holds: Callable[[], bool], *, seconds: float = 300, log: Path | None = None) -> float:
    """Wait until something holds, and say how long that took."""
    begun = time.monotonic()
    while not holds():
        if time.monotonic() - begun > seconds:
            told = log.read_text(errors="replace")[-3000:] if log else ""
            raise AssertionError(f"not within {seconds} s: {told}")
        time.sleep(0.05)
    return time.monotonic() - begun


def stopped(process: subprocess.Popen[bytes], *, seconds: float = 300) -> int:
    """Ask a process to end, wait for that, and give its exit code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=seconds)


def _environment() -> dict[str, str]:
    here = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": here, "PYTHONWARNINGS": "default"}
