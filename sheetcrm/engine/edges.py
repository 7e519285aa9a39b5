"""When mere time may change what is decided of leads that nobody touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta, tzinfo

_MIDNIGHT = time()


def next_edge(
    now: datetime,
    *,
    zones: Iterable[tzinfo],
    times: Sequence[time] = (),
    moments: Iterable[datetime] = (),
) -> datetime:
    """The first moment from `now` on at which something begins or is over.

    Rules count days, so a day begins in each zone in which somebody is; beside that the clock
    may show a certain time there; and some moments are known. All are zoned.

    Args:
        now: zoned.
        zones: of the workspace and of its leads; at least one.
        times: of the day, such as the hour when sending ends.
        moments: those that are past do not matter.
    """
    found = {moment for moment in moments if moment >= now}
    for zone in set(zones):
        today = now.astimezone(zone).date()
        for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
            for at in (_MIDNIGHT, *times):
                for fold in (0, 1):  # a clock that is set back shows the time twice
                    edge = datetime.combine(day, at, zone).replace(fold=fold)
                    if edge.timestamp() > now.timestamp():
                        found.add(edge)
    return min(found, key=datetime.timestamp)
