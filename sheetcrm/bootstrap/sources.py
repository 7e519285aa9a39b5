"""From the config's sources, tables and activities to the adapters that read and write them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.accounts import home
from sheetcrm.bootstrap.files import MARK

if TYPE_CHECKING:
    from datetime import datetime

    from sheetcrm.adapters.excel import Backups, FileSource
    from sheetcrm.adapters.excel.early import EarlyReading
    from sheetcrm.adapters.google.opening import Google
    from sheetcrm.adapters.google.source import GoogleTabSource
    from sheetcrm.config.model import ActivityConfig, Config, SourceConfig, TableConfig
    from sheetcrm.engine.workspace import ActivitySource
    from sheetcrm.ports import TableSource, TabSource


def early_reading(root: Path, first: str | None) -> AbstractContextManager[EarlyReading | None]:
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


def google_opener(root: Path, say: Callable[[str], object] | None) -> Callable[[], Google]:
    """Opens Google's tabs, all of a run by the same ways; made when the first one is."""

    @cache
    def made() -> Google:
        from sheetcrm.adapters.google.opening import Google

        endpoint = os.environ.get("SHEETCRM_SHEETS_ENDPOINT", "")
        return Google(root=root, home=home(), endpoint=endpoint, say=say)

    return made


def source(
    config: Config,
    source: SourceConfig,
    now: datetime,
    early: EarlyReading | None,
    google: Callable[[], Google],
) -> TabSource:
    """The adapter of a lead tab, as if it were to be written."""
    if source.google:
        return _google_tab(config, source, google())
    return _file(config, source, now, early)


def as_written(config: Config, sources: Sequence[TabSource], now: datetime) -> Sequence[TabSource]:
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
            language = config.locale.language
            ready.append(
                UnwrittenSource(
                    source, report=report, like=like, backups=backups, language=language
                )
            )
    return ready


def report_paths(config: Config) -> list[Path]:
    """The workbooks that are made beside files which are not written."""
    beside = [one for one in config.sources if one.write == "beside"]
    if not beside:
        return []
    from sheetcrm.adapters.excel.beside import report_of

    paths = [_path(config, one) for one in beside]
    return [
        path
        for path, one in zip(paths, beside, strict=True)
        for path in (report_of(path), report_of(path, one.name))
    ]


def activities(config: Config, one: ActivityConfig, google: Callable[[], Google]) -> ActivitySource:
    """The adapter of a tab of activities."""
    from sheetcrm.engine.workspace import ActivitySource

    source = table(config, one.table, google)
    return ActivitySource(source=source, kind=one.kind, headers=one.headers)


def table(config: Config, table: TableConfig, google: Callable[[], Google]) -> TableSource:
    """The adapter of reference data."""
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
