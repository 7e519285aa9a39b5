"""The files of ours that name a person: messages, pages, reports, logs, backups."""

from __future__ import annotations

import codecs
import os
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

from sheetcrm.core.blackening import Wanted
from sheetcrm.core.memory import PersonFile
from sheetcrm.errors import UsageError
from sheetcrm.ports import Trace, TraceKind

_BOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".zip")
_COMPANIONS = ("-wal", "-shm", "-journal")  # of a SQLite file
_LEFT = (*_COMPANIONS, ".lock", "sent.log")  # the last holds mere digests


class FolderTraces:
    """What lies in these folders, but for the ledger, which forgets by itself.

    Args:
        folders: of ours.
        logs: that lie elsewhere.
        reports: workbooks of ours that a sync makes anew.
        ledger: its path.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        logs: Sequence[Path] = (),
        reports: Sequence[Path] = (),
        ledger: str,
    ) -> None:
        self._folders = folders
        self._logs = logs
        self._reports = reports
        self._ledger = ledger

    def find(self, person: PersonFile) -> list[Trace]:
        """Files that name this person."""
        wanted = Wanted(person)
        return [
            Trace(kind, str(path))
            for path in self._files()
            if (kind := self._kind(path)) and _is_in(path, kind, wanted)
        ]

    def erase(self, traces: Collection[Trace], person: PersonFile) -> None:
        """Delete these, or blacken in them what names the person."""
        wanted = Wanted(person)
        for kind, place in traces:
            try:
                if kind is TraceKind.TEXT:
                    _blacken(Path(place), wanted)
                    continue
                for end in ("", *_COMPANIONS):  # of a ledger that was put aside
                    Path(place + end).unlink(missing_ok=True)
            except OSError as error:
                raise UsageError(
                    f"{place} names the person, and cannot be changed: {error.strerror or error}",
                    hint="make it writable, then run the same command again",
                ) from error

    def _files(self) -> Iterator[Path]:
        inside = (path for folder in self._folders for path in sorted(folder.rglob("*")))
        for path in dict.fromkeys((*inside, *self._logs, *self._reports)):
            own = str(path) == self._ledger or path.name.endswith(_LEFT)
            if path.is_file() and not own:
                yield path

    def _kind(self, path: Path) -> TraceKind:
        if path.suffix == ".eml":
            return TraceKind.MESSAGE
        if path in self._reports or path.suffix == ".html":
            return TraceKind.PAGE
        kept = path.suffix.lower() in _BOOKS or _is_database(path)
        return TraceKind.BACKUP if kept else TraceKind.TEXT


def _is_in(path: Path, kind: TraceKind, wanted: Wanted) -> bool:
    if kind is TraceKind.MESSAGE:
        return _is_to(path, wanted)
    return any(wanted.is_in(_text(part)) for part in _parts(path))


def _is_to(path: Path, wanted: Wanted) -> bool:
    """Whether a message goes to the person; one that merely names them is somebody else's."""
    with path.open("rb") as file:
        headers = BytesHeaderParser(policy=default).parse(file)
    to = {address.casefold() for _, address in getaddresses([str(headers.get("To", ""))])}
    return bool(to & wanted.addresses) or str(headers.get("Message-ID")) in wanted.message_ids


def _is_database(path: Path) -> bool:
    """Whether a file is a SQLite ledger, such as one that was moved or is damaged."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _text(content: bytes) -> str:
    """What can be read of it; Excel saves a CSV file in UTF-16, too."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8", "replace")


def _parts(path: Path) -> Iterator[bytes]:
    """The contents of a file, part by part where it is an archive, as workbooks are."""
    if not zipfile.is_zipfile(path):
        for end in ("", *_COMPANIONS):  # of a ledger that was put aside
            with suppress(FileNotFoundError):
                yield Path(f"{path}{end}").read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def _blacken(path: Path, wanted: Wanted) -> None:
    """Write over the person's words, in the file itself: a program may have it open as its log."""
    with path.open("r+b") as file:
        text = file.read().decode("utf-8", "surrogateescape")
        file.seek(0)
        file.write(wanted.blackened(text).encode("utf-8", "surrogateescape"))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
