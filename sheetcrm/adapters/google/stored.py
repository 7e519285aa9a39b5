"""The login that `sheetcrm login` keeps: a refresh token, in a file that only its user may read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sheetcrm.errors import SourceRefusedError, UsageError

NAME: Final = "google-login.json"
FOLDER: Final = "secrets"  #: in a workspace; `sheetcrm init` keeps it out of version control


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLogin:
    """A login as it lies in a file, in the format of gcloud's ``authorized_user``."""

    path: Path
    info: Mapping[str, Any]

    @property
    def account(self) -> str:
        """The e-mail address of the person; "" where Google did not say it."""
        return str(self.info.get("account", ""))


def login_path(root: Path | None, home: Path) -> Path:
    """Where a login is kept: in the workspace, or in the user's own folder outside of one."""
    return (root / FOLDER if root else home) / NAME


def read_login(root: Path | None, home: Path) -> StoredLogin | None:
    """The workspace's login, else the user's own; None where there is none.

    Raises:
        SourceRefusedError: it is there, but cannot be read.
    """
    for path in dict.fromkeys((login_path(root, home), login_path(None, home))):
        try:
            info = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            raise SourceRefusedError(
                f"the stored login {path} cannot be read: {error}",
                code="login",
                hint="log in again: sheetcrm login",
            ) from error
        return StoredLogin(path=path, info=info if isinstance(info, dict) else {})
    return None


def store_login(path: Path, info: Mapping[str, Any]) -> None:
    """Keep a login, as a whole or not at all; nobody else may read the file.

    Raises:
        UsageError: the file cannot be written.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True)
            (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(dict(info), file, indent=2)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written: {error.strerror}",
            hint="make that folder writable, and log in again",
        ) from error
