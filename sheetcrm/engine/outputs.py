"""What stands in the columns that sheetcrm owns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sheetcrm.core.followup import FollowUpPlan
from sheetcrm.core.qualify import Qualified
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.spoken import said
from sheetcrm.core.table.values import CellValue, Problem, Severity
from sheetcrm.engine.waiting import on_the_clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """Everything that was computed for the leads of one tab."""

    leads: Leads
    ids: Sequence[str]
    qualified: Qualified
    followups: FollowUpPlan


def output_values(
    outputs: Mapping[str, str], computed: Computed, problems: Sequence[Problem], *, language: str
) -> dict[str, Sequence[CellValue]]:
    """Header → one value for each lead, in the order in which the config names the outputs."""
    qualified, followups = computed.qualified, computed.followups
    simple: dict[str, Callable[[], Sequence[CellValue]]] = {
        "id": lambda: computed.ids,
        "score": lambda: [tidy(value) for value in qualified.total],
        "grade": lambda: blank_to_none(qualified.grades),
        "stage": lambda: qualified.computed,
        "stage_since": lambda: [since.date() for since in qualified.since],
        "days_in_stage": lambda: qualified.waits.days,
        "stalled": lambda: [at.date() if at else None for at in qualified.waits.stalled],
        "answer_by": lambda: [on_the_clock(at) for at in qualified.waits.answer_by],
        "why": lambda: blank_to_none(qualified.why),
        "next_question": lambda: blank_to_none(qualified.next_question),
        "disagreement": lambda: blank_to_none(qualified.disagreement),
        "segment": lambda: blank_to_none(followups.segment),
        "next_follow_up": lambda: followups.next_follow_up,
        "email_status": lambda: blank_to_none(followups.email_status),
        "whatsapp": lambda: followups.whatsapp,
        "problems": lambda: blank_to_none(problem_texts(computed.leads, problems, language)),
    }
    found: dict[str, Sequence[CellValue]] = {}
    for what, header in outputs.items():
        kind, _, name = what.partition(".")
        if name and kind == "score":
            found[header] = [tidy(value) for value in qualified.scores[name]]
        elif name:
            result = qualified.frameworks[name]
            found[header] = [result.summary(i) for i in range(computed.leads.height)]
        else:
            found[header] = simple[what]()
    return found


def tidy(value: float) -> int | float:
    """A score as people write it: 62 and not 62.0."""
    return int(value) if float(value).is_integer() else value


def blank_to_none(texts: Sequence[str | None]) -> list[CellValue]:
    """Empty text is an empty cell."""
    return [text or None for text in texts]


def rule_problems(leads: Leads, ids: Sequence[str], qualified: Qualified) -> list[Problem]:
    """The problems that rules found, each with its row and lead."""
    return [
        replace(
            problem,
            source=leads.tab.source,
            tab=leads.tab.title,
            row=leads.tab.rows[index],
            lead=ids[index],
        )
        for index, problem in qualified.problems
    ]


def in_rows(problems: Sequence[Problem], leads: Leads, ids: Sequence[str]) -> list[Problem]:
    """Problems that name only their lead, with its row."""
    rows = dict(zip(ids, leads.tab.rows, strict=True)) if problems else {}
    return [
        replace(problem, tab=leads.tab.title, row=rows.get(problem.lead, 0)) for problem in problems
    ]


def problem_texts(leads: Leads, problems: Sequence[Problem], language: str) -> list[str]:
    """What is wrong with each lead, in one line."""
    by_row: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        if problem.row and (problem.cell or problem.severity is not Severity.NOTE):
            where = f" ({problem.cell})" if problem.cell else ""
            by_row[problem.row].append(f"{said(problem.message, language)}{where}")
    return [" · ".join(dict.fromkeys(by_row.get(row, ()))) for row in leads.tab.rows]
