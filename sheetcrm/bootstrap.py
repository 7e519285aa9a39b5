"""The only place that picks adapters: a workspace's folder → a ready-to-run workspace.

Everything heavy is imported inside the functions, so that `sheetcrm --help` answers at once.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sheetcrm.adapters.excel import Backups, FileSource
    from sheetcrm.adapters.excel.early import EarlyReading
    from sheetcrm.adapters.google.opening import Google
    from sheetcrm.adapters.google.source import GoogleTabSource
    from sheetcrm.adapters.google.stored import StoredLogin
    from sheetcrm.config.model import ActivityConfig, Config, SourceConfig, TableConfig
    from sheetcrm.engine.workspace import ActivitySource, Rules, Workspace
    from sheetcrm.ports import Ledger, TableSource, TabSource

MARK = Path("config") / "sheetcrm.toml"


def find_root(start: str = "") -> Path:
    """The workspace's folder: `start`, or the current folder or the nearest one above it.

    Raises:
        UsageError: there is no workspace.
    """
    if start:
        root = Path(start).expanduser().resolve()
        if not (root / "config").is_dir():
            raise UsageError(
                f"{root} is not a workspace: it has no config folder",
                hint=f"make one there: sheetcrm init {start}",
            )
        return root
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return folder
    raise UsageError(
        f"there is no workspace in {here} nor above it",
        hint="make one: sheetcrm init, or name one: sheetcrm --workspace FOLDER …",
    )


def load_config(root: Path) -> Config:
    """The workspace's configuration.

    Raises:
        ConfigError: with every problem of its files.
    """
    from sheetcrm.config import load

    return load(root, environ=os.environ)


def other_rules(root: Path, instead: Sequence[Path]) -> Rules:
    """The workspace's rules with other files, or folders of files, in the place of its own.

    Raises:
        ConfigError: with every problem of the files together.
    """
    from sheetcrm.config import load

    return _rules(load(root, environ=os.environ, instead=instead))


@contextmanager
def open_workspace(
    root: Path,
    *,
    exclusive: bool = False,
    first: str | None = None,
    lasting: bool = True,
    say: Callable[[str], object] | None = None,
) -> Iterator[Workspace]:
    """A ready-to-run workspace.

    Args:
        root: the workspace's folder.
        first: the source that will be read first ("" for the first of all), so that reading it
            begins at once; None where none will be read.
        exclusive: hold the workspace's lock, so that no other run writes at the same time.
        lasting: make the ledger where there is none yet; else an empty one in memory will do.
        say: is told why we wait, where that takes long.

    Raises:
        ConfigError: its files have problems.
        LedgerError: the ledger cannot be opened, or another run holds the workspace.
    """
    with _early(root, first) as early:
        from sheetcrm.adapters.clock import SystemClock

        config = load_config(root)
        clock = SystemClock(config.locale.timezone)
        now = clock.now()
        google = _google(root, say)
        sources = [_source(config, one, now, early, google) for one in config.sources]

        from sheetcrm.adapters.lock import workspace_lock
        from sheetcrm.adapters.mail.outbox import EmlOutbox
        from sheetcrm.adapters.mail.templates import FolderTemplates
        from sheetcrm.engine.workspace import Workspace

        with (
            workspace_lock(root / "var" / "run.lock", held=exclusive),
            closing(_ledger(config.ledger, lasting=lasting)) as ledger,
        ):
            yield Workspace(
                rules=_rules(config),
                sources=_as_written(config, sources, now),
                tables={table.name: _table(config, table, google) for table in config.tables},
                ledger=ledger,
                outbox=EmlOutbox(Path(config.outbox)),
                templates=FolderTemplates(root / "templates"),
                clock=clock,
                activities=[_activities(config, one, google) for one in config.activities],
            )


def create_workspace(root: Path, *, sample: bool) -> list[Path]:
    """Copy the starter config and templates, and with `sample` the sample workbook.

    Returns:
        The files made.

    Raises:
        UsageError: one of them is there already; nothing was copied.
    """
    from sheetcrm.adapters.starter import create

    return create(root, sample=sample)


def write_preview(root: Path, page: str) -> Path:
    """Write the gallery page to the workspace."""
    from sheetcrm.adapters.starter import write_page

    return write_page(root / "var" / "preview" / "index.html", page)


def write_health(root: Path, file: str, page: str) -> Path:
    """Write the health page to `file`, or where that is "" to its place in the workspace.

    Raises:
        UsageError: it cannot be written.
    """
    from sheetcrm.adapters.starter import write_page

    path = Path(file).expanduser() if file else root / "var" / "health" / "index.html"
    try:
        return write_page(path, page)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", hint="name another file after --html"
        ) from error


def google_login(root: Path | None, client: str, show: Callable[[str], object]) -> StoredLogin:
    """Let a person log in to Google in the browser, and keep that.

    Args:
        root: the workspace's folder; None outside of one.
        client: path of an OAuth client's file; "" for that of the last login, or the one that
            lies in the workspace's secrets.
        show: shows the person an address.

    Raises:
        UsageError: there is no client, or nobody was logged in.
        SourceError: Google cannot be reached, or refuses.
    """
    from sheetcrm.adapters.google.login import renew

    return renew(root, _home(), Path(client).expanduser() if client else None, show)


def google_logout(root: Path | None) -> tuple[StoredLogin, bool]:
    """Delete the login; also answers whether Google heard that it counts no longer.

    Raises:
        UsageError: nobody is logged in.
    """
    from sheetcrm.adapters.google.login import forget

    return forget(root, _home())


def crash_log(root: Path | None, text: str) -> Path:
    """Keep the traceback of a bug where it can be found."""
    from sheetcrm.adapters.starter import write_crash

    return write_crash(root, text)


def _home() -> Path:
    """Where this user's own settings lie."""
    import click

    return Path(click.get_app_dir("sheetcrm"))


