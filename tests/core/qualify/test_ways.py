"""Ways of their own, coming back onto the ladder, and waiting until a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sheetcrm.core.memory import Standing
from sheetcrm.core.qualify import LeadContext
from sheetcrm.core.qualify.rules import Back, MoveRule, Moves, Stage
from sheetcrm.core.table.values import CellError

LADDER = [
    Stage(name="Contact"),
    Stage(name="MQL", when="=[@Points]>=40"),
    Stage(name="SQL", when="=[@Points]>=60"),
    Stage(name="Customer", when="=[@Points]>=90"),
    Stage(name="Disqualified", off_ladder=True, when='=[@Status]="no"', reason='="no"'),
    Stage(
        name="Not now",
        off_ladder=True,
        when='=[@Status]="later"',
        reason='="asked to wait"',
        until="=[@Until]",
    ),
]
NA = CellError("#N/A")


@pytest.fixture
def lead(run, now):
    """Qualify one lead: where it stands, where it was before, how leads may move."""

    def _lead(standing="", *past, moves=None, override=None, language="en", **cells):
        stood = Standing(standing, now - timedelta(days=10), past) if standing else None
        context = LeadContext(lead="A", standing=stood, override=override)
        columns = {name: [cells.get(name)] for name in ("Points", "Status", "Until")}
        rules = {"stages": LADDER, "moves": moves or Moves()}
        return run(rules, columns, [context], language=language)

    return _lead


def way(before, after, move):
    return MoveRule(before=before, after=after, move=move)


DOWN_TO_MQL = way(("SQL",), ("mql",), Back.ALLOW)
NO_SKIPPING = way(("contact",), ("SQL", "Customer"), Back.ASK)
NEVER_BACK = way(("Disqualified",), (), Back.REPORT)
FROM_ANYWHERE = way((), ("Customer",), Back.ASK)

# rules, where it stands, cells → where it is then, and made / refused / asked
WAYS = [
    ([DOWN_TO_MQL], "SQL", {"Points": 45}, "MQL", "made"),
    ([DOWN_TO_MQL], "SQL", {"Points": 5}, "SQL", "refused"),
    ([DOWN_TO_MQL], "SQL", {"Points": 45, "Status": NA}, "SQL", "refused"),  # never on an error
    ([DOWN_TO_MQL], "Customer", {"Points": 45}, "Customer", "refused"),
    ([NO_SKIPPING], "Contact", {"Points": 60}, "Contact", "asked"),
    ([NO_SKIPPING], "Contact", {"Points": 40}, "MQL", "made"),
    ([NO_SKIPPING], "MQL", {"Points": 60}, "SQL", "made"),
    ([NO_SKIPPING], "", {"Points": 60}, "SQL", "made"),  # a new lead comes in anywhere
    ([NEVER_BACK], "Disqualified", {"Points": 60}, "Disqualified", "refused"),
    ([NEVER_BACK], "Disqualified", {"Status": "later"}, "Disqualified", "refused"),
    ([NEVER_BACK], "SQL", {"Status": "no"}, "Disqualified", "made"),
    ([FROM_ANYWHERE], "SQL", {"Points": 95}, "SQL", "asked"),
    ([FROM_ANYWHERE], "Not now", {"Points": 95}, "Not now", "asked"),
    ([FROM_ANYWHERE], "Customer", {"Points": 95}, "Customer", None),
    ([way((), (), Back.ALLOW), NEVER_BACK], "Disqualified", {"Points": 60}, "SQL", "made"),
    ([way((), (), Back.ALLOW)], "SQL", {}, "Contact", "made"),
    ([], "SQL", {}, "SQL", "refused"),
]


@pytest.mark.parametrize("case", WAYS)
def test_ways_of_their_own(lead, case):
    rules, standing, cells, after, listed = case
    qualified = lead(standing, moves=Moves(rules=tuple(rules)), **cells)
    assert qualified.stages == [after]
    told = [
        "asked" if move.asked else "refused" if move.refused else "made" for move in qualified.moves
    ]
    assert told == ([listed] if listed else [])


def test_a_way_that_is_asked_for_is_suggested_and_one_that_is_closed_is_told(lead):
    moves = Moves(rules=(NO_SKIPPING, DOWN_TO_MQL))
    assert lead("Contact", moves=moves, Points=60).why == ["suggested stage: SQL"]
    assert lead("Customer", moves=moves, Points=60).why == ["rule says SQL"]


def test_people_go_any_way(lead):
    moves = Moves(rules=(way((), (), Back.REPORT),))
    assert lead("SQL", moves=moves, override="Contact").stages == ["Contact"]


# where it was, where it is, cells, how moves back are handled → where it comes back
RETURNS = [
    (("Contact", "SQL"), "Not now", {"Points": 45}, Moves(), "SQL"),
    (("Contact", "SQL"), "Not now", {"Points": 95}, Moves(), "Customer"),
    (("SQL", "Not now"), "Disqualified", {}, Moves(), "SQL"),
    (("SQL",), "Disqualified", {"Points": 45}, Moves(back=Back.ALLOW), "MQL"),
    (("SQL",), "Disqualified", {"Points": 45}, Moves(back=Back.ASK), "SQL"),
    (
        ("SQL",),
        "Disqualified",
        {"Points": 45},
        Moves(rules=(way(("Disqualified",), ("MQL",), Back.ALLOW),)),
        "MQL",
    ),
    (("SQL",), "Disqualified", {"Points": 45, "Until": NA}, Moves(back=Back.ALLOW), "SQL"),
    (("SQL", "MQL"), "Not now", {}, Moves(), "MQL"),  # it had been moved down before
    (("SQL",), "Not now", {"Points": 45}, Moves(rules=(DOWN_TO_MQL,)), "MQL"),
    (("sql",), "My own stage", {"Points": 45}, Moves(), "SQL"),
    (("Gone stage",), "Not now", {"Points": 45}, Moves(), "MQL"),
    ((), "Disqualified", {"Points": 45}, Moves(), "MQL"),
    (("SQL",), "Disqualified", {"Status": "later"}, Moves(), "Not now"),
]


@pytest.mark.parametrize("case", RETURNS)
def test_nobody_comes_back_lower_than_it_left(lead, case):
    past, standing, cells, moves, after = case
    qualified = lead(standing, *past, moves=moves, **cells)
    assert qualified.stages == [after]
    (move,) = qualified.moves
    assert (move.before, move.after, move.refused) == (standing, after, False)
    settled = lead(after, *past, standing, moves=moves, **cells)
    assert (settled.stages, settled.why) == (qualified.stages, qualified.why)


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "back where it left the ladder"),
        ("id", "kembali ke tahap sebelum keluar"),
        ("es", "de vuelta a la etapa en que salió"),
    ],
)
def test_coming_back_is_told(lead, language, why):
    assert lead("Not now", "SQL", language=language).moves[0].why == why


def test_the_way_back_may_need_a_person(lead):
    ask = Moves(rules=(way(("Not now",), ("SQL",), Back.ASK),))
    qualified = lead("Not now", "SQL", moves=ask, Points=45)
    (move,) = qualified.moves
    assert (qualified.stages, move.after, move.asked) == (["Not now"], "SQL", True)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(1, "Not now"), (0, "SQL"), (-1, "SQL"), (400, "Not now"), (None, "Not now")],
)
def test_a_lead_waits_until_its_day(lead, now, days, stage):
    until = None if days is None else now.date() + timedelta(days=days)
    cells = {"Status": "later", "Until": until, "Points": 45}
    assert lead("Not now", "SQL", **cells).stages == [stage]
    assert lead("SQL", **cells).stages == [stage]


def test_a_day_in_the_past_keeps_nobody_off_the_ladder(lead):
    qualified = lead("", Status="later", Until=date(2020, 1, 1), Points=45)
    assert (qualified.stages, qualified.problems) == (["MQL"], [])


def test_until_when_is_told(lead):
    cells = {"Status": "later", "Until": datetime(2027, 1, 5, 9, 30)}
    for language, told in (("en", "until"), ("id", "sampai"), ("es", "hasta el")):
        assert lead(language=language, **cells).why[0].endswith(f"{told} 2027-01-05")


@pytest.mark.parametrize(
    ("until", "messages"),
    [
        (None, ["not now without a date"]),
        (date(2027, 1, 5), []),
        (
            "next year",
            [
                "rules that cannot be read for this lead: Not now: until (next year)",
                "not now without a date",
            ],
        ),
    ],
)
def test_a_wait_without_a_day_is_a_problem(lead, until, messages):
    qualified = lead(Status="later", Until=until)
    assert qualified.stages == ["Not now"]
    assert [problem.message for _, problem in qualified.problems] == messages
    assert all(problem.hint for _, problem in qualified.problems)
