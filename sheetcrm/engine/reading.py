"""A source as it was read: its leads, who they are, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from sheetcrm.core.followup.wishes import Said, said_of
from sheetcrm.core.formula import Events, Frame
from sheetcrm.core.memory import Memory
from sheetcrm.core.table.forgotten import rows_of_forgotten, without
from sheetcrm.core.table.identity import Identities, also_ours, identify
from sheetcrm.core.table.leads import Leads, read_leads
from sheetcrm.core.table.merge import Pending, overridden
from sheetcrm.engine.naming import known_headers
from sheetcrm.engine.unwritten import id_header
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import MailerError, SourceEmptiedError
from sheetcrm.ports import TabSource


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A source as it was read: its leads, who they are, and what is remembered of them."""

    source: TabSource
    leads: Leads
    frame: Frame  #: every name that formulas may use; fields that the tab lacks are blank
    identities: Identities
    memory: Memory
    ours: Pending  #: what may stand in our cells beside what was confirmed
    gone: Callable[[], set[str]]  #: drafts that lie no longer where they were put, asked for once
    said: Said = field(default_factory=Said)  #: what persons say in the sheet of drafts


def read_source(
    workspace: Workspace,
    source: TabSource,
    events: Callable[[Leads, Sequence[str]], Events | None],
) -> Reading:
    """Read a source and find out who its leads are.

    Args:
        workspace: the rules and the ports.
        source: what is read.
        events: leads and their ids → what happened to them.

    Raises:
        SourceError: it cannot be read.
    """
    rules = workspace.rules
    workspace.claim(source.name)
    tab = source.read(known_headers(rules))
    memory = workspace.ledger.remember(source.name)
    leads = read_leads(tab, rules.fields, rules.locale, reserved=rules.outputs.values())
    identifying = [field.name for field in rules.fields if field.identifies]
    alone = rows_of_forgotten(leads, identifying, memory.forgotten)
    if alone:
        tab = without(tab, alone)
        leads = read_leads(tab, rules.fields, rules.locale, reserved=rules.outputs.values())
    identities = identify(
        leads,
        id_header=id_header(source, tab, rules.outputs),
        identifying=identifying,
        known={lead: known.fingerprint for lead, known in memory.leads.items()},
    )
    blank = {name: [None] * leads.height for name in leads.missing}
    reading = Reading(
        source=source,
        leads=leads,
        frame=Frame({**leads.columns, **blank}, events(leads, identities.ids)),
        identities=identities,
        memory=memory,
        ours=also_ours(identities, written=memory.written, pending=memory.pending),
        gone=cache(partial(_gone_drafts, workspace, memory)),
    )
    return _with_words(workspace, reading)


def refuse_emptied(reading: Reading) -> None:
    """Stop where there were leads last time and there are none now: somebody's accident."""
    had = sum(1 for lead in reading.memory.leads.values() if not lead.gone)
    if had and not reading.leads.height:
        raise SourceEmptiedError(
            f"{reading.source.locator}: {had} leads last time, none now; nothing was changed",
            hint="if the tab really is empty now: sheetcrm sync --allow-empty",
        )


def _with_words(workspace: Workspace, reading: Reading) -> Reading:
    """With what persons say of drafts.

    Words that are heeded, or that are over, are theirs no longer: ours follow them.
    """
    rules = workspace.rules
    header = rules.outputs.get("email_status")
    if header is None:
        return reading
    ours, memory = reading.ours, reading.memory
    ids = reading.identities.ids
    typed = overridden(reading.leads.tab, ids, header, written=memory.written, pending=ours)
    said = said_of(typed, memory.messages, source=reading.source.name)
    if rules.followups.sending.via != "smtp":
        return replace(reading, said=said.where_persons_send())
    if said.elsewhere:
        said = said.with_skips(reading.gone())
    words = {
        (wish.lead, header): (*ours.get((wish.lead, header), ()), wish.word)
        for wish in (*said.wishes, *said.over)
    }
    return replace(reading, said=said, ours={**ours, **words})


def _gone_drafts(workspace: Workspace, memory: Memory) -> set[str]:
    """Drafts that lie no longer where they were put, where people send them themselves.

    None where nobody can tell just now: then they wait.
    """
    drafts = [message for message in memory.messages if message.state == "draft"]
    try:
        return workspace.drafts.gone(drafts) if drafts else set()
    except MailerError:
        return set()
