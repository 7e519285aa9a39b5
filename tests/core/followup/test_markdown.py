from __future__ import annotations

import pytest

from sheetcrm.core.followup.markdown import convert


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("Salam,\\\nTim", "Salam,\nTim"),
        ("# Judul\n\nisi", "Judul\n\nisi"),
        ("a\n\n- b\n- c\n\nd", "a\n\n- b\n- c\n\nd"),
        ("3. b\n4. c", "3. b\n4. c"),
        (
            "- b\n\n  second\n- c\n  - deep\n    - deeper",
            "- b\n\n  second\n\n- c\n\n  - deep\n    - deeper",
        ),
        ("> kata\n>\n> lagi\n\nakhir", "> kata\n>\n> lagi\n\nakhir"),
        ("1. a\n\n> q", "1. a\n\n> q"),
        ("---\n\nx", "* * *\n\nx"),
        ("    kode\n    dua", "    kode\n    dua"),
        ("`kode` **tebal** *miring*", "kode tebal miring"),
        ("lihat [web](https://a.example)", "lihat web (https://a.example)"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        (
            "tulis ke [kami](mailto:halo@example.com?subject=x%20y)",
            "tulis ke kami (halo@example.com)",
        ),
        ("[0812](tel:0812)", "0812"),
        ("**[Pilih jadwal](https://a.example/x)**", "Pilih jadwal: https://a.example/x"),
        ("![Atap](https://a.example/x.png)", "[Atap]"),
        ("<b>x</b>", "<b>x</b>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("tom &amp; jerry \\* \\_", "tom & jerry * _"),
        ("", ""),
    ],
)
def test_text(source, text):
    assert convert(source)[1] == text


def test_html_has_no_raw_html_and_no_other_schemes():
    html, _ = convert("<b>x</b>\n\n[x](javascript:y) [y](//z.example) [z](/local)")
    assert "<b>" not in html
    assert "<a" not in html


def test_a_bold_link_alone_is_a_button():
    assert (
        '<p class="button"><strong><a href="https://a.example">'
        in convert("**[Pilih](https://a.example)**")[0]
    )
    for no_button in ("**[a](https://a.example)** x", "[a](https://a.example)", "**a**"):
        assert "button" not in convert(no_button)[0]
