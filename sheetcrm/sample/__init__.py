"""The sample workbook, from which `sheetcrm init --sample` makes that of a new workspace."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

DRAWN_FOR = date(2026, 11, 22)  #: the day on which its people look at it
TAB = "Leads"
HEADER_ROW = 4
DATES = ("Last contact", "Follow up on")  #: the columns that hold dates


def path() -> Traversable:
    """Where ``leads.xlsx`` lies inside the installed package; drawn by ``tools/make_sample.py``."""
    return files(__name__) / "leads.xlsx"
