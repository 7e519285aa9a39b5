"""How fast formulas are: sheetcrm's columns beside per-cell engines, same rows, one process.

    python benchmarks/formulas.py                 # about three minutes
    python benchmarks/formulas.py --size 1000000  # the promise: 4 s for a million leads

Prints what twelve formulas of a sales team take for so many leads, how that grows, what the
same formulas cost cell by cell in formualizer (and in ironcalc, where it is installed) on the
same rows, and what a column of mixed kinds costs beside a clean one. Seconds are the
processor's, summed over all threads, since others may use the machine, too; wall time is told
beside them where it was promised.
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
from typing import NamedTuple

from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.core.formula.evaluate import Evaluation, Run
from sheetcrm.core.formula.scope import Scope
from sheetcrm.core.formula.shapes import scalar
from sheetcrm.core.table.values import CellError

NOW = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - a sheet has no zone


class Seconds(NamedTuple):
    """What a call took; the least of several is that of the least CPU."""

    cpu: float
    wall: float


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
     ('=OR(ISNUMBER(SEARCH("owner",C{row})),ISNUMBER(SEARCH("direktur",C{row})),'
      'ISNUMBER(SEARCH("CEO",C{row})),ISNUMBER(SEARCH("founder",C{row})))')),
    ('=HASANY([@[Last activity]], "price", "demo", "penawaran")',
     ('=OR(ISNUMBER(SEARCH("price",D{row})),ISNUMBER(SEARCH("demo",D{row})),'
      'ISNUMBER(SEARCH("penawaran",D{row})))')),
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


def timed(run: Callable[[], object]) -> Seconds:
    """What a call takes, without the garbage of what ran before."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return Seconds(time.process_time() - cpu, time.perf_counter() - wall)


def ours(columns: dict[str, list], formulas: Sequence[str]) -> Seconds:
    """Everything from Python lists to Python lists."""

    def run() -> None:
        understood = [parse(formula) for formula in formulas]
        evaluate(understood, Frame(columns), parameters=PARAMETERS, tables=TABLES, now=NOW)

    return timed(run)


def ours_alone(columns: dict[str, list], formulas: Sequence[str]) -> Seconds:
    """The evaluation alone: the frame is filled before, the answers stay columns."""
    frame, trees = Frame(columns), [parse(formula).tree for formula in formulas]
    for name in columns:
        frame.cells(name)
    scope = Scope(frame, PARAMETERS, TABLES, NOW)

    def run() -> None:
        evaluation = Evaluation(Run(scope=scope))
        for tree in trees:
            assert scalar(evaluation.value(tree)).parts

    return timed(run)


def formualizer_seconds(columns: dict[str, list]) -> tuple[float, float]:
    """(from lists to lists, evaluation alone) with a formula in every cell."""
    import formualizer

    literal = formualizer.LiteralValue

    def typed(value: object) -> object:
        return literal.text(value) if isinstance(value, str) else literal.number(float(value))

    def fill() -> formualizer.Workbook:
        book = formualizer.Workbook()
        book.add_sheet("S")
        for place, value in typed_cells(columns).items():
            book.set_value("S", *place, typed(value))
        for offset, (_, cell) in enumerate(FORMULAS):
            cells = [[cell.format(row=row)] for row in rows(columns)]
            book.set_formulas_batch("S", 1, 20 + offset, cells)
        return book

    return per_cell(
        fill,
        lambda book: book.evaluate_all(),
        lambda book: [book.get_value("S", *place) for place in answers(columns)],
    )


def ironcalc_seconds(columns: dict[str, list]) -> tuple[float, float] | None:
    """The same with ironcalc; None where it is not installed."""
    try:
        import ironcalc
    except ImportError:
        return None

    def fill() -> object:
        model = ironcalc.create("bench", "en", "UTC", "en")
        for place, value in typed_cells(columns).items():
            model.set_user_input(0, *place, f"'{value}" if isinstance(value, str) else str(value))
        for offset, (_, cell) in enumerate(FORMULAS):
            for row in rows(columns):
                model.set_user_input(0, row, 20 + offset, cell.format(row=row))
        return model

    return per_cell(
        fill,
        lambda model: model.evaluate(),
        lambda model: [model.get_formatted_cell_value(0, *place) for place in answers(columns)],
    )


def per_cell(
    fill: Callable[[], object],
    evaluate_all: Callable[[object], object],
    read: Callable[[object], object],
) -> tuple[float, float]:
    """(all three steps, the middle one alone)."""
    book: list[object] = []
    filling = timed(lambda: book.append(fill()))
    evaluating = timed(lambda: evaluate_all(book[0]))
    reading = timed(lambda: read(book[0]))
    return filling.cpu + evaluating.cpu + reading.cpu, evaluating.cpu


def rows(columns: dict[str, list]) -> range:
    return range(1, len(columns["City"]) + 1)


def answers(columns: dict[str, list]) -> list[tuple[int, int]]:
    return [(row, 20 + offset) for offset in range(len(FORMULAS)) for row in rows(columns)]


def typed_cells(columns: dict[str, list]) -> dict[tuple[int, int], object]:
    """Leads, reference table and parameters as a sheet's cells; dates as serial numbers."""
    cells = fixed_cells()
    for column, values in enumerate(columns.values(), start=1):
        for row, value in enumerate(values, start=1):
            day = isinstance(value, date)
            if value is not None:
                cells[row, column] = (value - date(1899, 12, 30)).days if day else value
    return cells


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


