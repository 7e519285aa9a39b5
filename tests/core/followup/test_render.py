from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sheetcrm.core.followup.lead import clean_text
from sheetcrm.core.followup.sandbox import escape_markdown
from sheetcrm.core.table.values import CellError
from sheetcrm.errors import TemplateError
from tests.core.followup.world import body_html, body_text, lead, parse, say


def with_(**values):
    return lead(values=values)


def test_values_by_field_by_header_and_by_any_spelling_of_it():
    who = with_(**{"Monthly bill": 750_000.0, "city": "Bandung"})
    said = say('{{ lead["Monthly bill"] | money }} {{ lead.monthly_bill }} {{ lead.City }}', who)
    assert body_text(said) == "Rp\u00a0750.000 750000 Bandung"


@pytest.mark.parametrize(
    "city",
    [
        "[Bayar](https://evil.example)",
        "![](https://evil.example/pixel.png)",
        "<script>alert(1)</script>",
        "<https://evil.example>",
        "# Judul",
        "- daftar",
        "1. daftar",
        "> kutipan",
        "`kode`",
        "**tebal** __tebal__ ~~x~~",
        "a\\b &amp; &#35;",
        "--- === ***",
        "{{ lead.name }}{% include 'x' %}",
        "[x]: https://evil.example",
        "| a | b |",
    ],
)
def test_a_cell_stays_text(city):
    said = say("{{ lead.note }}\n\nKota {{ lead.note }}, ya", with_(note=city))
    assert body_text(said) == f"{city}\n\nKota {city}, ya"
    html = body_html(said)
    assert html.count("<") == 4  # two paragraphs
    assert "href" not in html


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_cell_stays_text(text):
    cleaned = clean_text(text)
    if cleaned:
        escaped = escape_markdown(cleaned)
        tokens = MarkdownIt("commonmark").parse(f"a {escaped} z")
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        children = tokens[1].children or []
        assert "".join(child.content for child in children) == f"a {cleaned} z"


def test_the_author_may_link_to_a_value_but_only_where_links_go():
    good = say("[buka]({{ lead.site }})", with_(site="https://ok.example/a b(c)?x=1&y=2"))
    assert "href" not in body_html(good)  # a blank ends a link's target
    good = say("[buka]({{ lead.site }})", with_(site="https://ok.example/a(c)?x=1&y=2"))
    assert 'href="https://ok.example/a(c)?x=1&amp;y=2"' in body_html(good)
    for site in ("javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "file:///etc/passwd"):
        assert "href" not in body_html(say("[buka]({{ lead.site }})", with_(site=site)))


def test_a_value_is_rendered_once():
    said = say("{{ lead.note }}", with_(note="{{ sender.address }} {% if x %}"))
    assert body_text(said) == "{{ sender.address }} {% if x %}"


@pytest.mark.parametrize(
    "name", ["items", "keys", "get", "__class__", "_exact", "label", "__getitem__", "values"]
)
def test_a_column_may_have_any_name_and_nothing_else_is_reached(name):
    assert body_text(say(f"{{{{ lead['{name}'] }}}}", with_(**{name: "nilai"}))) == "nilai"
    with pytest.raises(TemplateError, match="is undefined"):
        say(f"{{{{ lead['{name}'] }}}}")


@pytest.mark.parametrize(
    "body",
    ["{{ ''.__class__ }}", "{{ lead.name.__class__ }}", "{{ today.year }}", "{{ lead.name[0] }}"],
)
def test_no_value_has_attributes(body):
    with pytest.raises(TemplateError, match="cannot be asked of a value"):
        say(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{{ 'a' * 50000000 }}", "is for numbers"),
        ("{{ lead.name * 9 }}", "is for numbers"),
        ("{{ 999999999999 * 999999999999 }}", "too large"),
        ("{{ 5 / 0 }}", "division by zero"),
        ("{{ 'a' + 'b' }}", "is for numbers"),
        ("{{ lead.name | money }}", "is not a number"),
        ("{{ lead.name | date }}", "is not a date"),
        ("{{ today | date('yyyy') }}", "no style “yyyy”"),
        ("{{ lead.budget > 5 }}", "lead.budget is empty"),
    ],
)
def test_a_refused_operation_holds_the_lead(body, message):
    with pytest.raises(TemplateError, match=message) as caught:
        say(f"\n\n{body}", with_(budget=None))
    assert (caught.value.template, caught.value.line) == ("welcome/01-intro.id.md", 6)


def test_output_is_limited():
    body = "{% for i in lead.interests %}" + "x" * 60_000 + "{% endfor %}"
    with pytest.raises(TemplateError, match="256 KB"):
        say(body, lead(interests=tuple("abcdefgh")))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "lead.city is empty"),
        ("", "lead.city is empty"),
        ("  \u200b\n", "lead.city is empty"),
        (CellError("#N/A"), "lead.city is #N/A"),
    ],
)
def test_an_empty_cell_is_missing_unless_somebody_deals_with_it(value, reason):
    who = with_(city=value)
    with pytest.raises(TemplateError, match=reason) as caught:
        say("Halo\n\nKota {{ lead.city }}", who)
    assert caught.value.line == 6
    assert "default" in caught.value.hint
    for filtered in ("upper", "title", "join", "first", "words(3)", "phone", "money", "date"):
        with pytest.raises(TemplateError, match=reason):
            say(f"{{{{ lead.city | {filtered} }}}}", who)
    said = say(
        "{{ lead.city | default('kota Anda') }} {{ lead.city | upper | default('X') }}"
        "{% if lead.city %}a{% else %}b{% endif %}{% if lead.city == '' %}c{% endif %}"
        "{% if 'x' in lead.city %}{% else %}d{% endif %}{% if lead.city is defined %}e{% endif %}",
        who,
    )
    assert body_text(said) == "kota Anda Xbcd"


