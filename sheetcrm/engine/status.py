"""Where everything stands: stages, drafts that wait, the last runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sheetcrm.core.memory import MessageDraft, RunRecord
from sheetcrm.core.qualify import Ladder, stalled_since
from sheetcrm.engine.sync import ladder
from sheetcrm.engine.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What the ledger knows, without reading any sheet."""

    stages: Mapping[str, Mapping[str, int]]  #: source → stage, in the ladder's order → leads
    stalled: Mapping[str, Mapping[str, int]]  #: source → stage → leads that are there for too long
    drafts: Sequence[MessageDraft]
    runs: Sequence[RunRecord]


def status(workspace: Workspace, *, runs: int = 5) -> Status:
    """What stands where since the last sync."""
    order = ladder(workspace)
    known = Ladder(workspace.rules.qualification)
    now = workspace.clock.now()
    stages, stalled = {}, {}
    for source in workspace.sources:
        memory = workspace.ledger.remember(source.name)
        standings = [
            standing
            for lead, standing in memory.standings.items()
            if lead in memory.leads and not memory.leads[lead].gone
        ]
        present = Counter(standing.stage for standing in standings)
        stalled[source.name] = Counter(
            one.stage for one in standings if stalled_since(known.named(one.stage), one.since, now)
        )
        others = [stage for stage in present if stage not in order]
        stages[source.name] = {stage: present[stage] for stage in (*order, *others)}
    return Status(
        stages=stages,
        stalled=stalled,
        drafts=workspace.ledger.drafts(),
        runs=workspace.ledger.runs(runs),
    )
