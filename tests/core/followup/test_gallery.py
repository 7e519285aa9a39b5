from __future__ import annotations

import base64
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sheetcrm.core.followup.gallery import FRAMES_LIMIT, gallery
from sheetcrm.core.followup.gallery_words import words
from tests.core.followup.letters import PDF, PNG
from tests.core.followup.world import TEXTS, lead, plan

EN = words("en")
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """What a browser would find, without going into the frames."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def drafts():
    texts = TEXTS | {"welcome/01-intro.es.md": "---\nSubject: Hola\n---\nHola {{ lead.name }}"}
    leads = [lead(location="Jakarta"), lead(1, language="es", name="Lucía & Co")]
    return plan(leads, texts=texts).drafts


def test_each_message_is_shown_at_both_widths_with_its_text_headers_and_reason(drafts):
    page = Page(gallery(drafts, EN))
    frames = page.all("iframe")
    assert [frame["width"] for frame in frames] == ["610", "375"] * 2
    assert all(frame["sandbox"] is None for frame in frames)  # everything is forbidden
    assert [frame["srcdoc"] for frame in frames[::2]] == [draft.html for draft in drafts]
    for draft in drafts:
        assert draft.text in page.text
        assert draft.why in page.text
        assert draft.message_id in page.text
    assert "<mailto:halo@example.com?subject=unsubscribe" in page.text
    assert "due Tue, Nov 24, 2026" in page.text


def test_it_reads_without_scripts_and_loads_nothing(drafts):
    html = gallery(drafts, EN)
    page = Page(html)
    policy = next(m["content"] for m in page.all("meta") if m.get("http-equiv"))
    assert policy.startswith("default-src 'none'")
    assert not page.all("script")
    assert not page.all("link")
    assert "http://" not in html
    assert "https://" not in html


def test_the_list_leads_to_each_message(drafts):
    page = Page(gallery(drafts, EN))
    targets = {attrs["id"] for attrs in page.all("article")}
    assert {attrs["href"] for attrs in page.all("a")} == {f"#{name}" for name in targets}


def test_chips_hide_what_is_not_chosen(drafts):
    html = gallery(drafts, EN)
    page = Page(html)
    assert {attrs["name"] for attrs in page.all("input")} == {"language", "segment"}
    languages = [attrs["data-language"] for attrs in page.all("article")]
    assert sorted(languages) == ["1", "2"]
    assert "body:has(#language-1:checked) [data-language]:not([data-language='1'])" in html


def test_whatever_a_message_says_stays_text(drafts):
    evil = replace(
        drafts[0],
        **dict.fromkeys(("to_name", "subject", "text", "why", "segment", "place", "html"), EVIL),
    )
    page = Page(gallery([evil, drafts[1]], EN))
    assert not page.all("script")
    assert not page.all("img")
    assert page.all("iframe")[0]["srcdoc"] == EVIL
    assert page.text.count("<script>alert(1)</script>") >= 6


def test_of_many_messages_the_first_of_every_template_is_framed(drafts):
    spanish = next(draft for draft in drafts if draft.language == "es")
    many = [replace(drafts[0], key=str(i)) for i in range(FRAMES_LIMIT + 20)] + [spanish]
    page = Page(gallery(many, EN))
    assert len(page.all("iframe")) == 2 * FRAMES_LIMIT
    assert page.all("iframe")[-1]["srcdoc"] == spanish.html
    assert len(page.all("article")) == len(many)
    assert page.text.count("Only the first messages") == 21


def test_it_says_how_a_draft_goes_out(drafts):
    assert "sheetcrm send" in Page(gallery(drafts, EN)).text
    files = [replace(draft, place="var/outbox/a.eml") for draft in drafts]
    assert "sheetcrm send" not in Page(gallery(files, EN)).text
    assert "your own mail program" in Page(gallery(files, EN)).text


def test_chips_of_the_commonest_and_how_many_more(drafts):
    many = [replace(drafts[0], key=str(i), segment=f"City {i:02}") for i in range(15)]
    page = Page(gallery(many, EN))
    assert "City 11" in page.text
    assert "and 3 more with fewer drafts" in page.text


def test_no_drafts():
    page = Page(gallery([], EN))
    assert "No draft waits" in page.text
    assert not page.all("nav")


def with_files(**parts):
    texts = {
        "welcome/01-intro.id.md": "---\nSubject: Halo\nAttach: brosur <b>.pdf\n---\n"
        "![Atap](atap.png) ![Jauh](https://far.example/x.png)\n"
    }
    files = {"brosur <b>.pdf": PDF.ljust(1_200_000), "atap.png": PNG}
    return plan([lead()], texts=texts, files=files, **parts).drafts


def test_pictures_that_travel_with_a_message_are_shown_and_others_are_not_loaded():
    (draft,) = with_files()
    html = gallery([draft], EN)
    desktop, phone, blocked = Page(html).all("iframe")
    picture = base64.b64encode(PNG).decode()
    for frame in (desktop, phone):
        assert f'src="data:image/png;base64,{picture}"' in frame["srcdoc"]
        assert "cid:" not in frame["srcdoc"]
    assert blocked["srcdoc"] == draft.html
    assert "img-src data:;" in html  # so that what lies on a server stays there


def test_attachments_are_named_with_their_size():
    html = gallery(with_files(), EN)
    assert "brosur &lt;b&gt;.pdf <small>1.2 MB</small>" in html


def test_a_page_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr("sheetcrm.core.followup.gallery.SHOWN_LIMIT", 10)
    html = gallery(with_files(), EN)
    assert "data:image" not in html
    assert "alt=&quot;Atap&quot;" in html
