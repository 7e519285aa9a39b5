"""A formula's trial on a terminal: what it reads of each lead, what it gives, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetcrm.cli import output
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from sheetcrm.engine.tally import Spread
    from sheetcrm.engine.trial import Read, Shown, Trial, TriedLead

LONGEST = 40  #: characters of a value that are shown
WHO = 24  #: and of a lead's name
ROWS = 8  #: rows that are named for each error
STYLES = {"error": "red", "not calculated": "red", "text": "green", "date": "cyan"}
COUNTABLE = frozenset(("lead", "number", "date", "text"))

QUOTES = (
    "if that is a text, the shell has taken its quotes away: put the whole formula between "
    "' and ', or say only: sheetcrm try, and type the formula when it asks"
)


def show_trial(trial: Trial) -> None:
    """What was understood, each lead, and what came out how often."""
    output.say(trial.formula, style="bold")
    for note in trial.notes:
        output.say(f"  {note}", style="yellow")
    output.say(f"  {trial.source} · {trial.locator} · {trial.leads} leads")
    for read in trial.reads:
        show_read(read)
    for name, what in trial.others.items():
        output.say(f"  {name}: {shortened(what)}")
    if trial.rows:
        show_leads(trial)
    show_tally(trial)
    if trial.fallbacks:
        names = ", ".join(trial.fallbacks)
        output.say(f"  runs through the fallback, because of {names}: once for each distinct input")
    else:
        output.say("  runs compiled: all leads at once")


def show_faults(trial: Trial) -> None:
    """Everything that is wrong with the formula, each with a caret under its place."""
    for fault in trial.faults:
        output.complain(fault.message)
        output.complain(fault.picture)
        if fault.hint:
            output.advise(fault.hint)
    if '"' not in trial.formula and any("unknown name" in fault.message for fault in trial.faults):
        output.advise(QUOTES)


def show_read(read: Read) -> None:
    """Where the values of a column come from, where that is not plain from its name."""
    if read.computed:
        output.say(f"  {bracketed(read.name)}: computed by the rules in config/")
    elif not read.header:
        text = f"  {bracketed(read.name)}: this tab has no such column, so it is blank"
        output.say(text, style="yellow")
    elif fold(read.header) != fold(read.name):
        output.say(f"  {bracketed(read.name)}: the column “{read.header}”")


def show_leads(trial: Trial) -> None:
    """A row for each lead."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD)
    grid.add_column("row", justify="right", style="dim")
    grid.add_column("lead", overflow="ellipsis", no_wrap=True, max_width=WHO)
    for read in trial.reads:
        grid.add_column(Text(read.name), overflow="fold")
    grid.add_column("gives", overflow="fold", style="bold")
    between = " " if len(trial.reads) < 3 else "\n"
    for lead in trial.rows:
        values = [shown(value, between) for value in (*lead.reads, lead.result)]
        grid.add_row(str(lead.row), Text(shortened(lead.name)), *values)
    output.show(grid)
    if len(trial.rows) < trial.leads:
        rest = trial.leads - len(trial.rows)
        output.say(f"  … and {rest} more leads (--limit {trial.leads} shows all)")


def shown(value: Shown, between: str) -> Text:
    """``"12" text``: the value, its kind, and what stands in the sheet where that differs."""
    from rich.text import Text

    kind = value.kind.value
    text = Text(written(value), style=STYLES.get(kind, ""))
    text.append(f"{between}{kind}" if text else kind, style="dim not bold")
    if value.cell:
        text.append(f"\n“{shortened(value.cell)}”", style="dim not bold")
    return text


def written(value: Shown) -> str:
    """The value as a formula would write it."""
    text = shortened(display(value.value))
    return f'"{text}"' if value.kind.value == "text" else text


def show_tally(trial: Trial) -> None:
    """How many leads gave what, and where to look."""
    tally = trial.tally
    counts = [counted(count, label) for label, count in tally.counts.items()]
    counts += [f"{len(rows)} {code}" for code, rows in tally.errors.items()]
    output.say(
        f"  {counted(trial.leads, 'lead')}: {' · '.join(counts)}" if counts else "  no leads"
    )
    if tally.texts:
        words = (f'"{shortened(text)}" {count}' for text, count in tally.texts.items())
        more = " …" if sum(tally.texts.values()) < tally.counts["text"] else ""
        output.say(f"  texts: {' · '.join(words)}{more}")
    for name, spread in (("numbers", tally.numbers), ("dates", tally.dates)):
        if spread and spread.lowest != spread.highest:
            output.say(f"  {name}: {spoken(spread)}")
    for code, lead in trial.failing.items():
        show_error(code, tally.errors[code], lead, trial.reads)
    if trial.blind:
        text = f"  in {counted(trial.blind, 'lead')} all that it reads is blank"
        output.say(f"{text} (for a framework: unknown, not no)")


def show_error(code: str, rows: Sequence[int], lead: TriedLead, reads: Sequence[Read]) -> None:
    """The rows of an error, and what the formula read in the first of them."""
    more = f" and {len(rows) - ROWS} more" if len(rows) > ROWS else ""
    noun = "row" if len(rows) == 1 else "rows"
    output.say(f"  {code} in {noun} {', '.join(map(str, rows[:ROWS]))}{more}", style="red")
    said = []
    for read, value in zip(reads, lead.reads, strict=True):
        cell = f" from “{shortened(value.cell)}”" if value.cell else ""
        said.append(f"{bracketed(read.name)} {written(value)} {value.kind.value}".rstrip() + cell)
    if said:
        output.say(f"    row {lead.row}: {' · '.join(said)}")


def counted(count: int, noun: str) -> str:
    """``1 lead``, ``2 leads``, ``2 blank``."""
    return f"{count} {noun}s" if noun in COUNTABLE and count != 1 else f"{count} {noun}"


def spoken(spread: Spread) -> str:
    """``lowest 0 · middle 12 · highest 30``."""
    parts = (("lowest", spread.lowest), ("middle", spread.middle), ("highest", spread.highest))
    return " · ".join(f"{name} {display(value)}" for name, value in parts)


def bracketed(name: str) -> str:
    """A column as formulas name it."""
    plain = all(char.isalnum() or char in "_." for char in name)
    return f"[@{name}]" if plain else f"[@[{name}]]"


def shortened(text: str) -> str:
    """The text on one line, no longer than `LONGEST`."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
