"""The workspaces: the folders in which a pattern finds a config."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sheetcrm.bootstrap.files import MARK
from sheetcrm.errors import UsageError


@dataclass(frozen=True, kw_only=True, slots=True)
class Fleet:
    """Every workspace has a name: its path below `base`, which is the same on every machine."""

    base: Path
    pattern: str  #: of paths below `base`: ``*``, ``*/clients/*``, or one name

    def workspaces(self) -> dict[str, Path]:
        """Name → folder of every workspace that is there now."""
        return {
            root.relative_to(self.base).as_posix(): root
            for root in sorted(self.base.glob(self.pattern))
            if (root / MARK).is_file()
        }

    def root(self, name: str) -> Path:
        """The folder of a workspace, here."""
        return self.base / name


def fleet(place: str) -> Fleet:
    """The workspaces of a folder, of a pattern such as ``/srv/*/clients/*``, or a single one.

    Raises:
        UsageError: there is no such folder.
    """
    path = Path(place).expanduser().absolute()
    fixed = [part for part in path.parts if not set(part) & set("*?[")]
    if len(fixed) < len(path.parts):
        wild = next(i for i, part in enumerate(path.parts) if set(part) & set("*?["))
        base, pattern = Path(*path.parts[:wild]), "/".join(path.parts[wild:])
    elif (path / MARK).is_file():
        base, pattern = path.parent, path.name
    else:
        base, pattern = path, "*"
    if not base.is_dir():
        raise UsageError(
            f"there is no folder {base}", hint="--workspaces names the folder that holds them"
        )
    return Fleet(base=base, pattern=pattern)


def signature(root: Path) -> str:
    """Changes whenever a config file of the workspace does, and is the same on every machine."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted((root / "config").glob("*.toml")):
        text = path.read_bytes()
        digest.update(f"{path.name} {len(text)} ".encode() + text)
    return digest.hexdigest()
