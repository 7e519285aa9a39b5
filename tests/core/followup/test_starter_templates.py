"""The templates that a new workspace begins with."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from sheetcrm.adapters.mail.templates import FolderTemplates
from sheetcrm.core.followup import TemplateSet, check_followups
from sheetcrm.core.followup.rules import FollowUps, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.formula import Names
from tests.core.followup.world import NOW, SENDER, lead, plan, record, standing

STARTER = FolderTemplates(Path(__file__).parents[3] / "templates").sources()
SERIES = Series(
    name="welcome",
    when='=[@Stage]="MQL"',
    steps=(Step(template="01-intro"), Step(template="02-case-study", after_days=3)),
)
FULL = {"location": "Bogor", "values": {"budget": 90_000_000.0}, "phone": "+6281234567890"}
BARE = {"name": "", "first_name": "", "phone": "+6281234567890", "values": {"budget": None}}


def both_steps(**parts):
    who = lead(**parts)
    one = plan([who], sequences=[SERIES], texts=STARTER)
    assert not one.held
    sent = record(one.drafts[0], state="sent")
    later = NOW.replace(day=27)
    two = plan(
        [who],
        sequences=[SERIES],
        texts=STARTER,
        messages=[sent],
        standings=standing(who),
        now=later,
    )
    assert not two.held
    return one.drafts[0], two.drafts[0], one.whatsapp[0]


def test_nothing_is_wrong_with_them():
    found, errors = TemplateSet.parse(STARTER)
    assert not errors
    rules = FollowUps(sequences=(SERIES,), sender=SENDER)
    names = Names(columns=frozenset({"Stage"}), tables={}, parameters=frozenset())
    for language in ("id", "es", "en"):
        assert check_followups(rules, found, names, ["budget"], [language]) == []


@pytest.mark.parametrize("language", ["id", "es", "en"])
@pytest.mark.parametrize("interests", [(), ("solar",), ("battery", "solar"), ("EV charger",)])
@pytest.mark.parametrize("parts", [FULL, BARE], ids=["full", "bare"])
def test_whatever_is_known_of_a_lead_there_is_a_whole_message(language, interests, parts):
    one, two, link = both_steps(language=language, interests=interests, **parts)
    assert one.language == two.language == language
    assert link
    assert link.startswith("https://wa.me/6281234567890?text=")
    assert len(link) < 1000
    for draft in (one, two):
        assert "None" not in draft.html
        for part in (draft.subject, draft.text):
            assert not {"  ", " ,", " .", " ?", "{{", "()"} & {a + b for a, b in pairwise(part)}
            assert "\n\n\n" not in part
    assert two.subject == f"Re: {one.subject}"


def test_the_variants():
    assert both_steps(location="Depok", interests=("Solar",))[0].template == (
        "welcome/01-intro--jakarta-solar.id.md"
    )
    assert (
        both_steps(location="Medan", interests=("solar",))[0].template == "welcome/01-intro.id.md"
    )
    assert both_steps(language="es", interests=("solar", "battery"))[0].template == (
        "welcome/01-intro--bateria.es.md"
    )
    assert both_steps(language="en", interests=("EV charger",))[0].template == (
        "welcome/01-intro--ev-charger.en.md"
    )


def test_budgets_are_named_only_where_they_suffice():
    rich, _, _ = both_steps(location="Depok", interests=("solar",), values={"budget": 90_000_000.0})
    poor, _, _ = both_steps(location="Depok", interests=("solar",), values={"budget": 5_000_000.0})
    assert "Dengan anggaran Rp\u00a090.000.000" in rich.text
    assert "Dengan anggaran" not in poor.text
