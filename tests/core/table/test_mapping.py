from __future__ import annotations

from collections import defaultdict

import pytest

from sheetcrm.core.table.clean import clean_column
from sheetcrm.core.table.fields import Field, FieldType, Locale
from sheetcrm.core.table.mapping import map_fields
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import Severity

NEEDED = """
    name first_name company role email phone city region country interest need budget timeline last_contact
    last_activity status purchases lost_reason meets_requirements follow_up_on birthday language replied consent unsubscribed lead_source owner
    notes website gender challenge priority goals plans
"""


def test_the_usual_fields_are_there_once():
    assert sorted(field.name for field in STARTER_FIELDS) == sorted(NEEDED.split())
    assert {field.name for field in STARTER_FIELDS if field.identifies} == {"email", "phone"}


def test_no_header_stands_with_two_fields():
    claimed = defaultdict(set)
    for field in STARTER_FIELDS:
        for header in (*field.headers, field.name):
            claimed[fold(header)].add(field.name)
    assert {header: names for header, names in claimed.items() if len(names) > 1} == {}


def test_no_spelling_of_a_value_stands_with_two_values():
    for field in STARTER_FIELDS:
        claimed = [{fold(value), *map(fold, others)} for value, others in field.aliases.items()]
        assert sum(map(len, claimed)) == len(set().union(*claimed)), field.name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Baru / Nuevo", "New"),
        ("Sudah dihubungi / Contactada / CONTACTADO", "Contacted"),
        ("Tertarik / Berminat / interesado / Interesada", "Interested"),
        ("Penawaran terkirim / Presupuesto enviado / cotizacion enviada", "Quote sent"),
        ("Nanti / Belum sekarang / Ahora no / Mas adelante", "Not now"),
        ("Tidak tertarik / Batal / No interesado / No interesada", "Not interested"),
        ("Jadi beli / Closing / Ganado / Vendido", "Won"),
    ],
)
def test_the_starters_words_for_a_status_hold_in_three_languages(written, meant):
    (status,) = (field for field in STARTER_FIELDS if field.name == "status")
    words = [*written.split(" / "), meant.upper()]
    cleaned = clean_column(words, status.type, Locale(), status.aliases)
    assert cleaned.values == [meant] * len(words)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Referral|Dari teman|referido|Getok tular", "Referral"),
        ("Tokoh masyarakat|Ketua RT|Líder comunitario", "Community leader"),
        ("Kanvasing|door to door|Puerta a puerta", "Canvassing"),
        ("Pengamatan|observación propia", "Own observation"),
        ("Daftar|Purchased list|Base de datos", "List"),
        ("Formulir web|Google Form|FORMULARIO", "Form"),
        ("Pameran|Feria|expo", "Event"),
    ],
)
def test_where_leads_come_from_is_said_in_three_languages(written, meant):
    (source,) = (field for field in STARTER_FIELDS if field.name == "lead_source")
    words = [*written.split("|"), meant.upper()]
    assert clean_column(words, source.type, Locale(), source.aliases).values == [meant] * len(words)


def test_a_pic_is_our_own_sales_person():
    found = map_fields(["Nama", "PIC"], STARTER_FIELDS).found
    assert (found["name"], found["owner"]) == ("Nama", "PIC")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            [
                "Nama Lengkap",
                "E-mail",
                "No. HP / WA",
                "Kota",
                "Minat",
                "Anggaran (Rp)",
                "Kontak Terakhir",
            ],
            ["name", "email", "phone", "city", "interest", "budget", "last_contact"],
        ),
        (
            [
                "NOMBRE Y APELLIDOS",
                "correo electronico",
                "Teléfono",
                "Ciudad",
                "Interés",
                "Presupuesto [€]",
                "Estado",
            ],
            ["name", "email", "phone", "city", "interest", "budget", "status"],
        ),
        (
            [
                "Full_Name",
                "Email Address",
                "Mobile number",
                "City",
                "Product Interest",
                "Budget (IDR)",
                "last activity",
            ],
            ["name", "email", "phone", "city", "interest", "budget", "last_activity"],
        ),
    ],
)
def test_usual_sheets_are_understood(headers, expected):
    mapped = map_fields(headers, STARTER_FIELDS)
    assert mapped.found == dict(zip(expected, headers, strict=True))
    assert mapped.problems == ()


EMAIL = Field(name="email", headers=("Surel", "Email"), type=FieldType.EMAIL)
BUDGET = Field(name="budget", headers=("Budget",), type=FieldType.MONEY)


def test_of_two_headers_the_first_synonym_wins_and_the_other_is_remarked_on():
    mapped = map_fields(["Email", "Surel"], [EMAIL])
    assert mapped.found == {"email": "Surel"}
    (problem,) = mapped.problems
    assert problem.severity is Severity.NOTE
    assert problem.column == "Email"
    assert '[fields.email] headers = ["Email"]' in problem.hint


def test_a_header_as_it_stands_goes_before_one_with_a_unit():
    mapped = map_fields(["Budget (USD)", "Budget", "Budget (F4)"], [BUDGET])
    assert mapped.found == {"budget": "Budget"}
    assert [problem.column for problem in mapped.problems] == ["Budget (USD)", "Budget (F4)"]


def test_outputs_are_never_fields():
    assert map_fields(["e-mail", "Score"], [EMAIL], reserved=["Email"]).found == {}


def test_the_first_alternative_counts_only_where_nothing_else_claims_the_column():
    name = Field(name="name", headers=("Nama",))
    company = Field(name="company", headers=("Perusahaan",))
    assert map_fields(["Nama / Perusahaan"], [name, company]).found == {"name": "Nama / Perusahaan"}
    assert map_fields(["Nama / Perusahaan", "Perusahaan"], [name, company]).found == {
        "name": "Nama / Perusahaan",
        "company": "Perusahaan",
    }


def test_a_field_goes_by_its_own_name():
    assert map_fields(["Roof area"], [Field(name="roof_area", headers=())]).found == {
        "roof_area": "Roof area"
    }
