"""`sheetcrm login`: let sheetcrm edit your Google spreadsheets."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, google_login, google_logout
from sheetcrm.cli import output
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Log in to Google, for spreadsheets in Google Sheets.")
@click.option(
    "--client",
    metavar="FILE",
    default="",
    help="OAuth client of Google's console (client_secret_….json); needed the first time.",
)
@click.option("--gmail", is_flag=True, help='Also for drafts in Gmail: via = "gmail-drafts".')
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--forget", is_flag=True, help="Log out: take the right back and delete the login.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def login(
    workspace: str, *, client: str, gmail: bool, no_browser: bool, forget: bool, as_json: bool
) -> int:
    """Let sheetcrm edit the spreadsheets of the Google account that you choose in the browser.

    The login is kept in the workspace's secrets folder, for your user only; outside of a
    workspace in your own settings folder, for all of your workspaces. A service account needs
    no login: name its key file in the source, as credentials = "secrets/service-account.json".
    """
    root = _root(workspace)
    if forget:
        return _forget(root, as_json=as_json)

    def show(address: str) -> None:
        opened = not no_browser and open_browser(address)
        output.advise("say yes in the browser" if opened else "open this address in a browser")
        output.address(address)

    kept = google_login(root, client, show, mail=gmail)
    if as_json:
        output.json_out({"account": kept.account, "file": str(kept.path)})
        return 0
    output.say(f"logged in{f' as {kept.account}' if kept.account else ''}")
    output.say(f"  kept in {kept.path}, which only you can read")
    output.next_step("see whether your spreadsheets can be read: sheetcrm check")
    return 0


def open_browser(address: str) -> bool:
    """Open a page where there is a screen; a browser inside the terminal would be in the way."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        return False
    import webbrowser

    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False


def _root(workspace: str) -> Path | None:
    """The workspace, or None outside of one where none is named."""
    try:
        return find_root(workspace)
    except UsageError:
        if workspace:
            raise
        return None


def _forget(root: Path | None, *, as_json: bool) -> int:
    gone, revoked = google_logout(root)
    if as_json:
        output.json_out({"account": gone.account, "file": str(gone.path), "revoked": revoked})
        return 0
    output.say(f"logged out{f' {gone.account}' if gone.account else ''}, and deleted {gone.path}")
    if not revoked:
        output.advise(
            "Google was not told; take the right back at https://myaccount.google.com/connections"
        )
    return 0