#: One formula of each kind that people write over a column of numbers.
KINDS: dict[str, str] = {
    "arithmetic": "=[@Budget]*2+1",
    "comparison": "=[@Budget]>=min_budget",
    "IF": "=IF([@Budget]>=min_budget, [@Budget], 0)",
    "SUM": "=SUM([@Budget], 10)",
    "ROUND": "=ROUND([@Budget]/3, 0)",
    "IFERROR": "=IFERROR([@Budget]*2, 0)",
    "AND": "=AND([@Budget]>0, [@Budget]<1000000000)",
    "&": '=[@Budget]&" IDR"',
    "COUNTIF": "=COUNTIF([Budget], [@Budget])",
    "XLOOKUP": "=XLOOKUP([@Budget], Prices[Budget], Prices[Points], 0)",
}
PRICES = Frame({"Budget": [i * 500_000.0 for i in range(1, 300)], "Points": list(range(299))})
ODD = [None, "7", "much", True, CellError("#N/A"), 12.5]
_TURNS = 9


def few_values(rng: random.Random, clean: list[float], share: float) -> list:
    """Budgets that people round, and six other values again and again."""
    return [rng.choice(ODD) if rng.random() < share else value for value in clean]


def own_numbers(rng: random.Random, clean: list[float], share: float) -> list:
    """Hardly a number twice, and five other values again and again."""
    return [rng.choice(ODD[:5]) if rng.random() < share else v + rng.random() for v in clean]


def own_values(rng: random.Random, clean: list[float], share: float) -> list:
    """Hardly a number twice, nor a text."""

    def odd() -> object:
        number = rng.randrange(10**6)
        return rng.choice([None, str(number), f"about {number}", True, CellError("#N/A")])

    return [odd() if rng.random() < share else value + rng.random() for value in clean]


MIXED = {"few values": few_values, "own numbers": own_numbers, "own texts, too": own_values}


def mixed(columns: dict[str, list], make: Callable[..., list], share: float) -> dict[str, tuple]:
    """Kind of formula → CPU seconds (clean, mixed), measured in turn."""
    rng = random.Random(3)
    clean = columns["Budget"] if make is few_values else make(rng, columns["Budget"], 0)
    dirty = make(rng, columns["Budget"], share)

    def seconds(formula: str, values: list) -> float:
        run, tables = [parse(formula)], {"Prices": PRICES}
        frame = {"Budget": values}
        return timed(lambda: evaluate(run, Frame(frame), parameters=PARAMETERS, tables=tables)).cpu

    found = {}
    for name, text in KINDS.items():
        turns = [(seconds(text, clean), seconds(text, dirty)) for _ in range(_TURNS)]
        found[name] = tuple(map(min, zip(*turns, strict=True)))
    return found


def show(title: str, lines: list[tuple[str, str]]) -> None:
    print(f"\n{title}")
    for name, figure in lines:
        print(f"  {name:<44} {figure:>26}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--size", type=int, default=200_000, help="leads for the speed and growth part"
    )
    parser.add_argument(
        "--against", type=int, default=50_000, help="leads for the per-cell engines"
    )
    parser.add_argument("--each", action="store_true", help="show every formula alone")
    options = parser.parse_args()
    texts = [formula for formula, _ in FORMULAS]
    ours(leads(1_000), texts)  # imports and first-time costs are not what is measured

    growth: list[tuple[str, str]] = []
    sizes = [size for size in (2_000, 10_000, 100_000, 1_000_000) if size < options.size]
    for size in (*sizes, options.size):
        columns = leads(size)
        taken = [ours(columns, texts) for _ in range(3 if size > 500_000 else 7)]
        cpu, wall = min(taken).cpu, min(one.wall for one in taken)
        growth.append((f"{size:,} leads", f"{cpu:.3f} s CPU, {wall:.3f} s wall"))
        growth.append(("  per million leads", f"{cpu / size * 1e6:.2f} s CPU"))
    scale = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e9
    growth.append(("peak memory, the input lists included", f"{peak:.2f} GB"))
    show(f"{len(FORMULAS)} formulas, from Python lists to Python lists", growth)
    if options.each:
        each = [(text[:44], f"{ours(columns, [text]).cpu * 1000:.0f} ms") for text in texts]
        show(f"each alone, {options.size:,} leads", each)

    columns = leads(options.against)
    for name, make in MIXED.items():
        lines = [
            (kind, f"{clean * 1000:.1f} → {dirty * 1000:.1f} ms = {dirty / clean:.1f} x")
            for kind, (clean, dirty) in mixed(columns, make, 0.5).items()
        ]
        show(f"half of a column odd, {name}: {options.against:,} leads, CPU", lines)

    base = min(ours(columns, texts) for _ in range(7)).cpu
    alone = min(ours_alone(columns, texts) for _ in range(7)).cpu
    lines = [("sheetcrm, from lists to lists", f"{base:.3f} s")]
    lines.append(("sheetcrm, evaluation alone", f"{alone:.3f} s"))
    for name, other in (("formualizer", formualizer_seconds), ("ironcalc", ironcalc_seconds)):
        taken = other(columns)
        if taken is None:
            continue
        whole, middle = taken
        lines.append((f"{name}, from lists to lists", f"{whole:.2f} s = {whole / base:.0f} x"))
        lines.append((f"{name}, evaluation alone", f"{middle:.2f} s = {middle / alone:.0f} x"))
        lines.append(("  beside sheetcrm from lists to lists", f"{middle / base:.0f} x"))
    show(
        f"beside per-cell engines, {options.against:,} leads x {len(FORMULAS)} formulas, CPU", lines
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
