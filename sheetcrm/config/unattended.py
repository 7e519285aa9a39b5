"""What nobody looks at: ``[notify]`` and ``[logging]``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sheetcrm.config.files import read_files
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Number, Text, WrongValueError, YesNo
from sheetcrm.config.shapes import Key, Table
from sheetcrm.core.table.durations import read_duration

_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\.]+(\.[^\s@<>\"(),:;\[\]\\.]+)+")


@dataclass(frozen=True, kw_only=True, slots=True)
class NotifyConfig:
    """Who is told how runs end."""

    email: str = ""  #: "" for nobody
    every: timedelta = timedelta(hours=6)  #: no second mail for the same reason within that
    url: str = field(default="", repr=False)  #: who knows it can say that all is well
    metrics: str = ""  #: absolute path of a file for Prometheus

    @property
    def somebody(self) -> bool:
        """Whether there is a page to be called, or an address to be written to."""
        return bool(self.url or self.email)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggingConfig:
    """What is written down while nobody looks."""

    file: str = ""  #: absolute path; "" for none
    format: str = ""  #: ``text`` or ``json``; "": text on a terminal, else JSON
    redact: bool = False  #: addresses, phone numbers and what stands in cells are left out
    megabytes: float = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Unattended:
    """All that a run must know before it looks at anything else."""

    notify: NotifyConfig = NotifyConfig()
    logging: LoggingConfig = LoggingConfig()
    ledger: str = ""  #: absolute path of a SQLite file; "" where it is none
    by_mail: bool = False  #: whether mails are read or sent


def duration(text: str) -> timedelta:
    """``6h``, ``30m`` or ``1d``."""
    found = read_duration(text)
    if found is None:
        raise WrongValueError(f'"{text}" is no span of time', 'write "6h", "30m" or "1d"')
    return found


def address(text: str) -> str:
    """An e-mail address, without a name beside it."""
    if not _ADDRESS.fullmatch(text):
        raise WrongValueError(f'"{text}" is not an e-mail address', 'such as "you@example.com"')
    return text


def web_address(text: str) -> str:
    """Where a run says that it is alive."""
    if not re.fullmatch(r"https?://[^\s<>\"]+", text):
        raise WrongValueError("not the address of a page", 'such as "https://hc-ping.com/…"')
    return text.rstrip("/")


NOTIFY = Table(
    {
        "email": Key(
            Text(reads=address, examples=("you@example.com",)),
            "Who gets a mail when runs fail, and when they are well again; needs [smtp].",
        ),
        "every": Key(
            Text(reads=duration, examples=("6h", "1d")),
            "No second mail for the same reason within that time.",
            default="6h",
        ),
        "url": Key(
            Text(reads=web_address, examples=("${HEALTHCHECK_URL}",)),
            "Address that is called when a run begins (/start), is done, or failed (/fail).",
        ),
        "metrics": Key(
            Text(examples=("/var/lib/node_exporter/sheetcrm.prom",)),
            "File with figures for Prometheus, written after each run.",
        ),
    }
)

LOGGING = Table(
    {
        "file": Key(
            Text(examples=("var/log/sheetcrm.log",)),
            "File in which runs note what they do, - for standard error; left out: none.",
        ),
        "format": Key(
            Choice(("text", "json")), "How; left out: text on a terminal, JSON lines elsewhere."
        ),
        "redact": Key(
            YesNo(),
            "Whether addresses, phone numbers and contents of cells stay out.",
            default=False,
        ),
        "megabytes": Key(
            Number(above=0, most=1000),
            "How big the file, and var/log/scheduled.log, may get; three older ones stay.",
            default=1,
        ),
    }
)

KEYS = {
    "notify": Key(NOTIFY, "Who is told how runs end."),
    "logging": Key(LOGGING, "What runs write down."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check that there is a way for mails."""
    if tree.get("notify", {}).get("email") and "smtp" not in tree and run.complete:
        hint = "name the server in [smtp], or be told by url"
        run.fault(("notify", "email"), "there is no server that sends mails", hint)


def unattended(tree: dict[str, Any], root: str) -> Unattended:
    """What the checked tree says."""
    notify, logging = dict(tree.get("notify", {})), dict(tree.get("logging", {}))
    if isinstance(notify.get("every"), str):  # the default, as nobody has read it
        notify["every"] = duration(notify["every"])
    for table, key in ((notify, "metrics"), (logging, "file")):
        if table.get(key) and table[key] != "-":
            table[key] = os.path.normpath(os.path.join(root, table[key]))  # noqa: PTH118
    return Unattended(notify=NotifyConfig(**notify), logging=LoggingConfig(**logging))


def glance(root: Path, environ: Mapping[str, str]) -> Unattended | None:
    """The same without the rest of the config, which takes long to read; None if it is faulty.

    Also tells where the ledger is, if that is plain to see.

    Raises:
        ConfigError: there is no config.
    """
    files = read_files(root)
    run = Inspection(root=root, environ=environ, places=files.places, complete=False)
    given = {name: files.values[name] for name in KEYS if name in files.values}
    tree = Table(KEYS).check(given, (), run)
    if run.faults or files.faults:
        return None
    found = unattended(tree, str(root))
    ledger = "var/ledger.db"
    if isinstance(workspace := files.values.get("workspace"), dict):
        ledger = str(workspace.get("ledger", ledger))
    plain = "://" not in ledger and "${" not in ledger
    return Unattended(
        notify=found.notify,
        logging=found.logging,
        ledger=os.path.normpath(os.path.join(root, ledger)) if plain else "",  # noqa: PTH118
        by_mail=bool(files.values.keys() & {"smtp", "imap"}),
    )
