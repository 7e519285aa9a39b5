from __future__ import annotations

import pytest

from sheetcrm.core.followup import check_followups
from sheetcrm.core.followup.rules import FollowUps, Segment, Sender, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.formula import Names
from tests.core.followup.world import SENDER, TEXTS, WELCOME, parse

NAMES = Names(
    columns=frozenset({"Stage", "City", "Budget"}), tables={}, parameters=frozenset({"min_budget"})
)


def check(texts=TEXTS, *, sequences=(WELCOME,), segments=(), sender=SENDER):
    rules = FollowUps(segments=tuple(segments), sequences=tuple(sequences), sender=sender)
    faults = check_followups(rules, parse(texts), NAMES, ["city", "Monthly bill"], ["id"])
    return [(f.key or f.file, f.line, f.message, f.hint) for f in faults]


def welcome(**parts) -> Series:
    defaults = {"when": "=TRUE", "steps": (Step(template="01-intro"),)}
    return Series(name="welcome", **defaults | parts)


def test_a_sound_workspace_has_no_faults():
    assert check() == []
    assert check(sequences=[], sender=Sender()) == []


def test_every_formula_is_checked_with_its_key():
    found = check(
        segments=[Segment(name="a", when="=TRUE"), Segment(name="b", when="=[@Citty]")],
        sequences=[
            welcome(when='=[@Stag]="MQL"'),
            welcome(
                when="",
                start_on="=[@Nope]+",
                steps=(Step(template="01-intro", skip_if="=min_budgett"),),
            ),
        ],
    )
    assert [key for key, *_ in found] == [
        "segment[2].when",
        "sequence[1].when",
        "sequence[2].start_on",
        "sequence[2].step[1].skip_if",
    ]
    assert "City" in found[0][3]


def test_a_step_without_a_template():
    found = check(sequences=[welcome(steps=(Step(template="01-intro"), Step(template="02-cas")))])
    assert found == [
        (
            "sequence[1].step[2].template",
            0,
            "there is no templates/welcome/02-cas.id.md",
            "did you mean 02-case?",
        )
    ]


def test_a_step_that_speaks_only_other_languages():
    found = check({"welcome/01-intro.fr.md": "---\nSubject: x\n---\nx"}, sequences=[welcome()])
    assert found[0][2] == "no welcome/01-intro in en or id"


def test_a_sequence_that_never_begins():
    assert check(sequences=[welcome(when="")])[0][:3] == (
        "sequence[1]",
        0,
        "“welcome” never begins",
    )


@pytest.mark.parametrize(
    ("sender", "key", "message"),
    [
        (Sender(), "sender.address", "the sender has no address"),
        (Sender(address="x"), "sender.address", "“x” is not an address"),
        (
            Sender(address="jürgen@example.com"),
            "sender.address",
            "“jürgen@example.com” is not an address",
        ),
        (
            Sender(address="a@example.com", reply_to="a b"),
            "sender.reply_to",
            "“a b” is not an address",
        ),
    ],
)
def test_the_sender(sender, key, message):
    assert [(k, m) for k, _, m, _ in check(sender=sender)] == [(key, message)]


def test_unknown_names_in_templates():
    text = (
        "---\nSubject: {{ lead.citty }}\n---\n{{ lead.monthly_bill }} {{ lead['City'] }}\n"
        "{{ lead.first_name }} {{ sender.adress }}\n{{ lead['Umur'] | default('') }}"
    )
    found = check({"welcome/01-intro.id.md": text}, sequences=[welcome()])
    assert found == [
        ("templates/welcome/01-intro.id.md", 2, "unknown {{ lead.citty }}", "did you mean city?"),
        (
            "templates/welcome/01-intro.id.md",
            5,
            "unknown {{ sender.adress }}",
            "did you mean address?",
        ),
        (
            "templates/welcome/01-intro.id.md",
            6,
            "unknown {{ lead.Umur }}",
            "it is neither a field nor a column of the sheet",
        ),
    ]


def test_subjects():
    long = {"welcome/01-intro.id.md": f"---\n\nSubject: {'x' * 79} {{{{ lead.name }}}}\n---\nx"}
    assert check(long, sequences=[welcome()])[0][:3] == (
        "templates/welcome/01-intro.id.md",
        3,
        "the subject has 80 characters without its values",
    )
    none = {"welcome/01-intro.id.md": "x"}
    assert check(none, sequences=[welcome()])[0][2] == (
        "the first message of a sequence needs a Subject"
    )


def variant(**lines: str) -> str:
    heads = "".join(f"For-{key}: {value}\n" for key, value in lines.items())
    return f"---\nSubject: x\n{heads}---\nx"


@pytest.mark.parametrize(
    ("one", "other", "tie"),
    [
        (variant(), variant(), True),
        (variant(location="Bali, Jakarta"), variant(location="jakarta"), True),
        (variant(location="Bali"), variant(location="Jakarta"), False),
        (variant(location="Bali"), variant(interest="solar"), False),
        (variant(location="Bali", interest="solar"), variant(location="Bali"), False),
        (variant(location="Bali", stage="SQL"), variant(location="Bali", stage="MQL"), False),
    ],
)
def test_ties(one, other, tie):
    texts = {"welcome/01-intro--a.id.md": one, "welcome/01-intro--b.id.md": other}
    found = check(texts, sequences=[welcome()])
    assert [f[2] for f in found] == (
        ["fits the same leads as welcome/01-intro--a.id.md, equally well"] if tie else []
    )


def test_a_file_without_a_language_ties_with_one_in_the_workspaces():
    texts = {"welcome/01-intro.md": variant(), "welcome/01-intro.id.md": variant()}
    assert len(check(texts, sequences=[welcome()])) == 1
