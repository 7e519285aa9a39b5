"""Messages that wait while their lead or their template changes: what was approved is not this.

Only for those that sheetcrm sends itself: a file that lies in the team's own mail program is
theirs.
"""

from __future__ import annotations

from dataclasses import replace

from sheetcrm.core.followup.lookout import Case
from sheetcrm.core.followup.writing import Task, Writer, reason_of
from sheetcrm.core.memory import MessageDraft, MessageRecord, Renewal
from sheetcrm.core.outbox import OPEN
from sheetcrm.errors import LeadError, TemplateError

WAITS = OPEN | {"held"}
CHANGED = "the lead or its template has changed since it was written"


def renewal(writer: Writer, case: Case, waiting: MessageRecord, task: Task) -> Renewal | None:
    """The message as it is written now, None where that is what it says already.

    Args:
        writer: of the source.
        case: the lead.
        waiting: the message.
        task: to write it anew.
    """
    if waiting.state not in WAITS or not waiting.digest or task.key != waiting.key:
        return None
    then = replace(task, moment=replace(task.moment, now=waiting.created_at))
    try:
        if writer.digest(then) == waiting.digest and waiting.state != "held":
            return None
        draft: MessageDraft = writer.draft(task, refusal=case.person.refusal)
    except (LeadError, TemplateError) as error:
        return Renewal(key=waiting.key, lead=waiting.lead, draft=None, reason=reason_of(error))
    return Renewal(key=waiting.key, lead=waiting.lead, draft=draft, reason=CHANGED)


def is_news(found: Renewal, waiting: MessageRecord) -> bool:
    """Whether the ledger does not know that yet: that a message is held is noted once."""
    return (waiting.state, waiting.note) != ("held", found.reason)
