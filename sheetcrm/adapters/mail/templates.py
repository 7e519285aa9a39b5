"""The team's templates in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sheetcrm.errors import ConfigError, ConfigFault

ENDINGS = frozenset({".md", ".html", ".txt"})
SIZE_LIMIT = 256 * 1024  #: bytes of one file
COUNT_LIMIT = 2000

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class FolderTemplates:
    """Text files below one folder; what is hidden, or leads out of the folder, is left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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

    def _files(self) -> Iterator[tuple[str, Path]]:
        root = self._folder.resolve()
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(files):
                path = Path(folder, file)
                inside = path.resolve().is_relative_to(root)
                if inside and path.suffix.lower() in ENDINGS and not file.startswith((".", "~")):
                    yield path.relative_to(root).as_posix(), path


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
