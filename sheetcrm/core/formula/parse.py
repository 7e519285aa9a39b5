"""Text → `Formula`: formualizer's parser reads it, this module makes it ours and checks it.

Structured references, prefixes of newer functions (``_xlfn.``) and `LET` are resolved here, so
that what follows sees a plain tree of literals, references, operators and calls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import formualizer

from sheetcrm.core.formula import fallback, registry
from sheetcrm.core.formula.refused import refusal
from sheetcrm.core.formula.scan import notes, prepare
from sheetcrm.core.formula.spanish import spanish_hint
from sheetcrm.core.formula.structured import read_reference
from sheetcrm.core.formula.syntax import (
    HEADERS,
    ArrayOf,
    Binary,
    Call,
    CellOf,
    ColumnOf,
    Literal,
    Name,
    Node,
    Omitted,
    Unary,
)
from sheetcrm.core.table.names import nearest
from sheetcrm.core.table.values import ERROR_CODES, CellError
from sheetcrm.errors import FormulaError

MAX_DEPTH: Final = 200
_TRIES: Final = 200
_TOO_DEEP: Final = "the formula is too deeply nested or too long a chain"
_TAKE_APART: Final = "move a part of it into a rule or an output of its own"
MAX_NODES: Final = 20_000
_PREFIXES: Final = ("_XLFN.", "_XLWS.")


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a formula names.

    `kind` is ``cell`` (this lead's value), ``column`` (a whole column) or ``name`` (a parameter
    or a reference table). `table` is "" for the own tab, or as written: any name that is not a
    reference table's means the own tab. `offset` is the place in the formula.
    """

    kind: str
    table: str
    column: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been understood; equal texts give equal formulas."""

    text: str
    references: tuple[Reference, ...]
    functions: frozenset[str]
    tree: Node = field(repr=False, compare=False)
    understood: str = field(default="", repr=False, compare=False)  #: straight quotes, commas
    notes: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def fallbacks(self) -> frozenset[str]:
        """The functions that formualizer evaluates, once per distinct combination of inputs."""
        return frozenset(name for name in self.functions if registry.find(name) is None)


@lru_cache(maxsize=1024)  # a run asks for each of its formulas several times
def parse(text: str) -> Formula:
    """Understand one formula.

    Raises:
        FormulaError: with the place in `text` and what to do; its `faults` are all that can be
            told at once. See the module's tests for all that there are.
    """
    prepared = prepare(text)
    try:
        root = formualizer.parse(prepared.strip())
    except formualizer.ParserError as error:
        raise _syntax_error(text, prepared, error) from error
    reader = _Reader(text, prepared)
    tree = reader.read(root, {}, 0)
    if reader.faults:
        raise _first_of(reader.faults)
    return Formula(
        text,
        tuple(dict.fromkeys(reader.references)),
        frozenset(reader.functions),
        tree,
        prepared.strip(),
        notes(text),
    )


def _first_of(faults: list[FormulaError]) -> FormulaError:
    """The first fault in the order of the formula, which knows of the others."""
    first, *others = sorted(faults, key=lambda fault: fault.offset)
    first.faults = (first, *others)
    return first


def _syntax_error(text: str, prepared: str, error: formualizer.ParserError) -> FormulaError:
    """Where the parser stopped: it counts tokens, we find the longest beginning that it reads."""
    if "height limit" in str(error):
        return FormulaError(_TOO_DEEP, text=text, offset=_first(prepared), hint=_TAKE_APART)
    stripped = prepared.strip()
    lead = _first(prepared)
    for end in reversed(_token_ends(stripped)):
        if not _parses(stripped[:end]):
            continue
        rest = stripped[end:]
        return FormulaError(
            f"the formula cannot be understood from {rest.strip()[:20]!r} on",
            text=text,
            offset=lead + end + len(rest) - len(rest.lstrip()),
            hint="is an operator or a comma missing before it, or a value after it?",
        )
    return FormulaError(
        "the formula cannot be understood",
        text=text,
        offset=min(lead + 1, len(text) - 1),
        hint="a formula begins with =, such as =[@Budget]>=50000000",
    )


def _first(prepared: str) -> int:
    """How many blanks stand before the formula."""
    return len(prepared) - len(prepared.lstrip())


def _token_ends(stripped: str) -> list[int]:
    """Where tokens end, in characters: the last ones only, as each is tried."""
    try:
        ends = [token.end for token in formualizer.Tokenizer(stripped).tokens()]
    except formualizer.TokenizerError:
        return []
    encoded = stripped.encode()
    return [len(encoded[:end].decode()) for end in ends[-_TRIES:] if end < len(encoded)]


def _parses(text: str) -> bool:
    try:
        formualizer.parse(text)
    except formualizer.ParserError:
        return False
    return True


def _meant(name: str) -> str:
    """What to write instead of a function that there is not."""
    near = nearest(name, registry.names())
    guess = f"did you mean {near}?" if near else "docs/formulas.md lists them all"
    return spanish_hint(name) or guess


class _Reader:
    """Makes formualizer's tree ours, and notes what is named on the way."""

    def __init__(self, text: str, prepared: str) -> None:
        self.text = text
        self.references: list[Reference] = []
        self.functions: set[str] = set()
        self.faults: list[FormulaError] = []
        self._lead = _first(prepared)
        self._bytes = prepared.strip().encode()
        self._nodes = 0

    def read(self, node: Any, local: Mapping[str, Node], depth: int) -> Node:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise self._error(_TOO_DEEP, self._at(node))
        match node.node_type():
            case "Literal":
                return self._literal(node)
            case "Reference":
                return self._reference(node, local)
            case "UnaryOp":
                return self._unary(node, local, depth)
            case "BinaryOp":
                return self._binary(node, local, depth)
            case "Function":
                return self._call(node, local, depth)
            case "Array":
                return self._array(node)
            case "Omitted":
                return Omitted()
        raise self._error(
            "a function made on the spot (LAMBDA) cannot be used here",
            self._at(node),
            hint="write the calculation out, or name its parts with LET",
        )

    def _error(self, message: str, offset: int, hint: str = "") -> FormulaError:
        return FormulaError(message, text=self.text, offset=offset, hint=hint or _TAKE_APART)

    def _at(self, node: Any) -> int:
        """The place of a node: its own token, or that of its first part."""
        token = node.get_source_token()
        if token is not None:
            return self._lead + len(self._bytes[: token.start].decode())
        return min((self._at(child) for child in node.children()), default=self._lead)

    def _literal(self, node: Any) -> Literal:
        value, offset = node.get_literal_value(), self._at(node)
        if isinstance(value, bool):
            return Literal(value, "boolean", offset)
        if isinstance(value, (int, float)):
            if not math.isfinite(value):
                raise self._error("the number is too large", offset, "Excel ends at 1.79E+308")
            return Literal(float(value), "number", offset)
        token = node.get_source_token()
        if token is not None and not token.value.startswith('"') and value.startswith("#"):
            code = value.upper()
            return Literal(CellError(code if code in ERROR_CODES else "#VALUE!"), "error", offset)
        return Literal(str(value), "text", offset)

    def _reference(self, node: Any, local: Mapping[str, Node]) -> Node:
        offset = self._at(node)
        written = node.get_source_token().value
        bound = local.get(written.casefold())
        if bound is not None:
            return bound
        try:
            found = read_reference(written, offset, self.text)
        except FormulaError as error:
            self.faults.append(error)
            return Omitted(offset)
        match found:
            case CellOf():
                self.references.append(Reference("cell", found.table, found.column, offset))
            case ColumnOf(column=column) if column == HEADERS:
                self.references.append(Reference("name", "", found.table, offset))
            case ColumnOf():
                for column in filter(None, (found.column, found.last)):
                    self.references.append(Reference("column", found.table, column, offset))
            case Name():
                self.references.append(Reference("name", "", found.name, offset))
        return found

    def _unary(self, node: Any, local: Mapping[str, Node], depth: int) -> Node:
        operator = node.get_operator()
        if operator == "#":
            raise self._error(
                "# points at a spilled range, which leads do not have", self._at(node)
            )
        operand = self.read(node.children()[0], local, depth + 1)
        return operand if operator == "@" else Unary(operator, operand, self._at(node))

    def _binary(self, node: Any, local: Mapping[str, Node], depth: int) -> Node:
        operator = node.get_operator()
        if operator in {",", " ", ":"}:
            ranged = "name each column, or the range of a table: Table[[first]:[last]]"
            comma = "a decimal point is written 1.5; between arguments belongs one comma"
            raise self._error(
                "two values stand here where there should be one",
                self._at(node),
                ranged if operator == ":" else comma,
            )
        left, right = (self.read(child, local, depth + 1) for child in node.children())
        return Binary(operator, left, right, self._at(node))

    def _array(self, node: Any) -> Node:
        items = [self._array_item(child) for child in node.children()]
        widths = [len(row) for row in node.to_dict()["rows"]]
        if len(set(widths)) > 1:
            raise self._error("the rows of the array differ in length", self._at(node))
        starts = range(0, len(items), widths[0])
        rows = tuple(tuple(items[start : start + widths[0]]) for start in starts)
        return ArrayOf(rows, self._at(node))

    def _array_item(self, node: Any) -> Literal:
        item = self.read(node, {}, 0)
        if isinstance(item, Unary) and isinstance(item.operand, Literal) and item.operator == "-":
            value = item.operand.value
            if isinstance(value, float):
                return Literal(-value, "number", item.offset)
        if isinstance(item, Literal):
            return item
        raise self._error("an array holds numbers, texts, TRUE and FALSE", self._at(node))

    def _call(self, node: Any, local: Mapping[str, Node], depth: int) -> Node:
        name, offset = node.get_function_name().upper(), self._at(node)
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        if name == "LET":
            return self._let(node, local, depth, offset)
        self._check_function(name, len(node.children()), offset)
        self.functions.add(name)
        arguments = tuple(self.read(child, local, depth + 1) for child in node.children())
        return Call(name, arguments, offset)

    def _check_function(self, name: str, count: int, offset: int) -> None:
        """Note what is wrong with a call; its arguments are looked at all the same."""
        refused = refusal(name)
        if refused:
            why, instead = refused
            self.faults.append(self._error(f"{name} cannot be used: {why}", offset, instead))
            return
        entry = registry.find(name)
        if entry is None:
            if not fallback.knows(name):
                fault = self._error(f"there is no function {name}", offset, _meant(name))
                self.faults.append(fault)
            return
        problem = entry.arity_problem(count)
        if problem:
            self.faults.append(self._error(problem, offset, f"write {entry.usage}"))

    def _let(self, node: Any, local: Mapping[str, Node], depth: int, offset: int) -> Node:
        """``LET(x, a, …, body)``: every name stands for its expression, computed once."""
        parts = node.children()
        if len(parts) < 3 or len(parts) % 2 == 0:
            raise self._error(
                "LET takes names and values in pairs, and last the answer",
                offset,
                "write LET(name1, value1, [name2, value2], …, calculation)",
            )
        inner = dict(local)
        for name, value in zip(parts[:-1:2], parts[1:-1:2], strict=True):
            if name.node_type() != "Reference":
                raise self._error("LET wants a name here", self._at(name), "such as x or total")
            inner[name.get_source_token().value.casefold()] = self.read(value, inner, depth + 1)
        self.functions.add("LET")
        return self.read(parts[-1], inner, depth + 1)
