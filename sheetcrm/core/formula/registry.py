"""The table of functions: what each is called, what it takes, and what computes it.

A function is one small entry in a module of `functions/` (and a name in `topics`)::

    @elementwise("LEFT", text("text"), number("count", 1), gives="text",
                 summary="The first characters of a text.", example='=LEFT("Surabaya", 4)')
    def left(value: pl.Expr, count: pl.Expr) -> pl.Expr: ...

`elementwise` functions are one Polars expression over converted arguments, `scalarwise` ones a
Python function called once per distinct input, `cellwise` ones see the cells with their kinds,
`whole` ones see unevaluated arguments (`IF`, aggregates, lookups). Arrays are matched item by
item for all but the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, Final, Protocol, TypeAlias

import polars as pl

from sheetcrm.core.formula import codeunits
from sheetcrm.core.formula.cells import (
    ERRORS,
    LONGEST_TEXT,
    VALUE,
    Cells,
    booleans,
    compute,
    compute_each,
    first_error,
    missing,
    numbers,
    texts,
    with_error,
)
from sheetcrm.core.formula.coerce import (
    Coerced,
    as_boolean,
    as_number,
    as_strict_number,
    as_text,
)
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.distinct import per_distinct
from sheetcrm.core.formula.events import Events
from sheetcrm.core.formula.shapes import Value, lift
from sheetcrm.core.formula.syntax import Node
from sheetcrm.core.formula.topics import HOMES
from sheetcrm.core.table.values import CellError, CellValue

REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that a function takes."""

    name: str
    kind: str  #: number, strict (number), text, units (text), boolean, any
    default: object = REQUIRED

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED


def number(name: str, default: float | object = REQUIRED) -> Parameter:
    """An argument read as a number."""
    return Parameter(name, "number", default)


def strict(name: str, default: float | object = REQUIRED) -> Parameter:
    """An argument read as a number, of a function to which TRUE and FALSE are #VALUE!."""
    return Parameter(name, "strict", default)


def text(name: str, default: str | object = REQUIRED) -> Parameter:
    """An argument read as text."""
    return Parameter(name, "text", default)


def units(name: str, default: str | object = REQUIRED) -> Parameter:
    """An argument read as text whose characters are counted, as UTF-16 code units."""
    return Parameter(name, "units", default)


def boolean(name: str, *, default: bool | object = REQUIRED) -> Parameter:
    """An argument read as TRUE or FALSE."""
    return Parameter(name, "boolean", default)


def anything(name: str, default: object = REQUIRED) -> Parameter:
    """An argument taken as it is."""
    return Parameter(name, "any", default)


class Context(Protocol):
    """What a `whole` function may ask of the evaluation."""

    @property
    def height(self) -> int:
        """How many leads there are."""
        ...

    def now(self) -> datetime:
        """The run's clock."""
        ...

    @property
    def events(self) -> Events:
        """What happened to the leads."""
        ...

    def value(self, node: Node) -> Value:
        """Evaluate one argument."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What an elementwise function gives: a value, and an error code where that is filled."""

    value: pl.Expr
    error: pl.Expr


