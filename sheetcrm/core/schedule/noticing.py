"""Whom to tell when runs fail, and when they are well again: once, and not every hour anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Health(StrEnum):
    """How a run ended, for whoever does not look at it."""

    WELL = "well"
    FAILED = "failed"  #: a person should look
    LATER = "later"  #: most likely the next run goes through


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was noticed and said up to now."""

    since: datetime | None = None  #: when it began to go wrong; None while all is well
    reason: str = ""  #: of the last failure that somebody was told of, a line for each fault
    at: datetime | None = None  #: when that was; None if nobody was told since it went wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A message for the person in charge."""

    failed: bool
    since: datetime


def notice(
    told: Told, health: Health, reason: str, *, now: datetime, every: timedelta
) -> tuple[Notice | None, Told]:
    """Whether to say something now, and what is known afterwards.

    A failure is told at once, and again after `every`, or when there is a fault that was not told
    yet; that one of several is mended is no news. What the next run may mend by itself (a workbook
    that is open) is told when it lasts that long. That all is well again is told to whom something
    was told before.

    Args:
        told: what is known.
        health: how the run ended.
        reason: why it failed, a line for each fault; the same words mean the same one.
        now: zoned.
        every: the least time between two notices for one reason.
    """
    if health is Health.WELL:
        recovered = told.at is not None and told.since is not None
        since = told.since or now
        return (Notice(failed=False, since=since) if recovered else None), Told()
    since = told.since or now
    due = told.at is None or now - told.at >= every or now < told.at
    if health is Health.LATER:
        speaks = due and now - since >= every
    else:
        speaks = due or not set(reason.splitlines()) <= set(told.reason.splitlines())
    if not speaks:
        return None, replace(told, since=since)
    return Notice(failed=True, since=since), Told(since=since, reason=reason, at=now)
