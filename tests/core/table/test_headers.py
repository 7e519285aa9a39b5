from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.headers import find_header, name_headers, without_unit
from sheetcrm.core.table.values import CellError

KNOWN = ["Name", "Nama", "Nombre", "Email", "Surel", "Correo", "Phone", "No. HP", "City", "Kota"]
DATA = ["Budi Santoso", "budi@example.com", "0812-3456-7890", "Jakarta"]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        pytest.param([["Name", "Email", "Phone", "City"], DATA], 0, id="at the top"),
        pytest.param([["\ufeffName", " E-MAIL ", "Phone"], DATA], 0, id="BOM, blanks, case"),
        pytest.param(
            [["Leads 2026"], [], [None, None], ["Nama", "Surel", "Kota"], DATA],
            3,
            id="title, blanks",
        ),
        pytest.param(
            [["Leads"] * 4, ["Nombre", "Correo", "Tel", "Ciudad"], DATA], 1, id="merged title"
        ),
        pytest.param(
            [["Contact", None, "Sales", None], ["Name", "Email", "Step", "Budget"], DATA],
            1,
            id="groups above",
        ),
        pytest.param(
            [
                ["Cliente", "Barrio", "Techo", "Plan"],
                ["Ana", "Norte", "teja", "A"],
                ["Eva", "Sur", "teja", "B"],
            ],
            0,
            id="nothing known",
        ),
        pytest.param(
            [
                ["Pipeline of the year"],
                ["Cliente", None, "Techo", "Plan"],
                ["Ana", "Norte", "teja", 4],
            ],
            1,
            id="nothing known, title and a blank header",
        ),
        pytest.param(
            [["Cliente", "Barrio", 2024, 2025], ["Ana", "Norte", 1, 2]], 0, id="numbers in it"
        ),
        pytest.param([["Email"], ["a@example.com"]], 0, id="one column"),
        pytest.param([["Email", "Name", "Kota"]], 0, id="no leads yet"),
        pytest.param(
            [
                ["Lead", "Canal", "Origen"],
                ["ana@example.com", "Email", "Phone"],
                ["x@example.com", "City", "Phone"],
            ],
            0,
            id="known words in the data",
        ),
        pytest.param([["Budget (IDR)", "Name [full]", "Email"], [1, "Ana", "x"]], 0, id="units"),
        pytest.param([DATA, DATA], None, id="data only"),
        pytest.param([["Our notes"], ["something"]], None, id="a note"),
        pytest.param([[1, 2, 3], [4, 5, 6]], None, id="numbers only"),
        pytest.param([], None, id="empty"),
        pytest.param([[], [None]], None, id="blank"),
    ],
)
def test_finds_the_header_row(grid, expected):
    assert find_header(grid, KNOWN) == expected


def test_a_header_too_far_down_is_not_looked_for():
    assert find_header([[]] * 60 + [["Name", "Email"], DATA], KNOWN) is None


def test_headers_are_named_uniquely():
    cells = [
        "\ufeffName ",
        "Budget\n(IDR)",
        None,
        "Name",
        "NAME",
        "",
        2024.0,
        datetime(2026, 1, 5),
        date(2026, 2, 1),
    ]
    assert name_headers([*cells, True, CellError("#N/A")], list("ABCDEFGHIJKL"), 4) == [
        "Name",
        "Budget (IDR)",
        "C4",
        "Name (D4)",
        "NAME (E4)",
        "F4",
        "2024",
        "2026-01-05",
        "2026-02-01",
        "TRUE",
        "#N/A",
        "L4",
    ]


CELLS = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.dates()
    | st.text(max_size=6)
    | st.sampled_from(KNOWN)
)


@given(st.lists(CELLS | st.sampled_from(["A1", "B1", "x", "x (B1)"]), max_size=8))
def test_any_row_gets_unique_names_that_are_not_blank(cells):
    names = name_headers(cells, list("ABCDEFGH")[: len(cells)], 1)
    assert len({name.casefold() for name in names}) == len(cells)
    assert all(name == name.strip() and name for name in names)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8))
def test_any_grid_is_searched_without_failing(grid):
    found = find_header(grid, KNOWN)
    assert found is None or any(cell is not None for cell in grid[found])


def test_units_in_brackets_are_left_out():
    assert without_unit("Budget (IDR) [gross]") == "Budget"
    assert without_unit("(none)") == ""
