"""How fast writing back is: sheetcrm's patch beside an openpyxl script doing the same job.

    python benchmarks/writeback.py                        # 10,000 leads, about 20 seconds
    python benchmarks/writeback.py --size 10000 100000    # several sizes: does it stay linear?
    python benchmarks/writeback.py --workbook leads.xlsx  # your own file (a copy of it)

The job: read the tab, and write the four columns Score, Stage, Why and Lead ID for every lead.
openpyxl loads the workbook, sets the cells, and saves; what it loses on the way is another
matter. Each runs in its own process, one after the other, after one process that only starts;
its start-up is taken off. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LEADS = 10_000
CITIES = ["Jakarta", "Bandung", "Surabaya", "Bogotá", "Valencia", "Medan"]

JOBS = {
    "start": "import sys",
    "read": "ours(path, write=False)",
    "write": "ours(path, write=True)",
    "again": "ours(path, write=True)",
    "openpyxl": "theirs(path)",
}


def values(index: int) -> list:
    """What both write beside lead number `index`."""
    stage = ("Lead", "MQL", "SQL")[index % 3]
    why = f"+{index % 20} target city · +15 budget · unknown: timing"
    return [index % 97 + 0.5, stage, why, f"L{index:07d}"]


HEADERS = ["Score", "Stage", "Why", "Lead ID"]


def ours(path: str, *, write: bool) -> None:
    from sheetcrm.adapters.excel import ExcelSource
    from sheetcrm.core.table.values import Edit

    source = ExcelSource("benchmark", path)
    tab = source.read(["Name", "City", "Budget"])
    if not write:
        return
    edits = [
        Edit(lead=str(index), row=row, header=header, before=None, after=value)
        for index, row in enumerate(tab.rows)
        for header, value in zip(HEADERS, values(index), strict=True)
    ]
    append = [header for header in HEADERS if header not in tab.headers]
    source.write(tab, edits, append=append)


def theirs(path: str) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    first = sheet.max_column + 1
    for column, header in enumerate(HEADERS, first):
        sheet.cell(1, column, header)
    for index in range(sheet.max_row - 1):
        for column, value in enumerate(values(index), first):
            sheet.cell(index + 2, column, value)
    book.save(path)


def make_workbook(path: str, leads: int) -> None:
    """Leads in 15 columns of mixed kinds, with an autofilter and a frozen header."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        sheet = book.add_worksheet("Leads")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        names = ["Name", "E-mail", "City", "Budget", "Since", "Phone", "Interest", "Visits"]
        sheet.write_row(0, 0, [*names, *(f"Note {n}" for n in range(9, 16))])
        for row in range(1, leads + 1):
            city = CITIES[row % len(CITIES)]
            sheet.write_row(row, 0, [f"Lead {row}", f"lead{row}@example.com", city, row * 1000])
            sheet.write_number(row, 4, 46_000 + row % 300, day)
            sheet.write_row(row, 5, [f"+62 812 {row:07d}", "solar roof", row % 9, *[city] * 7])
        sheet.autofilter(0, 0, leads, 14)
        sheet.freeze_panes(1, 0)


def run(job: str, path: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak megabytes of one job in a process of its own."""
    program = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    program += f"from writeback import make_workbook, ours, theirs\npath = {str(path)!r}\n"
    program += JOBS.get(job, job)
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program])
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"{job} failed")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit


def compare(book: Path, title: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours_path = shutil.copyfile(book, Path(folder) / "ours.xlsx")
        theirs_path = shutil.copyfile(book, Path(folder) / "theirs.xlsx")
        base = run("start", ours_path)
        rows = {job: run(job, ours_path) for job in ("read", "write", "again")}
        theirs_row = run("openpyxl", theirs_path)
    print(f"\n{title}\n{'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    names = {
        "read": "sheetcrm, read only",
        "write": "sheetcrm, read and write",
        "again": "sheetcrm, nothing to change",
    }
    for job, name in names.items():
        wall, used, peak = rows[job]
        print(f"{name:34}{wall - base[0]:9.2f}{used - base[1]:9.2f}{peak:9.0f}")
    wall, used, peak = theirs_row
    print(f"{'openpyxl, load and save':34}{wall - base[0]:9.2f}{used - base[1]:9.2f}{peak:9.0f}")
    write = rows["write"]
    faster, leaner = (wall - base[0]) / (write[0] - base[0]), peak / write[2]
    cheaper = (used - base[1]) / (write[1] - base[1])
    print(f"{'sheetcrm is … times better':34}{faster:9.1f}{cheaper:9.1f}{leaner:9.1f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--size", type=int, nargs="*", default=[LEADS], help="leads")
    arguments.add_argument("--workbook", type=Path, help="an existing workbook instead")
    chosen = arguments.parse_args()
    if chosen.workbook:
        compare(chosen.workbook, str(chosen.workbook.name))
        return
    for leads in chosen.size:
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "leads.xlsx"
            run(f"make_workbook(path, {leads})", book)  # apart: a child's peak starts at ours
            compare(book, f"{leads:,} leads × 15 columns, {book.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
