"""Everything that can be told of a workspace's state without changing anything."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.accounts import home
from sheetcrm.bootstrap.locks import at_work
from sheetcrm.bootstrap.workspace import open_workspace
from sheetcrm.errors import LedgerError, SheetCrmError

if TYPE_CHECKING:
    from sheetcrm.config.model import Config
    from sheetcrm.engine.doctor import Finding

_LIBRARIES = ("polars", "sqlalchemy", "formualizer", "gspread")
_PRIVATE = ("secrets/**/*", "var/*.key", "var/ledger.db", "var/sent.log")


def diagnose(root: Path, say: Callable[[str], object] | None = None) -> Iterator[Finding]:
    """Look at everything, one thing after the other; what cannot be looked at is told, too.

    Args:
        root: the workspace's folder.
        say: is told why we wait, where that takes long.
    """
    from sheetcrm.engine.doctor import examine, of_error, ok

    yield _versions()
    try:
        with open_workspace(root, lasting=False, say=say) as opened:
            yield ok("config", f"{len(list((root / 'config').glob('*.toml')))} files, no mistake")
            yield from examine(opened)
    except SheetCrmError as error:
        yield from of_error("ledger" if isinstance(error, LedgerError) else "config", error)
    yield from _private(root)
    yield _disk(root)
    yield from _backups(root)
    yield _lock(root)
    yield from _notices(root)
    yield _zones()
    yield _schedule(root)


def _versions() -> Finding:
    from importlib.metadata import PackageNotFoundError, version

    from sheetcrm import __version__
    from sheetcrm.engine.doctor import ok

    found = [f"sheetcrm {__version__}", f"Python {platform.python_version()}"]
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ok("versions", ", ".join(found))


def _private(root: Path) -> Iterator[Finding]:
    """Secrets that others on this computer may read."""
    from sheetcrm.engine.doctor import look, ok

    if sys.platform == "win32":
        return
    paths = [path for pattern in _PRIVATE for path in root.glob(pattern) if path.is_file()]
    paths += [path for path in home().glob("*.json") if path.is_file()]
    open_ones = [path for path in paths if _is_open(path) and _is_open(path.parent)]
    secrets = [path for path in open_ones if path.name not in {"ledger.db", "sent.log"}]
    for path in secrets:
        yield look("secrets", f"others may read {path}", f"chmod 600 '{path}'")
    if not secrets:
        yield ok("secrets", "nobody else may read them" if paths else "there are none")
    if len(open_ones) > len(secrets) and root.stat().st_mode & stat.S_IRWXO:
        text = "others on this computer may read what the ledger knows of your leads"
        yield look("secrets", text, f"chmod 700 '{root / 'var'}'")


def _is_open(path: Path) -> bool:
    """Whether others than its owner may do anything with it."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _disk(root: Path) -> Finding:
    from sheetcrm.engine.doctor import disk

    return disk(str(root), shutil.disk_usage(root).free)


def _backups(root: Path) -> Iterator[Finding]:
    from sheetcrm.engine.doctor import look, ok

    for name, what in (("backups", "copies of workbooks"), ("archives", "archives")):
        files = [path for path in (root / "var" / name).rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        if files:
            yield ok("backups", f"{what}: {len(files)}, {size / 1e6:.1f} MB")
        elif name == "archives":
            yield look("backups", "the ledger was never backed up", "sheetcrm backup")


def _lock(root: Path) -> Finding:
    from sheetcrm.engine.doctor import look, ok

    holder = at_work(root)
    return (
        look("lock", f"a run is at work: {holder}") if holder else ok("lock", "no run is at work")
    )


def _notices(root: Path) -> Iterator[Finding]:
    """Whether somebody would learn that runs fail, and whether what they note can be written."""
    from sheetcrm.bootstrap.files import load_config
    from sheetcrm.engine.doctor import look

    try:
        config = load_config(root)
    except SheetCrmError:
        return  # told already
    said = config.unattended
    for key, name in (("metrics", said.notify.metrics), ("file", said.logging.file)):
        if name not in {"", "-"} and not _may_be_written(Path(name)):
            hint = f"name another {key} in the config, or make its folder writable"
            yield look("notices", f"{name} cannot be written", hint)
    if not said.notify.somebody:
        hint = "name an address or a page under [notify]"
        yield look("notices", "nobody is told when runs fail, nor when workers do", hint)
    if said.notify.email and config.followups.sending.via != "smtp":  # else it was tried above
        yield from _mails(config, said.notify.email)


def _mails(config: Config, to: str) -> Iterator[Finding]:
    from sheetcrm.bootstrap.mail import smtp_mailer
    from sheetcrm.engine.doctor import of_error, ok

    mailer = smtp_mailer(config)
    if mailer is None:
        return
    try:
        with mailer.open():
            yield ok("notices", f"logged in as {mailer.account}, for mails to {to}")
    except SheetCrmError as error:
        yield from of_error("notices", error)


def _may_be_written(path: Path) -> bool:
    """Whether a file can be put there, by way of a new one beside it."""
    folder = next(one for one in path.parents if one.exists())
    return folder.is_dir() and os.access(folder, os.W_OK) and not path.is_dir()


def _zones() -> Finding:
    import zoneinfo
    from importlib.metadata import PackageNotFoundError, version

    from sheetcrm.engine.doctor import ok

    here = next((path for path in zoneinfo.TZPATH if os.path.isdir(path)), "")  # noqa: PTH112
    with suppress(PackageNotFoundError):
        return ok("time zones", f"{here or 'of the package'} (tzdata {version('tzdata')})")
    return ok("time zones", here)


def _schedule(root: Path) -> Finding:
    """Whether runs are started by this computer."""
    from sheetcrm.bootstrap.schedules import installed_kinds
    from sheetcrm.engine.doctor import look, ok

    try:
        kinds = installed_kinds(root)
    except (SheetCrmError, OSError) as error:
        return look("schedule", f"cannot be told: {error}", "sheetcrm schedule")
    if not kinds:
        hint = "let this computer start them: sheetcrm schedule --install"
        return look("schedule", "nothing that we know of starts the runs of this workspace", hint)
    if len(kinds) > 1:
        hint = "one is enough: sheetcrm schedule --remove --kind …"
        return look("schedule", f"{' and '.join(kinds)} start the runs", hint)
    return ok("schedule", f"{kinds[0]} starts the runs")
