"""Every Python process that finds this folder on its path lives at another time.

Tests hold on any day, or they fail tomorrow: `make days` runs them on other ones. ``LIVING_AT``
is the moment at which the first process begins, such as ``2028-02-29T20:00:00+00:00``; time goes
on from there, and processes that it starts live beside it. The product asks for the time in one
place only, so that its clock is all that has to be put forward: the machine's own, by which other
programs measure their waits, stays right.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, tzinfo

if "SECONDS_AHEAD" not in os.environ and "LIVING_AT" in os.environ:
    begins = datetime.fromisoformat(os.environ["LIVING_AT"])
    os.environ["SECONDS_AHEAD"] = str(begins.timestamp() - time.time())  # noqa: TID251
AHEAD = float(os.environ.get("SECONDS_AHEAD", "0"))


class _Later(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(time.time() + AHEAD, tz)  # noqa: TID251


if AHEAD:
    from sheetcrm.adapters import clock

    clock.datetime = _Later  # type: ignore[misc]
