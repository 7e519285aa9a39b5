"""When a source is due next."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import croniter


def following(schedule: str, zone: str, key: str, now: datetime) -> datetime:
    """The first moment after `now`, in UTC, at which a schedule says that it is time.

    Args:
        schedule: five fields of cron; ``H`` is a value that belongs to `key`.
        zone: the time zone in which they are meant. What falls into the hour that a clock jumps
            over comes right after it.
        key: the source with its workspace, so that not all of them begin at once.
        now: zoned.
    """
    begin = now.astimezone(ZoneInfo(zone))
    found: datetime = croniter(schedule, begin, hash_id=key.encode()).get_next(datetime)
    return found.astimezone(UTC)
