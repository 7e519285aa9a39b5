"""A CSV file is found as people write it, and only our own fields change, byte for byte."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel import FileSource, delimited
from sheetcrm.adapters.excel.csvsource import CsvSource
from sheetcrm.adapters.excel.delimited import Dialect, content
from sheetcrm.adapters.excel.fields import to_field, to_value
from sheetcrm.core.table.values import CellError, Edit
from sheetcrm.errors import HeaderError, SourceBusyError, SourceRefusedError
from tests.adapters.tab_source_contract import same

KNOWN = ("Name", "Email", "Budget")
ODD = (
    'Leads of May,,\r\n"Name" , Email,"Budget"\r\n'
    '"Sari ""S"" W",sari@example.com, 5000 \r\n\r\n'
    '5" pipe,pipe@example.com,"1,200.50"\r\n"two\nlines",,007'
)


def read(tmp_path, data, name="leads.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return FileSource("x", path)


def column(tab, header):
    return list(tab.column(header).values)


def write(source, header, value, *, index=0, append=()):
    tab = source.read(KNOWN)
    return source.write(
        tab,
        [Edit(lead="1", row=tab.rows[index], header=header, before=None, after=value)],
        append=append,
    )


def test_odd_files_are_read_as_spreadsheets_show_them(tmp_path):
    tab = read(tmp_path, ODD).read(KNOWN)
    assert (tab.title, tab.header_row, list(tab.rows)) == ("leads", 2, [3, 5, 6])
    assert tab.headers == ["Name", "Email", "Budget"]
    assert column(tab, "Name") == ['Sari "S" W', '5" pipe', "two\nlines"]
    assert column(tab, "Budget") == [" 5000 ", "1,200.50", "007"]
    assert tab.address("Email", 1) == "B5"


def test_every_other_byte_stays(tmp_path):
    source = read(tmp_path, ODD)
    receipt = write(source, "Score", 41.5, index=1, append=["Score", "Why, oh"])
    assert (receipt.cells, list(receipt.appended)) == (3, ["Score", "Why, oh"])
    assert (tmp_path / "leads.csv").read_bytes().decode() == (
        'Leads of May,,\r\n"Name" , Email,"Budget",Score,"Why, oh"\r\n'
        '"Sari ""S"" W",sari@example.com, 5000 ,,\r\n\r\n'
        '5" pipe,pipe@example.com,"1,200.50",41.5,\r\n"two\nlines",,007,,'
    )
    assert not list(tmp_path.glob(".~sheetcrm*"))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"], ids=lambda name: name
)
@pytest.mark.parametrize("separator", ",;\t|")
def test_encoding_separator_and_mark_are_found_and_stay(tmp_path, encoding, separator):
    text = separator.join(["Name", "Email", "City"]) + "\n"
    text += separator.join(["Iván Peña", "ivan@example.org", "Bogotá · Norte, 7"]).replace(
        "Bogotá · Norte, 7", '"Bogotá · Norte, 7"'
    )
    source = read(tmp_path, text.encode(encoding))
    tab = source.read(KNOWN)
    assert column(tab, "City") == ["Bogotá · Norte, 7"]
    assert [problem.severity.value for problem in tab.problems] == ["note"] * (encoding == "cp1252")
    write(source, "Stage", "SQL", append=["Stage"])
    first, second = text.split("\n")
    expected = f"{first}{separator}Stage\n{second}{separator}SQL"
    assert (tmp_path / "leads.csv").read_bytes() == expected.encode(encoding)


def test_excels_own_first_line_names_the_separator(tmp_path):
    source = read(tmp_path, "sep=;\r\nName;Email\r\nSari, Budi, Ann;a@example.com\r\n")
    assert source.read(KNOWN).header_row == 1
    write(source, "Score", 4, append=["Score"])
    assert (tmp_path / "leads.csv").read_text() == (
        "sep=;\nName;Email;Score\nSari, Budi, Ann;a@example.com;4\n"
    )


def test_numbers_as_the_file_writes_them(tmp_path):
    source = read(tmp_path, "Name;Email;Budget;Rate\nSari;s@example.com;1200,5;0,25\n")
    tab = source.read(KNOWN)
    assert (column(tab, "Budget"), column(tab, "Rate")) == ([1200.5], [0.25])
    write(source, "Score", 62.125, append=["Score"])
    assert (tmp_path / "leads.csv").read_text().endswith(";0,25;62,1250\n")
    assert column(source.read(KNOWN), "Score") == [62.125]


@pytest.mark.parametrize("text", ["1.200", "12,500", "007", "1E5", "2026-13-01", "0812-345", "٣"])
def test_what_could_mean_two_things_stays_text(tmp_path, text):
    source = read(tmp_path, f'Name,Email,Budget\nSari,s@example.com,"{text}"\n')
    assert column(source.read(KNOWN), "Budget") == [text]


@pytest.mark.parametrize("text", ["=1+1", "+20 city", "-5 late", "@SUM(A1)", "\t=1", "＝1", "'=1"])
def test_no_spreadsheet_runs_a_text_of_ours(tmp_path, text):
    source = read(tmp_path, "Name,Email\nSari,s@example.com\n")
    write(source, "Why", text, append=["Why"])
    stands = list(csv.reader(io.StringIO((tmp_path / "leads.csv").read_text())))[1][2]
    assert stands == f"'{text}"
    assert column(source.read(KNOWN), "Why") == [text]


def test_errors_that_excel_exported_are_errors(tmp_path):
    source = read(tmp_path, "Name,Email,Budget\nSari,s@example.com,#DIV/0!\n")
    assert column(source.read(KNOWN), "Budget") == [CellError("#DIV/0!")]


def test_a_sign_that_the_encoding_lacks_is_refused_untouched(tmp_path):
    data = "Name,Email\nPeña,p@example.com\n".encode("cp1252")
    source = read(tmp_path, data)
    with pytest.raises(SourceRefusedError, match="☀") as caught:
        write(source, "Why", "☀", append=["Why"])
    assert (caught.value.code, "UTF-8" in caught.value.hint) == ("encoding", True)
    assert (tmp_path / "leads.csv").read_bytes() == data


@pytest.mark.parametrize("data", [b"Name,Email\nS\0ri,x\n", b"Name,Email\n\x81\x8d,x\n"])
def test_what_is_no_text_is_refused(tmp_path, data):
    with pytest.raises(SourceRefusedError) as caught:
        CsvSource("x", read(tmp_path, data)._path).read(KNOWN)
    assert caught.value.code == "encoding"


def test_text_is_csv_only_where_the_name_or_the_config_says_so(tmp_path):
    data = "Name,Email\nSari,s@example.com\n"
    source = read(tmp_path, data, "leads.xlsx")
    with pytest.raises(SourceRefusedError, match="text file") as caught:
        source.read(KNOWN)
    assert "csv =" in caught.value.hint
    for name, said in (("leads.csv", False), ("LEADS.TSV", False), ("export.dat", True)):
        (tmp_path / name).write_text(data)
        assert FileSource("x", tmp_path / name, csv=said).read(KNOWN).headers == ["Name", "Email"]


def test_an_empty_file_and_one_without_a_header(tmp_path):
    for data in (b"", b"1,2,3\n4,5,6\n"):
        with pytest.raises(HeaderError, match="header"):
            read(tmp_path, data).read(KNOWN)


def test_open_in_libreoffice(tmp_path):
    source = read(tmp_path, ODD)
    tab = source.read(KNOWN)
    (tmp_path / ".~lock.leads.csv#").write_text(",budi,desk-7,22.11.2026 10:00,x;")
    with pytest.raises(SourceBusyError, match="budi"):
        source.write(tab, [], append=["Score"])


def test_clearing_a_field_and_writing_what_stands_there(tmp_path):
    source = read(tmp_path, "Name,Email,Score\nSari,s@example.com,4\n")
    assert write(source, "Score", 4).cells == 0
    assert write(source, "Score", None).cells == 1
    assert (tmp_path / "leads.csv").read_text() == "Name,Email,Score\nSari,s@example.com,\n"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    st.text("='+-@12.,:/TRUEeE#NA\"\n\r\t; ", min_size=1, max_size=12),
    st.dates(),
    st.datetimes(),
)
DIALECTS = st.builds(
    lambda separator, quoted, decimal: Dialect(
        encoding="utf-8", bom=b"", separator=separator, quoted=quoted,
        decimal=decimal if separator == ";" else ".", line_end="\n",
    ),
    st.sampled_from(",;\t|"), st.booleans(), st.sampled_from(",."),
)  # fmt: skip


@settings(max_examples=300)
@given(VALUES, DIALECTS)
def test_every_value_comes_back(value, dialect):
    raw = to_field(value, dialect)
    midnight = hasattr(value, "hour") and value.time().isoformat() == "00:00:00"
    assert same(to_value(content(raw), dialect), value.date() if midnight else value)
    mark = dialect.separator
    line = f"sep={mark}\na{mark}{raw}{mark}b\n"
    assert delimited.parse(line.encode()).records == [["a", raw, "b"]]


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_is_put_together_again(text):
    data = text.encode()
    assert delimited.parse(data).encode() == data


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.text("ab\",;\r\n\t '", max_size=8), min_size=2, max_size=4), min_size=1),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_fields_are_those_that_were_meant(rows, separator, quoting):
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, quoting=quoting).writerows(rows)
    document = delimited.parse(f"sep={separator}\r\n{file.getvalue()}".encode())
    assert [[content(raw) for raw in record] for record in document.records] == rows
