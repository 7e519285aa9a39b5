"""Reference tables from CSV files and from the config's own rows."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.tables import CsvTable, RowsTable
from sheetcrm.errors import HeaderError, SourceNotFoundError, SourceRefusedError


def values(tab):
    return {column.header: list(column.values) for column in tab.columns}


def test_rows_of_the_config_are_a_tab():
    tab = RowsTable(
        "Cities", [{"City": "Jakarta", "Points": 20}, {"City": "Bogor", "Far": True}]
    ).read()
    assert values(tab) == {
        "City": ["Jakarta", "Bogor"],
        "Points": [20, None],
        "Far": [None, True],
    }


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_of_a_csv_file_is_found(tmp_path, separator):
    path = tmp_path / "cities.csv"
    rows = [["City", "Points"], ["Jakarta", "20"], ["Bogor", "7.5"]]
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert values(CsvTable("Cities", path).read()) == {
        "City": ["Jakarta", "Bogor"],
        "Points": [20.0, 7.5],
    }


def test_what_only_looks_like_a_number_stays_text(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("Code,Name\n0812,a\n1_000,b\ninf,c\n-5,d\n", encoding="utf-8-sig")
    assert values(CsvTable("Codes", path).read())["Code"] == ["0812", "1_000", "inf", -5.0]


def test_rows_of_different_lengths_and_blank_ones(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_text("City,Points,Region\nJakarta,20\n\nBogor,1,West,too much\n", encoding="utf-8")
    tab = CsvTable("Cities", path).read()
    assert values(tab)["Region"] == [None, "West"]
    assert list(tab.rows) == [2, 4]


def test_a_file_that_cannot_be_used_is_refused_with_a_next_step(tmp_path):
    with pytest.raises(SourceNotFoundError, match=r"nothing\.csv") as missing:
        CsvTable("T", tmp_path / "nothing.csv").read()
    assert missing.value.hint
    latin = tmp_path / "latin.csv"
    latin.write_bytes("Ciudad,Puntos\nMálaga,3\n".encode("latin-1"))
    with pytest.raises(SourceRefusedError, match="UTF-8") as encoding:
        CsvTable("T", latin).read()
    assert encoding.value.hint
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(HeaderError):
        CsvTable("T", empty).read()
