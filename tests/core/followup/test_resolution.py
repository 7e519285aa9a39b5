from __future__ import annotations

import pytest

from tests.core.followup.world import choice, lead, parse


def text(**headers: str) -> str:
    lines = "".join(f"For-{key}: {value}\n" for key, value in headers.items())
    return f"---\nSubject: x\n{lines}---\nbody"


PLAIN = text()
FILES = {
    "welcome/01-intro.id.md": PLAIN,
    "welcome/01-intro.es.md": PLAIN,
    "welcome/01-intro.es-MX.md": PLAIN,
    "welcome/01-intro.en.md": PLAIN,
    "welcome/01-intro--place.id.md": text(location="Jakarta, Bogor"),
    "welcome/01-intro--interest.id.md": text(interest="solar"),
    "welcome/01-intro--stage.id.md": text(stage="SQL"),
    "welcome/01-intro--both.id.md": text(location="Jakarta", interest="solar"),
    "welcome/01-intro--battery.id.md": text(interest="battery"),
    "welcome/01-intro--bali.es.md": text(location="Bali"),
    "welcome/01-intro.whatsapp.id.md": "wa",
}


@pytest.mark.parametrize(
    ("parts", "file"),
    [
        ({}, "01-intro.id"),
        ({"language": ""}, "01-intro.id"),
        ({"language": "es"}, "01-intro.es"),
        ({"language": "es-MX"}, "01-intro.es-MX"),
        ({"language": "es-CO"}, "01-intro.es"),
        ({"language": "en-GB"}, "01-intro.en"),
        ({"language": "fr"}, "01-intro.id"),
        ({"location": "jakarta "}, "01-intro--place.id"),
        ({"location": "Bogor, Jawa Barat"}, "01-intro--place.id"),
        ({"location": "New Jakarta"}, "01-intro.id"),
        ({"interests": ("Solar",)}, "01-intro--interest.id"),
        ({"interests": ("Solar",), "location": "Bogor"}, "01-intro--interest.id"),
        ({"interests": ("Solar",), "location": "Jakarta"}, "01-intro--both.id"),
        ({"stage": "SQL", "interests": ("solar",)}, "01-intro--stage.id"),
        ({"stage": "SQL", "interests": ("solar",), "location": "Jakarta"}, "01-intro--both.id"),
        ({"interests": ("battery", "solar")}, "01-intro--battery.id"),
        ({"interests": ("solar", "battery")}, "01-intro--interest.id"),
        ({"language": "es", "location": "Bali"}, "01-intro--bali.es"),
        # the language comes first: a Spanish text exists, so nothing Indonesian is sent
        ({"language": "es", "location": "Jakarta", "interests": ("solar",)}, "01-intro.es"),
    ],
)
def test_which_template_a_lead_gets(parts, file):
    found = choice(parse(FILES), lead(**parts))
    assert found
    assert found.template.path == f"welcome/{file}.md"


def test_why():
    found = choice(parse(FILES), lead(language="fr", location="Jakarta", interests=("solar", "EV")))
    assert found
    assert found.why == "language id (there is none in fr) · interest solar, EV · location Jakarta"


def test_a_file_without_a_language_is_in_the_workspaces():
    files = parse({"welcome/01-intro.md": PLAIN, "welcome/01-intro.en.md": PLAIN})
    german = choice(files, lead(language="de"), "id")
    assert german
    assert (german.template.path, german.language) == ("welcome/01-intro.md", "id")
    english = choice(files, lead(language="en"), "id")
    assert english
    assert english.template.path == "welcome/01-intro.en.md"


def test_english_is_the_last_resort_and_then_there_is_none():
    assert choice(parse({"welcome/01-intro.en.md": PLAIN}), lead(language="de"))
    assert choice(parse({"welcome/01-intro.es.md": PLAIN}), lead(language="de")) is None


def test_a_variant_that_does_not_match_is_out():
    only = parse({"welcome/01-intro--bali.id.md": text(location="Bali")})
    assert choice(only, lead(location="Jakarta")) is None
    assert choice(only, lead(location="")) is None


def test_a_text_that_is_not_ready_is_never_used():
    draft = parse({"welcome/01-intro.id.md": "---\nSubject: x\nStatus: draft\n---\nbody"})
    assert choice(draft, lead()) is None


def test_whatsapp_texts_are_their_own():
    found = choice(parse(FILES), lead(), whatsapp=True)
    assert found
    assert found.template.path == "welcome/01-intro.whatsapp.id.md"
    assert choice(parse({"welcome/01-intro.id.md": PLAIN}), lead(), whatsapp=True) is None
