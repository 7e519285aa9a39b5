from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.presets import PRESETS

CRITERIA = {
    "BANT": ["Budget", "Authority", "Need", "Timing"],
    "CHAMP": ["Challenge", "Authority", "Money", "Priority"],
    "FAINT": ["Funds", "Authority", "Interest", "Need", "Timing"],
    "ANUM": ["Authority", "Need", "Urgency", "Money"],
    "GPCT": ["Goals", "Plans", "Challenges", "Timeline"],
    "Prospect": ["Target market", "Means", "Authority"],
}
NEEDS = {"BANT": 3, "CHAMP": 3, "FAINT": 4, "ANUM": 3, "GPCT": 3, "Prospect": 3}

# framework, one letter for each criterion (y yes, n no, ? blank, u says UNKNOWN, e error),
# whether it is met, and which criterion is asked for next
CASES = [
    ("BANT", "yyyy", True, ""),
    ("BANT", "yyyn", True, ""),
    ("BANT", "yyy?", True, ""),
    ("BANT", "?yyy", True, ""),
    ("BANT", "yy??", False, "Need"),
    ("BANT", "?y?y", False, "Budget"),
    ("BANT", "yynn", False, ""),
    ("BANT", "nn?y", False, "Need"),
    ("BANT", "y?ny", False, "Authority"),
    ("BANT", "yyuu", False, "Need"),
    ("BANT", "yye?", False, "Need"),
    ("BANT", "????", False, "Budget"),
    ("BANT", "nnnn", False, ""),
    ("CHAMP", "yyy?", True, ""),
    ("CHAMP", "yy?n", False, "Money"),
    ("CHAMP", "?nyy", False, "Challenge"),
    ("CHAMP", "yyn?", False, "Priority"),
    ("CHAMP", "nyyy", True, ""),
    ("CHAMP", "y?nn", False, "Authority"),
    ("FAINT", "yyyyn", True, ""),
    ("FAINT", "yyyy?", True, ""),
    ("FAINT", "yyy?n", False, "Need"),
    ("FAINT", "?yyyn", False, "Funds"),
    ("FAINT", "yyynn", False, ""),
    ("FAINT", "yy?y?", False, "Interest"),
    ("FAINT", "yyuy?", False, "Interest"),
    ("ANUM", "yyyy", True, ""),
    ("ANUM", "yyy?", True, ""),
    ("ANUM", "nyyy", False, ""),  # authority first: three of four are not enough without it
    ("ANUM", "?yyy", False, "Authority"),
    ("ANUM", "uyyy", False, "Authority"),
    ("ANUM", "eyyy", False, "Authority"),
    ("ANUM", "yn?y", False, "Urgency"),
    ("ANUM", "ny?y", False, "Urgency"),
    ("GPCT", "yyyn", True, ""),
    ("GPCT", "y?y?", False, "Plans"),
    ("GPCT", "yy?n", False, "Challenges"),
    ("GPCT", "yyn?", False, "Timeline"),
    ("GPCT", "?nnn", False, "Goals"),
    ("Prospect", "yyy", True, ""),
    ("Prospect", "yyn", False, ""),
    ("Prospect", "?yy", False, "Target market"),
    ("Prospect", "y?y", False, "Means"),
    ("Prospect", "yy?", False, "Authority"),
    ("Prospect", "n??", False, "Means"),
]
CELL = {"y": "y", "n": "n", "?": None, "u": "u", "e": "e"}
ANSWER = {"y": True, "n": False, "?": None, "u": None, "e": None}


def filled(preset):
    """The preset with a formula for each criterion over a column of the same name."""
    criteria = [
        replace(
            criterion,
            formula=f'=IF([@[{criterion.name}]]="u","UNKNOWN",'
            f'IF([@[{criterion.name}]]="e",1/0,[@[{criterion.name}]]="y"))',
        )
        for criterion in preset.criteria
    ]
    return replace(preset, criteria=tuple(criteria))


def test_the_presets_are_the_documented_ones():
    assert list(PRESETS) == list(CRITERIA)
    for name, preset in PRESETS.items():
        assert preset.name == name
        assert [criterion.name for criterion in preset.criteria] == CRITERIA[name]
        assert preset.needs == NEEDS[name]
        assert preset.required == (("Authority",) if name == "ANUM" else ())


@pytest.mark.parametrize("name", PRESETS)
def test_every_question_is_asked_in_three_languages_and_only_once(name):
    for language in ("id", "es", "en"):
        asked = [criterion.questions[language] for criterion in PRESETS[name].criteria]
        assert len(set(asked)) == len(asked)
        assert all(text.endswith("?") and text[0] in f"¿{text[0].upper()}" for text in asked)


@pytest.mark.parametrize("language", ["id", "es", "en"])
@pytest.mark.parametrize("name", PRESETS)
def test_verdict_and_question_of_each_case(run, name, language):
    cases = [case for case in CASES if case[0] == name]
    preset = filled(PRESETS[name])
    columns = {
        criterion.name: [CELL[letters[place]] for _, letters, _, _ in cases]
        for place, criterion in enumerate(preset.criteria)
    }
    leads = [LeadContext(lead=letters, language=language) for _, letters, _, _ in cases]
    qualified = run({"frameworks": [preset]}, columns, leads, language="en")
    result = qualified.frameworks[name]
    questions = {c.name: c.questions[language] for c in preset.criteria} | {"": ""}
    for index, (_, letters, met, asked) in enumerate(cases):
        given = [result.answers[c.name][index] for c in preset.criteria]
        assert given == [ANSWER[letter] for letter in letters], letters
        assert result.yes[index] == letters.count("y"), letters
        assert result.summary(index) == f"{letters.count('y')}/{len(letters)}"
        assert result.met[index] is met, letters
        assert qualified.next_question[index] == questions[asked], letters
