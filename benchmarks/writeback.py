"""How fast writing back is: sheetcrm's patch beside other ways to the same result.

    python benchmarks/writeback.py                          # 10,000 leads, about 30 seconds
    python benchmarks/writeback.py --size 10000 100000      # several sizes: is it linear?
    python benchmarks/writeback.py --size 1000000 --beside  # a million, and nothing beside it
    python benchmarks/writeback.py --workbook leads.xlsx    # your own file (a copy of it)

The job: read the tab, and write the four columns Score, Stage, Why and Lead ID for every lead.
openpyxl loads the workbook, sets the cells, and saves; pandas (left out where it is not
installed; it is no dependency of ours) reads it, adds the columns, and writes another workbook
with the values alone; LibreOffice only loads and saves it, adding nothing, which is less than
the job. What they lose on the way is another matter. Each runs in its own process, one after the
other, after one process that only starts; its start-up is taken off. CPU is that of all threads
and children, memory the peak of the biggest process.

"Patch alone" is the scan of the sheet, the new parts, their verification and the save, with the
values at hand: all but reading. "Read again" reads what "read and write" has written, which is
four columns more, and makes the edits as that does, but hands them to nobody; it is what
"nothing to change" is to be held against.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
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
    "start": "pass",
    "read": "ours(path, write=False)",
    "write": "ours(path, write=True)",
    "again": "ours(path, write=True)",
    "reread": "ours(path, write=None)",
    "patch": "patch(path)",
    "openpyxl": "theirs(path)",
    "pandas": "frames(path)",
    "LibreOffice": "office(path)",
}
OURS = ["read", "write", "reread", "again", "patch"]
NAMES = {
    "read": "sheetcrm, read only",
    "write": "sheetcrm, read and write",
    "reread": "sheetcrm, read again",
    "again": "sheetcrm, nothing to change",
    "patch": "sheetcrm, patch alone",
    "openpyxl": "openpyxl, load and save",
    "pandas": "pandas, values only",
    "LibreOffice": "LibreOffice, load and save",
}


def values(index: int) -> list:
    """What both write beside lead number `index`."""
    stage = ("Lead", "MQL", "SQL")[index % 3]
    why = f"+{index % 20} target city · +15 budget · unknown: timing"
    return [index % 97 + 0.5, stage, why, f"L{index:07d}"]


HEADERS = ["Score", "Stage", "Why", "Lead ID"]


def ours(path: str, *, write: bool | None) -> None:
    """Read; write, or only make the edits where `write` is None."""
    from sheetcrm.adapters.excel import ExcelSource
    from sheetcrm.core.table.values import Edit

    gc.set_threshold(1_000_000, 20, 20)  # as the command does
    source = ExcelSource("benchmark", path)
    tab = source.read(["Name", "City", "Budget"])
    if write is False:
        return
    edits = [
        Edit(lead=str(index), row=row, header=header, before=None, after=value)
        for index, row in enumerate(tab.rows)
        for header, value in zip(HEADERS, values(index), strict=True)
    ]
    append = [header for header in HEADERS if header not in tab.headers]
    if write:
        source.write(tab, edits, append=append)


def patch(path: str) -> None:
    from sheetcrm.adapters.excel.package import Package
    from sheetcrm.adapters.excel.places import find_place
    from sheetcrm.adapters.excel.save import Snapshot
    from sheetcrm.adapters.excel.scan import scan
    from sheetcrm.adapters.excel.update import Change
    from sheetcrm.adapters.excel.writing import write_changes

    gc.set_threshold(1_000_000, 20, 20)
    with Package(Path(path)) as package:
        sheet = find_place(package, "").sheet
        snapshot = Snapshot.take(package.path, package.archive)
        found = scan(lambda: package.archive.chunks(sheet.part), keep=package.is_small(sheet))
        columns = range(found.last_column + 1, found.last_column + 5)
        cells = {1: dict(zip(columns, HEADERS, strict=True))}
        for row in range(2, found.last_row + 1):
            cells[row] = dict(zip(columns, values(row - 2), strict=True))
        write_changes(package, [Change(sheet=sheet, scan=found, cells=cells)], snapshot=snapshot)


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


def frames(path: str) -> None:
    import pandas as pd

    frame = pd.read_excel(path, engine="calamine")
    made = pd.DataFrame(map(values, range(len(frame))), columns=HEADERS)
    pd.concat([frame, made], axis=1).to_excel(path, engine="xlsxwriter", index=False)


def office(path: str) -> None:
    folder = Path(path).parent
    command = [shutil.which("soffice"), f"-env:UserInstallation=file://{folder}/profile"]
    command += ["--headless", "--convert-to", "xlsx", "--outdir", f"{folder}/out", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def others() -> list[str]:
    """What is at hand to be measured beside."""
    found = ["openpyxl"]
    if importlib.util.find_spec("pandas"):
        found.append("pandas")
    if shutil.which("soffice"):
        found.append("LibreOffice")
    return found


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
    program += f"from writeback import *\npath = {str(path)!r}\n"
    program += JOBS.get(job, job)
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program])
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"{job} failed")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / unit


def compare(book: Path, title: str, beside: list[str]) -> dict[str, tuple[float, float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.xlsx"
        base = run("start", path)
        found = {}
        for job in [*OURS, *beside]:
            if job not in {"again", "reread"}:
                shutil.copyfile(book, path)
            wall, used, peak = run(job, path)
            found[job] = wall - base[0], used - base[1], peak
    print(f"\n{title}\n{'':30}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for job, (wall, used, peak) in found.items():
        print(f"{NAMES[job]:30}{wall:9.2f}{used:9.2f}{peak:9.0f}")
    ours_wall, ours_used, ours_peak = found["write"]
    for job in beside:
        wall, used, peak = found[job]
        ratios = wall / ours_wall, used / ours_used, peak / ours_peak
        print(f"{f'… times better than {job}':30}{ratios[0]:9.1f}{ratios[1]:9.1f}{ratios[2]:9.1f}")
    ratios = [one / other for one, other in zip(found["again"], found["reread"], strict=True)]
    print(f"{'nothing to change, of reading':30}{ratios[0]:9.2f}{ratios[1]:9.2f}")
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--size", type=int, nargs="*", default=[LEADS], help="leads")
    arguments.add_argument("--workbook", type=Path, help="an existing workbook instead")
    arguments.add_argument("--beside", nargs="*", choices=others(), default=others())
    chosen = arguments.parse_args()
    if chosen.workbook:
        compare(chosen.workbook, str(chosen.workbook.name), chosen.beside)
        return
    print("not installed:", ", ".join({"pandas", "LibreOffice"} - {*others()}) or "nothing")
    costs = {}
    for leads in chosen.size:
        with tempfile.TemporaryDirectory() as folder:
            book = Path(folder) / "leads.xlsx"
            run(f"make_workbook(path, {leads})", book)  # apart: a child's peak starts at ours
            title = f"{leads:,} leads × 15 columns, {book.stat().st_size / 1e6:.1f} MB"
            costs[leads] = compare(book, title, chosen.beside)
    print(f"\nCPU s per 100,000 leads{'read':>10}{'write':>10}{'patch':>10}")
    for leads, found in costs.items():
        each = (found[job][1] * 100_000 / leads for job in ("read", "write", "patch"))
        print(f"{leads:>22,} " + "".join(f"{cost:10.2f}" for cost in each))


if __name__ == "__main__":
    main()
