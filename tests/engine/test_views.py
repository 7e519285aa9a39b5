from __future__ import annotations

import pytest

from sheetcrm.engine.views import first_name, split_interests


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Budi Santoso", "Budi"),
        ("Bpk. Budi Santoso", "Budi"),
        ("Ibu Sari", "Sari"),
        ("Dr. Lucía Fernández", "Lucía"),
        ("Sra. María del Carmen", "María"),
        ("Lic. Fernanda Ochoa", "Fernanda"),
        ("ARQ RODRIGO RUIZ", "RODRIGO"),
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
