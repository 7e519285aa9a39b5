"""What runs note while nobody looks: lines for people, or JSON lines for other programs."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

OLD_ONES = 3  #: files that stay beside the newest

_SECRET = re.compile(r"(?<=://)[^\s/@]+:[^\s/@]*@")  # user and password in an address
_ADDRESS = re.compile(r"[^\s@<>\"'“”(),:;]+@[^\s@<>\"'“”(),:;]+")
_NUMBER = re.compile(r"(?<![\w.-])\+?\d[\d\s().-]{6,}\d(?![\w.-])")
_QUOTED = re.compile(r"“[^”]*”")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{8}-\d{6}")


class RunLog:
    """A log of one run: each line has a moment, a level, an event, and figures.

    Where it cannot be written, the run goes on without, and `fault` says why.
    """

    def __init__(self, *, file: str, shape: str, redact: bool, megabytes: float) -> None:
        """Open it.

        Args:
            file: path of a file, made where it is missing; ``-`` for standard error.
            shape: ``text`` or ``json``; "": text where somebody looks, else JSON.
            redact: leave out addresses, phone numbers and what stands in cells.
            megabytes: how big the file gets before it is put aside.
        """
        self.file = file
        self._redact = redact
        self._fields: dict[str, Any] = {}
        terminal = file == "-" and sys.stderr.isatty()
        self._as_json = shape == "json" or (not shape and not terminal)
        self._fault = ""
        self._handler: logging.Handler = logging.NullHandler()
        try:
            self._handler = _handler(file, int(megabytes * 1_000_000))
        except FileExistsError:
            self._fault = "its folder is a file"
        except OSError as error:
            self._fault = error.strerror or str(error)

    def bind(self, **fields: object) -> None:
        """Add these to every line from now on."""
        self._fields |= fields

    def note(self, event: str, *, level: str = "info", **fields: object) -> None:
        """Write a line."""
        shown = {**self._fields, **fields}
        told = {name: self._safe(value) for name, value in shown.items() if value not in ("", None)}
        record = logging.makeLogRecord({})  # knows the time
        now = datetime.fromtimestamp(record.created, UTC)
        if self._as_json:
            at = now.isoformat(timespec="milliseconds")
            line = {"at": at, "level": level, "event": event, **told}
            text = json.dumps(line, ensure_ascii=False, default=str)
        else:
            rest = " ".join(f"{name}={_shown(value)}" for name, value in told.items())
            text = f"{now.astimezone():%Y-%m-%d %H:%M:%S} {level:<7} {event} {rest}".rstrip()
        record.msg = text
        self._handler.handle(record)

    @property
    def fault(self) -> str:
        """Why it cannot be written, or a line of it could not; "" where all is well."""
        return self._fault or (self._handler.fault if isinstance(self._handler, _Quiet) else "")

    def close(self) -> None:
        """Let go of the file."""
        try:
            self._handler.close()
        except OSError as error:  # the last line may be written only now
            self._fault = self.fault or error.strerror or str(error)

    def _safe(self, value: object) -> object:
        if isinstance(value, dict):
            return {name: self._safe(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._safe(part) for part in value]
        return self._without(value) if isinstance(value, str) else value

    def _without(self, text: str) -> str:
        text = _SECRET.sub("…@", text)
        if not self._redact:
            return text
        text = _QUOTED.sub("“…”", _ADDRESS.sub("…@…", text))
        return _NUMBER.sub(lambda found: found[0] if _DATE.match(found[0]) else "…", text)


class _Quiet(RotatingFileHandler):
    """A full disk keeps nobody from the work that is logged; the first fault is kept."""

    fault = ""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  logging's name
        """Say nothing yet."""
        error = sys.exc_info()[1]
        self.fault = self.fault or getattr(error, "strerror", "") or str(error)


def _handler(file: str, size: int) -> logging.Handler:
    if file == "-":
        return logging.StreamHandler(sys.stderr)
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    return _Quiet(file, maxBytes=size, backupCount=OLD_ONES, encoding="utf-8")


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return json.dumps(text, ensure_ascii=False) if re.search(r"[\s\"=]", text) else text
