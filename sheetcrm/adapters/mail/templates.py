"""The team's templates in a folder, and the files that they send along in another."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sheetcrm.core.followup.enclosure import FILE_LIMIT
from sheetcrm.core.table.names import nearest
from sheetcrm.errors import ConfigError, ConfigFault, UsageError

ENDINGS = frozenset({".md", ".html", ".txt"})
SIZE_LIMIT = 256 * 1024  #: bytes of one file
COUNT_LIMIT = 2000

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class FolderTemplates:
    """Text files below one folder; what is hidden, or leads out of the folder, is left out.

    The files that templates send lie in ``attachments/`` beside that folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._attachments = folder.parent / "attachments"

    def sources(self) -> Mapping[str, str]:
        """Path relative to the folder (with ``/``) → text, for every text file in it.

        A byte-order mark is taken off, and every line ends with a line feed.

        Raises:
            ConfigError: some of the files cannot be read; all of them are named.
        """
        texts: dict[str, str] = {}
        faults: list[ConfigFault] = []
        for name, path in self._files():
            try:
                texts[name] = _read(path)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                faults.append(ConfigFault(file=f"{self._folder.name}/{name}", message=str(reason)))
            if len(texts) > COUNT_LIMIT:
                message = f"more than {COUNT_LIMIT} files; is this the right folder?"
                faults.append(ConfigFault(file=self._folder.name, message=message))
                break
        if faults:
            raise ConfigError(faults)
        return texts

    def attachment(self, name: str) -> bytes:
        """The contents of a file of ``attachments/``; nothing outside of it is ever read.

        Raises:
            UsageError: there is none of that name inside the folder, or it is too large to send.
        """
        shown = f"{self._attachments.name}/{name}"
        try:
            path = _inside(self._attachments.resolve(), name)
            if path is None:
                raise UsageError(f"there is no {shown}", hint=self._nearest(name))
            if path.stat().st_size > FILE_LIMIT:
                raise UsageError(
                    f"{shown} has {path.stat().st_size / 1e6:.1f} MB",
                    hint=f"a file has at most {FILE_LIMIT / 1e6:g} MB: link to what is larger",
                )
            return path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError(f"{shown} cannot be read: {reason}") from error

    def _nearest(self, name: str) -> str:
        if not self._attachments.is_dir():
            return f"make the folder {self._attachments.name} beside config, and put it there"
        found = sorted(path.name for path in self._attachments.iterdir() if path.is_file())
        near = nearest(name, found)
        return f"did you mean {near}?" if near else ""

    def _files(self) -> Iterator[tuple[str, Path]]:
        root = self._folder.resolve()
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(files):
                path = Path(folder, file)
                inside = path.resolve().is_relative_to(root)
                if inside and path.suffix.lower() in ENDINGS and not file.startswith((".", "~")):
                    yield path.relative_to(root).as_posix(), path


def _inside(root: Path, name: str) -> Path | None:
    """The file of a name, where that is a plain file inside the folder and not hidden."""
    parts = name.split("/")
    if not name or any(part.startswith(".") or not part or "\\" in part for part in parts):
        return None
    path = root.joinpath(*parts).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _read(path: Path) -> str:
    if path.stat().st_size > SIZE_LIMIT:
        raise ValueError(f"larger than {SIZE_LIMIT // 1024} KB")
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError("not a text in UTF-8: save it with that encoding") from None
    if "\0" in text:
        raise ValueError("not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")
