"""Drafts as files: one ``.eml`` for each, which mail programs open as a message to be sent."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.errors import MailerError

NAME_LIMIT = 60  #: characters of a person's name in a file's name

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_HEAD_LIMIT = 64 * 1024


class EmlDrafts:
    """A folder of drafts, named so that a person finds one.

    ``2026-11-24 welcome-1 Budi Santoso (L-7K3QXM).eml``: day, sequence and step, to whom, and
    the lead's id. A file is written whole or not at all, and none is ever overwritten: the same
    message put again stays as it lies there, another message of that name gets a number.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, draft: MessageDraft) -> str:
        """Store one message, or leave it where it is if it lies there already; say where.

        Raises:
            MailerError: the folder cannot be written.
        """
        with _failures(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in self._candidates(draft):
                if _holds(path, draft.message_id):
                    return str(path)
                if not path.exists() and _create(path, draft.raw):
                    return str(path)
                if _holds(path, draft.message_id):  # somebody was faster with the same message
                    return str(path)
        raise AssertionError("names without end")

    def place(self, draft: MessageDraft) -> str:
        """Where the message lies or would lie, for people."""
        with _failures(self._folder):
            for path in self._candidates(draft):
                if not path.exists() or _holds(path, draft.message_id):
                    return str(path)
        raise AssertionError("names without end")

    def holds(self, draft: MessageDraft) -> bool:
        """Whether the message still lies there.

        Raises:
            MailerError: the folder cannot be read.
        """
        with _failures(self._folder):
            return self._find(draft) is not None

    def gone(self, messages: Collection[MessageRecord]) -> set[str]:
        """The keys of those of these drafts whose files are not there any more.

        Told by the names of the files, of which each belongs to one message.

        Raises:
            MailerError: the folder cannot be read.
        """
        if not messages:
            return set()
        with _failures(self._folder):
            here = set(os.listdir(self._folder)) if self._folder.is_dir() else set()  # noqa: PTH208  fast
            return {
                one.key
                for one in messages
                if one.place.endswith(".eml")  # others were put elsewhere, as the config said then
                and Path(one.place).name not in here
                and not Path(one.place).is_file()
            }

    def withdraw(self, draft: MessageDraft) -> bool:
        """Take the message away; False where it lies there no longer.

        Raises:
            MailerError: the folder cannot be written.
        """
        with _failures(self._folder):
            path = self._find(draft)
            if path is None:
                return False
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            return True

    def _find(self, draft: MessageDraft) -> Path | None:
        """The file that is this message: in our folder, else where `put` laid it at its time.

        The workspace may be a copy of another one, whose files are not ours to take away.
        """
        kept = Path(draft.place) if draft.place else Path(f"{file_stem(draft)}.eml")
        for path in (self._folder / kept.name, kept):
            if _holds(path, draft.message_id):
                return path
        return None

    def _candidates(self, draft: MessageDraft) -> Iterator[Path]:
        stem = file_stem(draft)
        yield self._folder / f"{stem}.eml"
        for number in count(2):
            yield self._folder / f"{stem} {number}.eml"


def file_stem(draft: MessageDraft) -> str:
    """A name that every file system takes (Windows forbids most), without its ending."""
    who = _safe(draft.to_name)[:NAME_LIMIT].strip() or _safe(draft.to_address)[:NAME_LIMIT]
    parts = [draft.due_on.isoformat(), f"{_safe(draft.sequence)}-{draft.step}", who]
    return " ".join(part for part in parts if part) + f" ({_safe(draft.lead)})"


def _safe(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in normal)
    return " ".join(_FORBIDDEN.sub(" ", kept).split()).strip(". ")


def _holds(path: Path, message_id: str) -> bool:
    """Whether a file is this very message."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_LIMIT)
    except FileNotFoundError:
        return False
    from email.parser import BytesHeaderParser  # noqa: PLC0415  in most runs there are no drafts

    return BytesHeaderParser().parsebytes(head).get("Message-ID", "").strip() == message_id


def _create(path: Path, data: bytes) -> bool:
    """Write a new file whole, and on the disk; False where somebody was faster."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return _publish(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _publish(temporary: Path, path: Path) -> bool:
    """Give the file its name, never over another one."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:
        # Some file systems (FAT, some network drives) have no links: claim the name, then move.
        try:
            path.open("xb").close()
        except FileExistsError:
            return False
        temporary.replace(path)
    return True


@contextmanager
def _failures(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MailerError(
            f"drafts cannot be written to {folder}: {error.strerror or error}",
            hint="make the folder writable, or name another one: [workspace] outbox",
        ) from error
