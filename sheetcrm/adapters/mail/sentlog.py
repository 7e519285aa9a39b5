"""`sent.log`: one line for each message that went out, beside the ledger.

A ledger can be put back to what it was yesterday; this file tells what it has forgotten since.
A line is ``2026-11-22T09:30:00.000000+00:00 DIGEST``; no address stands in it.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sheetcrm.errors import MailerError

_LINE = re.compile(rb"([0-9T:.-]+\+00:00) ([0-9a-f]{32})")


class FileSentLog:
    """A `SentLog` in a file to which lines are only ever added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def add(self, digest: str, at: datetime) -> None:
        """A message is about to go out; who reads the file from now on sees it.

        It is on the disk, where a power cut does not reach it, after `flush`.

        Raises:
            MailerError: it cannot be written.
        """
        self.ready(digest, at)()

    def ready(self, digest: str, at: datetime) -> Callable[[], None]:
        """What adds it, with all else done beforehand; it may raise `MailerError` as well.

        Raises:
            MailerError: it cannot be written.
        """
        line = f"{at.astimezone(UTC).isoformat(timespec='microseconds')} {digest}\n".encode()
        with _failures(self._path):
            if self._file is None:
                self._file = _opened(self._path)
        file, size = self._file, len(line)

        def add() -> None:
            try:
                if os.write(file, line) == size:
                    return
                failure = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError as error:
                failure = error
            with _failures(self._path):
                raise failure

        return add

    def flush(self) -> None:
        """Have what was added on the disk.

        Raises:
            MailerError: it cannot be written.
        """
        if self._file is not None:
            with _failures(self._path):
                os.fsync(self._file)

    def read(self, start: int) -> tuple[dict[str, datetime], int]:
        """Digest → when, of the lines from the byte `start` on, and where the last one ends.

        A file in which no line ends there is another one, and is read from its beginning. A line
        that was cut off is none: its message never went out.

        Raises:
            MailerError: it cannot be read.
        """
        with _failures(self._path):
            try:
                data = self._path.read_bytes()
            except FileNotFoundError:
                return {}, 0
        start = start if data[start - 1 : start] == b"\n" else 0
        end = data.rfind(b"\n") + 1
        return dict(_lines(data[start:end])), end

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _lines(data: bytes) -> Iterator[tuple[str, datetime]]:
    for line in data.splitlines():
        if match := _LINE.fullmatch(line):
            with suppress(ValueError):  # it is no moment: the disk was damaged
                yield match[2].decode(), datetime.fromisoformat(match[1].decode())


def _opened(path: Path) -> int:
    """The file, ready for another line; a new one is in its folder for good."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = not path.exists()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if new:
        _remember(path.parent)
    elif _is_cut(path):
        os.write(file, b"\n")
    return file


def _is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _remember(folder: Path) -> None:
    if os.name == "nt":  # Windows keeps names by itself, and cannot open folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MailerError(
            f"{path} cannot be used: {error.strerror or error}; nothing is sent without it",
            hint="check that there is room on the disk, and that you may write there",
        ) from error
