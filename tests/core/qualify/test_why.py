from __future__ import annotations

from datetime import timedelta

import pytest

from sheetcrm.core.memory import Standing
from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.rules import (
    Back,
    Criterion,
    Decay,
    Framework,
    Moves,
    Qualification,
    Score,
    ScoreRule,
    Stage,
)
from sheetcrm.core.qualify.why import LIMIT, fitted

TIMING = Framework(
    name="BANT",
    needs=1,
    criteria=(
        Criterion(name="Budget", formula="=[@Budget]"),
        Criterion(name="Timing", formula="=[@When]"),
    ),
)
FIT = Score(
    name="Fit",
    max=50,
    min=None,
    rules=(
        ScoreRule(name="Budget", points=15, when="=[@Budget]>0"),
        ScoreRule(name="Free mail", points=-10, when="=[@Free]"),
        ScoreRule(name="Target City", points=20, when="=[@City]"),
        ScoreRule(name="CEO asked", points=17.5, when="=[@CEO]"),
    ),
)
STAGES = [
    Stage(name="Contact"),
    Stage(name="Lead", when="=[@Score]>=10"),
    Stage(name="MQL", when="=[@Score]>=30"),
    Stage(name="Disqualified", off_ladder=True, when='=[@Lost]<>""', reason="=[@Lost]"),
]
BLANK = dict.fromkeys(["Budget", "When", "Free", "City", "CEO", "Lost", "Last"])


@pytest.fixture
def why(run, now):
    def _why(language="en", standing="", override=None, back=Back.REPORT, fit=FIT, **cells):
        rules = Qualification(
            scores=[fit], frameworks=[TIMING], stages=STAGES, moves=Moves(back=back)
        )
        stands = Standing(stage=standing, since=now) if standing else None
        lead = LeadContext(lead="A", standing=stands, override=override)
        columns = {name: [value] for name, value in (BLANK | cells).items()}
        return run(rules, columns, [lead], language=language).why[0]

    return _why


KNOWN = {"Free": False, "City": False, "CEO": False, "When": 1, "Budget": 0}

CASES = [
    (
        {**KNOWN, "Budget": 1, "City": True, "When": None},
        "+20 target city · +15 budget · unknown: timing",
        "+20 target city · +15 budget · belum diketahui: timing",
        "+20 target city · +15 budget · sin saber: timing",
    ),
    (
        {**KNOWN, "Budget": 1, "Free": True},
        "+15 budget · −10 free mail",
        "+15 budget · −10 free mail",
        "+15 budget · −10 free mail",
    ),
    (
        {**KNOWN, "CEO": True},
        "+17.5 CEO asked",
        "+17,5 CEO asked",
        "+17,5 CEO asked",
    ),
    (
        {**KNOWN, "CEO": True, "City": True, "Budget": 1},
        "+20 target city · +17.5 CEO asked · +15 budget · Fit capped at 50",
        "+20 target city · +17,5 CEO asked · +15 budget · Fit dibatasi 50",
        "+20 target city · +17,5 CEO asked · +15 budget · Fit con tope de 50",
    ),
    (
        {**KNOWN, "City": True, "Lost": "Too expensive", "Free": None},
        "+20 target city · unknown: free mail · reason: Too expensive",
        "+20 target city · belum diketahui: free mail · alasan: Too expensive",
        "+20 target city · sin saber: free mail · motivo: Too expensive",
    ),
    (KNOWN, "", "", ""),
    (
        {},
        "unknown: budget, free mail, target city, CEO asked, … · one more for Lead: target city",
        (
            "belum diketahui: budget, free mail, target city, CEO asked, …"
            " · satu lagi untuk Lead: target city"
        ),
        "sin saber: budget, free mail, target city, CEO asked, … · falta uno para Lead: target city",
    ),
]


@pytest.mark.parametrize(("cells", "english", "indonesian", "spanish"), CASES)
def test_reasons_in_three_languages(why, cells, english, indonesian, spanish):
    assert why("en", **cells) == english
    assert why("id", **cells) == indonesian
    assert why("es", **cells) == spanish
    assert why("fr", **cells) == english  # no words for it


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "+20 target city · rule says Lead"),
        ("id", "+20 target city · menurut aturan Lead"),
        ("es", "+20 target city · la regla dice Lead"),
    ],
)
def test_a_refused_move_is_told_at_the_end(why, language, text):
    assert why(language, standing="MQL", **{**KNOWN, "City": True}) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "+20 target city · suggested stage: Lead"),
        ("id", "+20 target city · saran tahap: Lead"),
        ("es", "+20 target city · etapa sugerida: Lead"),
    ],
)
def test_a_suggestion_where_back_is_ask(why, language, text):
    assert why(language, standing="MQL", back=Back.ASK, **{**KNOWN, "City": True}) == text


def test_a_persons_word_that_differs_from_the_rules_is_marked(why):
    cells = {**KNOWN, "City": True}
    assert why(override="MQL", **cells) == "+20 target city · set by hand · rule says Lead"
    assert (
        why("id", override="MQL", **cells)
        == "+20 target city · diisi sendiri · menurut aturan Lead"
    )
    assert (
        why("es", override="MQL", **cells) == "+20 target city · puesto a mano · la regla dice Lead"
    )
    assert why(override="lead", **cells) == "+20 target city"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "+20 target city · faded −10"),
        ("id", "+20 target city · memudar −10"),
        ("es", "+20 target city · se desvanece −10"),
    ],
)
def test_fading(why, now, language, text):
    fit = Score(name="Fit", rules=FIT.rules, decay=Decay(since="=[@Last]", half_life_days=30))
    cells = {**KNOWN, "City": True, "Last": now.date() - timedelta(days=30)}
    assert why(language, fit=fit, **cells) == text


def test_a_floor_is_told(why):
    fit = Score(name="Fit", rules=FIT.rules)
    assert why(fit=fit, **{**KNOWN, "Free": True}) == "−10 free mail · Fit not below 0"
    assert why("id", fit=fit, **{**KNOWN, "Free": True}) == "−10 free mail · Fit minimal 0"
    assert why("es", fit=fit, **{**KNOWN, "Free": True}) == "−10 free mail · Fit no baja de 0"


def test_too_many_reasons_lose_the_smallest_and_keep_the_end():
    shares = [f"+{90 - place} a rule with a rather long name" for place in range(10)]
    text = fitted(shares, ["unknown: timing", "rule says Lead"])
    assert len(text) <= LIMIT
    assert text.startswith("+90 a rule with a rather long name · +89 ")
    assert text.endswith(" · … · unknown: timing · rule says Lead")


def test_a_reason_is_never_longer_than_its_limit(why):
    text = why(**{**KNOWN, "City": True, "Lost": "because " * 100})
    assert len(text) <= LIMIT
    assert text.startswith("+20 target city · reason: because because")
    assert text.endswith("…")


def test_long_names_of_what_is_unknown_never_hide_the_end(why):
    long = Score(
        name="Fit",
        rules=tuple(
            ScoreRule(
                name=f"{place} is a question that nobody has asked so far",
                points=1,
                when="=[@Last]",
            )
            for place in range(4)
        ),
    )
    text = why(fit=long, **{**KNOWN, "Lost": "too expensive " * 20})
    assert len(text) <= LIMIT
    assert " · reason: too expensive too" in text
