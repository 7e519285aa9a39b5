"""How fast messages may leave, and when: from what the team has written to what is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from sheetcrm.core.followup.rules import FollowUps, Sending, Stop
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.followup.zones import zone
from sheetcrm.core.outbox import Limits
from sheetcrm.core.table.fields import Locale

SLACK = timedelta(hours=8)
"""Days between messages are days of the calendar, as planned; what is counted when they go out
is a little less, so that a message in the morning may follow one of an afternoon."""

PER_DOMAIN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), 20),
    **dict.fromkeys(("yahoo.com", "yahoo.co.id", "ymail.com", "yahoo.es"), 20),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "hotmail.es"), 20),
}
"""Most messages a minute to the big providers, where the team has not said otherwise."""


def limits_of(rules: FollowUps, locale: Locale) -> Limits:
    """What the outbox counts and asks before a message goes.

    Args:
        rules: the team's.
        locale: the workspace's, for leads of whom no place is known.
    """
    sending = rules.sending

    def opens(country: str, zone_name: str, now: datetime) -> datetime:
        return _workdays(country or locale.country, zone_name or locale.timezone, sending).opening(
            now
        )

    return Limits(
        per_minute=sending.per_minute,
        per_day=sending.per_day,
        per_domain={**PER_DOMAIN, **dict(sending.per_domain)},
        warm_up=sending.warm_up,
        gap=max(timedelta(), timedelta(days=sending.min_gap_days) - SLACK),
        ends_on_reply=frozenset(s.name for s in rules.sequences if Stop.REPLY in s.stop),
        opens=opens,
    )


@lru_cache(maxsize=512)
def _workdays(country: str, zone_name: str, sending: Sending) -> Workdays:
    return Workdays(country=country, zone=zone(zone_name), sending=sending)
