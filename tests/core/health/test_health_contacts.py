"""Addresses, numbers, and persons that stand there twice."""

from __future__ import annotations

import pytest

from sheetcrm.core.health.contacts import Reach, reach
from sheetcrm.core.health.findings import Kind
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import CellError, Severity
from tests.core.health.health_sheets import examples, found, of, places, sheet


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("budi@gmail", "budi@gmail.com"),
        ("budi.gmail.com", "budi@gmail.com"),
        ("budi gmail.com", "budi@gmail.com"),
        ("budi@@yahoo.co.id", "budi@yahoo.co.id"),
        ("budi@example..com", "budi@example.com"),
        ("ask him", ""),
        ("budi@", ""),
    ],
)
def test_an_unreadable_address_is_told_with_what_a_usual_slip_meant(wrong, meant):
    finding = of(Kind.UNREADABLE_EMAIL, found({"Email": ["ana@example.com", wrong]}))
    assert finding is not None
    assert finding.severity is Severity.ERROR
    assert (places(finding), examples(finding)) == (["A3"], [(wrong, meant)])


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("budi@gmial.com", "budi@gmail.com"),
        ("budi@gmail.con", "budi@gmail.com"),
        ("Budi@Hotmial.com", "budi@hotmail.com"),
        ("budi@yaho.co.id", "budi@yahoo.co.id"),
    ],
)
def test_a_misspelt_domain_is_told_with_the_right_one(address, meant):
    finding = of(Kind.MISSPELT_EMAIL, found({"Email": [address, "ana@example.com"]}))
    assert examples(finding) == [(address, meant)]
    assert places(finding) == ["A2"]


def test_good_addresses_and_numbers_are_not_told():
    findings = found(
        {
            "Name": ["Ana", "Budi"],
            "Email": ["ana@mail.com", "b@xn--bcher-kva.example"],
            "HP": ["0812-3456-7890", "+34 612 345 678"],
        }
    )
    assert findings == []


def test_unreadable_numbers_are_told():
    numbers = ["12345", "6,28E+12", "0812-3456-7890", None, "-"]
    finding = of(Kind.UNREADABLE_PHONE, found({"Name": list("abcde"), "HP": numbers}))
    assert places(finding) == ["B2", "B3"]


def test_a_number_of_another_country_lacks_its_code():
    findings = found(
        {
            "HP": ["55 1234 5678", "+52 55 1234 5678", "0812-3456-7890", "81234567890"],
            "Country": ["Mexico", "Mexico", "Indonesia", "Indonesia"],
        }
    )
    finding = of(Kind.PHONE_WITHOUT_CODE, findings)
    assert (places(finding), examples(finding)) == (["A2"], [("55 1234 5678", "+525512345678")])
    assert of(Kind.UNREADABLE_PHONE, findings) is None


def test_a_number_that_was_read_as_one_at_home_is_told_where_the_lead_lives_abroad():
    tab = {"HP": [81234567890.0], "Country": ["Mexico"]}
    read = read_leads(sheet(tab), STARTER_FIELDS, Locale()).columns["phone"]
    assert read == ["+6281234567890"]
    finding = of(Kind.PHONE_WITHOUT_CODE, found({"HP": [8123456789.0], "Country": ["Mexico"]}))
    assert examples(finding) == [("8123456789", "+528123456789")]


def test_several_in_a_cell():
    findings = found(
        {
            "Email": ["a@example.com; b@example.com", "c@example.com"],
            "HP": ["0812-3456-7890 / 0813-3456-7890", "(021) 555-1234"],
        }
    )
    assert examples(of(Kind.SEVERAL_IN_CELL, findings, "Email")) == [
        ("a@example.com; b@example.com", "a@example.com")
    ]
    assert places(of(Kind.SEVERAL_IN_CELL, findings, "HP")) == ["B2"]


def test_leads_that_nobody_can_reach():
    findings = found(
        {
            "Name": ["Ana", "Budi", "Citra"],
            "Email": ["ana@example.com", "-", None],
            "HP": [None, "0812-3456-7890", "?"],
        }
    )
    finding = of(Kind.NO_CONTACT, findings)
    assert (places(finding), examples(finding)) == (["B4"], [("Citra", "")])


def test_how_many_can_be_reached():
    leads = read_leads(
        sheet({"Email": ["a@example.com", "x", None], "HP": ["0812-3456-7890", None, None]}),
        STARTER_FIELDS,
        Locale(),
    )
    assert reach(leads) == Reach(by_email=1, by_phone=1, by_none=2)
    nameless = read_leads(sheet({"Name": ["Ana"], "City": ["Bogor"]}), STARTER_FIELDS, Locale())
    assert reach(nameless) == Reach(by_email=None, by_phone=None, by_none=0)


def test_the_same_person_in_several_rows_whatever_the_spelling():
    findings = found(
        {
            "Email": ["SITI@example.com ", "ana@example.com", "siti@example.com", "x"],
            "HP": ["0812-3456-7890", None, None, "+62 812 3456 7890"],
        }
    )
    emails = of(Kind.DUPLICATES, findings, "Email")
    assert (places(emails), examples(emails)) == (["A2", "A4"], [("siti@example.com", "")])
    assert places(of(Kind.DUPLICATES, findings, "HP")) == ["B2", "B5"]


def test_an_error_in_a_cell_is_no_address_that_somebody_else_has():
    findings = found({"Email": [CellError("#N/A"), CellError("#N/A")], "Name": ["a", "b"]})
    assert of(Kind.DUPLICATES, findings) is None
    assert places(of(Kind.ERROR_CELLS, findings)) == ["A2", "A3"]


def test_a_country_that_nobody_knows():
    finding = of(
        Kind.UNREADABLE_COUNTRY, found({"Name": ["a", "b"], "Negara": ["Indonesai", "ES"]})
    )
    assert examples(finding) == [("Indonesai", "Indonesia")]
