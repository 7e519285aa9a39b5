"""A workspace in one file: ledger, config, templates; with a checksum of each, and no secrets.

A zip file whose folders are the workspace's, so that it can also be unpacked into an empty one.
`MANIFEST` says what is in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sheetcrm import __version__
from sheetcrm.errors import UsageError

MANIFEST = "sheetcrm-backup.json"
LEDGER = "var/ledger.db"
SENT_LOG = "var/sent.log"
RULES = ("config", "templates", "attachments")  # folders that are put back

_NAME = "sheetcrm-{:%Y%m%d-%H%M%S}.zip"
_OURS = re.compile(r"sheetcrm-\d{8}-\d{6}\.zip")
_PRIVATE = re.compile(r"\.(key|pem|p12|json|env|part|bak\d*)$|^\.", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What an archive holds."""

    made: str  #: when, zoned
    by: str  #: version of sheetcrm
    ledger_from: str  #: where the ledger was, without a password
    files: Mapping[str, str] = field(default_factory=dict)  #: path → its SHA-256
    left_out: Sequence[str] = ()  #: what lies in the workspace and is not in here


def path_for(to: str, folder: Path, now: datetime) -> Path:
    """Where an archive goes: the file or folder that was named, else `folder`."""
    path = Path(to).expanduser() if to else folder
    return path / _NAME.format(now) if not to or path.is_dir() else path


def pack(
    root: Path, archive: Path, *, ledger: Path, ledger_from: str, drafts: Path, now: datetime
) -> Manifest:
    """Write an archive, whole or not at all.

    Args:
        root: the workspace's folder.
        archive: the file to be made.
        ledger: a copy of the ledger.
        ledger_from: where the ledger is, for people.
        drafts: the folder of drafts.
        now: zoned.

    Raises:
        UsageError: it cannot be written, or is there already.
    """
    contents = {LEDGER: ledger, **_contents(root, drafts)}
    part = archive.with_name(f".{archive.name}.part")
    try:
        if archive.exists():
            raise UsageError(f"{archive} is there already", hint="name another file after --to")
        archive.parent.mkdir(parents=True, exist_ok=True)
        manifest = Manifest(
            made=now.isoformat(timespec="seconds"),
            by=__version__,
            ledger_from=ledger_from,
            files={name: _digest(path.read_bytes()) for name, path in contents.items()},
            left_out=_left_out(root, contents),
        )
        with part.open("wb") as file:
            part.chmod(0o600)  # addresses stand in it
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                for name, path in contents.items():
                    packed.write(path, name)
                packed.writestr(MANIFEST, json.dumps(asdict(manifest), indent=2))
            file.flush()
            os.fsync(file.fileno())
        part.replace(archive)
    except OSError as error:
        raise UsageError(
            f"{archive} cannot be written: {error.strerror or error}",
            hint="name another file after --to, or make room",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def check(archive: Path) -> Manifest:
    """What an archive holds, each file of it compared with its checksum.

    Raises:
        UsageError: it is none, or it is damaged.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            manifest = Manifest(**json.loads(packed.read(MANIFEST)))
            names = {name for name in packed.namelist() if name != MANIFEST}
            wrong = sorted(names ^ set(manifest.files))
            wrong += [
                name
                for name in sorted(names & set(manifest.files))
                if _digest(packed.read(name)) != manifest.files[name]
            ]
    except OSError as error:
        raise UsageError(
            f"{archive} cannot be read: {error.strerror or error}", hint="name a backup"
        ) from error
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise UsageError(
            f"{archive} is no whole backup of sheetcrm: {error}", hint="take another backup"
        ) from error
    outside = [name for name in manifest.files if not _is_inside(name)]
    if wrong or outside:
        raise UsageError(
            f"{archive} is damaged: {', '.join([*wrong, *outside][:5])}",
            hint="take another backup",
        )
    return manifest


def unpack(archive: Path, names: Sequence[str], folder: Path) -> None:
    """Put files of an archive into a folder, each at once and as a whole.

    Raises:
        UsageError: one of them cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            for name in names:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(f".{path.name}.part")
                part.write_bytes(packed.read(name))
                part.replace(path)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror or error}",
            hint="make it writable, then run the same command again",
        ) from error


def changed(archive: Path, root: Path) -> list[str]:
    """Files of the team's rules that are otherwise, or are not there, in the workspace."""
    with zipfile.ZipFile(archive) as packed:
        return [
            name
            for name in sorted(packed.namelist())
            if name.partition("/")[0] in RULES and not _is_same(root / name, packed.read(name))
        ]


def prune(folder: Path, keep: int) -> None:
    """Throw away the oldest archives of a folder that have names of ours, but for so many."""
    found = sorted(path for path in folder.glob("*.zip") if _OURS.fullmatch(path.name))
    for path in found[:-keep]:
        path.unlink(missing_ok=True)


def _contents(root: Path, drafts: Path) -> dict[str, Path]:
    """Name in the archive → file."""
    found = {
        path.relative_to(root).as_posix(): path
        for folder in RULES
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and _belongs(path, folder)
    }
    mails = sorted(drafts.glob("*.eml"))
    found |= {f"var/outbox/{path.name}": path for path in mails if path.is_file()}
    log = root / SENT_LOG  # after the ledger was copied, so that it knows no less
    return found | ({SENT_LOG: log} if log.is_file() else {})


def _belongs(path: Path, folder: str) -> bool:
    """Whether a file is one of the team's rules; keys that lie among them stay out."""
    return folder != "config" or not _PRIVATE.search(path.name)


def _left_out(root: Path, contents: Mapping[str, Path]) -> list[str]:
    """What lies in the workspace's folder, in `config` and in `var`, and is not packed."""
    found = [path for folder in (root, root / "config", root / "var") for path in folder.glob("*")]
    names = sorted(path.relative_to(root).as_posix() for path in found)
    return [
        name
        for name in names
        if name not in contents and not any(one.startswith(f"{name}/") for one in contents)
    ]


def _is_inside(name: str) -> bool:
    """Whether a name of an archive stays in the folder that it is unpacked into."""
    parts = name.split("/")
    return not name.startswith("/") and ".." not in parts and "\\" not in name and ":" not in name


def _is_same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
