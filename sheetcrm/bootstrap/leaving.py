"""The server behind the link for leaving: the ledger and the sender, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap.files import load_config, sender_of

if TYPE_CHECKING:
    from sheetcrm.adapters.unsubscribe.server import LeavingServer


@contextmanager
def leaving_server(
    root: Path, *, host: str, port: int, log: Callable[[str], object]
) -> Iterator[LeavingServer]:
    """A server that listens, and answers once it is told to run.

    Raises:
        ConfigError: the workspace's files have problems.
        UsageError: no links lead to it, or nobody may listen there.
        LedgerError: the ledger cannot be opened.
    """
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.adapters.ledger import open_ledger
    from sheetcrm.adapters.unsubscribe.server import LeavingApp, LeavingServer, route
    from sheetcrm.engine.unsubscribing import Leaving

    config = load_config(root)
    route(config.followups.sender.unsubscribe)
    sender = sender_of(config, make=True)
    with closing(open_ledger(config.ledger)) as ledger:
        clock = SystemClock(config.locale.timezone)
        app = LeavingApp(
            Leaving(outbox=ledger.outbox, sender=sender, clock=clock),
            address=sender.unsubscribe,
            name=sender.name,
            alive=lambda: ledger.runs(1),
            log=log,
        )
        yield LeavingServer(app, host=host, port=port)
