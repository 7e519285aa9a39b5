"""Six frameworks over one sample: what each says, what is asked next, and where they disagree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.core.qualify import LeadContext, Outcome
from sheetcrm.core.qualify.presets import PRESETS
from sheetcrm.core.qualify.rules import Criterion, Framework

# One formula for each criterion, over the columns of one tab.
FORMULAS = {
    "Budget": "=[@Budget]>=50",
    "Funds": "=[@Budget]>=50",
    "Money": "=[@Budget]>=50",
    "Means": "=[@Budget]>=50",
    "Authority": '=HASANY([@Role], "owner", "direktur", "dueño")',
    "Need": '=IF([@Need]="none", FALSE, [@Need]<>"")',
    "Challenge": '=[@Challenge]<>""',
    "Challenges": '=[@Challenge]<>""',
    "Interest": '=[@Interest]<>""',
    "Timing": "=[@Days]<=90",
    "Urgency": "=[@Days]<=30",
    "Timeline": "=[@Days]<=180",
    "Priority": '=[@Priority]="high"',
    "Goals": '=[@Goals]<>""',
    "Plans": '=[@Plans]<>""',
    "Target market": '=HASANY([@City], "Jakarta", "Bogotá")',
}
SIX = [
    replace(
        preset,
        criteria=tuple(
            replace(criterion, formula=FORMULAS[criterion.name]) for criterion in preset.criteria
        ),
    )
    for preset in PRESETS.values()
]
COLUMNS = [
    "Budget",
    "Role",
    "Need",
    "Challenge",
    "Interest",
    "Days",
    "Priority",
    "Goals",
    "Plans",
    "City",
]

# Cells, then what BANT, CHAMP, FAINT, ANUM, GPCT and Prospect say (m met, o open, n not met),
# and whose question comes next.
SAMPLE = {
    "everything is known and yes": (
        [60, "owner", "roof", "bills", "solar", 20, "high", "save", "loan", "Jakarta"],
        "mmmmmm",
        "",
    ),
    "nothing is known": ([None] * 10, "oooooo", ("BANT", "Budget")),
    "only the budget is known": (
        [60, None, None, None, None, None, None, None, None, None],
        "oooooo",
        ("BANT", "Authority"),
    ),
    "an intern with money and a need": (
        [60, "intern", "roof", None, "solar", 20, None, None, None, "Jakarta"],
        "momnon",  # FAINT: four of five; ANUM and Prospect need the authority
        ("CHAMP", "Challenge"),
    ),
    "an owner in a hurry who has no money": (
        [10, "owner", "roof", "bills", None, 20, "high", None, None, "Jakarta"],
        "mmomon",
        ("FAINT", "Interest"),
    ),
    "an owner who has time": (
        [60, "owner", "roof", None, "solar", 120, None, None, None, "Bogotá"],
        "mommom",
        ("CHAMP", "Challenge"),
    ),
    "no need, nobody to decide, no money": (
        [10, "intern", "none", None, None, 400, "low", None, None, "Medan"],
        "nnnnon",
        ("GPCT", "Goals"),  # whatever CHAMP's challenge is, CHAMP will not be met
    ),
    "three open questions": (
        [60, "direktur", None, None, None, None, None, "save", None, None],
        "oooooo",
        ("BANT", "Need"),
    ),
    "goals and plans, and nobody knows who decides": (
        [60, None, "roof", "bills", None, 100, None, "save", "loan", "Jakarta"],
        "oooomo",
        ("BANT", "Authority"),
    ),
}
LETTER = {Outcome.MET: "m", Outcome.OPEN: "o", Outcome.NOT_MET: "n"}
ROWS = [cells for cells, _, _ in SAMPLE.values()]
FRAME = {name: [row[place] for row in ROWS] for place, name in enumerate(COLUMNS)}


@pytest.fixture
def six(run):
    def _six(language):
        leads = [LeadContext(lead=name, language=language) for name in SAMPLE]
        return run({"frameworks": SIX}, FRAME, leads, language=language)

    return _six


@pytest.mark.parametrize("language", ["id", "es", "en"])
@pytest.mark.parametrize("name", SAMPLE)
def test_verdicts_and_the_next_question(six, name, language):
    _, verdicts, asked = SAMPLE[name]
    qualified, index = six(language), list(SAMPLE).index(name)
    given = [LETTER[result.outcome(index)] for result in qualified.frameworks.values()]
    assert "".join(given) == verdicts
    question = ""
    if asked:
        (criterion,) = (c for c in PRESETS[asked[0]].criteria if c.name == asked[1])
        question = criterion.questions[language]
    assert qualified.next_question[index] == question


def test_where_they_disagree(six):
    told = dict(zip(SAMPLE, six("en").disagreement, strict=True))
    assert {name for name, text in told.items() if not text} == {
        "everything is known and yes",
        "nothing is known",
        "only the budget is known",
        "no need, nobody to decide, no money",
        "three open questions",
    }
    assert told["an intern with money and a need"] == (
        "met: BANT, FAINT · open: CHAMP (challenge, priority), GPCT (goals, plans, challenges)"
        " · not met: ANUM (authority), Prospect (authority)"
    )
    assert told["an owner in a hurry who has no money"] == (
        "met: BANT, CHAMP, ANUM · open: FAINT (interest), GPCT (goals, plans)"
        " · not met: Prospect (means)"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "terpenuhi: First · belum pasti: Third (plan) · tidak terpenuhi: Second (means)"),
        ("es", "cumple: First · por saber: Third (plan) · no cumple: Second (means)"),
        ("en", "met: First · open: Third (plan) · not met: Second (means)"),
    ],
)
def test_it_is_told_in_three_languages(run, language, text):
    frameworks = [
        Framework(name=name, needs=1, criteria=(Criterion(name=of, formula=f"=[@{of}]"),))
        for name, of in (("First", "Need"), ("Second", "Means"), ("Third", "Plan"))
    ]
    columns = {"Need": [True, True], "Means": [False, True], "Plan": [None, True]}
    qualified = run({"frameworks": frameworks}, columns, language=language)
    assert qualified.disagreement == [text, ""]


def test_a_required_criterion_that_is_no_leaves_nothing_open(run):
    own = Framework(
        name="Own",
        needs=1,
        required=("who",),
        criteria=(Criterion(name="Who", formula="=[@W]"), Criterion(name="How", formula="=[@H]")),
    )
    columns = {"W": [True, False, None, None], "H": [None, True, True, False]}
    result = run({"frameworks": [own]}, columns).frameworks["Own"]
    assert [str(result.outcome(i)) for i in range(4)] == ["met", "not met", "open", "open"]


def test_one_framework_or_none_never_disagrees(run):
    assert run({}, {"A": [1, 2]}).disagreement == ["", ""]
    assert run({"frameworks": SIX[:1]}, FRAME).disagreement == [""] * len(SAMPLE)
