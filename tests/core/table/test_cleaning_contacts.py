from __future__ import annotations

import email_validator
import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.emails import _is_plain
from sheetcrm.core.table.fields import FieldType, Locale
from sheetcrm.core.table.values import CellError


def clean(cell, type_, **locale):
    cleaned = clean_column([cell], FieldType(type_), Locale(**locale))
    return cleaned.values[0], (cleaned.faults or [(0, "", "")])[0][1:]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" Budi@Example.COM ", "budi@example.com"),
        ("mailto:ana@example.org", "ana@example.org"),
        ("Ana Pérez <ana@example.org>", "ana@example.org"),
        ("ana@example.org.", "ana@example.org"),
        ("'ana@example.org'", "ana@example.org"),
        ("email: ana@example.org", "ana@example.org"),
        ("\ufeffana+solar@example.org,", "ana+solar@example.org"),
        ("ñandú@example.com", "ñandú@example.com"),
        ("n/a", None),
        ("-", None),
        (None, None),
    ],
)
def test_addresses(cell, expected):
    assert clean(cell, "email") == (expected, ("", ""))


@pytest.mark.parametrize(
    ("cell", "expected", "message", "hint"),
    [
        ("a@example.com; b@example.org", "a@example.com", "first of several", ""),
        ("a@example.com / b@example.org", "a@example.com", "first of several", ""),
        ("budi @example.com", "budi@example.com", "slip of the pen", ""),
        ("budi(at)example.com", "budi@example.com", "slip of the pen", ""),
        ("budi@example,com", "budi@example.com", "slip of the pen", ""),
        ("budi@gmail.con", "budi@gmail.con", "misspelt", "did you mean budi@gmail.com?"),
        ("budi@gmial.com", "budi@gmial.com", "misspelt", "did you mean budi@gmail.com?"),
        ("budi@yaho.co.id", "budi@yaho.co.id", "misspelt", "did you mean budi@yahoo.co.id?"),
        (
            "budi@perusahaan.con",
            "budi@perusahaan.con",
            "misspelt",
            "did you mean budi@perusahaan.com?",
        ),
    ],
)
def test_addresses_with_a_remark(cell, expected, message, hint):
    value, fault = clean(cell, "email")
    assert value == expected
    assert message in fault[0]
    assert fault[1] == hint


@pytest.mark.parametrize(
    "domain", ["mail.com", "gmail.com", "live.com", "yahoo.co.id", "gmailing.com"]
)
def test_real_domains_are_not_called_misspelt(domain):
    assert clean(f"budi@{domain}", "email") == (f"budi@{domain}", ("", ""))


@pytest.mark.parametrize(
    "cell",
    ["budi", "a@b", "a..b@example.com", "a@localhost", "@example.com", 5, "a@b@c.com", "a@-b.com"],
)
def test_no_addresses(cell):
    value, (message, hint) = clean(cell, "email")
    assert value == CellError("#VALUE!")
    assert "e-mail address" in message
    assert "@" in hint


@given(
    st.emails() | st.from_regex(r"[a-z0-9._+-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{2,5}", fullmatch=True)
)
def test_the_quick_check_passes_only_what_email_validator_passes(address):
    if _is_plain(address.lower()):
        found = email_validator.validate_email(address.lower(), check_deliverability=False)
        assert found.normalized.lower() == address.lower()


MOBILE = "+6281234567890"


@pytest.mark.parametrize(
    "cell",
    [
        "081234567890",
        "'081234567890",
        "0812-3456-7890",
        "0812.3456.7890",
        "0812 3456 7890 (WA)",
        "hp: 081234567890",
        "81234567890",
        81234567890.0,
        6281234567890,
        "62812 3456 7890",
        "+62 812-3456-7890",
        "+62 (0)812 3456 7890",
        "0062 812 3456 7890",
        "tel:+6281234567890",
        "https://wa.me/6281234567890",
        "\u202a+62 812‑3456‑7890\u202c",
    ],
)
def test_one_number_written_in_many_ways(cell):
    assert clean(cell, "phone") == (MOBILE, ("", ""))


@pytest.mark.parametrize(
    ("cell", "country", "expected"),
    [
        ("(021) 5551234", "ID", "+62215551234"),
        ("021-5551234 ext 12", "ID", "+62215551234"),
        ("612 345 678", "ES", "+34612345678"),
        ("0034 612345678", "ES", "+34612345678"),
        ("+34 612 345 678", "ID", "+34612345678"),
        ("(202) 555-0143", "US", "+12025550143"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("+52 1 33 1234 5678", "MX", "+523312345678"),
        ("5213312345678", "MX", "+523312345678"),
        ("https://wa.me/5213312345678", "ID", "+523312345678"),
        ("044 33 1234 5678", "MX", "+523312345678"),
        ("01 (33) 1234-5678", "MX", "+523312345678"),
    ],
)
def test_numbers_of_several_countries(cell, country, expected):
    assert clean(cell, "phone", country=country) == (expected, ("", ""))


def test_of_two_numbers_the_first_is_taken_and_remarked_on():
    value, (message, _) = clean("081234567890 / 081298765432", "phone")
    assert value == MOBILE
    assert "first of several" in message


@pytest.mark.parametrize("cell", ["123", "abc", "8.12E+10", True, "0812", "9" * 25])
def test_no_numbers(cell):
    value, (message, hint) = clean(cell, "phone")
    assert value == CellError("#VALUE!")
    assert "phone number" in message
    assert hint


@given(
    st.sampled_from(["ID", "ES", "US", "GB", "MX"]),
    st.from_regex(r"(\+?(62|34|1|44)|0)?[1-9][0-9]{5,11}", fullmatch=True),
)
def test_the_quick_reader_agrees_with_libphonenumber(country, text):
    value, _ = clean(text, "phone", country=country)
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(number):
        assert value == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Indonesia", "ID"),
        ("id", "ID"),
        ("IDN", "ID"),
        ("España", "ES"),
        ("Spanyol", "ES"),
        ("Amerika Serikat", "US"),
        ("EE. UU.", "US"),
        ("UK", "GB"),
        ("Alemania", "DE"),
        ("Bandung, Indonesia", "ID"),
        ("unknown", None),
        ("-", None),
    ],
)
def test_countries(cell, expected):
    assert clean(cell, "country") == (expected, ("", ""))


def test_a_country_that_nobody_knows_comes_with_the_nearest():
    assert clean("Indonsia", "country") == (
        CellError("#VALUE!"),
        ("“Indonsia” cannot be read as a country", "did you mean Indonesia?"),
    )
    assert clean("San Jose, CA", "country")[0] == CellError("#VALUE!")
    assert clean(62, "country")[0] == CellError("#VALUE!")
