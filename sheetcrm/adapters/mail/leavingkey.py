"""The secret that signs the links for leaving, kept where the config names none."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sheetcrm.errors import UsageError

SIZE = 32  #: bytes, written as twice as many hexadecimal digits


def leaving_key(path: Path, *, make: bool) -> str:
    """The key in a file, which is made where there is none.

    Args:
        path: the file; only its owner may read it.
        make: without, and without the file, the key is one that counts for this run alone.

    Raises:
        UsageError: the file cannot be read or made, or is empty.
    """
    try:
        if not path.exists():
            if not make:
                return secrets.token_hex(SIZE)
            _create(path, secrets.token_hex(SIZE))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise UsageError(f"{path}: {reason}", hint=_HINT) from error
    if not key:
        raise UsageError(f"{path} is empty", hint=_HINT)
    return key


_HINT = "it signs the links for unsubscribing: put back the one that was there"


def _create(path: Path, key: str) -> None:
    """Whole, on the disk, and never over another: links that went out need the first one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123  a descriptor
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # somebody was faster
            _publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _publish(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # some file systems have no links
        temporary.rename(path)
