"""`sheetcrm unsubscribe-server`: the page behind the link for leaving."""

from __future__ import annotations

import re
import signal
from typing import Any

import click

from sheetcrm.bootstrap import find_root, leaving_server
from sheetcrm.cli import output


class Listen(click.ParamType[tuple[str, int]]):
    """``127.0.0.1:8765`` or ``[::1]:8765``."""

    name = "address"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Host and port."""
        found = re.fullmatch(r"(?:\[([0-9A-Fa-f:]+)\]|([\w.-]+)):(\d{1,5})", str(value))
        if not found or int(found[3]) > 65535:
            self.fail(f"{value!r} is no address to listen on, such as 127.0.0.1:8765", param, ctx)
        return found[1] or found[2], int(found[3])


@click.command("unsubscribe-server", short_help="Serve the page behind the link for leaving.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    type=Listen(),
    default="127.0.0.1:8765",
    show_default=True,
    help="Where to listen; a proxy in front of it speaks HTTPS.",
)
@click.pass_obj
def unsubscribe_server(workspace: str, *, listen: tuple[str, int]) -> int:
    """Serve the page on which people unsubscribe, and the one click of their mail programs.

    It needs [sender] unsubscribe = "https://…/u/{token}", whose path the proxy passes on. Opening
    the link changes nothing; the button does. Works while other commands run, until Ctrl-C or
    SIGTERM. /health answers whether the ledger can be read.
    """
    host, port = listen
    with leaving_server(find_root(workspace), host=host, port=port, log=output.log) as server:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: server.stop())
        shown = f"[{host}]" if ":" in host else host
        output.log(f"listening on http://{shown}:{server.port}")
        server.run()
    output.log("stopped")
    return 0
