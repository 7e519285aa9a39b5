"""The files of ours that name a person: messages, pages, reports, logs, backups."""

from __future__ import annotations

import html
import json
import os
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import quote

from sheetcrm.core.memory import PersonFile
from sheetcrm.errors import UsageError
from sheetcrm.ports import Trace, TraceKind

_BLACK = "[forgotten]"
_BOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".zip")
_COMPANIONS = ("-wal", "-shm", "-journal")  # of a SQLite file
_LEFT = (*_COMPANIONS, ".lock", "sent.log")  # the last holds mere digests
_SHORTEST = 3  # characters of a name by itself; less would blacken half of every text


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
        wanted = _Wanted(person)
        return [
            Trace(kind, str(path))
            for path in self._files()
            if (kind := self._kind(path)) and wanted.is_in(path, kind)
        ]

    def erase(self, traces: Collection[Trace], person: PersonFile) -> None:
        """Delete these, or blacken in them what names the person."""
        wanted = _Wanted(person)
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


class _Wanted:
    """What names a person, in every way in which files write it."""

    def __init__(self, person: PersonFile) -> None:
        sent = person.tables.get("messages", ())
        self._addresses = {address.casefold() for address in person.addresses}
        self._message_ids = {str(message.get("message_id")) for message in sent}
        digits = (phone.removeprefix("+") for phone in person.phones)
        ids = (lead for _, lead in person.leads)
        names = (name for name in person.names if len(name) >= _SHORTEST)
        exact = {*self._addresses, *digits, *ids, *self._message_ids, *names} - {""}
        forms = {
            form
            for word in exact
            for form in (word, quote(word), json.dumps(word)[1:-1], html.escape(word))
        }
        # A longer one first: what is part of another would leave the rest of it standing.
        words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
        self.words = re.compile(rf"(?<![\w.+-])\+?(?:{words})(?![\w-]|\.\w)", re.IGNORECASE)

    def is_in(self, path: Path, kind: TraceKind) -> bool:
        if kind is TraceKind.MESSAGE:
            return self._is_to(path)
        return any(self._is_named(text.decode("utf-8", "replace")) for text in _parts(path))

    def _is_named(self, text: str) -> bool:
        if self.words.search(text):
            return True
        return "&" in text and bool(self.words.search(html.unescape(text)))

    def _is_to(self, path: Path) -> bool:
        """Whether a message goes to the person; one that merely names them is somebody else's."""
        with path.open("rb") as file:
            headers = BytesHeaderParser(policy=default).parse(file)
        to = {address.casefold() for _, address in getaddresses([str(headers.get("To", ""))])}
        return bool(to & self._addresses) or str(headers.get("Message-ID")) in self._message_ids


def _is_database(path: Path) -> bool:
    """Whether a file is a SQLite ledger, such as one that was moved or is damaged."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _parts(path: Path) -> Iterator[bytes]:
    """The contents of a file, part by part where it is an archive, as workbooks are."""
    if not zipfile.is_zipfile(path):
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def _blacken(path: Path, wanted: _Wanted) -> None:
    """Write over the person's words, in the file itself: a program may have it open as its log."""
    with path.open("r+b") as file:
        text = file.read().decode("utf-8", "surrogateescape")
        file.seek(0)
        file.write(wanted.words.sub(_BLACK, text).encode("utf-8", "surrogateescape"))
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
