"""Where a scheduler that keeps no log of its own puts what a run says."""

from __future__ import annotations

from pathlib import Path

from sheetcrm.core.schedule.job import Job
from sheetcrm.core.schedule.log import LOG
from sheetcrm.errors import UsageError


def make_log(job: Job) -> Path:
    """Make the log's folder, which no scheduler does; the log itself comes by the first run.

    Raises:
        UsageError: it cannot be made.
    """
    log = Path(job.workspace) / LOG
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{log.parent} cannot be made: {error.strerror}", hint="make the workspace writable"
        ) from error
    return log


def log_notes(job: Job) -> tuple[str, ...]:
    """What is to be done by whoever puts the text into place by hand."""
    folder = (Path(job.workspace) / LOG).parent
    return () if folder.is_dir() else (f"if you put it there by hand: make the folder {folder}",)
