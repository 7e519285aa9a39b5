"""Leads are written as columns; every test evaluates real formulas."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.core.formula import Frame
from sheetcrm.core.qualify import LeadContext, qualify
from sheetcrm.core.qualify.rules import Qualification

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def run(now):
    """Qualify leads given as columns; contexts are plain new leads unless given."""

    def _run(rules, columns, leads=None, *, language="en", tables=None, at=now):
        if not isinstance(rules, Qualification):
            rules = Qualification(**rules)
        frame = Frame(columns)
        contexts = leads or [LeadContext(lead=f"L{place}") for place in range(frame.height)]
        return qualify(rules, frame, contexts, tables=tables or {}, now=at, language=language)

    return _run
