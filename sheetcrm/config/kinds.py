"""What a single value may be: one declaration both checks it and describes it to editors."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from math import isfinite
from typing import Any, ClassVar, Final

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.positions import KeyPath
from sheetcrm.core.table.names import nearest
from sheetcrm.errors import pointed

BAD: Final = object()  #: what checking a faulty value gives


class WrongValueError(Exception):
    """A text does not say what it should; `message` continues ``key:``."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Figure(float):
    """A number such as ``20.000``, which may have been meant as twenty thousand."""

    text: str  #: as it was written


_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")


def read_float(text: str) -> float:
    """A float of a TOML file, so that `Number` can tell how it was written."""
    if not _THOUSANDS.fullmatch(text):
        return float(text)
    figure = Figure(text)
    figure.text = text
    return figure


class Kind(ABC):
    """A kind of value."""

    noun: ClassVar[str]  #: what to call such a value
    types: ClassVar[tuple[type, ...]]  #: what TOML gives for it

    def check(self, value: object, path: KeyPath, run: Inspection) -> Any:
        """The value as the model wants it, or BAD after noting its faults."""
        if self.fits(value):
            return self._read(value, path, run)
        run.fault(path, f"expected {self.called()}, got {noun_of(value)}", self._remedy(value))
        return BAD

    def fits(self, value: object) -> bool:
        """Whether the value is of the right type at all; `bool` is no number."""
        return isinstance(value, self.types) and isinstance(value, bool) == (bool in self.types)

    def called(self) -> str:
        """What to call such a value."""
        return self.noun

    def schema(self) -> dict[str, Any]:
        """The kind as JSON Schema."""
        return self._schema()

    @abstractmethod
    def _read(self, value: Any, path: KeyPath, run: Inspection) -> Any:
        """As `check`, for a value of the right type."""

    @abstractmethod
    def _schema(self) -> dict[str, Any]: ...

    def _remedy(self, value: object) -> str:  # noqa: ARG002  most kinds have none
        """How to write a value of a wrong type so that it fits; empty where nobody can say."""
        return ""


def noun_of(value: object) -> str:
    """What to call a value that TOML gave us."""
    names = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (datetime, "a date with a time"),
        (date, "a date"),
        (time, "a time"),
        (list, "a list"),
    )
    return next((name for types, name in names if isinstance(value, types)), "a table")


def meant(name: str, known: Iterable[str], written: str = "{}") -> str:
    """``did you mean …?`` with the known name nearest to `name`, or nothing."""
    near = nearest(name, known)
    return f"did you mean {written.format(near)}?" if near else ""


