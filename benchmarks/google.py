"""A whole sync of a Google tab against the emulator: requests, wall and CPU seconds.

    python benchmarks/google.py [--leads 50000]

The emulator serves 50,000 leads × 12 columns on loopback, in a process of its own, so that its
work is not ours. Each line is a whole `sheetcrm sync` in a process of its own: the first (four
columns of ours are new), one where nothing is new, and one where one lead in a hundred has changed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CITIES = ("Jakarta", "Bandung", "Surabaya", "Bogor", "Medan", "Denpasar")
HEADERS = (
    "Name", "Email", "Phone", "Company", "City", "Interest", "Budget", "Status", "Role",
    "Last contact", "Source", "Notes",
)  # fmt: skip
CONFIG = """
[workspace]
language = "en"
[[source]]
name = "leads"
google = "{spreadsheet}"
tab = "Leads"
credentials = "key.json"
[parameters]
min_budget = 50_000_000
[[score]]
name = "Fit"
max = 100
[[score.rule]]
name = "City"
when = '=HASANY([@City], "Jakarta", "Surabaya")'
points = 20
[[score.rule]]
name = "Budget"
points = '=MIN(30, 30*[@Budget]/min_budget)'
[[score.rule]]
name = "Decides"
when = '=HASANY([@Role], "owner", "director")'
points = 25
[[stage]]
name = "Contact"
[[stage]]
name = "MQL"
when = '=[@Score]>=40'
[[stage]]
name = "SQL"
when = '=[@Score]>=60'
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--leads", type=int, default=50_000)
    leads = options.parse_args().leads
    sys.path.insert(0, str(ROOT))
    lines = []
    with tempfile.TemporaryDirectory() as folder, emulator(leads) as google:
        workspace = made_workspace(Path(folder), google)
        for name in ("first sync", "nothing new", "1 % of the leads changed"):
            if name.startswith("1"):
                google.say("change")
            google.say("forget")
            wall, cpu = timed(workspace, google.url)
            lines.append((name, wall, cpu, google.say("requests")))
    print(f"{leads:,} leads × {len(HEADERS)} columns")
    print(
        "| whole process | reads | writes | MB sent | MB received | wall s | CPU s | emulator's |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, wall, cpu, seen in lines:
        sent, received = seen["sent"] / 1e6, seen["received"] / 1e6
        print(
            f"| {name} | {seen['read']} | {seen['write']} | {sent:.1f} | {received:.1f} "
            f"| {wall:.1f} | {cpu:.1f} | {seen['cpu']:.1f} |"
        )


def timed(workspace: Path, url: str) -> tuple[float, float]:
    """Wall and CPU seconds of a whole sync."""
    environment = {**os.environ, "SHEETCRM_SHEETS_ENDPOINT": url}
    command = [sys.executable, "-m", "sheetcrm", "--workspace", str(workspace), "sync"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def made_workspace(folder: Path, google: Emulator) -> Path:
    workspace = folder / "workspace"
    (workspace / "config").mkdir(parents=True)
    text = CONFIG.format(spreadsheet=google.spreadsheet)
    (workspace / "config" / "sheetcrm.toml").write_text(text, encoding="utf-8")
    (workspace / "key.json").write_text(google.key, encoding="utf-8")
    return workspace


class Emulator:
    """The emulator in another process, spoken to by lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        start = self._answer()
        self.url, self.spreadsheet = start["url"], start["spreadsheet"]
        self.key = json.dumps(start["key"])

    def say(self, word: str) -> dict[str, Any]:
        """Send a word and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def emulator(leads: int) -> Iterator[Emulator]:
    command = [sys.executable, __file__, "serve", str(leads)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Emulator(process)
        finally:
            process.terminate()


def serve(leads: int) -> None:
    """The other process: serves, and answers a word with a line of JSON."""
    sys.path.insert(0, str(ROOT))
    from tests.support.sheets_api import SheetsServer

    class Weighing(SheetsServer):
        received = 0

        def answer(self, *args: Any) -> Any:
            found = super().answer(*args)
            self.received += len(found.body)
            return found

    with Weighing(seed=1) as google:
        key = google.accounts.service_account()
        book = google.create("Benchmark", {"Leads": made_up(leads)}, share=[key["client_email"]])
        began = time.process_time()
        tell({"url": google.url, "spreadsheet": book.id, "key": key})
        for line in sys.stdin:
            if line.strip() == "requests":
                counts = Counter(call.kind for call in google.log)
                sent = sum(len(json.dumps(call.body)) for call in google.log if call.body)
                seen = {"read": 0, "write": 0, **counts}
                cpu = time.process_time() - began
                tell({**seen, "sent": sent, "received": google.received, "cpu": cpu})
            elif line.strip() == "change":
                for row in range(2, leads + 2, 100):
                    book.tab().set(f"G{row}", 49_000_000 + row)
                tell({})
            else:
                google.log.clear()
                google.received, began = 0, time.process_time()
                tell({})


def tell(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def made_up(leads: int) -> list[list[Any]]:
    draw = random.Random(1)
    rows: list[list[Any]] = [list(HEADERS)]
    rows += [
        [
            f"Lead {i}", f"lead{i}@example.com", f"+62811{i:07d}", f"PT Contoh {i % 4000}",
            draw.choice(CITIES), draw.choice(("solar", "EV charger", "battery")),
            draw.randrange(1, 100) * 1_000_000, draw.choice(("New", "Open", "Talking")),
            draw.choice(("owner", "staff", "director", "buyer")), draw.randrange(45_000, 46_000),
            draw.choice(("web", "expo", "referral")), f"met at stand {i % 50}",
        ]
        for i in range(leads)
    ]  # fmt: skip
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main()
