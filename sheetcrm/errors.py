"""What can go wrong with a run, and how much of it must stop.

A fault in the *data* is a value (`core.table.Problem`) and never stops the other rows.
A fault of the *run* is one of these; the first level says how much must stop::

    SheetCrmError                     .hint says what to do next
    ├── UsageError                    nothing was touched                   exit 2
    │   ├── ConfigError               .faults: all of them at once
    │   ├── FormulaError              .text .offset: the place in it; .faults: all of them
    │   └── TemplateError             .template .line
    ├── SourceError                   skip this source, go on               exit 1
    │   ├── SourceNotFoundError
    │   ├── TabNotFoundError          .tabs: the ones that there are
    │   ├── HeaderError               no header row could be found
    │   ├── SourceRefusedError        .code: it cannot be read or written safely
    │   ├── SourceEmptiedError        leads last time, none now
    │   ├── SourceChangedError   (T)  somebody saved between our reading and writing
    │   ├── SourceBusyError      (T)  .holder: open in Excel or LibreOffice, or quota
    │   ├── SourceLeftError      (T)  the run's time was over before it was begun
    │   └── SourceUnreachableError (T)  no connection, or the service has an outage
    ├── LeadError                     skip this lead; becomes a Problem     exit 1
    ├── MailerError                   stop sending; write-back completes    exit 1
    │   ├── MailerAuthError           the server refuses the login
    │   ├── MailerBusyError      (T)  another process sends from the account
    │   └── MailerUnavailableError (T)  no connection, or come back later
    └── LedgerError                   stop the run                          exit 1
        ├── LedgerLockedError    (T)
        ├── LedgerUnreachableError (T)  its server does not answer
        ├── LedgerDamagedError  its file is broken
        └── LedgerTooNewError

(T) also inherits `TransientError`: trying later is safe (exit 75).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 68  # characters of a formula around its fault: with all around them less than 80
_MARKS = frozenset(("Mn", "Me", "Cf"))  # categories of characters that take no room


class SheetCrmError(Exception):
    """Something that sheetcrm understands went wrong.

    Attributes:
        message: what happened and where, in one sentence.
        hint: what to do next.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TransientError(SheetCrmError):
    """Trying again later is safe."""


class UsageError(SheetCrmError):
    """The command, the configuration or a template is wrong; nothing was touched."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigFault:
    """One thing wrong in the workspace's files, with its place.

    `str()` gives ``config/stages.toml:14: stage[2].when: unknown field [@Budjet]``.
    """

    message: str
    file: str = ""  #: where only the key is known, what loads the files adds file and line
    line: int = 0
    key: str = ""
    hint: str = ""
    severity: str = "error"
    picture: str = ""  #: a formula with a caret under the place, as two lines

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = ": ".join(part for part in (place, self.key, self.message) if part)
        if self.hint:
            text = f"{text} — {self.hint}"
        return "\n    ".join((text, *self.picture.splitlines()))


class ConfigError(UsageError):
    """The workspace's files have faults; all of them are in `faults`."""

    def __init__(self, faults: Sequence[ConfigFault], *, hint: str = "") -> None:
        count = len(faults)
        noun = "problem" if count == 1 else "problems"
        super().__init__(
            f"{count} {noun} in the configuration", hint=hint or "mend them, then: sheetcrm check"
        )
        self.faults = tuple(faults)


