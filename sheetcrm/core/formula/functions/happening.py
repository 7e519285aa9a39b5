"""Functions over what happened to a lead: its visits, calls and demos, from `[[activities]]`.

What they are asked is the same for all leads, so `evaluate` computes each such call once, as a
column, before anything else.
"""

from __future__ import annotations

from sheetcrm.core.formula.cells import Cells
from sheetcrm.core.formula.coerce import as_number, as_text
from sheetcrm.core.formula.registry import Context, anything, number, whole
from sheetcrm.core.formula.shapes import Bundle, Span, TooWideError, Value
from sheetcrm.core.formula.syntax import Node, Omitted
from sheetcrm.core.table.activities import known_kind
from sheetcrm.errors import FormulaError


@whole(
    "ACTIVITIES",
    anything("kind", None),
    number("days", 0),
    summary="How many activities of a kind (of any) a lead has had, in the last so many days.",
    example='=ACTIVITIES("demo", 90)',
    ours=True,
)
def _activities(context: Context, arguments: tuple[Node, ...]) -> Value:
    """Up to today; `days` counts today as the first."""
    days = _days(context, arguments[1]) if len(arguments) > 1 else None
    kinds = _kinds(context, arguments)
    return context.events.count(kinds, today=context.now().date(), days=days)


@whole(
    "LASTACTIVITY",
    anything("kind", None),
    summary="The day of a lead's last activity of a kind (of any); blank where there was none.",
    example='=DAYSSINCE(LASTACTIVITY("call"))',
    ours=True,
)
def _lastactivity(context: Context, arguments: tuple[Node, ...]) -> Value:
    """Up to today."""
    return context.events.last(_kinds(context, arguments), today=context.now().date())


def _kinds(context: Context, arguments: tuple[Node, ...]) -> list[str]:
    """The kinds asked for, one or a list, in any language; none for all of them."""
    if not arguments or isinstance(arguments[0], Omitted):
        return []
    value = context.value(arguments[0])
    if isinstance(value, Bundle):
        raise TooWideError
    columns = value.columns if isinstance(value, Span) else [value]
    texts = [text for cells in columns for text in as_text(cells)[0].to_list()]
    return [known_kind(text) for text in texts if text]


def _days(context: Context, node: Node) -> int | None:
    if isinstance(node, Omitted):
        return None
    value = context.value(node)
    if not isinstance(value, Cells) or value.height != 1:
        raise TooWideError
    days = as_number(value)[0][0]
    if days is None or days < 1:
        raise FormulaError(
            "the days of ACTIVITIES are a number from 1 up", text="", hint="90 for three months"
        )
    return int(days)
