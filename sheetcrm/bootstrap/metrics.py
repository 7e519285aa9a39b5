"""A run in figures, as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.errors import SheetCrmError

if TYPE_CHECKING:
    from sheetcrm.config.unattended import Unattended
    from sheetcrm.engine.run import RunReport

_OUTCOMES = ("ok", "idle", "later", "failed")
_RECENT = 50  #: runs among which the last that counted leads is looked for


def write_figures(root: Path, said: Unattended, report: RunReport) -> str:
    """Write the figures of a run; the text says what went wrong, "" for nothing."""
    from sheetcrm.adapters.notices import in_utc, write_metrics

    label = {"workspace": root.name}
    try:
        leads, messages = _known(root, said, report)
    except SheetCrmError as error:
        return f"the figures of [notify] could not be gathered: {error}"
    ended = in_utc(report.started) + report.seconds
    figures: list[tuple[str, str, Mapping[str, str], float]] = [
        ("sheetcrm_last_run_timestamp_seconds", "When the last run ended.", label, ended),
        ("sheetcrm_last_run_duration_seconds", "How long it took.", label, report.seconds),
        *(
            (
                "sheetcrm_last_run_outcome",
                "1 for how it ended.",
                {**label, "outcome": outcome},
                float(report.outcome.value == outcome),
            )
            for outcome in _OUTCOMES
        ),
        ("sheetcrm_leads", "Leads in all sheets.", label, leads),
        ("sheetcrm_last_run_edits", "Cells that it wrote.", label, report.counts.get("cells", 0)),
        *(
            ("sheetcrm_messages", "Messages by state.", {**label, "state": state}, count)
            for state, count in sorted(messages.items())
        ),
    ]
    return write_metrics(Path(said.notify.metrics), figures)


def _known(root: Path, said: Unattended, report: RunReport) -> tuple[int, Mapping[str, int]]:
    """How many leads there are, and how many messages in each state."""
    from sheetcrm.adapters.ledger import open_ledger
    from sheetcrm.bootstrap.files import load_config

    with closing(open_ledger(said.ledger or load_config(root).ledger)) as ledger:
        counts = [report.counts, *(run.counts for run in ledger.runs(_RECENT))]
        leads = next((found["leads"] for found in counts if "leads" in found), 0)
        return leads, ledger.outbox.counts()
