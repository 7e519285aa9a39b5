"""A whole `sheetcrm sync` against what openpyxl needs to load and save the same workbook.

    python benchmarks/sync.py [--workbook x_education_leads.xlsx] [--pairs 3]

Each side is a whole process, in turn, in one run: first sync (writes scores, stages, reasons for
every lead), a second sync (changes nothing), and openpyxl's load and save. Without a workbook,
one of the same size (9,240 leads × 37 columns) is made with the columns that the example reads.
"""

from __future__ import annotations

import argparse
import compileall
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "x-education"
OPENPYXL = "import openpyxl,sys; b=openpyxl.load_workbook(sys.argv[1]); b.save(sys.argv[2])"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--workbook", type=Path)
    options.add_argument("--pairs", type=int, default=3)
    chosen = options.parse_args()
    compileall.compile_dir(ROOT / "sheetcrm", quiet=1)  # as pip does with what it installs
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        original = chosen.workbook or made_up(work / "made.xlsx")
        seconds: dict[str, list[tuple[float, float]]] = {
            "sync": [],
            "sync, nothing new": [],
            "openpyxl": [],
        }
        for pair in range(chosen.pairs):
            workspace = work / f"w{pair}"
            shutil.copytree(EXAMPLE, workspace)
            target = workspace / "x_education_leads.xlsx"
            shutil.copyfile(original, target)
            sync = [sys.executable, "-m", "sheetcrm", "--workspace", str(workspace), "sync"]
            seconds["sync"].append(timed(sync))
            before = target.stat()
            seconds["sync, nothing new"].append(timed(sync))
            after = target.stat()
            if (before.st_mtime_ns, before.st_ino) != (after.st_mtime_ns, after.st_ino):
                sys.exit("the second sync wrote the workbook")
            copy = [sys.executable, "-c", OPENPYXL, str(original), str(work / "copy.xlsx")]
            seconds["openpyxl"].append(timed(copy))
    report(seconds)


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(seconds: dict[str, list[tuple[float, float]]]) -> None:
    medians = {
        name: [statistics.median(side) for side in zip(*values, strict=True)]
        for name, values in seconds.items()
    }
    wall_of_openpyxl, cpu_of_openpyxl = medians["openpyxl"]
    print("| whole process | wall s | CPU s | wall, of openpyxl | CPU, of openpyxl |")
    print("| --- | --- | --- | --- | --- |")
    for name, (wall, cpu) in medians.items():
        ratios = f"{wall / wall_of_openpyxl:.2f} | {cpu / cpu_of_openpyxl:.2f}"
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {ratios} |")


def made_up(path: Path, leads: int = 9_240, width: int = 37) -> Path:
    """A workbook as large as the real one, with the headers that the example's rules read."""
    import xlsxwriter

    chance = random.Random(1)
    headers = [
        "Prospect ID", "Lead Number", "Lead Origin", "Lead Source", "Do Not Email", "Do Not Call",
        "Converted", "TotalVisits", "Total Time Spent on Website", "Page Views Per Visit",
        "Last Activity", "Country", "Specialization", "How did you hear about X Education",
        "What is your current occupation", "What matters most to you in choosing a course",
        "Search", "Magazine", "Newspaper Article", "X Education Forums", "Newspaper",
        "Digital Advertisement", "Through Recommendations",
        "Receive More Updates About Our Courses", "Tags", "Lead Quality",
        "Update me on Supply Chain Content", "Get updates on DM Content", "Lead Profile", "City",
        "Asymmetrique Activity Index", "Asymmetrique Profile Index",
        "Asymmetrique Activity Score", "Asymmetrique Profile Score",
        "I agree to pay the amount through cheque", "A free copy of Mastering The Interview",
        "Last Notable Activity",
    ]  # fmt: skip
    words = ["Google", "Organic Search", "Direct Traffic", "Olark Chat", "Email Opened", "Select"]
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Leads")
    sheet.write_row(0, 0, headers[:width])
    numbers = {1, 6, 7, 8, 9, 32, 33}
    for row in range(1, leads + 1):
        for place in range(width):
            if place == 0:
                sheet.write(row, place, f"{chance.getrandbits(96):024x}")
            elif place in numbers:
                sheet.write(row, place, chance.randrange(2 if place == 6 else 1500))
            elif chance.random() > 0.2:
                sheet.write(row, place, chance.choice(words))
    book.close()
    return path


if __name__ == "__main__":
    main()
