"""Files of ours in folders of the system's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sheetcrm.errors import UsageError


def read(folder: Path, names: list[str]) -> dict[str, str]:
    """Name → text of those of the files that are there."""
    paths = [folder / name for name in names]
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.is_file()}


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write the files, each at once and as a whole.

    Raises:
        UsageError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            draft = folder / f".{name}.new"
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, folder / name)  # noqa: PTH105  the same on Windows
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}", hint="look at who may write there"
        ) from error


def headed(folder: Path, texts: Mapping[str, str]) -> str:
    """The files one after the other, each below its path."""
    return "\n".join(f"# {folder / name}\n{text}" for name, text in texts.items())
