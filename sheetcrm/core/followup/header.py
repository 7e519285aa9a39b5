"""The short header of a template: literal ``Key: value`` lines between two ``---``.

Never YAML, in which a subject such as ``Halo: apa kabar`` or ``Halo # promo`` is an error or
is cut. A value goes to the end of its line; ``#`` comments only where a line begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sheetcrm.core.followup.lint import Fault
from sheetcrm.core.table.names import fold, nearest

FOR = "For-"  #: begins a line that says for whom the file is: ``For-location: Jakarta, Bogor``
KEYS = ("Subject", "Preheader", "For-location", "For-interest", "For-stage", "Attach", "Status")
STATUSES = ("ready", "draft")

_LINE = re.compile(r"([^\W\d_][\w -]*?)\s*:\s*(.*)")
_FOR = re.compile(r"for\s*[-_ ]\s*(.+)", re.IGNORECASE)
_FENCE = "---"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One header line."""

    value: str
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """A template's text, divided."""

    entries: dict[str, Entry] = field(default_factory=dict)
    body: str  #: the header's lines left blank, so that line numbers stay the file's
    faults: Sequence[Fault] = ()

    def text(self, key: str) -> str:
        """A header's value, or ""."""
        entry = self.entries.get(key)
        return entry.value if entry else ""

    def items(self, key: str) -> tuple[str, ...]:
        """A header's value as a list, divided at commas and semicolons."""
        parts = re.split(r"[,;]", self.text(key))
        return tuple(part.strip() for part in parts if part.strip())


def split_header(text: str) -> Split:
    """Divide a template into its header and its body."""
    lines = text.split("\n")
    if lines[0].strip() != _FENCE:
        return Split(body=text)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), 0)
    if not end:
        fault = Fault(message="the header has no end", line=1, hint="close it with a line ---")
        return Split(body="", faults=[fault])
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for number, line in enumerate(lines[1:end], 2):
        if line.strip() and not line.startswith("#"):
            _read(line, number, entries, faults)
    body = "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return Split(entries=entries, body=body, faults=faults)


def _read(line: str, number: int, entries: dict[str, Entry], faults: list[Fault]) -> None:
    match = _LINE.fullmatch(line.strip())
    if not match:
        hint = "each line of the header is  Key: value"
        faults.append(Fault(message=f"not understood: {line.strip()}", line=number, hint=hint))
        return
    key = _key(match[1])
    if key is None:
        near = nearest(match[1], KEYS)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(KEYS)}"
        faults.append(Fault(message=f"unknown header “{match[1]}”", line=number, hint=hint))
    elif key in entries:
        first = entries[key].line
        faults.append(Fault(message=f"{key} is there twice (line {first})", line=number))
    elif key.startswith(FOR) and not match[2].strip(" ,;"):
        faults.append(Fault(message=f"{key} names nothing", line=number))
    elif key == "Status" and match[2].lower() not in STATUSES:
        faults.append(Fault(message=f"Status is ready or draft, not “{match[2]}”", line=number))
    else:
        entries[key] = Entry(value=match[2].strip(), line=number)


def _key(written: str) -> str | None:
    """A header as we write it: one that is known, or the line of any axis, None for others."""
    known = {fold(key): key for key in KEYS}.get(fold(written))
    axis = _FOR.fullmatch(written)
    return known or (f"{FOR}{axis[1]}" if axis else None)
