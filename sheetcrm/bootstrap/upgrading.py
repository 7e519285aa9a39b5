"""The workspace's config, brought to what this version reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.config.upgrades import Upgrade


def config_texts(root: Path) -> dict[str, str]:
    """Name → text of each file in ``config/``, line breaks as they are.

    Raises:
        UsageError: there are none, or one is not valid TOML or cannot be read.
    """
    import tomllib

    from sheetcrm.config.files import config_files

    texts = {}
    for path in config_files(root).values():
        try:
            texts[path.name] = path.read_bytes().decode()
            tomllib.loads(texts[path.name].removeprefix("\ufeff"))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(
                f"config/{path.name} cannot be read", hint="mend it first: sheetcrm check"
            ) from error
    return texts


def config_upgrade(texts: Mapping[str, str]) -> Upgrade:
    """What has to change in them.

    Raises:
        UsageError: they were made for a newer sheetcrm.
    """
    from sheetcrm.config.upgrades import upgrade

    return upgrade(texts)


def write_config(root: Path, texts: Mapping[str, str]) -> dict[str, Path]:
    """Write these files of ``config/``.

    Returns:
        Where the old ones are kept.

    Raises:
        UsageError: one cannot be written.
    """
    from sheetcrm.adapters.starter import rewrite

    return {name: rewrite(root / "config" / name, text) for name, text in texts.items()}
