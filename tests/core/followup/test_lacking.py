"""Values that texts need and leads do not have, told before anything is due."""

from __future__ import annotations

import pytest

from sheetcrm.core.followup import TemplateSet, check_followups, lacking
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.formula import Names
from tests.core.followup.world import INTRO, SENDER, Series, lead, parse

HEAD = "---\nSubject: Halo\n---\n"
PATH = "welcome/01-intro.id.md"
RULES = FollowUps(
    sequences=(Series(name="welcome", when='=[@Stage]="MQL"', steps=(INTRO,)),), sender=SENDER
)


def needed(body: str) -> list[tuple[str, int]]:
    (template,) = parse({PATH: HEAD + body}).templates
    return [(need.name, need.line) for need in template.needs]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("{{ lead.city }}", ["city"]),
        ("{{ lead['Monthly bill'] | money }}", ["Monthly bill"]),
        ("{{ lead.city | default('x') }}", []),
        ("{{ lead.city | upper | default('x') }}", []),
        ("{{ lead.city | default('x') | upper }}", []),
        ("{% if lead.city %}{{ lead.city }} {{ lead.note }}{% endif %}", ["note"]),
        ("{% if lead.City %}x{% else %}{{ lead.city }}{% endif %}", []),
        (
            "{% if lead.budget is number and lead.budget > 5 %}{{ lead.budget | money }}{% endif %}",
            [],
        ),
        ("{{ lead.city if lead.city else 'x' }}", []),
        ("{% for one in lead.interests %}{{ one }}{% endfor %}", ["interests"]),
        ("{{ sender.name }} {{ today }}", []),
    ],
)
def test_what_a_text_cannot_do_without(body, names):
    assert needed(f"x {body}") == [(name, 4) for name in names]


def told(texts, leads, rules=RULES):
    return lacking(rules, parse(texts), leads, "id")


def test_a_value_that_some_leads_lack_is_told_with_their_number_and_the_first_five():
    leads = [
        lead(i, name=f"Budi {i}", values={"city": None if i < 7 else "Depok"}) for i in range(9)
    ]
    leads.append(lead(9, email="", values={"city": None}))
    texts = {PATH: f"{HEAD}Kota {{{{ lead.city }}}}, ya, {{{{ lead.city }}}}\n"}
    (line,) = told(texts, leads)
    assert line == (
        f"templates/{PATH}:4: lead.city is empty for 7 leads (Budi 0, Budi 1, Budi 2, Budi 3, Budi 4 …), "
        'whose mail would be held: {{ lead.city | default("…") }} says what to write'
    )
    who = lead(values={"Monthly bill": None})
    (line,) = told({PATH: f"{HEAD}x {{{{ lead['Monthly bill'] }}}}\n"}, [who])
    assert line.endswith('{{ lead["Monthly bill"] | default("…") }} says what to write')


def test_each_lead_counts_for_the_text_that_it_gets():
    texts = {
        PATH: f"{HEAD}x {{{{ lead.note }}}}\n",
        "welcome/01-intro--bali.id.md": "---\nSubject: Halo\nFor-location: Bali\n---\nx {{ lead.city }}\n",
        "welcome/01-intro.es.md": f"{HEAD}x\n",
        "other/01-intro.id.md": f"{HEAD}x {{{{ lead.nothing }}}}\n",
    }
    leads = [
        lead(0, location="Bali", values={"city": None, "note": None}),
        lead(1, values={"city": None, "note": "x"}),
        lead(2, language="es", values={"city": None, "note": None}),
    ]
    (line,) = told(texts, leads)
    assert line.startswith(
        "templates/welcome/01-intro--bali.id.md:5: lead.city is empty for 1 lead (Budi"
    )


def test_a_name_that_no_column_has_is_another_matter():
    assert told({PATH: f"{HEAD}{{{{ lead.ctiy }}}}\n"}, [lead()]) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("_snippets/bye.id.md", "Salam\n{{ lead.ctiy }}\n"),
        ("_layout.html", "<b>{{ content }}{{ footer }}\n{{ lead.ctiy }}</b>"),
    ],
)
def test_a_name_that_is_mistyped_in_a_shared_piece_is_found(path, text):
    found, errors = TemplateSet.parse({PATH: f"{HEAD}Halo\n", path: text})
    assert not errors
    names = Names(columns=frozenset({"Stage"}), tables={}, parameters=frozenset())
    faults = check_followups(RULES, found, names, ["city"], ["id"])
    assert [(f.file, f.line, f.hint) for f in faults] == [
        (f"templates/{path}", 2, "did you mean city?")
    ]


def test_texts_of_no_series_are_left_alone_where_nobody_asks_for_them():
    texts = {PATH: f"{HEAD}x\n", "price/01-price.id.md": "{{", "_layout.html": "{{ content }}"}
    found, errors = TemplateSet.parse(texts, series=["welcome"])
    assert [template.path for template in found.templates] == [PATH]
    assert {error.template for error in errors} == {"_layout.html"}
    _, errors = TemplateSet.parse(texts)
    assert {error.template for error in errors} == {"_layout.html", "price/01-price.id.md"}
