"""What is kept beside the sheets, picked for the commands that look after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.files import load_config

if TYPE_CHECKING:
    from sheetcrm.ports import Traces


def open_traces(root: Path) -> Traces:
    """The files that sheetcrm itself writes in a workspace.

    Raises:
        ConfigError: its files have problems.
    """
    from sheetcrm.adapters.traces import FolderTraces

    config = load_config(root)
    return FolderTraces([root / "var", Path(config.outbox)], ledger=config.ledger)
