"""Logging in to other people's services, and out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.adapters.google.stored import StoredLogin


def google_login(
    root: Path | None, client: str, show: Callable[[str], object], *, mail: bool = False
) -> StoredLogin:
    """Let a person log in to Google in the browser, and keep that.

    Args:
        root: the workspace's folder; None outside of one.
        client: path of an OAuth client's file; "" for that of the last login, or the one that
            lies in the workspace's secrets.
        show: shows the person an address.
        mail: for drafts in Gmail as well.

    Raises:
        UsageError: there is no client, or nobody was logged in.
        SourceError: Google cannot be reached, or refuses.
    """
    from sheetcrm.adapters.google.login import renew

    return renew(root, home(), Path(client).expanduser() if client else None, show, mail=mail)


def google_logout(root: Path | None) -> tuple[StoredLogin, bool]:
    """Delete the login; also answers whether Google heard that it counts no longer.

    Raises:
        UsageError: nobody is logged in.
    """
    from sheetcrm.adapters.google.login import forget

    return forget(root, home())


def home() -> Path:
    """Where this user's own settings lie."""
    import click

    return Path(click.get_app_dir("sheetcrm"))
