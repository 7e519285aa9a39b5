"""People and sheetcrm work on one Google tab, in turn and at once: nobody's work is lost."""

from __future__ import annotations

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from sheetcrm.engine.sync import sync
from tests.engine.hands import HandsOnSpreadsheet
from tests.engine.test_people_and_sync import PICK, PeopleAndSync

MOMENTS = st.sampled_from(["getByDataFilter", "spreadsheets.batchUpdate"])
LOST = st.booleans()


class PeopleAtASpreadsheet(PeopleAndSync):
    """The same in the browser, where people need not wait for us."""

    hands_on = HandsOnSpreadsheet

    def meanwhile(self, deed, moment, *, lost) -> None:
        """A run during which somebody does something; then one without."""
        from tests.support.sheets_api import faults

        google = self.hands.google
        google.before(moment, deed)
        if lost:
            google.fail("spreadsheets.batchUpdate", faults.unavailable(after=True))
        sync(self.workspace)
        google.script.forget()
        self.sync()

    @rule(pick=PICK, moment=MOMENTS, lost=LOST, descending=st.booleans())
    def sort_meanwhile(self, pick, moment, lost, descending) -> None:
        tab = self.hands.tab

        def deed() -> None:
            self.look()
            column, last = self.place("Key", "Email"), len(self.headers)
            letters = [chr(65 + i) for i in range(26)]
            first = self.header + 2
            area = f"A{first}:{letters[last - 1]}{len(self.grid)}"
            tab.sort(area, letters[column], descending=descending)

        self.meanwhile(deed, moment, lost=lost)

    @rule(pick=PICK, moment=MOMENTS, lost=LOST)
    def insert_a_row_meanwhile(self, pick, moment, lost) -> None:
        def deed() -> None:
            self.look()
            self.hands.tab.insert_rows(self.picked(pick) + 1)

        self.meanwhile(deed, moment, lost=lost)

    @rule(pick=PICK, moment=MOMENTS, lost=LOST)
    def insert_a_column_meanwhile(self, pick, moment, lost) -> None:
        def deed() -> None:
            self.look()
            self.hands.tab.insert_columns(chr(65 + pick % len(self.headers)))

        self.meanwhile(deed, moment, lost=lost)

    @rule(pick=PICK, to=PICK, moment=MOMENTS, lost=LOST)
    def drag_a_row_meanwhile(self, pick, to, moment, lost) -> None:
        def deed() -> None:
            self.look()
            row, before = self.picked(pick) + 1, self.picked(to) + 1
            if before not in {row, row + 1}:
                self.hands.tab.drag_rows(row, before)

        self.meanwhile(deed, moment, lost=lost)


def case_of(examples: int, steps: int) -> type:
    case = type("TestCase", (PeopleAtASpreadsheet.TestCase,), {})
    phases = set(Phase) - {Phase.shrink}
    case.settings = settings(
        max_examples=examples, stateful_step_count=steps, phases=phases, deadline=None
    )
    return case


TestPeopleAtASpreadsheet = case_of(4, 15)
TestPeopleAtASpreadsheetForLong = pytest.mark.slow(case_of(25, 40))
