"""What a template may say: a short list of Jinja, checked on the syntax tree before it runs.

Everything that is not on the list is refused with its line: calls, imports, macros, `set`,
joining text with ``~``, loops in loops. So the size and the time of a rendering are bounded by
the size of the files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes

from sheetcrm.core.followup.filters import FILTERS
from sheetcrm.core.followup.sandbox import LOOP_NAMES, TESTS
from sheetcrm.core.table.names import nearest

SNIPPETS = "_snippets/"
ITEM_LIMIT = 50  #: of a list that is written into a template
INCLUDE_LIMIT = 50  #: snippets in one file

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.If,
    nodes.For,
    nodes.Include,
    nodes.List,
    nodes.Tuple,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Neg,
    nodes.Pos,
)
_WORDS: Mapping[str, str] = {
    "Call": "calling something",
    "Concat": "joining text with “~” (write the parts one after the other)",
    "Assign": "{% set %}",
    "AssignBlock": "{% set %}",
    "Pow": "“**”",
    "Import": "{% import %}",
    "FromImport": "{% import %}",
    "Extends": "{% extends %} (_layout.html is put around by itself)",
    "Block": "{% block %}",
    "Macro": "{% macro %}",
    "CallBlock": "{% call %}",
    "FilterBlock": "{% filter %}",
    "With": "{% with %}",
    "Dict": "a dictionary",
    "Slice": "a slice",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that a template may not say."""

    message: str
    line: int
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A name that a template reads: ``lead.city``."""

    owner: str  #: ``lead`` or ``sender``
    name: str
    line: int


def lint(tree: nodes.Template, roots: Collection[str], snippets: Collection[str]) -> list[Fault]:
    """Everything in the tree that is not allowed.

    Args:
        tree: a parsed template.
        roots: the names that it may start from: ``lead``, ``sender``, ``today`` …
        snippets: the paths that it may include; none for a snippet itself.
    """
    faults = [
        Fault(
            message=f"{_WORDS.get(type(node).__name__, type(node).__name__)} is not available",
            line=node.lineno,
        )
        for node in _walk(tree)
        if not isinstance(node, _ALLOWED)
    ]
    for node in _walk(tree):
        faults += _node_faults(node, snippets)
    faults += _name_faults(tree, {*roots}, looping=False)
    inclusions = list(tree.find_all(nodes.Include))
    if len(inclusions) > INCLUDE_LIMIT:
        line = inclusions[INCLUDE_LIMIT].lineno
        faults.append(Fault(message=f"more than {INCLUDE_LIMIT} snippets", line=line))
    return sorted(faults, key=lambda fault: fault.line)


def references(tree: nodes.Template) -> tuple[Reference, ...]:
    """Every field of `lead` and `sender` that the template reads."""
    found = (reference_of(node) for node in _walk(tree))
    return tuple(reference for reference in found if reference)


def reference_of(node: nodes.Node) -> Reference | None:
    """The field that a node is, or None."""
    if not isinstance(node, nodes.Getattr | nodes.Getitem) or not isinstance(node.node, nodes.Name):
        return None
    name = _asked(node)
    if node.node.name not in {"lead", "sender"} or not name:
        return None
    return Reference(owner=node.node.name, name=name, line=node.lineno)


def included(node: nodes.Include) -> str:
    """The path that is included, or "" where it is not a plain text."""
    name = node.template
    return name.value if isinstance(name, nodes.Const) and isinstance(name.value, str) else ""


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _asked(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""


def _node_faults(node: nodes.Node, snippets: Collection[str]) -> Iterator[Fault]:
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        near = nearest(node.name, FILTERS)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(FILTERS)}"
        yield Fault(message=f"no filter “{node.name}”", line=node.lineno, hint=hint)
    elif isinstance(node, nodes.Test) and node.name not in TESTS:
        hint = f"there are {', '.join(TESTS)}"
        yield Fault(message=f"no test “is {node.name}”", line=node.lineno, hint=hint)
    elif isinstance(node, nodes.Include):
        yield from _include_faults(node, snippets)
    elif isinstance(node, nodes.For):
        yield from _loop_faults(node)
    elif isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const):
        yield Fault(message="inside [ ] stands a name in quotes or a number", line=node.lineno)


def _include_faults(node: nodes.Include, snippets: Collection[str]) -> Iterator[Fault]:
    path = included(node)
    if not snippets:
        yield Fault(message="a snippet cannot include another file", line=node.lineno)
    elif not path.startswith(SNIPPETS):
        hint = '{% include "_snippets/signature.en.md" %}'
        yield Fault(message="only files of _snippets can be included", line=node.lineno, hint=hint)
    elif path not in snippets:
        near = nearest(path, snippets)
        yield Fault(
            message=f"there is no {path}",
            line=node.lineno,
            hint=f"did you mean {near}?" if near else "",
        )


def _loop_faults(node: nodes.For) -> Iterator[Fault]:
    if not isinstance(node.iter, nodes.Getattr | nodes.Getitem | nodes.List | nodes.Tuple):
        hint = "for example {% for interest in lead.interests %}"
        yield Fault(message="a loop goes over a list of the lead", line=node.lineno, hint=hint)
    if isinstance(node.iter, nodes.List | nodes.Tuple) and len(node.iter.items) > ITEM_LIMIT:
        yield Fault(message=f"a list of more than {ITEM_LIMIT} items", line=node.lineno)
    if any(isinstance(inner, nodes.Include) for part in node.body for inner in _walk(part)):
        yield Fault(message="a snippet cannot stand in a loop", line=node.lineno)
    if node.recursive or not isinstance(node.target, nodes.Name):
        yield Fault(message="a loop has one simple name", line=node.lineno)
    if any(isinstance(inner, nodes.For) for part in node.body for inner in _walk(part)):
        yield Fault(message="a loop cannot stand in a loop", line=node.lineno)


def _name_faults(node: nodes.Node, known: set[str], *, looping: bool) -> Iterator[Fault]:
    """Unknown names; `lead` and `sender` alone; loop variables are known in their loop."""
    if isinstance(node, nodes.For):
        yield from _name_faults(node.iter, known, looping=looping)
        inside = known | ({node.target.name} if isinstance(node.target, nodes.Name) else set())
        for part in (*node.body, *([node.test] if node.test else [])):
            yield from _name_faults(part, inside, looping=True)
        for part in node.else_:
            yield from _name_faults(part, known, looping=looping)
        return
    if isinstance(node, nodes.Getattr | nodes.Getitem) and isinstance(node.node, nodes.Name):
        yield from _owner_faults(node, node.node.name, known, looping=looping)
        return
    if isinstance(node, nodes.Name):
        yield from _plain_name_faults(node, known)
    for child in node.iter_child_nodes():
        yield from _name_faults(child, known, looping=looping)


def _owner_faults(
    node: nodes.Getattr | nodes.Getitem, owner: str, known: set[str], *, looping: bool
) -> Iterator[Fault]:
    asked = _asked(node)
    if owner == "loop" and looping:
        if asked not in LOOP_NAMES:
            yield Fault(message=f"no loop.{asked}", line=node.lineno)
    elif owner not in known:
        yield _unknown(owner, node.lineno)


def _plain_name_faults(node: nodes.Name, known: set[str]) -> Iterator[Fault]:
    if node.name in {"lead", "sender"} and node.name in known:
        message = f"“{node.name}” alone is nothing"
        yield Fault(message=message, line=node.lineno, hint=f"for example {node.name}.name")
    elif node.name not in known:
        yield _unknown(node.name, node.lineno)


def _unknown(name: str, line: int) -> Fault:
    return Fault(
        message=f"unknown name “{name}”",
        line=line,
        hint=f"a column of the sheet is lead.{name}" if name.isidentifier() else "",
    )
