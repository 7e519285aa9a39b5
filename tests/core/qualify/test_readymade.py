"""Every ready-made rule on real words of three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetcrm.core.formula import Frame, Names, check, evaluate, parse
from sheetcrm.core.qualify.readymade import (
    READY_MADE,
    READY_MADE_GROUPS,
    ready_made_reference,
    word_lists,
)
from sheetcrm.core.qualify.rules import Criterion, Framework, Score
from sheetcrm.core.table.names import as_written, fold
from sheetcrm.core.table.starter import STARTER_FIELDS
from sheetcrm.core.table.values import CellError

FIELDS = [as_written(field.name) for field in STARTER_FIELDS]
OWN = {"min_budget": 50, "target_cities": ("Jakarta", "Bogor", "Bogotá")}

# rule, field, cells for which it is yes, cells for which it is no
CASES = [
    ("interest", "Interest", ["solar", "batería; panel"], []),
    ("interest", "Status", ["Interested", "Quote sent"], ["New", "Not now", "Not interested"]),
    ("purchasing power", "Budget", [50, 1e9], [0, 49.99]),
    ("authority", "Role", ["Pemilik", "Dueña", "CEO & founder", "direktur"], ["Staf", "intern"]),
    ("special requirements", "Meets requirements", [True], [False]),
    ("target market", "City", ["Jakarta", "kota bogor", "Bogota"], ["Surabaya"]),
    ("opens", "Last activity", ["Email opened", "Membuka email", "Abrió el correo"], ["Called"]),
    ("reads", "Last activity", ["Read the newsletter", "klik tautan", "Leyó el blog"], ["Called"]),
    (
        "asks price",
        "Last activity",
        ["Asked for the price", "minta daftar harga", "Pidió lista de precios", "¿Cuánto cuesta?"],
        ["Opened the newsletter", "Priceless"],
    ),
    (
        "asks catalogue",
        "Last activity",
        ["Catalog", "minta katalog", "pidió el catálogo"],
        ["News"],
    ),
    ("asks demo", "Last activity", ["Demo request", "minta survei", "Visita técnica"], ["Visited"]),
    ("asks quote", "Last activity", ["Quote", "minta penawaran", "Pidió cotización"], ["Quota"]),
]


def answers(use, **columns):
    """Yes, no or unknown of a framework's criterion made of the rule."""
    height = len(next(iter(columns.values())))
    given = {name.replace("_", " "): values for name, values in columns.items()}
    return {**{name: [None] * height for name in FIELDS}, **given}


def ask(run, use, columns):
    own = Framework(
        name="Own", criteria=(Criterion(name="A", formula=READY_MADE[use].when),), needs=1
    )
    result = run(
        {"frameworks": [own], "parameters": {**word_lists([use]), **OWN}},
        answers(use, **columns),
    )
    return list(result.frameworks["Own"].answers["A"])


@pytest.mark.parametrize(("use", "field", "yes", "no"), CASES)
def test_yes_no_and_unknown(run, use, field, yes, no):
    cells = [*yes, *no, None]
    expected = [True] * len(yes) + [False] * len(no) + [None]
    assert ask(run, use, {field.replace(" ", "_"): cells}) == expected


def test_somebody_is_reachable_by_a_phone_or_an_address_that_can_be_read(run):
    bad = CellError("#VALUE!", calculated=True)
    columns = {
        "Email": ["a@example.com", None, bad, bad, "a@example.com", None],
        "Phone": [None, "+6281234567890", None, bad, bad, None],
    }
    assert ask(run, "reachability", columns) == [True, True, False, False, True, None]


def test_every_rule_has_cases():
    assert {case[0] for case in CASES} | {"reachability"} == set(READY_MADE)


@pytest.mark.parametrize("use", READY_MADE)
def test_a_rule_reads_only_fields_that_we_know_and_words_that_it_has(use):
    made = READY_MADE[use]
    parameters = frozenset([*made.words, *made.needs])
    names = Names(columns=frozenset(FIELDS), tables={}, parameters=parameters)
    assert list(check(parse(made.when), names)) == []
    assert set(made.names) == {"en", "id", "es"}


def test_every_word_of_a_list_is_found_and_no_list_has_one_twice():
    for use, made in READY_MADE.items():
        for name, words in made.words.items():
            assert len({fold(word) for word in words}) == len(words), name
            field = "Role" if use == "authority" else "Last activity"
            frame = Frame({field: list(words)})
            (found,) = evaluate([parse(made.when)], frame, parameters={name: words})
            assert all(found), name


def test_what_somebody_reads_is_no_wish_to_buy():
    """The words of the MQL signals and those of the SQL signals have nothing in common."""
    marketing, sales = (
        {
            fold(word)
            for use in READY_MADE_GROUPS[group]
            for words in READY_MADE[use].words.values()
            for word in words
        }
        for group in ("MQL signals", "SQL signals")
    )
    assert not marketing & sales


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["asked price", "asked catalogue", "asked demo", "asked quote"]),
        ("id", ["tanya harga", "minta katalog", "minta demo", "minta penawaran"]),
        ("es-MX", ["pidió precio", "pidió catálogo", "pidió demo", "pidió cotización"]),
        ("fr", ["asked price", "asked catalogue", "asked demo", "asked quote"]),
    ],
)
def test_reasons_speak_the_workspaces_language(run, language, names):
    group = READY_MADE_GROUPS["SQL signals"]
    rules = tuple(READY_MADE[use].rule(language) for use in group)
    score = Score(name="Signals", rules=rules)
    everything = "price, catalogue, demo and quote"
    qualified = run(
        {"scores": [score], "parameters": word_lists(group)},
        {"Last activity": [everything]},
        language=language,
    )
    assert [part.rule for part in qualified.explain(0)] == names
    assert qualified.total == [110]


def test_the_manual_shows_every_formula_as_it_is():
    manual = Path(__file__).parents[3] / "docs" / "qualification.md"
    assert ready_made_reference() in manual.read_text(encoding="utf-8")
