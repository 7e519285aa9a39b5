from __future__ import annotations

import pytest

from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.leads import read_leads
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import CellValue, Column, Tab
from sheetcrm.engine.views import first_name, lead_views, split_interests


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Budi Santoso", "Budi"),
        ("Bpk. Budi Santoso", "Budi"),
        ("Ibu Sari", "Sari"),
        ("Dr. Lucía Fernández", "Lucía"),
        ("Sra. María del Carmen", "María"),
        ("Lic. Fernanda Ochoa", "Fernanda"),
        ("ARQ RODRIGO RUIZ", "Rodrigo"),
        ("maría josé", "María"),
        ("JC Pérez", "JC"),
        ("Mtra. Elena del Río", "Elena"),
        ("C.P. Raúl Núñez", "Raúl"),
        ("Dra. Ma. Guadalupe Hernández", "Guadalupe"),
        ("Lic. Ma. del Rosario Íñiguez", "Rosario"),
        ("M. Rizky", "Rizky"),
        ("La Ode Budi", "La"),
        ("Ma.", "Ma."),
        ("=1+1", ""),
        ("Ibu", ""),
        ("", ""),
        ("O'Brien, Tom", "O'Brien"),
        ("Ana [VIP]", "Ana"),
        ("<img src=x onerror=alert(1)>", ""),
        ("{{ config }} {% raw %}", ""),
        ("[Pagar](https://evil.example)", ""),
        ("=SUM(A1:A9)", ""),
        ("budi@example.com", ""),
    ],
)
def test_what_a_friendly_letter_calls_somebody(name, first):
    assert first_name(name) == first


def test_interests_are_split_as_the_list_fields_joins_them():
    assert split_interests("solar; EV charger;") == ("solar", "EV charger")
    assert split_interests("") == ()


def test_an_amount_in_another_currency_is_told_as_it_stands_in_the_cell():
    cells: list[CellValue] = ["USD 120,000", "$ 2,450,000", "2.4 mdp", None]
    column = Column(header="Presupuesto", letter="A", values=cells)
    tab = Tab(source="leads", title="Leads", header_row=1, rows=(2, 3, 4, 5), columns=(column,))
    mexico = Locale(country="MX", currency="MXN", language="es", timezone="America/Mexico_City")
    leads = read_leads(tab, STARTER_FIELDS, mexico)
    views = lead_views(leads, list("abcd"), [""] * 4)
    told = ["USD 120,000", 2_450_000, 2_400_000, None]
    assert [view.values["budget"] for view in views] == told
    assert [view.values["Presupuesto"] for view in views] == told
    assert leads.columns["budget"][0] == 120_000  # for rules, with a remark
