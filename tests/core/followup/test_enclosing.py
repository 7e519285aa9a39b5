"""Files and pictures that templates send along."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.memory import MemoryTemplates
from sheetcrm.core.followup import TemplateSet
from sheetcrm.core.followup.enclosing import bare_name
from tests.core.followup.letters import PDF, PNG, read
from tests.core.followup.world import lead, plan

FILES = {
    "brosur.pdf": PDF,
    "2026/harga año.pdf": PDF[:40],
    "logo.png": PNG,
    "kota/atap.png": PNG[:40],
}
INTRO = "welcome/01-intro.id.md"
HEAD = "---\nSubject: Halo\n---\n"


def drafted(texts, files=FILES):
    (draft,) = plan([lead()], texts=texts, files=files).drafts
    return draft, read(draft.raw)


def faults(texts, files=FILES):
    _, errors = TemplateSet.parse(texts, MemoryTemplates({}, files).attachment)
    return [(e.template, e.line, e.message) for e in errors]


def test_attachments_come_along_in_their_order():
    text = "---\nSubject: Halo\nAttach: attachments/2026/harga año.pdf, brosur.pdf\n---\nHalo\n"
    _, message = drafted({INTRO: text})
    found = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
    assert found == [("harga año.pdf", PDF[:40]), ("brosur.pdf", PDF)]


def test_pictures_travel_inside_the_html_each_once():
    texts = {
        INTRO: f'{HEAD}![Atap](kota/atap.png)\n\n![Atap lagi](attachments/kota/atap.png "x")\n\n'
        '{% include "_snippets/bye.md" %}\n',
        "_snippets/bye.md": "Salam ![Surya](logo.png)\n",
        "_layout.html": '<html><body>{{ content }}{% include "_snippets/end.html" %}{{ footer }}</body></html>',
        "_snippets/end.html": '<img alt="" src="logo.png">',
    }
    draft, message = drafted(texts)
    related = message.get_body(("related",))
    html, *pictures = related.iter_parts()
    assert [part.get_content() for part in pictures] in ([PNG, PNG[:40]], [PNG[:40], PNG])
    page = html.get_content()
    assert page.count('src="cid:') == page.count("<img") == 4
    for part in pictures:
        assert f'src="cid:{part["Content-ID"].strip("<>")}"' in page
        assert part.get_content_disposition() == "inline"
    assert draft.text.startswith("[Atap]\n\n[Atap lagi]\n\nSalam [Surya]\n")
    assert not list(message.iter_attachments())


def test_a_picture_that_a_message_does_not_show_stays_at_home():
    texts = {INTRO: f"{HEAD}Halo\n", "welcome/02-x.id.md": "![Logo](logo.png)\n"}
    _, message = drafted(texts)
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]


def test_a_picture_on_a_server_stays_there():
    draft, _ = drafted({INTRO: f"{HEAD}![Atap](https://example.com/{{{{ lead.id }}}}.png)\n"})
    assert 'src="https://example.com/L-1.png"' in draft.html


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Attach: nope.pdf", "there is no attachments/nope.pdf, or it is too large"),
        ("Attach: ../leads.xlsx", "there is no attachments/../leads.xlsx, or it is too large"),
        (
            "Attach: tool.exe",
            "tool.exe is not one of pdf, docx, xlsx, pptx, ics, png, jpg, jpeg, gif",
        ),
        ("Attach: fake.pdf", "fake.pdf is not what its name says: its contents are something else"),
        ("Attach: a.pdf, b.pdf, c.pdf", "the attachments have 12.0 MB together"),
        ("Attach: nope.pdf\nAttach: brosur.pdf", "Attach is there twice (line 3)"),
    ],
)
def test_what_cannot_be_attached_is_told_with_its_line(line, message):
    big = dict.fromkeys(("a.pdf", "b.pdf", "c.pdf"), PDF.ljust(4_000_000))
    files = {**FILES, **big, "tool.exe": b"MZ", "fake.pdf": b"MZ"}
    found = faults({INTRO: f"---\nSubject: Halo\n{line}\n---\nHalo\n"}, files)
    assert (INTRO, 2 + len(line.splitlines()), message) in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("![Logo](nope.png)", "there is no attachments/nope.png, or it is too large"),
        ("![](logo.png)", "a picture needs words that stand for it"),
        ("![Logo](brosur.pdf)", "brosur.pdf is not one of png, jpg, jpeg, gif"),
        ("![Logo](big.png)", "big.png has 0.6 MB; a picture in the text has at most 0.5 MB"),
        ("![Logo](http://example.com/a.png)", "a picture cannot be “http://example.com/a.png”"),
        ("![Logo]({{ lead.logo }})", "a picture cannot be “{{ lead.logo }}”"),
        ("![Logo]({{ lead.logo }}.png)", "a picture cannot be “{{ lead.logo }}.png”"),
        ("![Logo](../logo.png)", "there is no attachments/../logo.png, or it is too large"),
    ],
)
def test_what_is_no_picture_is_told_with_its_line(text, message):
    files = {**FILES, "big.png": PNG.ljust(600_000)}
    assert faults({INTRO: f"{HEAD}Halo\n\n{text}\n"}, files) == [(INTRO, 6, message)]
    assert faults({"_snippets/x.md": f"\n{text}"}, files) == [("_snippets/x.md", 2, message)]


def test_a_layout_names_its_pictures_and_says_what_they_show():
    html = '<body>\n{{ content }}{{ footer }}\n<img src="nope.png" alt="x">\n<img src="logo.png">\n'
    assert faults({"_layout.html": html}) == [
        ("_layout.html", 3, "there is no attachments/nope.png, or it is too large"),
        ("_layout.html", 4, "a picture needs words that stand for it"),
    ]


def test_a_picture_that_no_check_can_see_holds_the_lead():
    found = plan([lead()], texts={INTRO: f"{HEAD}![Logo][x]\n\n[x]: nope.png\n"}, files=FILES)
    assert [problem.message for problem in found.held] == [
        "welcome, step 1 is held: there is no picture “nope.png” (templates/welcome/01-intro.id.md)"
    ]


def test_a_chat_carries_no_files():
    path = "welcome/01-intro.whatsapp.id.md"
    assert faults({path: "---\nAttach: brosur.pdf\n---\nHalo\n"}) == [
        (path, 2, "a WhatsApp link carries no files")
    ]


@pytest.mark.parametrize("site", ["logo.png", "attachments/logo.png", "LOGO.PNG", "../logo.png"])
def test_a_cell_that_names_a_file_of_ours_is_no_link_to_it(site):
    who = lead(values={"site": site})
    texts = {INTRO: f"{HEAD}![L](logo.png) [buka]({{{{ lead.site }}}})\n"}
    (draft,) = plan([who], texts=texts, files=FILES, Site=[site]).drafts
    assert "buka" in draft.text
    assert ">buka<" not in draft.html


def test_names_are_written_in_several_ways():
    for written in ("a b.png", "attachments/a b.png", "./a%20b.png", " attachments/a%20b.png "):
        assert bare_name(written) == "a b.png"
    assert bare_name("100%.png") == "100%.png"
    assert bare_name("%ff.png") == "%ff.png"


def test_a_run_writes_so_many_attachments_and_no_more(monkeypatch):
    monkeypatch.setattr("sheetcrm.core.followup.writing.ENCLOSED_LIMIT", 2_500_000)
    files = {"brosur.pdf": PDF.ljust(1_000_000)}
    texts = {INTRO: "---\nSubject: Halo\nAttach: brosur.pdf\n---\nHalo\n"}
    found = plan([lead(number) for number in range(4)], texts=texts, files=files)
    assert [draft.lead for draft in found.drafts] == ["L-1", "L-2"]
    assert [problem.lead for problem in found.held] == ["L-3", "L-4"]
    assert "2 MB of attachments already" in found.held[0].message
