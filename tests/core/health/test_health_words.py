"""The texts, in three languages."""

from __future__ import annotations

import string

import pytest

from sheetcrm.core.health import english, indonesian, spanish
from sheetcrm.core.health.findings import Finding, Kind, Place
from sheetcrm.core.health.words import words
from sheetcrm.core.table.values import Severity

LANGUAGES = [english, indonesian, spanish]


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.CODE)
def test_every_kind_is_told_with_the_same_names(language):
    assert list(language.KINDS) == list(Kind)
    assert list(language.SEVERITIES) == list(Severity)
    for kind, text in language.KINDS.items():
        for part, like in zip(text, english.KINDS[kind], strict=True):
            assert part.strip() == part != ""
            assert names_in(part) <= {"column", "known", "about", "field"}, kind
            assert names_in(part) == names_in(like), kind
        assert text.why.endswith(".")
        assert text.fix.endswith(".")


def test_the_languages_differ_and_english_is_for_the_others():
    assert words("es-MX").code == "es"
    assert words("ID").code == "id"
    assert words("fr").code == "en"
    for kind in Kind:
        assert len({language.KINDS[kind].what for language in LANGUAGES}) == 3, kind


def finding(column: str, count: int, kind: Kind = Kind.STRAY_SPACES) -> Finding:
    places = [Place(f"A{row}") for row in range(2, 2 + count)]
    return Finding(
        kind=kind, severity=Severity.NOTE, count=count, places=places, column=column, field="email"
    )


def test_places_are_told_up_to_a_few():
    assert words("en").where(finding("City", 15)) == "City: A2, A3, A4 … 12 more"
    assert words("id").where(finding("Kota", 5)) == "Kota: A2, A3, A4 … 2 lagi"
    assert words("es").where(finding("", 3)) == "A2, A3, A4"


def test_findings_that_are_told_alike_are_one_group():
    findings = [
        finding("City", 2),
        finding("Alamat email", 1, Kind.RIVAL_COLUMNS),
        finding("Roof", 3),
        finding("Surel", 1, Kind.RIVAL_COLUMNS),
    ]
    groups = words("en").groups(findings, Severity.NOTE)
    assert [len(group.findings) for group in groups] == [2, 1, 1]
    assert groups[0].count == 5
    assert groups[1].told.what == "“Alamat email” may be Email, too"
    assert words("en").groups(findings, Severity.ERROR) == []
