"""What keeps runs apart: the workspace's lock, and one for each source."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.adapters.lock import Holder
    from sheetcrm.config.model import Config

LOCK = Path("var") / "run.lock"


@contextmanager
def alone(root: Path) -> Iterator[Holder]:
    """Be the only run in the workspace inside the block; gives us as the others see us.

    Raises:
        LedgerLockedError: another run is at work, which is named.
        LedgerError: the workspace cannot be written.
    """
    from sheetcrm.adapters.clock import local_time
    from sheetcrm.adapters.lock import this_process, workspace_lock

    holder = this_process(_command(), root, local_time())
    with workspace_lock(root / LOCK, holder):
        yield holder


def at_work(root: Path) -> Holder | None:
    """The run that is at work in the workspace just now; None where there is none."""
    from sheetcrm.adapters.lock import Holder, holder_of, is_held

    if not is_held(root / LOCK):
        return None
    return holder_of(root / LOCK) or Holder(command="sheetcrm", pid=0, since="", workspace="")


@contextmanager
def claims(root: Path, config: Config, holder: Holder) -> Iterator[Callable[[str], None]]:
    """Gives what takes a source by its name, so that no other workspace's run has it meanwhile.

    Two tabs of one workbook or spreadsheet are held together.
    """
    from sheetcrm.adapters.lock import SourceClaims

    sources = {source.name: source for source in config.sources}
    with closing(SourceClaims(state_folder() / "locks", root / "var" / "locks", holder)) as held:

        def take(name: str) -> None:
            source = sources[name]
            path = Path(config.root) / (source.excel or source.csv)
            if source.google:
                from sheetcrm.core.table.spreadsheets import spreadsheet_link

                held.take(f"google {spreadsheet_link(source.google).id}", name)
            else:
                held.take(f"file {path.resolve()}", path.name)

        yield take


def state_folder() -> Path:
    """Where this user's programs keep what they know between two runs."""
    if given := os.environ.get("XDG_STATE_HOME"):
        return Path(given) / "sheetcrm"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "sheetcrm"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/sheetcrm").expanduser()
    return Path("~/.local/state/sheetcrm").expanduser()


def _command() -> str:
    """What was asked for, without what might be somebody's name."""
    import click

    context = click.get_current_context(silent=True)
    return f"sheetcrm {context.info_name}" if context and context.info_name else "sheetcrm"
