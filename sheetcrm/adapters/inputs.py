"""What lies on this computer and a sync reads, as digests: whether any of it has changed.

A file is known by its size, the time of its last change, and a digest of what is in it: neither a
program that keeps the time nor one that writes the same again goes unseen.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import sheetcrm

_PART = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """The files, folders and variables of the environment that a sync reads."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()  #: with all that is in them
    listed: tuple[str, ...] = ()  #: folders of which only matters which files are there
    variables: tuple[str, ...] = ()

    def taken(self) -> str:
        """Their state just now, as JSON; also that of the program that reads them."""
        return json.dumps(
            {
                "program": _program(),
                "files": {name: _file(Path(name)) for name in self.files},
                "folders": {name: _folder(Path(name), whole=True) for name in self.folders},
                "listed": {name: _folder(Path(name), whole=False) for name in self.listed},
                "variables": {name: _variable(name) for name in self.variables},
            }
        )


def unchanged(taken: str) -> bool:
    """Whether everything that `taken` tells of is still as it was."""
    try:
        known = json.loads(taken)
        names = ("files", "folders", "listed", "variables")
        again = Inputs(**{name: tuple(known[name]) for name in names})
    except (ValueError, LookupError, TypeError):
        return False
    return again.taken() == taken


def _file(path: Path) -> list[object] | None:
    """None for a file that is not there or cannot be read."""
    try:
        with path.open("rb") as file:
            digest = blake2b(digest_size=20)
            while part := file.read(_PART):
                digest.update(part)
            state = os.fstat(file.fileno())
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns, digest.hexdigest()]


def _folder(folder: Path, *, whole: bool) -> str:
    """A digest of what is in a folder and those below it."""
    found = []
    for path in _files_in(folder):
        name = path.relative_to(folder).as_posix()
        found.append([name, _file(path) if whole else _dated(path)])
    return blake2b(json.dumps(found).encode(), digest_size=20).hexdigest()


def _files_in(folder: Path) -> Iterable[Path]:
    return sorted(
        Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names
    )


def _dated(path: Path) -> list[int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return [state.st_size, state.st_mtime_ns]


def _variable(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value is None else blake2b(value.encode(), digest_size=20).hexdigest()


def _program() -> str:
    """Which sheetcrm this is; of one that is being worked on, as it is just now."""
    home = Path(sheetcrm.__file__).parent
    newest = max((_newest(Path(place), names) for place, _, names in os.walk(home)), default=0)
    return f"{sheetcrm.__version__} {platform.python_version()} {newest}"


def _newest(place: Path, names: Iterable[str]) -> int:
    times = ((place / name).stat().st_mtime_ns for name in names if name.endswith((".py", ".toml")))
    return max(times, default=0)
