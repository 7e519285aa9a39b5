"""Where a scheduled run says what it has to say."""

from __future__ import annotations

LOG = "var/log/scheduled.log"  #: in the workspace; it stays empty if all is fine
OLD_ONES = 3  #: of it that are kept
