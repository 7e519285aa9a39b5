"""Which column is which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.headers import without_unit
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import Problem, Severity

_ALTERNATIVE = re.compile(r"\s*[/|\n]\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldMap:
    """`found` maps a field's name to the header of its column."""

    found: Mapping[str, str]
    passed_over: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Field → the other headers that may be it."""
    problems: tuple[Problem, ...] = ()


def map_fields(
    headers: Sequence[str], fields: Sequence[Field], *, reserved: Collection[str] = ()
) -> FieldMap:
    """Find the column of each field by the headers that it may go by, or by its own name.

    Headers are compared folded. A header that is one of the field's as it stands goes before one
    that is without what stands in brackets (``Budget (IDR)``), and that before one whose first
    alternative is (``No. HP / WA``). Among equals the order of `Field.headers` decides, then the
    order in the tab; the headers passed over are remarked on.

    Args:
        headers: of the tab, from left to right.
        fields: what to look for.
        reserved: headers of outputs; they are ours and never a field.
    """
    ours = {fold(header) for header in reserved}
    theirs = [header for header in headers if fold(header) not in ours]
    exact = _by_fold((fold(header), header) for header in theirs)
    loose = _by_fold((fold(without_unit(header)), header) for header in theirs)
    first = _by_fold((fold(_ALTERNATIVE.split(header)[0]), header) for header in theirs)
    found: dict[str, str] = {}
    passed_over: dict[str, list[str]] = {}
    for sought in fields:
        names = list(dict.fromkeys(map(fold, (*sought.headers, sought.name))))
        claims = _claims(names, exact) or _claims(names, loose)
        taken = set(found.values())
        claims = claims or [header for header in _claims(names, first) if header not in taken]
        if claims:
            found[sought.name] = claims[0]
            also = dict.fromkeys([*claims, *_claims(names, loose)])
            passed_over[sought.name] = [header for header in also if header != claims[0]]
    problems = [
        _passed_over(name, found[name], header)
        for name, headers in passed_over.items()
        for header in headers
    ]
    return FieldMap(found=found, passed_over=passed_over, problems=tuple(problems))


def _by_fold(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Folded name → the headers that go by it, from left to right."""
    headers: dict[str, list[str]] = {}
    for name, header in pairs:
        headers.setdefault(name, []).append(header)
    return headers


def _claims(names: Sequence[str], headers: Mapping[str, Sequence[str]]) -> list[str]:
    """The headers that go by one of the names, best first."""
    return [header for name in names for header in headers.get(name, ())]


def _passed_over(name: str, used: str, header: str) -> Problem:
    return Problem(
        message=f"both “{used}” and “{header}” may be {name}; “{used}” is used",
        severity=Severity.NOTE,
        column=header,
        hint=f'to choose, write in config/sheetcrm.toml: [fields.{name}] headers = ["{header}"]',
    )
