"""What is kept beside the sheets, picked for the commands that look after it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.files import load_config
from sheetcrm.bootstrap.locks import alone
from sheetcrm.bootstrap.sources import report_paths
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.adapters.ledger.moving import Moved
    from sheetcrm.ports import Traces

_VARIABLE = "DATABASE_PASSWORD"  # stands for a password, which the config may not hold
_LEDGER = re.compile(r"""(\s*)ledger\s*=\s*(?:"[^"]*"|'[^']*')(.*\r?\n?)""")


def open_traces(root: Path) -> Traces:
    """The files that sheetcrm itself writes in a workspace.

    Raises:
        ConfigError: its files have problems.
    """
    from glob import escape

    from sheetcrm.adapters.traces import FolderTraces

    config = load_config(root)
    log = Path(config.unattended.logging.file or root / "var")  # older ones lie beside it
    return FolderTraces(
        [root / "var", Path(config.outbox)],
        logs=sorted(log.parent.glob(f"{escape(log.name)}*")),
        reports=report_paths(config),
        ledger=config.ledger,
    )


def move_ledger(root: Path, target: str) -> Moved:
    """Move the workspace's ledger to `target`, a path or a URL; ``${NAME}`` is read as in config.

    Raises:
        UsageError: there is something already, or a name is not set.
        LedgerError: a run is at work, or one of the two cannot be used.
    """
    from sheetcrm.adapters.ledger.exclusive import ledger_lock
    from sheetcrm.adapters.ledger.moving import move

    config = load_config(root)
    with alone(root), ledger_lock(config.ledger):
        return move(config.ledger, _address(root, target))


def ledger_line(target: str) -> str:
    """What the config says of a ledger at `target`: never with a password in clear."""
    said = re.sub(r"(://[^/@:]*:)(?!\$\{)[^@]*@", rf"\1${{{_VARIABLE}}}@", target)
    return f'ledger = "{said}"'


def write_ledger_line(root: Path, line: str) -> str:
    """Put the line into the config in the place of the one that is there; says where.

    Raises:
        UsageError: there is none.
    """
    file, number = load_config(root).places.get("workspace.ledger", ("", 0))
    path = root / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if number else []
    kept = _LEDGER.fullmatch(lines[number - 1]) if lines else None
    if kept is None:
        raise UsageError(
            "the config has no line of its own that names the ledger; the ledger has been moved",
            hint=f"write into config/sheetcrm.toml, below [workspace]: {line}",
        )
    lines[number - 1] = f"{kept[1]}{line}{kept[2]}"
    part = path.with_name(f".{path.name}.part")
    part.write_text("".join(lines), encoding="utf-8", newline="")
    part.replace(path)
    return f"{file}:{number}"


def _address(root: Path, target: str) -> str:
    """A path is the workspace's, as in the config; names in a URL are the environment's."""
    if "://" not in target:
        return os.path.normpath(root / Path(target).expanduser())

    def value(name: re.Match[str]) -> str:
        if name[1] not in os.environ:
            raise UsageError(f"{name[1]} is not set", hint=f"set it: export {name[1]}=…")
        return os.environ[name[1]]

    return re.sub(r"\$\{(\w+)\}", value, target)
