"""The only place that prints: data to stdout, everything else to stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from sheetcrm.core.table.values import CellError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from sheetcrm.engine.workspace import Progress


@cache
def console() -> Console:
    """Where data goes."""
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not terminal, width=None if terminal else 120)


def on_terminal() -> bool:
    """Whether somebody is looking; in cron nobody is."""
    return sys.stdout.isatty()


def say(text: str = "", *, style: str = "") -> None:
    """A line of data; `text` is never markup."""
    from rich.text import Text

    console().print(Text(visible(text), style=style))


def visible(text: str) -> str:
    """The text without what would steer a terminal or turn the direction of reading."""
    if text.isprintable():
        return text
    steering = {"Cc", "Cf"}
    return "".join(c for c in text if c in "\n\t\u200d" or category(c) not in steering)


def show(renderable: RenderableType) -> None:
    """A table, a panel, a tree."""
    console().print(renderable)


def complain(text: str) -> None:
    """What went wrong, to stderr."""
    click.secho(_folded(visible(text)), fg="red", err=True)


def advise(text: str) -> None:
    """What to do next, to stderr."""
    click.secho(_folded(visible(f"→ {text}")), fg="cyan", err=True)


def waiting(text: str) -> None:
    """Why nothing happens just now, to stderr, where somebody is looking."""
    if sys.stderr.isatty():
        click.secho(text, fg="yellow", err=True)


def address(text: str) -> None:
    """An address to open, in one piece, to stderr."""
    click.echo(text, err=True)


def log(text: str, **_figures: object) -> None:
    """A line of a program that goes on and on, with the time, to stderr."""
    click.echo(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", err=True)


def log_json(text: str, **figures: object) -> None:
    """The same for programs: a line of JSON."""
    line = {"at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "event": text, **figures}
    click.echo(json.dumps(plain(line), ensure_ascii=False))
    sys.stdout.flush()


def _folded(text: str) -> str:
    """The text with lines that end between words, where a terminal is too narrow for it.

    A program that reads the lines gets them whole; the lines of a formula's picture fit anyway.
    """
    if not sys.stderr.isatty():
        return text
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    return "\n".join(
        textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False)
        if len(line) > width
        else line
        for line in text.splitlines()
    )


def next_step(text: str) -> None:
    """The last line of a command's output."""
    say(f"→ {text}", style="cyan")


def table(title: str, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table; cells are never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=title or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for header in headers:
        grid.add_column(header, overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    show(grid)


def counted(count: int, noun: str) -> str:
    """``1 lead``, ``2 leads``."""
    return f"{count} {noun}{'s' * (count != 1)}"


def bars(counts: Mapping[str, int], *, width: int = 40) -> None:
    """A small bar chart of counts, in the order given."""
    from rich.text import Text

    longest = max((len(label) for label in counts), default=0)
    most = max(counts.values(), default=0) or 1
    for label, count in counts.items():
        bar = "█" * round(width * count / most) or ("▏" if count else "")
        console().print(Text.assemble(f"  {label:<{longest}}  ", (bar, "green"), f" {count}"))


def raw(text: str) -> None:
    """A text for another program, to the letter."""
    click.echo(text, nl=not text.endswith("\n"))


def json_out(value: object) -> None:
    """A value as JSON."""
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: object) -> Any:
    """A value as JSON can hold it: dataclasses and named tuples as objects, bytes left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, CellError)):
        fields = (field.name for field in dataclasses.fields(value))
        return {
            name: plain(getattr(value, name))
            for name in fields
            if not isinstance(getattr(value, name), bytes)
        }
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar on a terminal, nothing elsewhere."""
    from sheetcrm.engine.workspace import silent

    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)

        def show_progress(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show_progress
