"""Headers, and the sheet as people see it."""

from __future__ import annotations

from sheetcrm.core.health.findings import Kind
from sheetcrm.core.table.layout import Layout
from tests.core.health.health_sheets import examples, found, of, places

COLUMNS = {"Name": ["Ana"], "B1": ["x"], "Roof": [1.0], "Roof (D1)": [2.0]}


def test_blank_and_repeated_headers_are_known_without_the_sheet():
    findings = found(COLUMNS)
    assert places(of(Kind.BLANK_HEADER, findings)) == ["B1"]
    assert places(of(Kind.REPEATED_HEADER, findings)) == ["D1"]
    assert examples(of(Kind.REPEATED_HEADER, findings)) == [("Roof", "")]
    assert of(Kind.PADDED_HEADER, findings) is None


def test_the_cells_tell_padded_headers_and_one_that_is_called_like_a_cell():
    layout = Layout(headers=["  Name", "B1", "Roof", "Roof"])
    findings = found(COLUMNS, layout=layout)
    assert of(Kind.BLANK_HEADER, findings) is None
    assert places(of(Kind.REPEATED_HEADER, findings)) == ["D1"]
    padded = of(Kind.PADDED_HEADER, findings)
    assert (places(padded), examples(padded)) == (["A1"], [("··Name", "Name")])


def test_a_line_break_in_a_header_is_nobodys_business():
    findings = found({"Roof area": [1.0]}, layout=Layout(headers=["Roof\narea"]))
    assert of(Kind.PADDED_HEADER, findings) is None


def test_a_blank_header_over_nothing_is_not_told():
    assert of(Kind.BLANK_HEADER, found({"Name": ["Ana"], "B1": [None]})) is None


def test_two_columns_for_one_field():
    findings = found({"Email": ["a@example.com"], "Alamat email": ["b@example.com"]})
    finding = of(Kind.RIVAL_COLUMNS, findings)
    assert (finding.column, finding.field, finding.about) == ("Alamat email", "email", "Email")
    assert places(finding) == ["B1"]


def test_a_field_that_rules_read_and_no_column_is():
    findings = found({"Name": ["Ana"]}, needed=["budget", "name"])
    finding = of(Kind.MISSING_COLUMN, findings)
    assert (finding.field, finding.about) == ("budget", "Budget")


def test_what_the_layout_tells():
    layout = Layout(
        merged=["A2:A3"],
        hidden_columns=["B"],
        hidden_rows=[4, 5, 9],
        filtered="A1:B9",
        formulas_below=["B10:B90"],
    )
    findings = found({"Name": ["Ana"], "Roof": [1.0]}, layout=layout)
    assert places(of(Kind.MERGED_CELLS, findings)) == ["A2:A3"]
    assert places(of(Kind.HIDDEN_ROWS, findings)) == ["4:5", "9"]
    assert of(Kind.HIDDEN_ROWS, findings).count == 3
    assert of(Kind.HIDDEN_COLUMNS, findings).about == "Roof"
    assert places(of(Kind.ACTIVE_FILTER, findings)) == ["A1:B9"]
    assert places(of(Kind.FORMULAS_BELOW, findings)) == ["B10:B90"]


def test_the_worst_comes_first():
    findings = found({"Email": ["x", "a@gmial.com"], "Name": [" Ana", "Budi"]})
    assert [finding.severity.value for finding in findings] == ["error", "error", "error", "note"]