def test_a_name_that_is_not_there_is_an_error_even_in_if():
    with pytest.raises(TemplateError, match=r"'lead.nmae' is undefined"):
        say("{% if lead.nmae %}x{% endif %}")


@pytest.mark.parametrize(
    "name", ["Menang di https://evil.example", "www.evil.example", "Klik evil.com sekarang"]
)
def test_a_name_that_is_a_link_is_no_name(name):
    who = lead(name=name, first_name="Menang")
    assert body_text(say("Halo {{ lead.first_name | default('kak') }}", who)) == "Halo kak"
    with pytest.raises(TemplateError, match=r"lead\.name is a link, not a name"):
        say("{{ lead.name }}", who)


def test_names_are_one_clean_line():
    who = lead(name="Budi\r\nBcc: x@example.org\x00\u202e" + "a" * 300, first_name="Bu\ndi\u200b")
    said = say("{{ lead.name }}|{{ lead.first_name }}", who, subject="{{ lead.name }}")
    assert len(said.subject) == 120
    assert said.subject.startswith("Budi Bcc: x@example.orgaaa")
    assert body_text(said).endswith("…|Bu di")


def test_filters():
    who = lead(
        name="BUDI santoso",
        interests=("solar", "EV"),
        phone="+6281234567890",
        values={"need": "satu dua tiga empat", "ok": True, "half": 2.5, "day": date(2026, 1, 2)},
    )
    said = say(
        "{{ lead.name | title }}|{{ lead.name | upper }}|{{ lead.name | lower }}|"
        "{{ lead.interests }}|{{ lead.interests | join(' + ') }}|{{ lead.interests | first }}|"
        "{{ lead.need | words(2) }}|{{ lead.need | words(9) }}|{{ lead.phone | phone }}|"
        "{{ lead.ok }}|{{ lead.half }}|{{ lead.day }}|{{ lead.day | date('short') }}|{{ 2 + 3 }}|"
        "{{ 1200.5 | money('USD') }}|{% for i in lead.interests %}{{ loop.index }}{{ i }}{% endfor %}|"
        "{{ lead.interests[1] }}{% if 'Solar' in lead.interests %}!{% endif %}",
        who,
    )
    assert body_text(said).split("|") == [
        *("BUDI Santoso", "BUDI SANTOSO", "budi santoso", "solar dan EV", "solar + EV", "solar"),
        *("satu dua…", "satu dua tiga empat", "+62 812-3456-7890", "ya", "2,5"),
        *("2 Januari 2026", "02/01/26", "5", "US$\u00a01.200,50", "1solar2EV", "EV!"),
    ]


def test_the_subject_is_plain_text_on_one_line():
    who = lead(name="*Budi* & <b>")
    said = say("x", who, subject="{{ lead.name }} # {{ 5000000 | money }}")
    assert said.subject == "*Budi* & <b> # Rp 5.000.000"
    assert "<title>*Budi* &amp; &lt;b&gt; # Rp 5.000.000</title>" in said.html
    with pytest.raises(TemplateError, match="the subject is empty"):
        say("x", subject="{% if lead.city %}x{% endif %}", who=with_(city=None))


def test_a_snippet_speaks_the_language_of_its_template():
    found = parse(
        {
            "welcome/01-intro.id.md": '{% include "_snippets/bye" %}',
            "welcome/01-intro.es-MX.md": '{% include "_snippets/bye" %}',
            "_snippets/bye.id.md": "Salam, {{ sender.name }}\n",
            "_snippets/bye.es.md": "Saludos\n",
        }
    )
    from sheetcrm.core.followup.render import context_of
    from sheetcrm.core.followup.voice import Voice
    from tests.core.followup.world import NOW, SENDER, Setting

    voice = Voice(language="id", country="ID", currency="IDR")
    setting = Setting(sender=SENDER, voice=voice, today=NOW.date(), layout=found.layout)
    said = {t.kind.language: t.body.render(context_of(lead(), setting)) for t in found.templates}
    assert said == {"id": "Salam, Surya Atap", "es-MX": "Saludos"}


def test_a_missing_value_in_a_snippet_is_reported_there():
    found = parse(
        {
            "welcome/01-intro.id.md": "\n\n{% include '_snippets/bye' %}",
            "_snippets/bye.id.md": "Salam\n{{ lead.city }}\n",
        }
    )
    from sheetcrm.core.followup.render import context_of
    from sheetcrm.core.followup.voice import Voice
    from tests.core.followup.world import NOW, SENDER, Setting

    voice = Voice(language="id", country="ID", currency="IDR")
    setting = Setting(sender=SENDER, voice=voice, today=NOW.date(), layout=found.layout)
    with pytest.raises(TemplateError) as caught:
        found.templates[0].body.render(context_of(with_(city=None), setting))
    assert (caught.value.template, caught.value.line) == ("_snippets/bye.id.md", 2)
