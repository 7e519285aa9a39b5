"""The shape of a language's texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Text(NamedTuple):
    """One kind of finding: ``{column}``, ``{known}``, ``{field}`` and ``{about}`` are names."""

    what: str
    why: str
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The words around the findings; ``{}`` is a number or a name."""

    title: str
    intro: str
    leads: str
    columns: str
    by_email: str
    by_phone: str
    by_none: str
    of: str
    what: str
    column: str
    cells: str
    where: str
    why: str
    fix: str
    examples: str
    meant: str
    more: str
    nothing: str
    unread: str
    marks: str  #: what the signs for spaces in examples mean
    untouched: str
