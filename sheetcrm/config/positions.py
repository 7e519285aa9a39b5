"""Where each key of a TOML text stands, as `tomllib` gives values without positions.

The text has been read by `tomllib` before, so this scanner only has to find its way, not to judge.
Key paths are tuples of keys and 0-based positions: ``("stage", 1, "when")``.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s.=\[\]{}\"'#,]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[KeyPath, int]:
    """The line, from 1, on which every key, table and list element of a valid TOML text begins."""
    scanner = _Scanner(text)
    scanner.run()
    return scanner.lines


@dataclass(frozen=True, slots=True)
class Written:
    """A key as it is written in the text: offsets, and what it is part of.

    A dotted key and a heading have several parts, each of which is one of these.
    """

    path: tuple[str, ...]  #: names only, without the positions in lists
    begin: int  #: of this part
    end: int
    first: int  #: where the whole line of the key or heading begins
    last: int  #: where the value ends; of a heading, where it ends itself
    inline: bool  #: whether it stands in an inline table


def written(text: str) -> list[Written]:
    """Every part of every key and heading of a valid TOML text, in their order."""
    scanner = _NotingScanner(text)
    scanner.run()
    return sorted(scanner.written, key=lambda part: part.begin)


def repeated(text: str) -> tuple[KeyPath, int, int] | None:
    """The first key or table given twice in a TOML text: path, first line, second line."""
    scanner = _Scanner(text)
    try:
        scanner.run()
    except (ValueError, RecursionError):
        return scanner.twice  # cut short by a fault further down
    return scanner.twice


class _Scanner:
    """Walks once over the text, noting what begins where."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.twice: tuple[KeyPath, int, int] | None = None
        self._text = text
        self._at = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._lengths: dict[KeyPath, int] = {}  # arrays of tables, so far
        self._given: dict[KeyPath, int] = {}
        self._parts: list[tuple[int, int]] = []  # of the key that was read last
        self._depth = 0  # of inline tables

    def run(self) -> None:
        table: KeyPath = ()
        while self._peek():
            if self._peek() == "[":
                table = self._header()
            else:
                self._assignment(table)

    def _header(self) -> KeyPath:
        line, many = self._line(), self._text.startswith("[[", self._at)
        first = self._at
        self._at += 2 if many else 1
        *above, last = self._key()
        path = (*self._inside((), above, line), last)
        self.lines.setdefault(path, line)
        if many:
            position = self._lengths.get(path, 0)
            self._lengths[path] = position + 1
            path = (*path, position)
        elif path in self._lengths:
            path = (*path, self._lengths[path] - 1)
        self._give(path, line)
        parts = self._parts
        self._expect("]]" if many else "]")
        self._note(path, parts, first)
        return path

    def _assignment(self, table: KeyPath) -> None:
        line, first = self._line(), self._at
        *above, last = self._key()
        path = (*self._inside(table, above, line), last)
        self._expect("=")
        self._give(path, line)
        parts = self._parts
        self._value(path)
        self._note(path, parts, first)

    def _note(self, path: KeyPath, parts: list[tuple[int, int]], first: int) -> None:
        """A key or heading has been read to its end; nobody wants to know."""

    def _value(self, path: KeyPath) -> None:
        opening = self._peek()
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            self._skip(_STRING if opening in {'"', "'"} else _SCALAR)

    def _list(self, path: KeyPath) -> None:
        self._expect("[")
        position = 0
        while self._peek() != "]":
            self.lines.setdefault((*path, position), self._line())
            self._value((*path, position))
            position += 1
            if self._peek() == ",":
                self._at += 1
        self._expect("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._expect("{")
        self._depth += 1
        while self._peek() != "}":
            self._assignment(path)
            if self._peek() == ",":
                self._at += 1
        self._depth -= 1
        self._expect("}")

    def _key(self) -> list[str]:
        """A bare, quoted or dotted key."""
        self._parts = []
        parts = [self._key_part()]
        while self._peek() == ".":
            self._at += 1
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        self._peek()
        begin = self._at
        part = self._one_part()
        self._parts.append((begin, self._at))
        return part

    def _one_part(self) -> str:
        if self._peek() not in {'"', "'"}:
            return self._skip(_BARE_KEY)
        quoted = self._skip(_STRING)
        return str(tomllib.loads(f"key = {quoted}")["key"])

    def _inside(self, path: KeyPath, parts: list[str], line: int) -> KeyPath:
        """The path of a table named by `parts`: of an array of tables, its latest entry."""
        for part in parts:
            path = (*path, part)
            self.lines.setdefault(path, line)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _give(self, path: KeyPath, line: int) -> None:
        if path in self._given and self.twice is None:
            self.twice = (path, self._given[path], line)
        self._given.setdefault(path, line)
        self.lines.setdefault(path, line)

    def _peek(self) -> str:
        """The next character that is neither blank nor comment; nothing at the end."""
        blank = _BLANK.match(self._text, self._at)
        assert blank
        self._at = blank.end()
        return self._text[self._at : self._at + 1]

    def _expect(self, token: str) -> None:
        self._peek()
        if not self._text.startswith(token, self._at):
            raise ValueError(f"expected {token} in line {self._line()}")
        self._at += len(token)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if not found:
            raise ValueError(f"lost in line {self._line()}")
        self._at = found.end()
        return found.group()

    def _line(self) -> int:
        return bisect_right(self._line_ends, self._at - 1) + 1


class _NotingScanner(_Scanner):
    """Keeps every key as it is written, which takes time that `locate` does not have."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.written: list[Written] = []

    def _note(self, path: KeyPath, parts: list[tuple[int, int]], first: int) -> None:
        last = self._at
        while self._text[last - 1].isspace():
            last -= 1
        names = tuple(part for part in path if isinstance(part, str))
        above = len(names) - len(parts)
        for count, (begin, end) in enumerate(parts, above + 1):
            inline = self._depth > 0
            self.written.append(Written(names[:count], begin, end, first, last, inline=inline))
