"""Throw away drafts that wait, so that the next sync writes them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.memory import MessageDraft, is_repetition
from sheetcrm.engine.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """The drafts that the ledger knows, by whether their files still lie in the outbox."""

    here: Sequence[MessageDraft]
    gone: Sequence[MessageDraft]  #: sent by hand from a mail program, or deleted


def waiting(workspace: Workspace) -> Waiting:
    """The drafts that wait for a person."""
    drafts = workspace.ledger.drafts()
    here = {draft.key for draft in drafts if workspace.drafts.holds(draft)}
    return Waiting(
        here=[draft for draft in drafts if draft.key in here],
        gone=[draft for draft in drafts if draft.key not in here],
    )


def renew(workspace: Workspace) -> Waiting:
    """Forget every draft whose file lies in the outbox, and take the file away.

    One whose file is gone may have been sent: it stays known, so that nobody is mailed twice. So
    does one that a person wanted once more, which no sync writes.
    The ledger forgets first: cut off in between, a file stays, and the next sync finds it.

    Returns:
        What was thrown away (`here`), and what was left (`gone`).
    """
    found = waiting(workspace)
    here = [draft for draft in found.here if not is_repetition(draft.key)]
    found = replace(found, here=here)
    workspace.ledger.discard([draft.key for draft in found.here])
    for draft in found.here:
        workspace.drafts.withdraw(draft)
    return found
