"""A workspace's folder → a ready-to-run workspace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.bootstrap import mail, sources
from sheetcrm.bootstrap.files import load_config, sender_of
from sheetcrm.bootstrap.inputs import inputs_of
from sheetcrm.bootstrap.locks import alone, claims
from sheetcrm.bootstrap.mail import inbox

if TYPE_CHECKING:
    from sheetcrm.adapters.google.opening import Google
    from sheetcrm.config.model import Config
    from sheetcrm.engine.workspace import Rules, Workspace
    from sheetcrm.ports import Ledger, TabSource


def other_rules(root: Path, instead: Sequence[Path]) -> Rules:
    """The workspace's rules with other files, or folders of files, in the place of its own.

    Raises:
        ConfigError: with every problem of the files together.
    """
    from sheetcrm.config import load

    return _rules(load(root, environ=os.environ, instead=instead), lasting=False)


@contextmanager
def open_workspace(
    root: Path,
    *,
    exclusive: bool = False,
    first: str | None = None,
    lasting: bool = True,
    say: Callable[[str], object] | None = None,
) -> Iterator[Workspace]:
    """A ready-to-run workspace.

    Args:
        root: the workspace's folder.
        first: the source that will be read first ("" for the first of all), so that reading it
            begins at once; None where none will be read.
        exclusive: hold the workspace's lock, so that no other run writes at the same time, and
            that of each source once it is read.
        lasting: make the ledger where there is none yet; else an empty one in memory will do.
        say: is told why we wait, where that takes long.

    Raises:
        ConfigError: its files have problems.
        LedgerError: the ledger cannot be opened, or another run holds the workspace.
    """
    with sources.early_reading(root, first) as early:
        from sheetcrm.adapters.clock import SystemClock

        config = load_config(root)
        now = SystemClock(config.locale.timezone).now()
        google = sources.google_opener(root, say)
        tabs = [sources.source(config, one, now, early, google) for one in config.sources]

        with ExitStack() as held:
            claim: Callable[[str], None] | None = None
            if exclusive:
                holder = held.enter_context(alone(root))
                held.enter_context(_ledger_lock(config.ledger))
                claim = held.enter_context(claims(root, config, holder))
            ledger = held.enter_context(closing(_ledger(config.ledger, lasting=lasting)))
            written = sources.as_written(config, tabs, now)
            opened = _assembled(root, config, written, ledger, google, held=held, lasting=lasting)
            opened = replace(opened, sent_log=mail.sent_log(config, held))
            yield replace(opened, claim=claim) if claim else opened


def _assembled(
    root: Path,
    config: Config,
    tabs: Sequence[TabSource],
    ledger: Ledger,
    google: Callable[[], Google],
    *,
    held: ExitStack,
    lasting: bool,
) -> Workspace:
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.adapters.mail.templates import FolderTemplates
    from sheetcrm.engine.workspace import Workspace

    return Workspace(
        rules=_rules(config, lasting=lasting),
        sources=tabs,
        tables={one.name: sources.table(config, one, google) for one in config.tables},
        ledger=ledger,
        drafts=mail.draft_box(config, held),
        mailer=mail.mailer(config),
        templates=FolderTemplates(root / "templates"),
        clock=SystemClock(config.locale.timezone),
        inbox=inbox(config),
        activities=[sources.activities(config, one, google) for one in config.activities],
        retention=config.retention,
        inputs=inputs_of(root, config),
    )


@contextmanager
def ledgers_of(roots: Sequence[Path]) -> Iterator[list[Ledger]]:
    """What other workspaces remember, to look it up while they may be at work.

    Raises:
        ConfigError: one of their configs is wrong.
        LedgerError: one of their ledgers cannot be used.
    """
    with ExitStack() as stack:
        found = [_ledger(load_config(root).ledger, lasting=False) for root in roots]
        for ledger in found:
            stack.callback(ledger.close)
        yield found


def _rules(config: Config, *, lasting: bool) -> Rules:
    from sheetcrm.engine.workspace import Rules

    return Rules(
        fields=config.fields,
        locale=config.locale,
        outputs=config.outputs,
        log_tab=config.log_tab,
        qualification=config.qualification,
        followups=replace(config.followups, sender=sender_of(config, make=lasting)),
        places=config.places,
        notes=config.notes,
    )


def _ledger_lock(address: str) -> AbstractContextManager[None]:
    """Where machines share a ledger, they take turns."""
    if "://" not in address:
        return nullcontext()
    from sheetcrm.adapters.ledger.exclusive import ledger_lock

    return ledger_lock(address)


def _ledger(address: str, *, lasting: bool) -> Ledger:
    if not lasting and "://" not in address and not Path(address).exists():
        from sheetcrm.adapters.memory import MemoryLedger

        return MemoryLedger()
    from sheetcrm.adapters.ledger import open_ledger

    return open_ledger(address)
