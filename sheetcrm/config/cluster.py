"""When workers look at the sources (``[cluster]``, and `schedule` in a ``[[source]]``)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Text, WrongValueError
from sheetcrm.config.model import ClusterConfig
from sheetcrm.config.shapes import Key, Table

NEVER = "never"
_EXAMPLE = 'such as "*/15 8-18 * * 1-5" for every quarter of an hour on working days'


def schedule(text: str) -> str:
    """Five fields of cron: minute, hour, day of the month, month, day of the week; or ``never``.

    ``H`` stands for a value of the source's own, so that not all of them begin at once.
    """
    if text.casefold() == NEVER:
        return NEVER
    fields = text.split()
    if len(fields) != 5:
        raise WrongValueError(f'"{text}" has not five fields but {len(fields)}', _EXAMPLE)
    from croniter import CroniterError, croniter  # noqa: PLC0415  60 ms that few need

    try:
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        croniter(text, begin, hash_id=b"source").get_next(datetime)
    except CroniterError:
        raise WrongValueError(f'"{text}" is no time that ever comes', _EXAMPLE) from None
    return " ".join(fields)


SCHEDULE = Key(
    Text(reads=schedule, examples=("*/15 8-18 * * 1-5",)),
    "When `sheetcrm worker` syncs it, as five fields of cron in the workspace's time zone; "
    'H: a minute of its own; "never": not at all. Left out: that of [cluster].',
)

KEYS = {
    "cluster": Key(
        Table(
            {
                "schedule": Key(
                    Text(reads=schedule, examples=("*/15 8-18 * * 1-5", "H/15 * * * *")),
                    "When `sheetcrm worker` syncs the sources that say nothing themselves.",
                    default=ClusterConfig().schedule,
                ),
                "mail": Key(
                    Text(reads=schedule, examples=("*/5 7-19 * * *", "H/5 * * * *")),
                    "When workers read the mailbox and send what may go; what waits for a limit "
                    "goes as soon as it may.",
                    default=ClusterConfig().mail,
                ),
            }
        ),
        "What workers of many machines do with this workspace.",
    )
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another: nothing here does."""
    del tree, run


def cluster(tree: dict[str, Any]) -> ClusterConfig:
    """What workers do with the workspace."""
    return ClusterConfig(**(tree.get("cluster") or {}))
