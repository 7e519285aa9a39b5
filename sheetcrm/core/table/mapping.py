"""Which column is which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.table.fields import Field
from sheetcrm.core.table.headers import without_unit
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import Problem, Severity

_ALTERNATIVE = re.compile(r"\s*[/|\n]\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldMap:
    """`found` maps a field's name to the header of its column."""

    found: Mapping[str, str]
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
    problems = []
    for field in fields:
        names = list(dict.fromkeys(map(fold, (*field.headers, field.name))))
        claims = _claims(names, exact) or _claims(names, loose)
        taken = set(found.values())
        claims = claims or [header for header in _claims(names, first) if header not in taken]
        if claims:
            found[field.name] = claims[0]
            also = dict.fromkeys([*claims, *_claims(names, loose)])
            problems += [_passed_over(field, claims[0], h) for h in also if h != claims[0]]
    return FieldMap(found=found, problems=tuple(problems))


def _by_fold(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Folded name → the headers that go by it, from left to right."""
    headers: dict[str, list[str]] = {}
    for name, header in pairs:
        headers.setdefault(name, []).append(header)
    return headers


def _claims(names: Sequence[str], headers: Mapping[str, Sequence[str]]) -> list[str]:
    """The headers that go by one of the names, best first."""
    return [header for name in names for header in headers.get(name, ())]


def _passed_over(field: Field, used: str, header: str) -> Problem:
    return Problem(
        message=f"both “{used}” and “{header}” may be {field.name}; “{used}” is used",
        severity=Severity.NOTE,
        column=header,
        hint=f"to choose, write in config/sheetcrm.toml: [fields.{field.name}] "
        f'headers = ["{header}"]',
    )
