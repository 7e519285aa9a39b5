"""Jinja, held so tightly that a template can print values and do nothing else.

On top of Jinja's immutable sandbox: attributes are names of a `Fields` mapping only (objects
are never reached), arithmetic is on small numbers only, filters are the few of `filters`, and
output is counted while it is made. What cannot be said with that is refused by `lint`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateNotFound, Undefined, nodes
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context
from markupsafe import Markup

from sheetcrm.core.followup.filters import FILTERS, say
from sheetcrm.core.followup.lead import Blank, Fields, Items
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.errors import TemplateError

OUTPUT_LIMIT = 256 * 1024  #: characters of one rendered part
NUMBER_LIMIT = 1e18
LOOP_NAMES = ("index", "index0", "first", "last", "length")
TESTS = ("defined", "undefined", "none", "number", "string")

_LISTED = "_listed"  # no template can name it: lint knows the filters of `filters` only
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class Dialect(StrEnum):
    """What a value is printed into, and so how it is escaped."""

    MARKDOWN = "markdown"
    PLAIN = "plain"
    HTML = "html"


class Empty(Undefined):
    """An empty cell: `default` and `if` deal with it, anything else is an error."""

    __slots__ = ()

    __iter__ = __str__ = __len__ = Undefined._fail_with_undefined_error  # noqa: SLF001  as Jinja

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or type(other) is type(self)

    def __hash__(self) -> int:
        return hash("")

    def __contains__(self, item: object) -> bool:
        return False


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox for one dialect; snippets come from `snippets` (path → text)."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def __init__(self, dialect: Dialect, snippets: Mapping[str, str]) -> None:
        super().__init__(
            undefined=StrictUndefined,
            finalize=_FINALIZE[dialect],
            autoescape=dialect is Dialect.HTML,
            loader=_Snippets(snippets),
            lstrip_blocks=True,
        )
        self.globals = {}
        self.filters = {**FILTERS, _LISTED: _listed}
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A name of `lead` or `sender`, or where a loop stands; nothing else has attributes."""
        if isinstance(obj, LoopContext) and attribute in LOOP_NAMES:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A value by its name, or an item of a list by its number."""
        if isinstance(obj, Fields) and isinstance(argument, str):
            return self._field(obj, argument)
        if isinstance(obj, Undefined):
            return str(obj)
        if isinstance(obj, Items) and isinstance(argument, int):
            inside = -len(obj) <= argument < len(obj)
            if inside:
                return obj[argument]
            return self.undefined(hint=Spoken("item {} is undefined", argument + 1))
        raise SecurityError(Spoken("{} cannot be asked of a value", repr(argument)))

    def _generate(self, source: nodes.Template, *arguments: Any, **named: Any) -> str:
        """Python of a template in which loops go over short lists only, snippets included."""
        for loop in source.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _LISTED, [], [], None, None, lineno=loop.lineno)
        return super()._generate(source, *arguments, **named)

    def call_binop(self, _context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers of a sane size; anything else could fill the memory."""
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
            if isinstance(side, bool) or not isinstance(side, int | float):
                raise SecurityError(Spoken("“{}” is for numbers", operator))
        if operator not in _ARITHMETIC:
            raise SecurityError(Spoken("“{}” is not available", operator))
        if right == 0 and operator in "//%":
            raise TemplateRuntimeError("division by zero")
        result = _ARITHMETIC[operator](left, right)
        if abs(result) > NUMBER_LIMIT:
            raise SecurityError("a number is too large")
        return result

    def _field(self, fields: Fields, name: str) -> Any:
        full = f"{fields.label}.{name}" if name.isidentifier() else f'{fields.label}["{name}"]'
        try:
            value = fields[name]
        except KeyError:
            return self.undefined(name=full, hint=Spoken("'{}' is undefined", full))
        if isinstance(value, Blank):
            return Empty(hint=Spoken("{} {}", full, value.reason), name=full)
        return value


def produce(template: Template, context: Mapping[str, object], path: str) -> str:
    """Render once, counting.

    Raises:
        TemplateError: a value is missing, an operation is refused, or the output is too large;
            with the line of the file in which it happened.
    """
    parts: list[str] = []
    size = 0
    try:
        for part in template.generate(context):
            size += len(part)
            if size > OUTPUT_LIMIT:
                raise SecurityError("more than 256 KB of text")
            parts.append(part)
    except UndefinedError as error:
        file, line = _place(error, path)
        raise TemplateError(
            error.message or "",
            template=file,
            line=line,
            hint='fill the cell, or say what to write instead: | default("…")',
        ) from error
    except JinjaError as error:
        file, line = _place(error, path)
        raise TemplateError(error.message or "", template=file, line=line) from error
    except (ArithmeticError, TypeError, ValueError, RecursionError) as error:
        file, line = _place(error, path)
        message = Spoken("the values do not fit: {}", str(error))
        raise TemplateError(message, template=file, line=line) from error
    return "".join(parts)


def escape_markdown(text: str) -> str:
    """Text that Markdown leaves as it is: every ASCII punctuation escaped (CommonMark 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", text)


class _Snippets(BaseLoader):
    def __init__(self, snippets: Mapping[str, str]) -> None:
        self._snippets = snippets

    def get_source(
        self, _environment: Any, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template not in self._snippets:
            raise TemplateNotFound(template)
        return self._snippets[template].rstrip("\n"), template, None


def _place(error: BaseException, path: str) -> tuple[str, int]:
    file, line = path, 0
    trace = error.__traceback__
    while trace:
        name = trace.tb_frame.f_code.co_filename
        if name == path or name.startswith("_snippets/"):
            file, line = name, trace.tb_lineno
        trace = trace.tb_next
    return file, line


@pass_context
def _to_markdown(context: Context, value: object) -> str:
    return str(value) if isinstance(value, Markup) else escape_markdown(say(context, value))


@pass_context
def _to_plain(context: Context, value: object) -> str:
    return say(context, value)


@pass_context
def _to_html(context: Context, value: object) -> str:
    return value if isinstance(value, Markup) else say(context, value)


def _listed(value: Any) -> Any:
    """What a loop goes over: a list of the lead, or one that is written there."""
    if isinstance(value, str):
        raise TemplateRuntimeError("a loop goes over a list, and this is a single value")
    return value


_FINALIZE = {
    Dialect.MARKDOWN: _to_markdown,
    Dialect.PLAIN: _to_plain,
    Dialect.HTML: _to_html,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
