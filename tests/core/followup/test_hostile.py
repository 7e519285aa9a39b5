"""What somebody may type into a form or a sheet to harm others, each attack a test of its own.

A cell can add no recipient, no header, no live link and no code. A lead that cannot be written to
is held with the reason, while the others go on.
"""

from __future__ import annotations

import re
import time
from email.utils import getaddresses

import pytest

from sheetcrm.core.followup import TemplateSet
from sheetcrm.core.followup.whatsapp import TEXT_LIMIT
from tests.core.followup.letters import header_lines, read
from tests.core.followup.world import lead, plan

BODY = (
    "---\nSubject: {{ lead.first_name | default('Halo') }}, {{ lead.note | default('…') }}\n"
    "Preheader: {{ lead.note | default('…') }}\n---\n"
    "Halo {{ lead.name | default('kak') }},\n\n{{ lead.note | default('…') }}\n\n"
    "- {{ lead.location | default('…') }}\n- {{ lead.interests | default('…') }}\n"
)
TEXTS = {
    "welcome/01-intro.id.md": BODY,
    "welcome/01-intro.whatsapp.id.md": "Halo {{ lead.name | default('kak') }} {{ lead.note }}",
}
EVIL = "https://evil.example/x"
BREAKS = ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]


def drafted(texts=TEXTS, **parts):
    """The message of a hostile lead that stands between two honest ones, and those two."""
    parts = {"values": {"note": "x"}, **parts}
    leads = [lead(0, values={"note": "x"}), lead(1, **parts), lead(2, values={"note": "x"})]
    found = plan(leads, texts=texts, Note=["x"] * 3)
    assert [draft.lead for draft in found.drafts if draft.lead != "L-2"] == ["L-1", "L-3"]
    assert not [problem for problem in found.held if problem.lead != "L-2"]
    message = next((draft for draft in found.drafts if draft.lead == "L-2"), None)
    return message, [problem.message for problem in found.held]


def sent(**parts):
    draft, held = drafted(**parts)
    assert not held
    assert draft is not None
    (to,) = getaddresses([" ".join(header_lines(draft.raw, "To")).removeprefix("To: ")])
    assert to[1] == "lead2@example.com"
    message = read(draft.raw)
    assert len(message["To"].addresses) == 1
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "Feedback-ID"),
        *("X-Unsent", "MIME-Version", "Content-Type"),
    }
    assert "evil" not in "".join(re.findall(r'(?:href|src)="[^"]*"', draft.html))
    return draft


def held(**parts) -> str:
    draft, reasons = drafted(**parts)
    assert draft is None
    (reason,) = reasons
    return reason


@pytest.mark.parametrize("mark", BREAKS, ids=ascii)
def test_a_line_break_adds_no_header(mark):
    attack = f"Budi{mark}Bcc: victim@mail.example{mark}{mark}<b>Body</b>"
    draft = sent(name=attack, values={"note": attack})
    assert draft.subject == "Budi Bcc:, Budi Bcc: victim@mail.example <b>Body</b>"
    assert draft.to_name == "Budi Bcc: victim@mail.example <b>Body</b>"


