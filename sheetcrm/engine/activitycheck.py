"""What is wrong with the rows of the tabs of activities: undated, of no kind, of nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sheetcrm.core.table.activities import PERSON, Activity, ActivityTab, is_known_kind, whose
from sheetcrm.core.table.values import Problem
from sheetcrm.engine.activities import Activities
from sheetcrm.engine.reading import Reading

FIRST = 5  #: addresses that are named


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedActivities:
    """What was found in one tab of activities."""

    name: str
    activities: int
    problems: Sequence[Problem] = ()


def check_activities(
    found: Activities, readings: Sequence[Reading] | None, formulas: Iterable[str]
) -> list[CheckedActivities]:
    """Look at every tab of activities that could be read.

    Args:
        found: what was read.
        readings: all sources; None where one could not be read, so that nobody can tell whose an
            activity is.
        formulas: a kind of which one asks is meant so, whatever it is called.
    """
    asked = "\n".join(formulas).casefold()
    owned: set[int] = set()
    for reading in readings or ():
        pairs = whose(found.all, reading.leads, reading.identities.ids)
        owned |= {id(activity) for activity, _ in pairs}
    return [
        CheckedActivities(
            name=tab.name,
            activities=len(tab.activities),
            problems=[
                *tab.problems,
                *_of_no_kind(tab, asked),
                *([] if readings is None else _of_nobody(tab, owned)),
            ],
        )
        for tab in found.tabs
    ]


def _of_no_kind(tab: ActivityTab, asked: str) -> list[Problem]:
    """One problem for each word that is no kind, however many rows have it."""
    by_word: defaultdict[str, list[Activity]] = defaultdict(list)
    for activity in tab.activities:
        word = activity.kind.casefold()
        if not is_known_kind(word) and f'"{word}"' not in asked:
            by_word[word].append(activity)
    hint = "correct it, or ask for it by this name in a rule"
    return [
        _problem(tab, rows, "kind", f"“{rows[0].kind}” is no known kind of activity", hint)
        if word
        else _problem(tab, rows, "kind", "nothing says what it was", "write visit, call, demo …")
        for word, rows in by_word.items()
    ]


def _of_nobody(tab: ActivityTab, owned: set[int]) -> list[Problem]:
    rows = [activity for activity in tab.activities if id(activity) not in owned]
    hint = "correct the id, e-mail address or phone; all of them: sheetcrm activities --all"
    column = next((name for name in PERSON if name in tab.letters), "")
    return [_problem(tab, rows, column, "belongs to none of the leads", hint)] if rows else []


def _problem(
    tab: ActivityTab, rows: Sequence[Activity], column: str, what: str, hint: str
) -> Problem:
    letter = tab.letters.get(column, "row ")
    places = [f"{letter}{activity.row}" for activity in rows[:FIRST]]
    listed = ", ".join(places) + " …" * (len(rows) > FIRST)
    return Problem(
        message=what if len(rows) == 1 else f"{what}: {len(rows)} activities, {listed}",
        source=tab.name,
        tab=tab.title,
        cell=places[0] if column in tab.letters else "",
        row=rows[0].row,
        hint=hint,
    )
