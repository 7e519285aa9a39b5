"""How fast formulas are: sheetcrm's columns beside per-cell engines, same rows, one process.

    python benchmarks/formulas.py                 # about 20 seconds
    python benchmarks/formulas.py --size 1000000  # the promise: 4 s for a million leads

Prints what twelve formulas of a sales team take for so many leads, how that grows, what the
same formulas cost cell by cell in formualizer (and in ironcalc, where it is installed) on the
same rows, and what a column of mixed kinds costs beside a clean one.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.table.values import CellError

NOW = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - a sheet has no zone
CITIES = ["Jakarta", "Bandung", "Surabaya", "Bogor", "Depok", "Medan", "Valencia", "Sevilla"]
ACTIVITIES = ["Asked for a price", "opened the mail", "minta penawaran, demo", "llamada", None]
STATUS = ["New", "Interested", "Quote sent", "Not now", "Not interested", None]
ROLES = ["Owner", "Direktur", "Staff", "CEO; founder", "Gerente", None]
PARAMETERS = {"min_budget": 50_000_000, "soon": 90, "target_cities": ["Jakarta", "Bogor", "Depok"]}
TABLES = {"Cities": Frame({"City": CITIES, "Points": [20, 15, 15, 10, 10, 5, 20, 15]})}

#: Ours, and how the same is written for a per-cell engine: {row} is the lead's row, columns
#: A to J are the leads' in the order of `leads`, L to N hold Cities, target cities, parameters.
FORMULAS: list[tuple[str, str]] = [
    ("=IFERROR(XLOOKUP([@City], Cities[City], Cities[Points]), 0)",
     "=IFERROR(VLOOKUP(A{row},$L$1:$M$8,2,FALSE),0)"),
    ("=ROUND(MIN(20, 20*[@Budget]/min_budget), 0)", "=ROUND(MIN(20,20*B{row}/$N$1),0)"),
    ('=HASANY([@Role], "owner", "direktur", "CEO", "founder")',
     '=OR(ISNUMBER(SEARCH("owner",C{row})),ISNUMBER(SEARCH("direktur",C{row})),'
     'ISNUMBER(SEARCH("CEO",C{row})),ISNUMBER(SEARCH("founder",C{row})))'),
    ('=HASANY([@[Last activity]], "price", "demo", "penawaran")',
     '=OR(ISNUMBER(SEARCH("price",D{row})),ISNUMBER(SEARCH("demo",D{row})),'
     'ISNUMBER(SEARCH("penawaran",D{row})))'),
    ('=OR([@Status]="Interested", [@Status]="Quote sent")',
     '=OR(E{row}="Interested",E{row}="Quote sent")'),
    ("=[@Budget]>=min_budget", "=B{row}>=$N$1"),
    ("=[@Timeline]<=soon", "=F{row}<=$N$2"),
    ("=ISNUMBER(MATCH([@City], target_cities, 0))", "=ISNUMBER(MATCH(A{row},$L$11:$L$13,0))"),
    ("=IF(ISBLANK([@[Last contact]]), 0, MAX(0, 30-(TODAY()-[@[Last contact]])))",
     "=IF(ISBLANK(G{row}),0,MAX(0,30-($N$3-G{row})))"),
    ('=IFS([@Purchases]>=2, "Repeat customer", [@Purchases]>=1, "Customer", TRUE, "Lead")',
     '=IFS(H{row}>=2,"Repeat customer",H{row}>=1,"Customer",TRUE,"Lead")'),
    ('=AND([@Budget]>0, [@City]<>"", COUNTA([@Role], [@[Last activity]])>0)',
     '=AND(B{row}>0,A{row}<>"",COUNTA(C{row},D{row})>0)'),
    ('=UPPER(LEFT([@City], 3))&"-"&YEAR([@[Last contact]])&"-"&[@Purchases]',
     '=UPPER(LEFT(A{row},3))&"-"&YEAR(G{row})&"-"&H{row}'),
]  # fmt: skip


def leads(size: int) -> dict[str, list]:
    """Believable leads, with blanks where people leave them."""
    rng = random.Random(7)
    start = date(2025, 1, 1)

    def column(make: Callable[[], object], blanks: float = 0.0) -> list:
        return [None if blanks and rng.random() < blanks else make() for _ in range(size)]

    return {
        "City": column(lambda: rng.choice(CITIES)),
        "Budget": column(lambda: float(rng.randrange(1, 400) * 500_000)),
        "Role": column(lambda: rng.choice(ROLES)),
        "Last activity": column(lambda: rng.choice(ACTIVITIES)),
        "Status": column(lambda: rng.choice(STATUS)),
        "Timeline": column(lambda: rng.randrange(7, 365), 0.2),
        "Last contact": column(lambda: start + timedelta(days=rng.randrange(680)), 0.1),
        "Purchases": column(lambda: rng.randrange(3), 0.3),
        "Email": [f"lead{i}@{rng.choice(['gmail.com', 'corp.example'])}" for i in range(size)],
    }


def timed(run: Callable[[], object]) -> float:
    """Seconds of wall time, without the garbage of what ran before."""
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def ours(columns: dict[str, list], formulas: Sequence[str]) -> float:
    """Everything from Python lists to Python lists."""

    def run() -> None:
        understood = [parse(formula) for formula in formulas]
        evaluate(understood, Frame(columns), parameters=PARAMETERS, tables=TABLES, now=NOW)

    return timed(run)


def formualizer_seconds(columns: dict[str, list]) -> float:
    """The same, a formula in every cell, evaluated cell by cell; filling is not counted."""
    import formualizer

    book = formualizer.Workbook()
    book.add_sheet("S")
    values = list(columns.values())
    size = len(values[0])
    literal = formualizer.LiteralValue
    for row in range(size):
        for column, cells in enumerate(values, start=1):
            value = cells[row]
            if isinstance(value, date):
                value = float((value - date(1899, 12, 30)).days)
            if value is not None:
                text = isinstance(value, str)
                book.set_value(
                    "S",
                    row + 1,
                    column,
                    literal.text(value) if text else literal.number(float(value)),
                )
    for place, value in fixed_cells().items():
        book.set_value("S", *place, value)
    for offset, (_, cell) in enumerate(FORMULAS):
        formulas = [[cell.format(row=row + 1)] for row in range(size)]
        book.set_formulas_batch("S", 1, 20 + offset, formulas)
    return timed(book.evaluate_all)


def ironcalc_seconds(columns: dict[str, list]) -> float | None:
    """The same with ironcalc, all cells in one `evaluate`; None where it is not installed."""
    try:
        import ironcalc
    except ImportError:
        return None
    model = ironcalc.create("bench", "en", "UTC", "en")
    values = list(columns.values())
    size = len(values[0])
    for row in range(size):
        for column, cells in enumerate(values, start=1):
            value = cells[row]
            if isinstance(value, date):
                value = (value - date(1899, 12, 30)).days
            if value is not None:
                typed = f"'{value}" if isinstance(value, str) else str(value)
                model.set_user_input(0, row + 1, column, typed)
    for (row, column), value in fixed_cells().items():
        model.set_user_input(0, row, column, f"'{value}" if isinstance(value, str) else str(value))
    for offset, (_, cell) in enumerate(FORMULAS):
        for row in range(size):
            model.set_user_input(0, row + 1, 20 + offset, cell.format(row=row + 1))
    return timed(model.evaluate)


def fixed_cells() -> dict[tuple[int, int], object]:
    """Reference table, list and parameters, right of the leads."""
    cells: dict[tuple[int, int], object] = {}
    for row, (city, points) in enumerate(
        zip(CITIES, TABLES["Cities"].values("Points"), strict=True)
    ):
        cells[row + 1, 12], cells[row + 1, 13] = city, points
    for row, city in enumerate(PARAMETERS["target_cities"]):
        cells[row + 11, 12] = city
    cells[1, 14], cells[2, 14] = PARAMETERS["min_budget"], PARAMETERS["soon"]
    cells[3, 14] = (NOW.date() - date(1899, 12, 30)).days
    return cells


def mixed(columns: dict[str, list]) -> tuple[float, float]:
    """(clean, mixed): the same two formulas over a number column and one of all kinds."""
    rng = random.Random(3)
    odd = [None, "7", "much", True, CellError("#N/A"), 12.5]
    dirty = [rng.choice(odd) if rng.random() < 0.5 else value for value in columns["Budget"]]
    formulas = [parse("=[@Budget]*2+1"), parse("=IF([@Budget]>=min_budget, [@Budget], 0)")]

    def seconds(values: list) -> float:
        return min(
            timed(lambda: evaluate(formulas, Frame({"Budget": values}), parameters=PARAMETERS))
            for _ in range(3)
        )

    return seconds(columns["Budget"]), seconds(dirty)


def show(title: str, lines: list[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, figure in lines:
        print(f"  {name:<44} {figure:>14}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--size", type=int, default=200_000, help="leads for the speed and growth part"
    )
    parser.add_argument("--against", type=int, default=5_000, help="leads for the per-cell engines")
    parser.add_argument("--each", action="store_true", help="show every formula alone")
    options = parser.parse_args()
    texts = [formula for formula, _ in FORMULAS]
    ours(leads(1_000), texts)  # imports and first-time costs are not what is measured

    growth: list[tuple[str, str]] = []
    size = max(options.size // 100, 1_000)
    while size < options.size:
        columns = leads(size)
        seconds = min(ours(columns, texts) for _ in range(3))
        growth.append((f"{size:,} leads", f"{seconds:.2f} s"))
        growth.append(("  per million", f"{seconds / size * 1e6:.2f} s"))
        size *= 10
    columns = leads(options.size)
    seconds = min(ours(columns, texts) for _ in range(2))
    growth.append((f"{options.size:,} leads", f"{seconds:.2f} s"))
    growth.append(("  per million", f"{seconds / options.size * 1e6:.2f} s"))
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e9
    growth.append(("peak memory, the input lists included", f"{peak:.2f} GB"))
    show(f"{len(FORMULAS)} formulas, from Python lists to Python lists", growth)
    if options.each:
        alone = [(text[:44], f"{ours(columns, [text]) * 1000:.0f} ms") for text in texts]
        show(f"each alone, {options.size:,} leads", alone)

    clean, dirty = mixed(columns)
    show(
        "mixed kinds in one column",
        [
            ("clean", f"{clean * 1000:.0f} ms"),
            ("half of it mixed", f"{dirty * 1000:.0f} ms"),
            ("ratio", f"{dirty / clean:.1f} x"),
        ],
    )

    columns = leads(options.against)
    base = min(ours(columns, texts) for _ in range(3))
    lines = [("sheetcrm", f"{base:.3f} s")]
    for name, other in (("formualizer", formualizer_seconds), ("ironcalc", ironcalc_seconds)):
        taken = other(columns)
        if taken is not None:
            lines.append((f"{name}, cell by cell", f"{taken:.2f} s"))
            lines.append((f"  sheetcrm is faster by", f"{taken / base:.0f} x"))
    show(f"beside per-cell engines, {options.against:,} leads x {len(FORMULAS)} formulas", lines)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