@pytest.mark.parametrize(
    "char",
    [
        "\0",
        "\x1b",
        "\x08",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200f",
        "\ufeff",
        "\u00ad",
        "\U000e0041",
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_gone(char):
    draft = sent(name=f"Bu{char}di", values={"note": f"ru{char}mah"})
    assert (draft.to_name, draft.subject) == ("Budi", "Budi, rumah")
    assert char not in draft.text + draft.html


@pytest.mark.parametrize(
    "name",
    [
        "Budi>, <evil@example.org",
        'Budi" <evil@example.org>, "x',
        "Budi, evil@example.org",
        "evil@example.org; Budi",
        "=?utf-8?q?Budi=3E=2C_=3Cevil=40example=2Eorg?=",
        "(evil@example.org) Budi\\",
        "Group: evil@example.org;",
    ],
)
def test_a_name_adds_no_recipient(name):
    sent(name=name)
    assert sent(name=name.replace(".org", "")).to_name


def test_a_value_is_never_a_template():
    attack = "{{ config }}{{ sender.address }}{% include '_snippets/x' %}{{ ''.__class__ }}"
    draft = sent(name=attack, values={"note": attack}, location=attack, interests=(attack,))
    assert draft.text.count("{{ sender.address }}") == 4
    assert draft.subject.endswith(attack)


def test_a_value_is_rendered_once_also_where_the_next_step_answers():
    first, _ = drafted(values={"note": "{{ lead.name }} ${x} %s {0}"})
    assert first.subject.endswith("{{ lead.name }} ${x} %s {0}")


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ lead | attr('__class__') }}",
        "{{ '{0.__class__}'.format(lead) }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lead.name.__class__ }}",
        "{{ lead['__class__'] }}",
        "{{ lead.delete() }}",
        "{{ sender.secret }}",
        "{{ _voice }}",
        "{{ lead._exact }}",
    ],
)
def test_code_in_a_template_is_refused_or_holds_the_lead(code):
    path = "welcome/01-intro--x.id.md"
    texts = {**TEXTS, path: f"---\nSubject: x\nFor-location: Bali\n---\n{code}\n"}
    _, errors = TemplateSet.parse(texts)
    if errors:
        assert {(error.template, error.line) for error in errors} == {(path, 5)}
    else:
        assert "(templates/welcome/01-intro--x.id.md:5)" in held(texts=texts, location="Bali")


@pytest.mark.parametrize("name", ["items", "keys", "get", "update", "__class__", "values"])
def test_a_column_that_is_called_like_a_method_is_a_column(name):
    texts = {
        **TEXTS,
        "welcome/01-intro--x.id.md": f"---\nSubject: x\nFor-location: Bali\n---\n{{{{ lead['{name}'] }}}}\n",
    }
    draft, _ = drafted(texts=texts, location="Bali", values={name: "nilai", "note": "x"})
    assert draft.text.startswith("nilai\n")


@pytest.mark.parametrize(
    "bomb",
    [
        "{{ 'a' * 50000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 999999999 * 999999999 * 999999999 }}",
        "{{ '%050000000d' | format(1) }}",
        "{{ '%050000000d' % 1 }}",
        "{{ lead.name | center(50000000) }}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{% for a in lead.interests %}{% for b in lead.interests %}x{% endfor %}{% endfor %}",
        "{% for i in [" + "1," * 5000 + "] %}{{ i }}{% endfor %}",
        "{% for i in lead.interests %}{% include '_snippets/x.md' %}{% endfor %}",
        "{% include '_snippets/x.md' %}" * 60,
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ lead.interests | join('" + "x" * 30000 + "') }}",
        "{{ 5 | money('" + "X" * 30000 + "') }}",
        "{% for one in lead.note %}" + "{% if lead.name %}{% endif %}" * 2000 + "{% endfor %}",
        "{% include '_snippets/loop.md' %}",
        "{{ lead.name | _listed }}",
    ],
    ids=range(17),
)
def test_nothing_fills_the_memory_or_takes_for_ever(bomb):
    path = "welcome/01-intro--x.id.md"
    texts = {
        **TEXTS,
        path: f"---\nSubject: x\nFor-location: Bali\n---\n{bomb}\n",
        "_snippets/x.md": "x",
        "_snippets/loop.md": "{% for one in lead.note %}{% if lead.name %}{% endif %}{% endfor %}",
    }
    start = time.process_time()
    _, errors = TemplateSet.parse(texts)
    if not errors:
        assert held(texts=texts, location="Bali", interests=tuple("abcdefghijklmno"))
    assert time.process_time() - start < 5


def test_enormous_cells_are_cut():
    long = "x" * 50_000  # as much as a cell holds
    draft = sent(name="Budi " + long, values={"note": long}, location=long, interests=(long,) * 99)
    assert len(draft.raw) < 60_000
    assert len(draft.subject) == 200
    assert len(draft.to_name) == 120


def test_enormous_cells_make_no_enormous_link():
    leads = [lead(0, phone="+6281234567890", values={"note": "é" * 50_000})]
    (link,) = plan(leads, texts=TEXTS, Note=["x"]).whatsapp
    assert len(link) < 6 * TEXT_LIMIT + 100


