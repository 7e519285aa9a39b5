"""A person's word on drafts: this one may go, that one never."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sheetcrm.core.followup.mime import token_of
from sheetcrm.core.memory import MessageDraft, MessageRecord
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError

ID_LENGTH = 8  #: letters and digits of a message's token that people type


def short_id(key: str) -> str:
    """What a message is called on the terminal."""
    return token_of(key)[:ID_LENGTH]


def is_called(message: MessageDraft | MessageRecord, name: str) -> bool:
    """Whether a person means this message by its id, its lead's id, or its address."""
    given = name.casefold()
    is_id = len(given) >= ID_LENGTH and token_of(message.key).startswith(given)
    return is_id or given in {message.lead.casefold(), message.to_address.casefold()}


def chosen(
    workspace: Workspace, names: Collection[str] = (), *, sequence: str = ""
) -> list[MessageDraft]:
    """The drafts that wait and are named so, oldest first; all of them without names.

    Those that were taken away from where they lay are none: they may have been sent.

    Args:
        workspace: whose ledger has them.
        names: each a message's id, a lead's id, or an address.
        sequence: only those of this one.

    Raises:
        UsageError: a name fits no draft that waits.
    """
    every = [one for one in workspace.ledger.drafts() if sequence in ("", one.sequence)]
    drafts = [draft for draft in every if workspace.drafts.holds(draft)]
    if not names:
        return drafts
    found: dict[str, MessageDraft] = {}
    for name in names:
        fitting = [draft for draft in drafts if is_called(draft, name)]
        if not fitting:
            raise _none_called(name, taken=any(is_called(draft, name) for draft in every))
        found |= {draft.key: draft for draft in fitting}
    return [draft for draft in drafts if draft.key in found]


def approve(workspace: Workspace, drafts: Sequence[MessageDraft], *, by: str) -> list[str]:
    """Let drafts go out as they are; answers the keys of those that still were drafts.

    Raises:
        UsageError: the workspace sends nothing by itself.
    """
    must_send(workspace)
    taken = workspace.drafts.withdraw  # one that somebody could send by hand as well
    keys = [draft.key for draft in drafts if not draft.place or taken(draft)]
    return workspace.ledger.outbox.approve(keys, by=by, at=workspace.clock.now())


def must_send(workspace: Workspace) -> None:
    """There is nothing to approve where nothing is sent.

    Raises:
        UsageError: the workspace sends nothing by itself.
    """
    if workspace.mailer is None:
        raise UsageError(
            "this workspace sends nothing by itself, so there is nothing to approve",
            hint="open the drafts in your mail program; to let sheetcrm send them, write "
            '[sending] via = "smtp" and [smtp] host = "…" into the config',
        )


def skip(workspace: Workspace, drafts: Sequence[MessageDraft], *, by: str) -> list[str]:
    """Never send these; answers the keys of those that had not gone out yet."""
    keys = [draft.key for draft in drafts]
    at = workspace.clock.now()
    skipped = workspace.ledger.outbox.skip(keys, reason=f"{by} said so", at=at)
    for draft in drafts:
        if draft.key in skipped:
            workspace.drafts.withdraw(draft)
    return skipped


def _none_called(name: str, *, taken: bool) -> UsageError:
    if taken:
        return UsageError(
            f"the draft called {name} is no longer where it lay, and counts as sent",
            hint="look among the sent mails of your mail program; what is not there, write "
            "yourself",
        )
    return UsageError(
        f"no draft that waits is called {name}",
        hint="sheetcrm drafts lists them with their ids, leads and addresses",
    )
