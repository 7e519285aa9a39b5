"""Reference tables from CSV files and from the config's own rows."""

from __future__ import annotations

from datetime import date

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


def one_column(tmp_path, text, header="V"):
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return values(CsvTable("T", path).read())[header]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("K;V\na;7,5\nb;1.250,75\nc;3\n", [7.5, 1250.75, 3]),
        ("K;V\na;1,5\n", [1.5]),  # as many commas as semicolons
        ("K;V\na;1.500\nb;2.000.000\n", [1500, 2_000_000]),  # Excel writes ; where , is decimal
        ("K;V\na;1.5\nb;2.25\n", [1.5, 2.25]),  # but somebody else wrote this
        ("K\tV\na\t7,5\nb\t8\n", [7.5, 8]),
        ("K\tV\na\t7.5\nb\t1,250\n", [7.5, 1250]),
        ('K,V\na,"7,5"\nb,"1.250,5"\n', [7.5, 1250.5]),
        ('K,V\na,"1,250"\nb,-0.5\n', [1250, -0.5]),
        ("K,V\na,50%\nb,1e3\nc,TRUE\nd,2026-01-31\n", [0.5, 1000, True, date(2026, 1, 31)]),
        (
            "K,V\na,2026-02-31\nb,+62812\nc,1234567890123456\n",
            ["2026-02-31", "+62812", "1234567890123456"],
        ),
        ("sep=|\nK|V\na|1;2\n", ["1;2"]),
        ('K,V\n"Jakarta; Pusat",5\n"x; y",6\n', [5, 6]),
        ("\ufeffK;V\r\na;1\r\n", [1]),
        ("K\tV\r\nMálaga\t1\r\n".encode("utf-16"), [1]),  # Excel's “Unicode text”
    ],
)
def test_files_as_spreadsheets_of_any_language_write_them(tmp_path, text, expected):
    assert one_column(tmp_path, text) == expected


def test_a_column_alone(tmp_path):
    assert one_column(tmp_path, "V\nJakarta\nBogor\n") == ["Jakarta", "Bogor"]


def test_a_key_that_is_written_in_two_ways_is_refused():
    with pytest.raises(SourceRefusedError, match="City and city are the same") as caught:
        RowsTable("T", [{"City": "a"}, {"city": "b"}]).read()
    assert caught.value.hint


def test_a_missing_file_suggests_the_one_beside_it(tmp_path):
    (tmp_path / "cities.csv").write_text("City,Points\na,1\n", encoding="utf-8")
    with pytest.raises(SourceNotFoundError) as caught:
        CsvTable("T", tmp_path / "citys.csv").read()
    assert caught.value.hint == "did you mean cities.csv?"


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
