"""What `sheetcrm run` costs where there is nothing to do, beside a sync that looks at everything.

    python benchmarks/run.py [--leads 10000] [--rounds 5]

Each line is a whole process, start-up included, in turn, on the sample workspace and on one with
made-up leads under the sample's rules: the run that finds that nothing has changed, a run whose
proof was taken away (so that it reads, scores and compares everything, and proves it anew), a
`sheetcrm sync`, and Python with nothing but the library that the ledger needs.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIDES = ("run, nothing to do", "run, looks at everything", "sync, nothing new", "import sqlalchemy")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--leads", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--fill", nargs=2, metavar=("WORKBOOK", "LEADS"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.fill:
        fill(Path(chosen.fill[0]), int(chosen.fill[1]))
        return
    compileall.compile_dir(ROOT / "sheetcrm", quiet=1)  # as pip does with what it installs
    print("| whole process | leads | wall s | CPU s | CPU, of sync | peak MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "sample", Path(folder) / "large"
        for root, leads in ((small, 60), (large, chosen.leads)):
            timed("init", "--sample", str(root))
            if root is large:  # by another process: a child's peak is never below its parent's
                words = (str(root / "leads.xlsx"), str(chosen.leads))
                subprocess.run([sys.executable, __file__, "--fill", *words], check=True)
            report(measure(root, chosen.rounds), leads)


def measure(root: Path, rounds: int) -> dict[str, list[tuple[float, float, float]]]:
    """Side → wall seconds, CPU seconds and megabytes of each round."""
    found: dict[str, list[tuple[float, float, float]]] = {side: [] for side in SIDES}
    workspace = ("--workspace", str(root))
    for _ in range(3):
        timed(*workspace, "run")
    for _ in range(rounds):
        found["run, nothing to do"].append(timed(*workspace, "run"))
        if last_outcome(root) != "idle":
            sys.exit("a day began somewhere just now, or something has changed: run it again")
        forget_proof(root)
        found["run, looks at everything"].append(timed(*workspace, "run"))
        found["sync, nothing new"].append(timed(*workspace, "sync"))
        timed(*workspace, "run")
        found["import sqlalchemy"].append(timed("-c", "import sqlalchemy"))
    return found


def timed(*words: str) -> tuple[float, float, float]:
    """Wall and CPU seconds of a process, and the most memory that it had."""
    command = [sys.executable, *(words if words[0] == "-c" else ("-m", "sheetcrm", *words))]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    wall = time.perf_counter() - start
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def last_outcome(root: Path) -> str:
    with sqlite3.connect(root / "var" / "ledger.db") as connection:
        query = "SELECT outcome FROM runs WHERE kind = 'run' ORDER BY id DESC LIMIT 1"
        return str(connection.execute(query).fetchone()[0])


def forget_proof(root: Path) -> None:
    """A file that is saved again is read again."""
    os.utime(root / "leads.xlsx")


def report(found: dict[str, list[tuple[float, float, float]]], leads: int) -> None:
    medians = {
        side: [statistics.median(one) for one in zip(*values, strict=True)]
        for side, values in found.items()
    }
    of_sync = medians["sync, nothing new"][1]
    for side, (wall, cpu, memory) in medians.items():
        print(
            f"| {side} | {leads:,} | {wall:.2f} | {cpu:.2f} | {cpu / of_sync:.2f} | {memory:.0f} |"
        )


def fill(path: Path, leads: int) -> None:
    """Made-up leads in the place of the sample's, below the same headers."""
    import openpyxl

    chance = random.Random(1)
    book = openpyxl.load_workbook(path)
    sheet = book["Leads"]
    header = next(row for row in range(1, 20) if sheet.cell(row, 3).value)
    first = [cell.value for cell in sheet[header + 1]]
    names = [cell.value for cell in sheet[header]]
    sheet.delete_rows(header + 1, sheet.max_row)
    for number in range(leads):
        lead = dict(zip(names, first, strict=True))
        lead |= {
            "Name": f"Lead {number}",
            "Email": f"lead{number}@example.com",
            "Phone": f"0812{number:08}",
            "City": chance.choice(["Jakarta", "Bandung", "Madrid", "Lima", "Surabaya"]),
            "Budget": chance.randrange(1, 200) * 1_000_000,
        }
        sheet.append([lead[name] for name in names])
    book.save(path)


if __name__ == "__main__":
    main()
