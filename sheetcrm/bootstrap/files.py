"""The workspace's folder and the files that sheetcrm makes in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.config.model import Config
    from sheetcrm.core.followup.rules import Sender
    from sheetcrm.core.table.fields import Locale

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


def sender_of(config: Config, *, make: bool) -> Sender:
    """The sender of the workspace's messages, with the secret that signs links for leaving.

    Args:
        config: the workspace's.
        make: keep a secret in ``var/unsubscribe.key`` where one is needed and none is there yet.

    Raises:
        UsageError: the secret cannot be read or made.
    """
    from dataclasses import replace

    sender = config.followups.sender
    if sender.secret or "{token}" not in sender.unsubscribe:
        return sender
    from sheetcrm.adapters.mail.leavingkey import leaving_key

    path = Path(config.root) / "var" / "unsubscribe.key"
    return replace(sender, secret=leaving_key(path, make=make))


def create_workspace(
    root: Path, *, sample: bool, trade: str = "", country: str = ""
) -> tuple[list[Path], Locale]:
    """Copy the starter config and templates, and with `sample` the sample workbook.

    Args:
        root: the new workspace's folder.
        sample: with the sample workbook, filled in until today.
        trade: whose templates are wanted; "" for the starter's own.
        country: where the team is, by name or code; "" for where the starter's is.

    Returns:
        The files made, and the locale that the config names.

    Raises:
        UsageError: one of them is there already, or there is no such country; nothing was copied.
    """
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.adapters.starter import create
    from sheetcrm.core.followup.homeland import homeland
    from sheetcrm.core.table.fields import Locale

    today = SystemClock(Locale().timezone).now().date()

    def write(target: Path) -> None:
        from sheetcrm.adapters.excel.sample import write_sample

        write_sample(target, today)

    home = homeland(country, today) if country else Locale()
    return create(root, sample=write if sample else None, trade=trade, home=home), home


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


def read_text(file: str) -> str:
    """A text file of the user's, in UTF-8 or as older Windows programs write it.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        data = Path(file).expanduser().read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"{file} is not a text file", hint="save it as UTF-8")


def write_text(file: str, text: str) -> Path:
    """Write a file where the user wants it.

    Raises:
        UsageError: it cannot be written.
    """
    from sheetcrm.adapters.starter import write_page

    path = Path(file).expanduser()
    try:
        return write_page(path, text)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def crash_log(root: Path | None, text: str) -> Path:
    """Keep the traceback of a bug where it can be found."""
    from sheetcrm.adapters.starter import write_crash

    return write_crash(root, text)
