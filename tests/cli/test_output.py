"""What is printed does what it says, whatever stands in the cells that it quotes."""

from __future__ import annotations

import pytest

from sheetcrm.cli import output


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Budi Santoso", "Budi Santoso"),
        ("\x1b[2J\x1b]0;owned\x07Budi", "[2J]0;ownedBudi"),
        ("\u202eoifaR\u2066", "oifaR"),
        ("a\nb\u00a0c", "a\nb\u00a0c"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_nothing_in_a_cell_steers_the_terminal(cell, shown, capsys):
    assert output.visible(cell) == shown
    output.complain(cell)
    assert capsys.readouterr().err == f"{shown}\n"
