"""The server as a process of its own, over the same ledger as everything else."""

from __future__ import annotations

import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

PLACE = 'unsubscribe = "https://surya.example/u/{token}"'


@pytest.fixture
def root(sample: Path, run) -> Path:
    path = sample / "config" / "followups.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[sender]\n", f"[sender]\n{PLACE}\n"), encoding="utf-8")
    assert run("--workspace", sample, "sync").code == 0
    return sample


@pytest.fixture
def server(root: Path):
    command = [sys.executable, "-m", "sheetcrm", "--workspace", root]
    process = subprocess.Popen(
        [*command, "unsubscribe-server", "--listen", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    port = int(re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())[1])
    yield process, port
    if process.poll() is None:
        process.kill()
    process.communicate()


def ask(port: int, method: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_one_click_while_other_commands_run(root: Path, run, server) -> None:
    process, port = server
    with sqlite3.connect(root / "var" / "ledger.db") as ledger:
        query = "SELECT raw, person FROM messages JOIN bodies ON message = messages.id LIMIT 1"
        raw, person = ledger.execute(query).fetchone()
    ledger.close()
    link = re.search(r"https://surya\.example(/u/[a-z2-7.]+)", raw.decode().replace("=\r\n", ""))[1]
    assert ask(port, "GET", "/health") == (200, "ok")
    assert ask(port, "GET", link)[0] == 200
    assert run("--workspace", root, "sync").code == 0
    status, text = ask(port, "POST", link)
    assert (status, person in text) == (200, False)
    assert person in run("--workspace", root, "suppress", "--list").out
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert re.findall(r"(?m)^[\d-]{10} [\d:]{8} (.*)$", said) == [
        *("GET 200 health", "GET 200 shown", "POST 200 left", "stopped")
    ]
    assert run("--workspace", root, "sync").code == 0
    assert "UNSUBSCRIBED" in run("--workspace", root, "explain", person, "--json").out


def test_links_that_lead_elsewhere(sample: Path, run) -> None:
    said = run("--workspace", sample, "unsubscribe-server")
    assert said.code == 2
    assert "{token}" in said.err


@pytest.mark.parametrize("listen", ["8765", "host", "127.0.0.1:99999", "a b:1"])
def test_no_address_to_listen_on(sample: Path, run, listen: str) -> None:
    assert run("--workspace", sample, "unsubscribe-server", "--listen", listen).code == 2
