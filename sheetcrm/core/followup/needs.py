"""What a template cannot do without: values that it prints and that no `default` or `if` minds."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

from sheetcrm.core.followup.lint import Reference, reference_of
from sheetcrm.core.table.names import fold


def needs(tree: nodes.Template) -> tuple[Reference, ...]:
    """The fields of the lead without which the template cannot be rendered.

    Whatever an `if` mentions counts as minded in both of its branches: this errs on the side of
    saying too little.
    """
    return tuple(_needed(tree, frozenset()))


def _needed(node: nodes.Node, minded: frozenset[str]) -> Iterator[Reference]:
    if isinstance(node, nodes.Filter) and node.name == "default":
        return
    if isinstance(node, nodes.If | nodes.CondExpr):
        inside = minded | _mentioned(node.test)
        for child in node.iter_child_nodes(exclude=("test",)):
            yield from _needed(child, inside)
        return
    reference = reference_of(node)
    if reference and reference.owner == "lead" and fold(reference.name) not in minded:
        yield reference
    for child in node.iter_child_nodes():
        yield from _needed(child, minded)


def _mentioned(test: nodes.Node) -> frozenset[str]:
    found = (reference_of(node) for node in (test, *test.find_all(nodes.Node)))
    return frozenset(fold(reference.name) for reference in found if reference)
