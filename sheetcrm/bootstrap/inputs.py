"""What a workspace's sync reads, as far as this computer can tell without reading it all again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.sources import report_paths

if TYPE_CHECKING:
    from sheetcrm.config.model import Config, SourceConfig, TableConfig


def inputs_of(root: Path, config: Config) -> Callable[[], str | None]:
    """Gives the state of everything that a sync reads; None where some of it lies elsewhere.

    Nobody but Google can say whether a spreadsheet has changed, and nobody but its server what
    lies in a mailbox of drafts: those are always read.
    """
    read: list[SourceConfig | TableConfig] = [*config.sources, *config.tables]
    read += [one.table for one in config.activities]
    if any(one.google for one in read) or config.followups.sending.via not in {"eml", "smtp"}:
        return lambda: None
    from sheetcrm.adapters.inputs import Inputs

    files = {one.excel or one.csv for one in read}
    files |= {name.removeprefix("file:") for name in config.references if ":" in name}
    paths = {str(root / name.strip()) for name in files if name}
    inputs = Inputs(
        files=tuple(sorted(paths | set(map(str, report_paths(config))))),
        folders=tuple(str(root / name) for name in ("config", "templates", "attachments")),
        listed=(config.outbox,),
        variables=tuple(name for name in config.references if ":" not in name),
    )
    return inputs.taken
