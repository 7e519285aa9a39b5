"""The page of drafts in three languages."""

from __future__ import annotations

import re
import string
from dataclasses import asdict, replace
from datetime import date

import pytest

from sheetcrm.core.followup.gallery import CHIPS_LIMIT, gallery
from sheetcrm.core.followup.gallery_words import TEXTS, Plural, words
from sheetcrm.core.table.fields import Locale
from tests.core.followup.letters import PDF, PNG
from tests.core.followup.test_gallery import Page
from tests.core.followup.world import SENDER, lead, plan

ENGLISH = re.compile(
    r"\b(the|this|what|is|are|your|and|then|once|more|with|make|from|to|subject|date|reply|why|"
    r"file|attachments?|drafts?|waits?|language|step|segment|all|messages|due|desktop|phone|"
    r"pictures|blocked|first|text|part|headers|none|no segment|of|since|there)\b",
    re.IGNORECASE,
)
OUR_OWN = re.compile(
    r"sheetcrm (approve|send|sync)|[\w/-]+\.md|Message-ID|In-Reply-To|List-Unsubscribe(-Post)?"
)


def flat(texts: object) -> dict[str, str]:
    """Every text by its name, with both forms of those that count."""
    found: dict[str, str] = {}
    for name, value in asdict(texts).items():  # type: ignore[call-overload]
        if isinstance(value, dict):
            found |= {f"{name}.{key}": text for key, text in value.items()}
        elif isinstance(value, str):
            found[name] = value
        else:
            found |= dict(zip((f"{name}.one", f"{name}.many"), value, strict=True))
    return found


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", TEXTS)
def test_every_language_says_the_same_with_the_same_places(language: str) -> None:
    english, own = flat(TEXTS["en"]), flat(TEXTS[language])
    assert own.keys() - english.keys() in (set(), {f"named.{name}" for name in NAMED})
    assert english.keys() <= own.keys()
    for name, text in own.items():
        assert text.strip() == text != ""
        assert places(text) == places(english.get(name, "")), name
        if language != "en":
            assert text != english.get(name), name
    assert words(language).code == language


NAMED = {"From", "To", "Reply-To", "Subject", "Date"}


def test_a_tag_is_spoken_by_its_language_and_english_for_all_others() -> None:
    assert words("es-MX").code == words("ES_mx").code == words("es-ZZ").code == "es"
    assert words("fr").code == words("").code == "en"
    assert words("id").texts is TEXTS["id"]
    assert str(words("es", "MX").locale) == "es_MX"
    assert str(words("es", "ID").locale) == "es"
    assert words("fr", "FR").locale.language == "en"


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [
        ("en", "0 drafts", "1 draft", "1,200 drafts"),
        ("es-AR", "0 borradores", "1 borrador", "1.200 borradores"),
        ("es-MX", "0 borradores", "1 borrador", "1,200 borradores"),
        ("id", "0 draf", "1 draf", "1.200 draf"),
    ],
)
def test_numbers_agree_with_their_nouns(language: str, none: str, one: str, many: str) -> None:
    said = words(language)
    assert [said.counted(said.texts.title, n) for n in (0, 1, 1200)] == [none, one, many]
    assert said.counted(Plural("a", "b"), 2) == "b"


@pytest.mark.parametrize(
    ("language", "day", "size"),
    [
        ("en", "Tue, Nov 24, 2026", "1.2 MB"),
        ("id", "Sel, 24 Nov 2026", "1,2 MB"),
        ("es", "mar, 24 nov 2026", "1,2 MB"),
        ("es-MX", "mar, 24 de nov de 2026", "1.2 MB"),
    ],
)
def test_days_and_sizes_are_written_as_where_it_is_read(language: str, day: str, size: str) -> None:
    said = words(language)
    assert said.day(date(2026, 11, 24)) == day
    assert said.size(1_200_000) == size
    assert said.size(3) == "1 KB"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch, language: str) -> list[str]:
    """The page of many drafts that lie in a mail program, of one, of one of ours, and of none."""
    monkeypatch.setattr("sheetcrm.core.followup.gallery.FRAMES_LIMIT", 2)
    texts = {
        "welcome/01-intro.id.md": "---\nSubject: Halo\nAttach: a.pdf, b.pdf\n---\n![A](a.png) Z\n",
        "welcome/01-intro.es.md": "---\nSubject: Hola\n---\nHola\n",
    }
    drafts = plan(
        [lead(name="Budi"), lead(1, language="es", name="Ana", location="Bilbao")],
        texts=texts,
        files={"a.pdf": PDF, "b.pdf": PDF, "a.png": PNG},
        sender=replace(SENDER, reply_to="balas@example.com"),
        locale=Locale(language=language, country="ID", currency="IDR"),
    ).drafts
    placed = [replace(draft, place=f"var/{draft.lead}.eml", segment="") for draft in drafts]
    more = [replace(drafts[1], key=str(n), segment=f"S{n}") for n in range(CHIPS_LIMIT)]
    shown = ([*placed, *more], placed[:1], drafts[1:], [])
    return [gallery(these, words(language)) for these in shown]


@pytest.mark.parametrize("language", ["id", "es"])
def test_nothing_around_the_drafts_is_left_in_english(pages: list[str], language: str) -> None:
    for html in pages:
        page = Page(html)
        assert f'<html lang="{language}">' in html
        labels = [attrs.get("title") or "" for attrs in page.all("iframe")]
        labels += [attrs["aria-label"] or "" for attrs in page.all("nav")]
        around = re.sub(r"<(style|pre|td).*?</\1>", " ", html, flags=re.DOTALL)
        around = OUR_OWN.sub("", "\n".join([Page(around).text, *labels]))
        assert not ENGLISH.search(around), ENGLISH.search(around)


@pytest.mark.parametrize("language", TEXTS)
def test_the_page_says_all_its_texts(pages: list[str], language: str) -> None:
    for name, text in flat(TEXTS[language]).items():
        for piece in re.split(r"\{\w*\}", text):
            assert piece in "".join(pages) or name == "enclosed.one", name
