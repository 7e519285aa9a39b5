"""The whole workspace into one file, and back."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.files import load_config
from sheetcrm.bootstrap.locks import alone
from sheetcrm.errors import LedgerDamagedError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sheetcrm.adapters.archives import Manifest
    from sheetcrm.config.model import Config

FOLDER = Path("var") / "archives"


@dataclass(frozen=True, kw_only=True)
class Archived:
    """An archive, and what it holds."""

    path: Path
    size: int  #: bytes
    rows: int  #: of the ledger
    manifest: Manifest


@dataclass(frozen=True, kw_only=True)
class PutBack:
    """What was put back, or would be."""

    archived: Archived
    changes: list[str]  #: files of the team's rules that were otherwise
    before: str = ""  #: where the state that it replaced is kept
    damaged: str = ""  #: where the ledger lies that was there, if it is damaged
    sent_log: bool = False  #: whether there is one, which may know more than the ledger now


def backup(root: Path, to: str = "") -> Archived:
    """Put ledger, config, templates and drafts into one file, while runs go on.

    Args:
        root: the workspace's folder.
        to: a file or folder; "" for the workspace's own, where only the newest ones stay.

    Raises:
        UsageError: it cannot be written.
        LedgerDamagedError: the ledger is damaged; the backups that there are stay.
        LedgerError: the ledger cannot be read.
    """
    from sheetcrm.adapters import archives
    from sheetcrm.adapters.ledger.moving import copy_into_file

    config = load_config(root)
    now = _now(config)
    path = archives.path_for(to, root / FOLDER, now)
    with tempfile.TemporaryDirectory(prefix="sheetcrm-") as folder:
        copy = Path(folder) / "ledger.db"
        rows = copy_into_file(config.ledger, str(copy))
        manifest = archives.pack(
            root,
            path,
            ledger=copy,
            ledger_from=_said(config.ledger),
            drafts=Path(config.outbox),
            now=now,
        )
    if not to:
        archives.prune(root / FOLDER, config.backups.keep)
    return Archived(path=path, size=path.stat().st_size, rows=rows, manifest=manifest)


def check_backup(archive: Path) -> Archived:
    """Look whether an archive is whole and its ledger sound.

    Raises:
        UsageError: it is not.
        LedgerError: its ledger cannot be used by this version.
    """
    from sheetcrm.adapters import archives

    manifest = archives.check(archive)
    with tempfile.TemporaryDirectory(prefix="sheetcrm-") as folder:
        archives.unpack(archive, [archives.LEDGER], Path(folder))
        rows = _checked(Path(folder) / archives.LEDGER, archive)
    return Archived(path=archive, size=archive.stat().st_size, rows=rows, manifest=manifest)


def restore_changes(root: Path, archived: Archived) -> PutBack:
    """What putting an archive back would change.

    Raises:
        UsageError: the workspace's ledger is no file.
    """
    from sheetcrm.adapters import archives

    if "://" in load_config(root).ledger:
        raise UsageError(
            "this workspace's ledger is a database, which a backup cannot replace",
            hint="unpack the backup into an empty folder, look at it there, and move its ledger "
            "into an empty database: sheetcrm ledger move",
        )
    changes = archives.changed(archived.path, root)
    return PutBack(archived=archived, changes=changes, sent_log=(root / archives.SENT_LOG).exists())


def restore_backup(root: Path, found: PutBack) -> PutBack:
    """Put back ledger and rules of an archive; what is there now is put into another one first.

    `sent.log` and drafts stay as they are: what has gone out since then has gone out.

    Raises:
        UsageError: a file cannot be written.
        LedgerError: a run is at work, or the ledger cannot be written.
    """
    from sheetcrm.adapters import archives
    from sheetcrm.adapters.ledger.moving import put_back

    config, archive = load_config(root), found.archived.path
    with alone(root), tempfile.TemporaryDirectory(prefix="sheetcrm-") as folder:
        before, damaged = _kept(root, config)
        archives.unpack(archive, [archives.LEDGER], Path(folder))
        put_back(config.ledger, str(Path(folder) / archives.LEDGER))
        logs = [archives.SENT_LOG] if archives.SENT_LOG in found.archived.manifest.files else []
        missing = [] if found.sent_log else logs
        archives.unpack(archive, [*found.changes, *missing], root)
    return PutBack(
        archived=found.archived,
        changes=found.changes,
        before=before,
        damaged=damaged,
        sent_log=found.sent_log or bool(missing),
    )


def _checked(ledger: Path, archive: Path) -> int:
    """How many rows a ledger has that was unpacked for this."""
    from contextlib import closing

    from sheetcrm.adapters.ledger import open_ledger

    with closing(open_ledger(str(ledger))) as opened:
        health = opened.health()
    if health.problems:
        raise UsageError(
            f"the ledger in {archive} is damaged: {'; '.join(health.problems[:3])}",
            hint="take another backup",
        )
    return sum(health.rows.values())


def _kept(root: Path, config: Config) -> tuple[str, str]:
    """Put what is there now into an archive; a damaged ledger stays as it is, beside the new one.

    Answers where both lie; "" for a ledger that is not damaged.
    """
    archive, damaged = str(_unused(root, config)), ""
    try:
        backup(root, archive)
    except LedgerDamagedError:
        damaged = _set_aside(Path(config.ledger))
        backup(root, archive)  # the rules, and a ledger that knows nothing
    return archive, damaged


def _set_aside(ledger: Path) -> str:
    """Give a ledger and its companions other names; says which."""
    aside = _unused_name(ledger)
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            ledger.with_name(ledger.name + end).rename(aside.with_name(aside.name + end))
    return str(aside)


def _unused(root: Path, config: Config) -> Path:
    """Where what is there now is kept, beside the other archives but not counted with them."""
    return root / FOLDER / f"before-{_now(config):%Y%m%d-%H%M%S-%f}.zip"


def _unused_name(path: Path) -> Path:
    number = 1
    while (found := path.with_name(f"{path.name}.damaged{number}")).exists():
        number += 1
    return found


def _said(address: str) -> str:
    import re

    return re.sub(r"(://[^/@:]*:)[^@]*@", r"\1…@", address)


def _now(config: Config) -> datetime:
    from sheetcrm.adapters.clock import SystemClock

    return SystemClock(config.locale.timezone).now()
