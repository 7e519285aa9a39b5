from __future__ import annotations

from datetime import date
from string import ascii_uppercase

from sheetcrm.core.table.fields import Field, Locale
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import CellError, Column, Severity, Tab


def tab(columns, rows=None, header_row=3):
    height = len(next(iter(columns.values())))
    return Tab(
        source="expo",
        title="Leads",
        header_row=header_row,
        rows=rows or range(header_row + 1, header_row + 1 + height),
        columns=[
            Column(header=header, letter=letter, values=values)
            for letter, (header, values) in zip(ascii_uppercase, columns.items(), strict=False)
        ],
    )


SHEET = tab(
    {
        "Nama": [" Budi ", "=1+1", None],
        "Surel": ["budi@example.com", "siti(at", "-"],
        "Anggaran (Rp)": ["5 jt", 7_500_000.0, "5-10 jt"],
        "Luas atap": [40.0, "besar", None],
        "Score": [10, 20, 30],
        "luas_atap": [1, 2, 3],
    },
    rows=[5, 6, 9],
)
LEADS = read_leads(SHEET, STARTER_FIELDS, Locale(), reserved=["score"])


def test_fields_are_cleaned_and_other_columns_stay_raw():
    assert LEADS.height == 3
    assert LEADS.columns["name"] == ["Budi", "=1+1", None]
    assert LEADS.columns["email"] == ["budi@example.com", CellError("#VALUE!"), None]
    assert LEADS.columns["budget"] == [5_000_000, 7_500_000, 5_000_000]
    assert LEADS.columns["Luas atap"] == [40.0, "besar", None]


def test_a_column_is_found_by_its_header_too():
    assert LEADS.columns["Anggaran (Rp)"] is LEADS.columns["budget"]


def test_outputs_and_second_columns_of_one_name_are_left_out():
    assert "Score" not in LEADS.columns
    assert "luas_atap" not in LEADS.columns


def test_missing_fields_are_listed():
    assert LEADS.found == {"name": "Nama", "email": "Surel", "budget": "Anggaran (Rp)"}
    assert "phone" in LEADS.missing
    assert "phone" not in LEADS.columns
    assert set(LEADS.missing) | set(LEADS.found) == {field.name for field in STARTER_FIELDS}


def test_problems_have_their_place():
    unreadable, remark = LEADS.problems
    assert unreadable.place == "expo · Leads!B6"
    assert (unreadable.severity, unreadable.column, unreadable.row) == (
        Severity.WARNING,
        "Surel",
        6,
    )
    assert "“siti(at”" in unreadable.message
    assert (remark.severity, remark.cell, remark.row) == (Severity.NOTE, "C9", 9)


def test_a_problem_of_a_header_is_placed_at_the_header():
    leads = read_leads(tab({"Email": ["a@example.com"], "Surel": [None]}), STARTER_FIELDS, Locale())
    (problem,) = leads.problems
    assert (problem.place, problem.row) == ("expo · Leads!B3", 3)


def test_texts_for_people():
    leads = read_leads(
        tab(
            {
                "Nama": ["Ana"],
                "Umur": [41.0],
                "Ulang tahun": ["2 Mei 1984"],
                "Dibalas": ["ya"],
                "Surel": ["?!x"],
            }
        ),
        [*STARTER_FIELDS, Field(name="age", headers=("Umur",))],
        Locale(),
    )
    texts = {
        name: leads.text(name, 0)
        for name in ("name", "age", "birthday", "replied", "email", "phone")
    }
    assert texts == {
        "name": "Ana",
        "age": "41",
        "birthday": "1984-05-02",
        "replied": "TRUE",
        "email": "",
        "phone": "",
    }
    assert leads.columns["birthday"] == [date(1984, 5, 2)]


def test_an_empty_tab_has_no_leads():
    leads = read_leads(tab({"Nama": []}), STARTER_FIELDS, Locale())
    assert leads.height == 0
    assert leads.columns["name"] == []


def test_columns_stand_in_the_order_of_the_tab_whatever_the_order_of_the_fields():
    fields = (Field(name="email", headers=("Email",)), Field(name="budget", headers=("Anggaran",)))
    headers = ("Name", "Anggaran", "Note", "Email")
    columns = [Column(header=h, letter="ABCD"[i], values=["x"]) for i, h in enumerate(headers)]
    tab = Tab(source="s", title="T", header_row=1, rows=[2], columns=columns)
    leads = read_leads(tab, fields, Locale())
    assert list(leads.columns) == ["Name", "budget", "Anggaran", "Note", "email"]