class FormulaError(UsageError):
    """A formula cannot be understood.

    Attributes:
        text: the formula as written.
        offset: index in `text` of the place that is wrong.
        faults: everything that is wrong with the formula, this first.
    """

    def __init__(self, message: str, *, text: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.offset = offset
        self.faults: tuple[FormulaError, ...] = (self,)

    @property
    def pointer(self) -> str:
        """The line of the formula that is wrong, and a caret under the place, as a second line.

        A long line is cut around the place, so that the caret stands right in 80 columns.
        """
        return pointed(self.text, self.offset)


def pointed(text: str, offset: int) -> str:
    """A line of `text` cut around the character at `offset`, and below it a caret under that."""
    offset = min(max(offset, 0), len(text))
    begin = text.rfind("\n", 0, offset) + 1
    line = text[begin:].partition("\n")[0].translate({9: " ", 13: " "})
    column = offset - begin
    start, end = _around(line, column)
    before, after = "… " if start else "", " …" if end < len(line) else ""
    indent = " " * (len(before) + _width(line[start:column]))
    return f"{before}{line[start:end]}{after}\n{indent}^"


def _around(line: str, column: int) -> tuple[int, int]:
    """From where to where a line is shown: `_SHOWN` columns, the place in their middle."""
    start = end = min(column, len(line))
    room = _SHOWN - _width(line[end : end + 1])
    end = min(end + 1, len(line))
    grows = True
    while grows:
        grows = False
        for side in (start - 1, end):
            if 0 <= side < len(line) and (wide := _width(line[side])) <= room:
                start, end, room, grows = min(start, side), max(end, side + 1), room - wide, True
    return start, end


def _width(text: str) -> int:
    """How many columns of a terminal a text takes (Unicode, UAX #11)."""
    return sum(
        0
        if unicodedata.category(char) in _MARKS
        else 1 + (unicodedata.east_asian_width(char) in {"W", "F"})
        for char in text
    )


class TemplateError(UsageError):
    """A template cannot be understood."""

    def __init__(self, message: str, *, template: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.template = template
        self.line = line


class SourceError(SheetCrmError):
    """One source cannot be synced; the others go on."""


class SourceNotFoundError(SourceError):
    """The workbook or spreadsheet is not there, or may not be read."""


class TabNotFoundError(SourceError):
    """The workbook has no such tab, table or defined name."""

    def __init__(self, message: str, *, tabs: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.tabs = tuple(tabs)


class HeaderError(SourceError):
    """No row of the tab looks like a header."""


class SourceRefusedError(SourceError):
    """The workbook cannot be read or written safely, so it was left untouched.

    Attributes:
        code: a short stable word such as ``encrypted``, ``signed``, ``not-a-workbook``.
    """

    def __init__(self, message: str, *, code: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class SourceEmptiedError(SourceError):
    """There were leads last time and there are none now."""


class SourceChangedError(SourceError, TransientError):
    """Somebody saved the source between our reading and our writing."""


class SourceBusyError(SourceError, TransientError):
    """Somebody has the source open, or its quota is used up.

    Attributes:
        holder: who has it open, as far as known.
    """

    def __init__(self, message: str, *, holder: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.holder = holder


class SourceUnreachableError(SourceError, TransientError):
    """There is no way to the source just now: no connection, or its service has an outage."""


class SourceLeftError(SourceError, TransientError):
    """The run's time was over before it came to the source; the next run begins with it."""


class LeadError(SheetCrmError):
    """One lead cannot be handled; it becomes a `Problem`."""


class MailerError(SheetCrmError):
    """Mail cannot be written or sent; writing back still completes."""


class MailerAuthError(MailerError):
    """A mail server refuses our login; trying the same again would not help."""


class MailerBusyError(MailerError, TransientError):
    """Another process is sending from this account."""


class MailerUnavailableError(MailerError, TransientError):
    """There is no way to the mail server just now, or it wants us to come back later."""


class LedgerError(SheetCrmError):
    """The ledger cannot be used; without memory we could mail twice, so the run stops."""


class LedgerLockedError(LedgerError, TransientError):
    """Another run holds the ledger."""


class LedgerUnreachableError(LedgerError, TransientError):
    """There is no way to the ledger's server just now."""


class LedgerDamagedError(LedgerError):
    """The ledger's file is broken, or none."""


class LedgerTooNewError(LedgerError):
    """The ledger was written by a newer sheetcrm."""