def _rules(config: Config) -> Rules:
    from sheetcrm.engine.workspace import Rules

    return Rules(
        fields=config.fields,
        locale=config.locale,
        outputs=config.outputs,
        qualification=config.qualification,
        followups=config.followups,
        places=config.places,
        notes=config.notes,
    )


def _early(root: Path, first: str | None) -> AbstractContextManager[EarlyReading | None]:
    """The reading of the source that is read first, begun after a mere glance at the config."""
    from sheetcrm.adapters.excel.early import EarlyReading, worth_it

    if first is None:
        return nullcontext()
    try:
        glance = tomllib.loads((root / MARK).read_text(encoding="utf-8"))
        source = next(one for one in glance["source"] if first in {"", one["name"]})
        path = (root / source["excel"]).resolve()
        tab = str(source.get("tab", ""))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration):
        return nullcontext()  # whatever is wrong with it, load_config says it
    return EarlyReading(path, tab) if worth_it(path) else nullcontext()


def _ledger(address: str, *, lasting: bool) -> Ledger:
    if not lasting and "://" not in address and not Path(address).exists():
        from sheetcrm.adapters.memory import MemoryLedger

        return MemoryLedger()
    from sheetcrm.adapters.ledger import open_ledger

    return open_ledger(address)


def _google(root: Path, say: Callable[[str], object] | None) -> Callable[[], Google]:
    """Opens Google's tabs, all of a run by the same ways; made when the first one is."""

    @cache
    def made() -> Google:
        from sheetcrm.adapters.google.opening import Google

        endpoint = os.environ.get("SHEETCRM_SHEETS_ENDPOINT", "")
        return Google(root=root, home=_home(), endpoint=endpoint, say=say)

    return made


def _source(
    config: Config,
    source: SourceConfig,
    now: datetime,
    early: EarlyReading | None,
    google: Callable[[], Google],
) -> TabSource:
    if source.google:
        return _google_tab(config, source, google())
    return _file(config, source, now, early)


def _google_tab(config: Config, source: SourceConfig, google: Google) -> GoogleTabSource:
    from sheetcrm.adapters.google.columns import Look

    stages = config.qualification.stages
    return google.tab(
        source.name,
        source.google,
        source.tab,
        source.credentials,
        fields=config.fields,
        outputs=config.outputs,
        look=Look(
            protect=config.looks.protect,
            style=config.looks.style,
            stage=config.outputs.get("stage", ""),
            ladder=[stage.name for stage in stages if not stage.off_ladder],
            off_ladder=[stage.name for stage in stages if stage.off_ladder],
        ),
    )


def _file(
    config: Config, source: SourceConfig, now: datetime, early: EarlyReading | None
) -> FileSource:
    from sheetcrm.adapters.excel import FileSource

    found = FileSource(
        source.name,
        _path(config, source),
        source.tab,
        csv=bool(source.csv),
        write_protected=source.write_protected,
        recalculate=source.recalculate,
        to_write=source.write is True,
        backups=_backups(config, now),
    )
    if early:
        found.begun(early)
    return found


def _as_written(config: Config, sources: Sequence[TabSource], now: datetime) -> Sequence[TabSource]:
    """The sources, those in a wrapping that the config says are not to be written."""
    if all(source.write is True for source in config.sources):
        return sources
    from sheetcrm.adapters.excel.beside import UnwrittenSource, report_of

    paths = [report_of(_path(config, one)) for one in config.sources if one.write == "beside"]
    ready: list[TabSource] = []
    for said, source in zip(config.sources, sources, strict=True):
        if said.write is True:
            ready.append(source)
        elif said.write is False:
            ready.append(UnwrittenSource(source))
        else:
            like = _path(config, said)
            shared = paths.count(report_of(like)) > 1
            report = report_of(like, said.name if shared else "")
            backups = _backups(config, now)
            ready.append(UnwrittenSource(source, report=report, like=like, backups=backups))
    return ready


def _path(config: Config, source: SourceConfig) -> Path:
    return Path(config.root) / (source.excel or source.csv)


def _backups(config: Config, now: datetime) -> Backups:
    from sheetcrm.adapters.excel import Backups

    return Backups(
        folder=Path(config.root) / "var" / "backups",
        now=now,
        keep=config.backups.keep,
        days=config.backups.days,
        megabytes=config.backups.megabytes,
    )


def _activities(
    config: Config, one: ActivityConfig, google: Callable[[], Google]
) -> ActivitySource:
    from sheetcrm.engine.workspace import ActivitySource

    source = _table(config, one.table, google)
    return ActivitySource(source=source, kind=one.kind, headers=one.headers)


def _table(config: Config, table: TableConfig, google: Callable[[], Google]) -> TableSource:
    from sheetcrm.adapters.excel import FileSource
    from sheetcrm.adapters.tables import CsvTable, RowsTable

    root = Path(config.root)
    if table.rows:
        return RowsTable(table.name, table.rows)
    if table.csv:
        return CsvTable(table.name, root / table.csv)
    if table.google:
        return google().tab(table.name, table.google, table.tab, table.credentials)
    return FileSource(table.name, root / table.excel, table.tab)
