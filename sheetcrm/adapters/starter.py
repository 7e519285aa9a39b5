"""The files that sheetcrm makes in a workspace: the starter, the preview page, crash logs."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import fields
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from sheetcrm.core.table.fields import Locale
from sheetcrm.errors import UsageError

SAMPLE = "leads.xlsx"
_STARTERS = Locale()  #: what its config says
IGNORED = "# what sheetcrm remembers, and secrets: not for version control\nvar/\nsecrets/\n"


def create(
    root: Path,
    *,
    sample: Callable[[Path], None] | None = None,
    trade: str = "",
    home: Locale = _STARTERS,
) -> list[Path]:
    """Copy starter config and templates into `root`, and write the sample workbook beside them.

    Args:
        root: the new workspace's folder.
        sample: writes the sample workbook to the path given; None: without one.
        trade: whose templates take the place of those of the same series: ``property``,
            ``training`` or ``services``; "" for the starter's own, which sell solar roofs.
        home: whose clocks, money and language the config names; else the starter's own.

    Returns:
        The files made.

    Raises:
        UsageError: one of them is there already, or cannot be written; where one is there,
            nothing was copied.
    """
    wanted = _starter_files(trade)
    made = [*wanted, *([SAMPLE] if sample else [])]
    there = sorted(name for name in made if (root / name).exists())
    if there:
        raise UsageError(
            f"{root / there[0]} is there already; nothing was copied",
            hint="name another folder: sheetcrm init FOLDER",
        )
    try:
        for name, origin in wanted.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with as_file(origin) as path:
                shutil.copyfile(path, target)
        if home != _STARTERS:
            _settle(root / "config" / "sheetcrm.toml", home)
        if sample:
            sample(root / SAMPLE)
        _keep_private(root)
    except OSError as error:
        raise UsageError(
            f"{error.filename or root} cannot be written: {error.strerror}",
            hint="name a folder that you may write to",
        ) from error
    return [root / name for name in made]


def rewrite(path: Path, text: str) -> Path:
    """Give a file a new text, at once and as a whole; the old one stays beside it.

    Returns:
        Where the old one is kept, under a name that no file had.

    Raises:
        UsageError: the file cannot be written; it is as it was.
    """
    kept = path.with_name(f"{path.name}.bak")
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.bak{number}")
    draft = path.with_name(f".{path.name}.new")
    try:
        shutil.copy2(path, kept)
        draft.write_bytes(text.encode())
        shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", hint="look at who may write there"
        ) from error
    return kept


def write_page(path: Path, page: str) -> Path:
    """Write a page, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def write_crash(root: Path | None, text: str) -> Path:
    """Write a traceback into the workspace's log folder, or a temporary one."""
    folder = (root or Path(tempfile.gettempdir())) / "var" / "log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="sheetcrm-"))
    return write_page(folder / "crash.log", text)


def _starter_files(trade: str) -> dict[str, Traversable]:
    """Relative name → file: from the wheel, or from the repository of an editable install."""
    packaged = Path(str(files("sheetcrm"))) / "starter"
    base = packaged if packaged.is_dir() else Path(str(files("sheetcrm"))).parent
    found = {**_files_in(base / "config", "config"), **_files_in(base / "templates", "templates")}
    if not trade:
        return found
    trades = base / "trades" if packaged.is_dir() else base / "examples" / "templates"
    special = _files_in(trades / trade, "templates")
    series = tuple({f"{name.rpartition('/')[0]}/" for name in special})
    kept = {name: file for name, file in found.items() if not name.startswith(series)}
    return {**kept, **special}


def _keep_private(root: Path) -> None:
    """What is known of leads is nobody else's business."""
    for private in ("var", "secrets"):
        (root / private).mkdir(mode=0o700, exist_ok=True)
    ignored = root / ".gitignore"
    if not ignored.exists():
        ignored.write_text(IGNORED, encoding="utf-8")


def _settle(config: Path, home: Locale) -> None:
    """Write a team's locale into its config; the notes beside it keep their place."""
    text = config.read_text(encoding="utf-8")
    for field in fields(home):
        line = f'{field.name} = "{getattr(home, field.name)}"'
        text = re.sub(
            rf'(?m)^{field.name} = "[^"]*" *',
            lambda was, line=line: f"{line} ".ljust(len(was[0])),  # type: ignore[misc]
            text,
            count=1,
        )
    config.write_text(text, encoding="utf-8")


def _files_in(folder: Path, name: str) -> dict[str, Traversable]:
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