Run: TypeAlias = Callable[[Context, tuple[Node, ...]], Value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One function."""

    name: str
    parameters: tuple[Parameter, ...]
    repeats: int  #: how many of the last parameters may be repeated
    summary: str
    example: str
    run: Run
    module: str  #: of `functions/`
    ours: bool = False  #: not Excel's

    @property
    def usage(self) -> str:
        """``LEFT(text, [count])``."""
        parts = [p.name if p.required else f"[{p.name}]" for p in self.parameters]
        return f"{self.name}({', '.join(parts)}{', …' if self.repeats else ''})"

    def arity_problem(self, count: int) -> str:
        """What is wrong with this number of arguments, or ""."""
        least = sum(parameter.required for parameter in self.parameters)
        most = len(self.parameters)
        if count < least:
            noun = "argument" if least == 1 else "arguments"
            return f"{self.name} needs at least {least} {noun}, not {count}"
        if self.repeats:
            odd = count > most and (count - most) % self.repeats
            return f"{self.name} takes its arguments in pairs, not {count}" if odd else ""
        if count > most:
            noun = "argument" if most == 1 else "arguments"
            return f"{self.name} takes at most {most} {noun}, not {count}"
        return ""


_ENTRIES: dict[str, Entry] = {}


@cache
def find(name: str) -> Entry | None:
    """The function of this name (in capitals), or None; its module is imported when it is named."""
    home = HOMES.get(name)
    if home is None:
        return None
    import_module(f"sheetcrm.core.formula.functions.{home}")
    return _ENTRIES[name]


def names() -> list[str]:
    """The names of all functions that run vectorised."""
    return sorted(HOMES)


def whole(
    name: str,
    *parameters: Parameter,
    summary: str,
    example: str,
    repeats: int = 0,
    ours: bool = False,
    home: str = "",
) -> Callable[[Run], Run]:
    """Enter a function that evaluates its arguments itself.

    `home`, `ours` and `none` below: the module that it is written in, where not the decorated
    function's own; whether Excel lacks it; the error that stands for no answer.
    """

    def enter(run: Run) -> Run:
        _ENTRIES[name] = Entry(
            name=name,
            parameters=parameters,
            repeats=repeats,
            summary=summary,
            example=example,
            run=run,
            module=(home or run.__module__).rpartition(".")[2],
            ours=ours,
        )
        return run

    return enter


def cellwise(
    name: str,
    *parameters: Parameter,
    summary: str,
    example: str,
    ours: bool = False,
    home: str = "",
) -> Callable[[Callable[..., Cells]], Callable[..., Cells]]:
    """Enter a function over cells of any kind."""

    def enter(function: Callable[..., Cells]) -> Callable[..., Cells]:
        def run(context: Context, arguments: tuple[Node, ...]) -> Value:
            return lift(function, _with_defaults(context, arguments, parameters))

        module = home or function.__module__
        whole(name, *parameters, summary=summary, example=example, ours=ours, home=module)(run)
        return function

    return enter


def elementwise(
    name: str,
    *parameters: Parameter,
    gives: str,
    summary: str,
    example: str,
    none: int = VALUE,
    ours: bool = False,
) -> Callable[[Callable[..., pl.Expr | Answer]], Callable[..., pl.Expr | Answer]]:
    """Enter a function that is one Polars expression over its converted arguments.

    A null answer becomes the error `none`; where there are several, an `Answer` tells them.
    Polars computes a part anew wherever it is used, so that a long calculation is better
    made in steps (`cellwise`, with a `compute` for each).
    """

    def enter(build: Callable[..., pl.Expr | Answer]) -> Callable[..., pl.Expr | Answer]:
        def over_cells(*cells: Cells) -> Cells:
            coerced = [CONVERT[p.kind](one) for p, one in zip(parameters, cells, strict=True)]
            found = answer(build, coerced, gives, none=none)
            counted = gives == "text" and any(p.kind == "units" for p in parameters)
            return _together(found) if counted else found

        enter_cellwise = cellwise(
            name,
            *parameters,
            summary=summary,
            example=example,
            ours=ours,
            home=build.__module__,
        )
        enter_cellwise(over_cells)
        return build

    return enter


def scalarwise(
    name: str, *parameters: Parameter, summary: str, example: str, ours: bool = False
) -> Callable[[Callable[..., CellValue]], Callable[..., CellValue]]:
    """Enter a Python function over converted plain values, called once per distinct input."""

    def enter(function: Callable[..., CellValue]) -> Callable[..., CellValue]:
        def over_cells(*cells: Cells) -> Cells:
            coerced = [CONVERT[p.kind](one) for p, one in zip(parameters, cells, strict=True)]
            return per_distinct(function, coerced)

        enter_cellwise = cellwise(
            name,
            *parameters,
            summary=summary,
            example=example,
            ours=ours,
            home=function.__module__,
        )
        enter_cellwise(over_cells)
        return function

    return enter


def as_units(cells: Cells) -> Coerced:
    """Texts of which each character is one UTF-16 code unit; see `codeunits`."""
    value, error = as_text(cells)
    return codeunits.apart(value), error


CONVERT: Final[dict[str, Callable[[Cells], Coerced]]] = {
    "number": as_number,
    "strict": as_strict_number,
    "text": as_text,
    "units": as_units,
    "boolean": as_boolean,
}


def _together(cells: Cells) -> Cells:
    """Texts made of code units, as texts again."""
    if cells.text is None:
        return cells
    return Cells(height=cells.height, text=codeunits.together(cells.text), error=cells.error)


_MAKE: Final[dict[str, Callable[[pl.Series, pl.Series | None], Cells]]] = {
    "number": numbers,
    "text": texts,
    "boolean": booleans,
}
_DTYPES: Final[dict[str, Any]] = {"number": pl.Float64, "text": pl.String, "boolean": pl.Boolean}


def answer(
    build: Callable[..., pl.Expr | Answer],
    coerced: Sequence[Coerced],
    gives: str,
    *,
    none: int = VALUE,
) -> Cells:
    """Run an expression over converted arguments; errors of the arguments travel through."""
    error = first_error(*(wrong for _, wrong in coerced))
    series = [value for value, _ in coerced]

    def both(*arguments: pl.Expr) -> list[pl.Expr]:
        built = build(*arguments)
        if not isinstance(built, Answer):
            return [built.cast(_DTYPES[gives])]
        return [built.value.cast(_DTYPES[gives]), built.error.cast(ERRORS)]

    value, *own = compute_each(both, *series)
    return result(value, first_error(error, *own), gives, none=none)


def result(
    value: pl.Series, error: pl.Series | None, gives: str = "number", *, none: int = VALUE
) -> Cells:
    """Answers as cells: the error where there is one, `none` where there is no answer either."""
    if value.null_count():
        error = first_error(error, missing(value, none))
    if gives == "text" and _too_long(value):
        error = first_error(error, compute(_overflow, value))
    return _MAKE[gives](value, error)


def _too_long(value: pl.Series) -> bool:
    longest = value.str.len_bytes().max()
    return isinstance(longest, int) and longest > LONGEST_TEXT


def _overflow(value: pl.Expr) -> pl.Expr:
    """#VALUE! where a text is longer than a cell can hold."""
    return pl.when(value.str.len_chars() > LONGEST_TEXT).then(pl.lit(VALUE, dtype=ERRORS))


def _with_defaults(
    context: Context, arguments: tuple[Node, ...], parameters: tuple[Parameter, ...]
) -> list[Value]:
    values = [context.value(node) for node in arguments]
    values.extend(constant(_default(parameter)) for parameter in parameters[len(values) :])
    return values


def _default(parameter: Parameter) -> CellValue:
    default = parameter.default
    return default if isinstance(default, (bool, int, float, str, CellError)) else None


__all__ = ["Answer", "Context", "Entry", "Parameter", "with_error"]