@pytest.mark.parametrize(
    "text",
    [
        f"[Bayar di sini]({EVIL})",
        f"![]({EVIL}.png)",
        f"<a href='{EVIL}'>x</a>",
        f"<img src={EVIL}>",
        f"<{EVIL}>",
        f"[x]: {EVIL}\n[x]",
        "[x](javascript:evil())",
        "<script>evil()</script>",
        "x\n\n# evil\n\n> evil",
    ],
)
def test_a_value_is_no_link_no_picture_and_no_mark_up(text):
    draft = sent(values={"note": text})
    assert draft.html.count("<a ") == 1  # the way out
    assert not re.search(r"<(script|img|h1|blockquote)", draft.html)


@pytest.mark.parametrize("name", [f"Menang {EVIL}", "www.evil.example", "Klik evil.com"])
def test_a_name_that_is_a_link_is_not_greeted(name):
    draft = sent(name=name)
    assert draft.to_name == ""
    assert draft.text.startswith("Halo kak,")
    assert "evil" not in draft.subject + draft.text


def test_words_that_are_links_are_not_printed():
    draft = sent(location=EVIL, interests=(EVIL, "solar", "www.evil.example"))
    assert "evil" not in draft.text + draft.html
    assert "\n- …\n- solar\n" in draft.text


@pytest.mark.parametrize(
    "url", ["javascript:evil()", "data:text/html,evil", " vbscript:evil", "//evil.example"]
)
def test_a_link_that_the_author_takes_from_a_cell_leads_only_where_links_lead(url):
    texts = {
        **TEXTS,
        "welcome/01-intro--x.id.md": "---\nSubject: x\nFor-location: Bali\n---\n[buka]({{ lead.site }})\n",
    }
    draft, _ = drafted(texts=texts, location="Bali", values={"site": url, "note": "x"})
    assert ">buka<" not in draft.html


@pytest.mark.parametrize("empty", [None, "", "  ", "\u200b", "\u2060\n"])
def test_an_empty_cell_is_no_hole_in_a_sentence(empty):
    texts = {
        "welcome/01-intro.id.md": "---\nSubject: Halo\n---\nHalo {{ lead.note }}, apa kabar?\n"
    }
    reason = held(texts=texts, values={"note": empty})
    assert (
        reason == "welcome, step 1 is held: lead.note is empty (templates/welcome/01-intro.id.md:4)"
    )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("jürgen@example.de", "many mail servers refuse “jürgen@example.de”"),
        ("user@exаmple.com", "mixes alphabets"),
        ("user@\0.example", "cannot be written to"),
        ("a b@example.com", "cannot be written to"),
        ("budi@example.com, evil@example.org", "cannot be written to"),
        ("budi@example.com\r\nBcc: evil@example.org", "cannot be written to"),
        ("<budi@example.com>", "cannot be written to"),
        ("budi@@example.com", "cannot be written to"),
        ("budi@example.com\u202e", "cannot be written to"),
    ],
    ids=ascii,
)
def test_an_address_that_is_not_a_plain_one_holds_the_lead(address, reason):
    assert reason in held(email=address)


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("budi@münchen.de", "budi@xn--mnchen-3ya.de"),
        ("budi@пример.com", "budi@xn--e1afmkfd.com"),
        ("budi@東京タワー.jp", "budi@xn--5ck2eqb538s34z.jp"),
        ("budi@año-solar.es", "budi@xn--ao-solar-d3a.es"),
    ],
)
def test_a_domain_of_one_alphabet_is_written_as_mail_servers_know_it(address, plain):
    draft, reasons = drafted(email=address)
    assert not reasons
    assert draft.to_address == read(draft.raw)["To"].addresses[0].addr_spec == plain
    assert draft.person == address


def test_a_run_with_every_attack_at_once_goes_on():
    attacks = [f"{mark}{EVIL}" for mark in BREAKS] + ["{{ x }}", "=1+1", "\0", "[x](y)", "\ud800"]
    leads = [lead(i, name=a, values={"note": a}, location=a) for i, a in enumerate(attacks)]
    leads.append(lead(len(attacks), email="user@exаmple.com", values={"note": "x"}))
    found = plan(leads, texts=TEXTS, Note=["x"] * len(leads))
    assert len(found.drafts) == len(attacks)
    assert len(found.held) == 1
    assert not any("evil" in "".join(re.findall(r'href="[^"]*"', d.html)) for d in found.drafts)
