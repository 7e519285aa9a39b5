"""What many rules cost: six frameworks and four scores beside one score and BANT.

    python benchmarks/qualification.py [--leads 100000] [--pairs 3]

Both sides are whole processes, `sheetcrm sync` over the same made-up workbook, in turn, in one
run. They write the same six columns. The plain side has one score of six rules and BANT; the full
one has four scores (two of them fade, one rule repeats), a grade, all six frameworks, a stage to
wait in, and a way of its own. After the first sync a tenth of the leads change, and both sync
again, with a history by then. A third side writes thirteen columns more.
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
from datetime import date, timedelta
from pathlib import Path

from sheetcrm.adapters.excel import write_cells

ROOT = Path(__file__).resolve().parent.parent
AIM = 1.5
HEADERS = (
    *("Name", "Email", "Phone", "City", "Role", "Budget", "Need", "Interest", "Timeline"),
    *("Challenge", "Priority", "Goals", "Plans", "Last contact", "Last activity", "Status"),
    *("Purchases", "Follow up on", "Lost reason", "Notes"),
)
CHOICES = {
    "City": ["Jakarta", "Bogor", "Depok", "Bandung", "Surabaya", "Medan", "Bogotá", None],
    "Role": ["Pemilik", "Director", "Staf", "Dueña", "Intern", None, None],
    "Budget": [5e6, 20e6, 45e6, 60e6, 75e6, 120e6, None],
    "Need": ["roof", "lower bills", None],
    "Interest": ["solar", "battery", "solar; battery", None],
    "Timeline": [14, 30, 60, 90, 180, None],
    "Challenge": ["bills", "cuts", None, None],
    "Priority": ["high", "low", None],
    "Goals": ["save", None],
    "Plans": ["loan", "cash", None, None],
    "Last activity": ["asked price", "opened the newsletter", "minta katalog", "visited", None],
    "Status": ["New", "Interested", "Quote sent", "Contacted", "Not now", "Not interested"],
    "Purchases": [None, None, None, None, None, 1, 2, 5],
    "Lost reason": ["too expensive", None],
    "Notes": ["called twice", None],
}
WORKSPACE = """
[workspace]
timezone = "Asia/Jakarta"
formula_seconds = 120
[[source]]
name = "leads"
excel = "leads.xlsx"
tab = "Leads"
[write]
id = "Lead ID"
score = "Score"
framework.BANT = "BANT"
stage = "Stage"
why = "Why"
next_question = "Next question"
"""
MORE_COLUMNS = """
grade = "Grade"
disagreement = "Frameworks disagree"
days_in_stage = "Days in stage"
answer_by = "Answer by"
"score.Fit" = "Fit"
"score.Engagement" = "Engagement"
"score.Signals" = "Signals"
"score.Loyalty" = "Loyalty"
framework.CHAMP = "CHAMP"
framework.FAINT = "FAINT"
framework.ANUM = "ANUM"
framework.GPCT = "GPCT"
framework.Prospect = "Prospect"
"""
FIT = """
[parameters]
min_budget = 50_000_000
target_cities = ["Jakarta", "Bogor", "Depok"]
[[score]]
name = "Fit"
max = 60
rule = [
  { name = "city", when = '=ISNUMBER(MATCH([@City], target_cities, 0))', points = 20 },
  { name = "budget", points = '=ROUND(MIN(20, 20*[@Budget]/min_budget), 0)' },
  { name = "decides", when = '=HASANY([@Role], "pemilik", "director", "dueña")', points = 10 },
  { name = "interested", when = '=[@Status]="Interested"', points = 10 },
  { name = "asked", when = '=HASANY([@[Last activity]], "price", "katalog")', points = 10 },
  { name = "free mail", when = '=FREEMAIL([@Email])', points = -5 },
]
"""
BANT = """
[[framework]]
name = "BANT"
[framework.criteria]
Budget = '=[@Budget]>=min_budget'
Authority = '=HASANY([@Role], "pemilik", "director", "dueña")'
Need = '=[@Need]<>""'
Timing = '=[@Timeline]<=90'
"""
MORE_SCORES = """
[[score]]
name = "Engagement"
max = 50
decay = { since = '=[@[Last contact]]', half_life_days = 30 }
rule = [
  { name = "read", when = '=HASANY([@[Last activity]], "newsletter", "visited")', points = 20 },
  { name = "active", when = '=[@Status]="Contacted"', points = 15 },
  { name = "quoted", when = '=[@Status]="Quote sent"', points = 30 },
]
[[score]]
name = "Signals"
use = "SQL signals"
[score.decay]
since = '=[@[Last contact]]'
steps = [{ days = 30, lose = 10 }, { days = 60, lose = 10 }]
[[score]]
name = "Loyalty"
min = -20
rule = [
  { name = "bought", points = 10, times = '=[@Purchases]', at_most = 3 },
  { use = "reachability" },
  { name = "lost", when = '=[@Status]="Not interested"', points = -20 },
]
[grade]
fit = "Fit"
engagement = "Engagement"
"""
MORE_FRAMEWORKS = """
[[framework]]
name = "CHAMP"
[framework.criteria]
Challenge = '=[@Challenge]<>""'
Authority = { use = "authority" }
Money = '=[@Budget]>=min_budget'
Priority = '=[@Priority]="high"'
[[framework]]
name = "FAINT"
[framework.criteria]
Funds = '=[@Budget]>=min_budget'
Authority = { use = "authority" }
Interest = '=[@Interest]<>""'
Need = '=[@Need]<>""'
Timing = '=[@Timeline]<=90'
[[framework]]
name = "ANUM"
[framework.criteria]
Authority = { use = "authority" }
Need = '=[@Need]<>""'
Urgency = '=[@Timeline]<=30'
Money = '=[@Budget]>=min_budget'
[[framework]]
name = "GPCT"
[framework.criteria]
Goals = '=[@Goals]<>""'
Plans = '=[@Plans]<>""'
Challenges = '=[@Challenge]<>""'
Timeline = '=[@Timeline]<=180'
[[framework]]
name = "Prospect"
[framework.criteria]
"Target market" = { use = "target market" }
Means = '=[@Budget]>=min_budget'
Authority = { use = "authority" }
"""
STAGES = """
[[stage]]
name = "Contact"
[[stage]]
name = "MQL"
when = '=[@Score]>=30'
[[stage]]
name = "SQL"
when = '=AND([@Score]>=45, [@[BANT met]])'
stalled_after_days = 2
[[stage]]
name = "Customer"
when = '=[@Purchases]>=1'
"""
MORE_STAGES = """
answer_within_hours = 24
[[stage]]
name = "Prospect"
when = '=[@[Prospect met]]'
[[stage]]
name = "Buyer"
when = '=[@Purchases]>=1'
[[stage]]
name = "Not now"
off_ladder = true
when = '=[@Status]="Not now"'
reason = '="asked to wait"'
until = '=[@[Follow up on]]'
[[moves.rule]]
from = "SQL"
to = "MQL"
move = "ask"
"""
FULL = {
    "sheetcrm": WORKSPACE,
    "scoring": FIT + MORE_SCORES + BANT + MORE_FRAMEWORKS,
    "stages": STAGES + MORE_STAGES,
}
SIDES = {
    "plain": {"sheetcrm": WORKSPACE, "scoring": FIT + BANT, "stages": STAGES},
    "full": FULL,
    "full, 13 columns more": {**FULL, "sheetcrm": WORKSPACE + MORE_COLUMNS},
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--pairs", type=int, default=3)
    options.add_argument("--sides", nargs="+", choices=SIDES, default=list(SIDES))
    chosen = options.parse_args()
    compileall.compile_dir(ROOT / "sheetcrm", quiet=1)
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        book = made_up(work / "made.xlsx", chosen.leads)
        for _ in range(chosen.pairs):
            for side in chosen.sides:
                first, second = run(work / "workspace", SIDES[side], book, chosen.leads)
                found.setdefault((side, "first sync"), []).append(first)
                found.setdefault((side, "a tenth changed"), []).append(second)
    report(found, chosen.sides)


def run(
    workspace: Path, files: dict[str, str], book: Path, leads: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Sync a fresh workspace, change a tenth of its leads, and sync it again."""
    shutil.rmtree(workspace, ignore_errors=True)
    (workspace / "config").mkdir(parents=True)
    (workspace / "templates").mkdir()
    for name, text in files.items():
        (workspace / "config" / f"{name}.toml").write_text(text, encoding="utf-8")
    target = workspace / "leads.xlsx"
    shutil.copyfile(book, target)
    command = [sys.executable, "-m", "sheetcrm", "--workspace", str(workspace), "sync"]
    first = timed(command)
    changed = {f"F{row}": 90_000_000 + row for row in range(2, leads + 2, 10)}
    write_cells(target, "Leads", changed)
    return first, timed(command)


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(found: dict[tuple[str, str], list[tuple[float, float]]], sides: list[str]) -> None:
    medians = {
        key: [statistics.median(side) for side in zip(*values, strict=True)]
        for key, values in found.items()
    }
    print("| whole process | wall s | CPU s | wall, of plain | CPU, of plain |")
    print("| --- | --- | --- | --- | --- |")
    for when in ("first sync", "a tenth changed"):
        plain = medians[sides[0], when]
        for side in sides:
            wall, cpu = medians[side, when]
            ratios = f"{wall / plain[0]:.2f} | {cpu / plain[1]:.2f}"
            print(f"| {side}: {when} | {wall:.1f} | {cpu:.1f} | {ratios} |")
    print(f"The aim for full beside plain: {AIM}")


def made_up(path: Path, leads: int) -> Path:
    """A workbook with as many leads, the same ones each time."""
    import xlsxwriter

    chance = random.Random(1)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Leads")
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADERS)
    today = date(2026, 11, 22)
    for row in range(1, leads + 1):
        given = {
            "Name": f"Lead {row}",
            "Email": f"lead{row}@example.{'com' if row % 3 else 'org'}",
            "Phone": f"+62812{row:08d}",
            **{header: chance.choice(values) for header, values in CHOICES.items()},
        }
        for place, header in enumerate(HEADERS):
            if header in {"Last contact", "Follow up on"}:
                days = chance.randrange(-200, 1) if header == "Last contact" else 30
                sheet.write_datetime(row, place, today + timedelta(days=days), dates)
            elif given[header] is not None:
                sheet.write(row, place, given[header])
    book.close()
    return path


if __name__ == "__main__":
    main()
