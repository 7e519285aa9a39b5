"""Lead qualification and follow-ups inside the spreadsheet that a team already has."""

from __future__ import annotations

__version__ = "0.1.0"
