"""Texts put together: CONCAT, CONCATENATE, TEXTJOIN."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from sheetcrm.core.formula.cells import Cells, compute, first_error
from sheetcrm.core.formula.coerce import Coerced, as_boolean, as_text
from sheetcrm.core.formula.convert import constant
from sheetcrm.core.formula.registry import Context, answer, boolean, text, whole
from sheetcrm.core.formula.shapes import Bundle, Value, scalar, stack
from sheetcrm.core.formula.syntax import Node


@whole(
    "CONCAT",
    text("text"),
    repeats=1,
    summary="Texts put together; an array gives all its items.",
    example='=CONCAT([@City], ", ", [@Country])',
)
def _concat(context: Context, arguments: tuple[Node, ...]) -> Value:
    items = [item for node in arguments for item in _items(context.value(node), "")]
    return answer(lambda *parts: pl.concat_str(parts), [as_text(item) for item in items], "text")


@whole(
    "CONCATENATE",
    text("text"),
    repeats=1,
    summary="Texts put together.",
    example='=CONCATENATE([@City], ", ", [@Country])',
)
def _concatenate(context: Context, arguments: tuple[Node, ...]) -> Value:
    items = [scalar(context.value(node)) for node in arguments]
    return answer(lambda *parts: pl.concat_str(parts), [as_text(item) for item in items], "text")


@whole(
    "TEXTJOIN",
    text("separator"),
    boolean("skip_empty"),
    text("text"),
    repeats=1,
    summary="Texts put together with a separator between them.",
    example='=TEXTJOIN(", ", TRUE, [@City], [@Country])',
)
def _textjoin(context: Context, arguments: tuple[Node, ...]) -> Value:
    separator = as_text(scalar(context.value(arguments[0])))
    skip = as_boolean(scalar(context.value(arguments[1])))
    items = [_one_by_one(context.value(node)) for node in arguments[2:]]
    flat = [as_text(item) for group in items for item in group]

    def build(between: pl.Expr, skipping: pl.Expr, *parts: pl.Expr) -> pl.Expr:
        every = pl.concat_list(parts)
        filled = every.list.eval(pl.element().filter(pl.element() != ""))
        return pl.when(skipping).then(filled.list.join(between)).otherwise(every.list.join(between))

    return answer(build, _same_height([separator, skip, *flat]), "text")


def _same_height(coerced: list[Coerced]) -> list[Coerced]:
    """Lists cannot be made of literals and columns mixed, so that constants are spread out."""
    height = max(len(value) for value, _ in coerced)
    return [(v if len(v) == height else v.new_from_index(0, height), e) for v, e in coerced]


def _one_by_one(value: Value) -> list[Cells]:
    if isinstance(value, Cells):
        return [value]
    if isinstance(value, Bundle):
        return list(value.items)
    rows = range(value.rows)
    return [value.item(row, column) for row in rows for column in range(len(value.columns))]


def _items(value: Value, between: str) -> Iterator[Cells]:
    """The items of an argument; an array that is the same for all leads is joined at once."""
    if isinstance(value, Cells):
        yield value
    elif isinstance(value, Bundle):
        yield from value.items
    else:
        every = _one_by_one(value) if len(value.columns) > 1 else [stack(value.columns)]
        coerced = [as_text(item) for item in every]
        error = first_error(
            *(wrong.drop_nulls().head(1) for _, wrong in coerced if wrong is not None)
        )
        if error is not None and len(error):
            yield Cells(height=1, error=error)
        else:
            yield constant(between.join(part for value, _ in coerced for part in value.to_list()))


__all__ = ["compute"]
