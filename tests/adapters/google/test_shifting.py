"""Formulas of cells that moved."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.google.shifting import moved_formula


def right_of_b(column: int) -> int:
    """A column was inserted before C."""
    return column + (column > 2)


def same(number: int) -> int:
    return number


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("=C2*2", "=D2*2"),
        ("=A2+B2", "=A2+B2"),
        ("=$C$2&D2", "=$D$2&E2"),
        ("=SUM(C2:E2)", "=SUM(D2:F2)"),
        ("=SUM(C:E)", "=SUM(D:F)"),
        ('="C2"&C2', '="C2"&D2'),
        ('="say ""C2"""&C2', '="say ""C2"""&D2'),
        ("=Rates!C2+C2", "=Rates!C2+D2"),
        ("='My C2'!C2:D9&C2", "='My C2'!C2:D9&D2"),
        ("=LOG10(C2)", "=LOG10(D2)"),
        ("=C2(1)", "=C2(1)"),
        ("=TODAY()", "=TODAY()"),
        ("=Leads.C2+x_C2", "=Leads.C2+x_C2"),
    ],
)
def test_an_inserted_column(before, after):
    assert moved_formula(before, right_of_b, same) == after


def test_a_row_that_moved():
    assert moved_formula("=C2*D$2+C3", same, {2: 7, 3: 3}.get) == "=C7*D$7+C3"


def test_what_was_deleted():
    assert moved_formula("=A2+C2", {1: 1}.get, same) == "=A2+#REF!"
    assert moved_formula("=SUM(C:C)", {1: 1}.get, same) == "=SUM(#REF!:#REF!)"
