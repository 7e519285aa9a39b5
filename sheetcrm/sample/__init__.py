"""The sample workbook that `sheetcrm init --sample` puts into a new workspace."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def path() -> Traversable:
    """Where ``leads.xlsx`` lies inside the installed package; drawn by ``tools/make_sample.py``."""
    return files(__name__) / "leads.xlsx"