@dataclass(frozen=True, slots=True)
class YesNo(Kind):
    """True or false."""

    noun: ClassVar[str] = "true or false"
    types: ClassVar[tuple[type, ...]] = (bool,)

    def _read(self, value: bool, path: KeyPath, run: Inspection) -> bool:  # noqa: ARG002, FBT001
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def _remedy(self, value: object) -> str:
        return "without quotes" if value in ("true", "false") else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Kind):
    """A finite number in a range, its ends included but for `above`."""

    noun: ClassVar[str] = "a number"
    types: ClassVar[tuple[type, ...]] = (int, float)
    least: float | None = None
    above: float | None = None
    most: float | None = None
    whole: bool = False

    def called(self) -> str:
        """A whole number where it must be one."""
        return "a whole number" if self.whole else self.noun

    def _read(self, value: float, path: KeyPath, run: Inspection) -> Any:
        limits = (
            (not _representable(value), "must be an ordinary number"),
            (self.whole and value != value // 1, "must be a whole number"),
            (self.least is not None and value < self.least, f"must be at least {self.least}"),
            (self.above is not None and value <= self.above, f"must be more than {self.above}"),
            (self.most is not None and value > self.most, f"must be at most {self.most}"),
        )
        message = next((message for broken, message in limits if broken), None)
        if message is None:
            return self._found(value, path, run)
        run.fault(path, message)
        return BAD

    def _found(self, value: float, path: KeyPath, run: Inspection) -> float:
        if isinstance(value, Figure):
            plain, meant = f"{float(value):.3f}".rstrip("0").rstrip("."), value.text
            run.note(
                path,
                f"{meant} is read as {plain}; "
                f"if the dot sets off thousands, write {meant.replace('.', '_')}",
            )
            value = float(value)
        return int(value) if self.whole else value

    def _schema(self) -> dict[str, Any]:
        limits = {"minimum": self.least, "exclusiveMinimum": self.above, "maximum": self.most}
        given = {key: limit for key, limit in limits.items() if limit is not None}
        return {"type": "integer" if self.whole else "number", **given}

    def _remedy(self, value: object) -> str:
        numeric = isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+(\.\d+)?\s*", value)
        return f"without quotes: {value.strip()}" if numeric and isinstance(value, str) else ""


def _representable(value: float) -> bool:
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Kind):
    """Text in one line, ``${…}`` filled in, blanks around it dropped.

    Attributes:
        reads: makes the model's value of it, or raises WrongValueError.
        pattern: what it looks like, for editors; `reads` decides.
        private: a pattern whose groups must not stand in clear, as it is a file that people share.
        blank: it may be empty, which is the same as left out.
    """

    noun: ClassVar[str] = "text"
    types: ClassVar[tuple[type, ...]] = (str,)
    reads: Callable[[str], Any] = str
    pattern: str = ""
    examples: tuple[str, ...] = ()
    private: str = ""
    blank: bool = False

    def _read(self, value: str, path: KeyPath, run: Inspection) -> Any:
        clear = re.search(self.private, value, re.DOTALL) if self.private else None
        if clear and any("${" not in secret for secret in clear.groups("${")):
            run.secret_in_clear(value, path)
            return BAD
        text = run.expand(value, path, private=bool(self.private))
        if text is None:
            return BAD
        try:
            return self._parse(text.strip())
        except WrongValueError as error:
            told = error.message + error.hint
            if text != value and text.strip() and text.strip() in told:  # may be a secret
                run.fault(path, f"what {value.strip()} gives is not right here")
            else:
                run.fault(path, error.message, error.hint)
            return BAD

    def _parse(self, text: str) -> Any:
        if not text:
            if self.blank:
                return ""
            raise WrongValueError("is empty")
        if not self.private and any(ord(char) < 32 or ord(char) == 127 for char in text):
            raise WrongValueError("must be one line, without tabs or other control characters")
        return self.reads(text)

    def _schema(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "string"}
        if self.pattern:
            found["pattern"] = self.pattern
        if self.examples:
            found["examples"] = list(self.examples)
        return found

    def _remedy(self, value: object) -> str:
        scalar = isinstance(value, int | float) and not isinstance(value, bool)
        return f'between quotes: "{value}"' if scalar else ""


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of a few words."""

    noun: ClassVar[str] = "text"
    types: ClassVar[tuple[type, ...]] = (str,)
    words: tuple[str, ...]

    def _read(self, value: str, path: KeyPath, run: Inspection) -> Any:
        if value in self.words:
            return value
        hint = meant(value, self.words, '"{}"')
        known = f"none of {', '.join(self.words)}" if len(self.words) > 1 else "no word for this"
        run.fault(path, f'"{value}" is {known}', hint)
        return BAD

    def _schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Formula(Kind):
    """An Excel formula; its syntax is checked after everything else."""

    noun: ClassVar[str] = "a formula"
    types: ClassVar[tuple[type, ...]] = (str,)

    def _read(self, value: str, path: KeyPath, run: Inspection) -> Any:
        text = value.strip()
        if not text:
            run.fault(path, "is empty", "a formula looks like '=[@Score]>=40'")
        elif not text.startswith("="):
            if re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
                hint, picture = f"a number stands without quotes: {text}", ""
            else:
                hint, picture = as_formula(text), pointed(value, value.index(text[0]))
            run.fault(path, 'a formula begins with "="', hint, picture=picture)
        else:
            run.formulas.append((path, text))
            return text
        return BAD

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*="}

    def _remedy(self, value: object) -> str:
        if isinstance(value, bool):
            return f"write '={str(value).upper()}'"
        return f"write '={value}'" if isinstance(value, int | float) else ""


def as_formula(text: str) -> str:
    """What to write for a text that stands where a formula belongs."""
    if any(sign in text for sign in "[(<>="):
        return f"write '={text}'" if len(text) < 40 and "'" not in text else "put = before it"
    return f"""such as '=[@City]="{text}"'""" if len(text) < 20 else "such as '=[@Score]>=40'"


@dataclass(frozen=True, slots=True)
class Date(Kind):
    """A date, or a date with a time, without a zone, as a sheet has none."""

    noun: ClassVar[str] = "a date"
    types: ClassVar[tuple[type, ...]] = (date,)

    def _read(self, value: date, path: KeyPath, run: Inspection) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            run.fault(path, "must have no time zone", f"write {value:%Y-%m-%d}")
            return BAD
        return value

    def _schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}
