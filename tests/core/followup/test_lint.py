from __future__ import annotations

import pytest

from sheetcrm.core.followup import TemplateSet


def errors(body: str, **more: str) -> list[tuple[str, int, str]]:
    _, found = TemplateSet.parse({"welcome/01-intro.id.md": body, **more})
    return [(error.message, error.line, error.hint) for error in found]


@pytest.mark.parametrize(
    "body",
    [
        "{{ lead.name.upper() }}",
        "{{ lead.delete() }}",
        "{{ range(9) }}",
        "{{ cycler('a').__init__.__globals__ }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{{ 'a' ~ 'b' }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% set x = 'a' %}{{ x }}",
        "{% macro f() %}x{% endmacro %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% include 'welcome/02.id.md' %}",
        "{% include lead.name %}",
        "{% include '../secrets.md' %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ lead.name | attr('x') }}",
        "{{ lead.name | map('upper') }}",
        "{{ '%050000000d' | format(1) }}",
        "{{ lead.name | center(50000000) }}",
        "{{ lead.name | tojson }}",
        "{{ self }}",
        "{{ config }}",
        "{{ lead }}",
        "{{ lead[lead.name] }}",
        "{{ lead.name[0:2] }}",
        "{{ {'a': 1} }}",
        "{% for a in lead.interests %}{% for b in lead.interests %}x{% endfor %}{% endfor %}",
        "{% for a in 'abc' | first %}x{% endfor %}",
        "{% for a, b in lead.interests %}x{% endfor %}",
        "{{ loop.index }}",
        "{% for a in lead.interests %}{{ loop.cycle }}{% endfor %}",
        "{% for a in lead.interests %}x{% endfor %}{{ a }}",
        "{% if lead.name is callable %}x{% endif %}",
        "<{{ lead.website }}>",
        "{{ lead.name",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{% if lead.name %}",
        "",
    ],
)
def test_what_a_template_may_not_say(body):
    assert errors(body)


@pytest.mark.parametrize(
    "body",
    [
        '{{ lead.name }} {{ lead["Monthly bill"] }} {{ sender.name }} {{ today | date("full") }}',
        "{% if lead.city and not lead.budget %}a{% elif lead.stage == 'MQL' %}b{% endif %}",
        "{% for i in lead.interests %}{{ loop.index }}. {{ i }}{% endfor %}",
        "{% for i in lead.interests %}{{ i }}{% if not loop.last %},{% endif %}{% endfor %}",
        "{{ lead.budget * 0.9 | money }} {{ lead.budget - 5 }}",
        "{% if 'solar' in lead.interests and lead.budget is number %}x{% endif %}",
        "{{ 'a' if lead.name else 'b' }}",
        "{# a remark with {{ anything() }} #}x",
        "{% raw %}{{ not.a.value() }}{% endraw %}",
    ],
)
def test_what_it_may(body):
    assert errors(body) == []


def test_a_fault_stands_in_the_line_of_the_file():
    body = "---\nSubject: x\nPreheader: {{ lead.x() }}\n---\n\nHalo\n{{ lead.name | uper }}\n"
    assert errors(body) == [
        ("no filter “uper”", 7, "did you mean upper?"),
        ("calling something is not available", 3, ""),
    ]


def test_a_column_without_its_lead_is_explained():
    assert errors("\n\n{{ city }}") == [
        ("unknown name “city”", 3, "a column of the sheet is lead.city")
    ]


def test_snippets():
    snippets = {
        "_snippets/bye.id.md": "Salam",
        "_snippets/loop.md": "{% include '_snippets/bye' %}",
    }
    assert errors('{% include "_snippets/bye" %}', **{"_snippets/bye.id.md": "Salam"}) == []
    assert errors('{% include "_snippets/bay" %}', **{"_snippets/bye.id.md": "Salam"}) == [
        ("there is no _snippets/bay", 1, "did you mean _snippets/bye.id.md?")
    ]
    assert errors("x", **snippets) == [("a snippet cannot include another file", 1, "")]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("01-intro.id.md", "a template lies in the folder of its sequence"),
        ("welcome/more/01-intro.id.md", "a sequence's folder has no folders in it"),
        ("welcome/01-intro.indonesia.md", "“indonesia” is not a language"),
        ("welcome/01-intro.bak.id.md", "the file's name is not understood"),
    ],
)
def test_a_file_in_the_wrong_place(path, message):
    _, (error,) = TemplateSet.parse({path: "x"})
    assert (error.template, error.message) == (path, message)


def test_files_that_are_no_messages_are_left_alone():
    found, errors = TemplateSet.parse({"README.md": "{{", "notes.txt": "{{", "_old/a.md": "{{"})
    assert not found.templates
    assert not errors


def test_the_layout_has_what_every_message_needs():
    _, found = TemplateSet.parse({"_layout.html": "<p>{{ content }}</p>{{ lead.x() }}"})
    assert [e.message for e in found] == [
        "calling something is not available",
        "{{ footer }} is missing: the address and the way to unsubscribe",
    ]


def test_a_file_of_enormous_size_is_refused():
    assert errors("x" * 70_000) == [("larger than 64 KB", 0, "")]
