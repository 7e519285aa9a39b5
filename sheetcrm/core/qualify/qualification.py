"""The whole of the room: rules and cells in; scores, stages and their reasons out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial

from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import StageMove, Standing
from sheetcrm.core.qualify.evaluation import Evaluation
from sheetcrm.core.qualify.frameworks import Answers, Questions
from sheetcrm.core.qualify.ladder import Ladder, Verdict
from sheetcrm.core.qualify.problems import lead_problems
from sheetcrm.core.qualify.reasons import Reasons
from sheetcrm.core.qualify.results import LeadContext, Qualified
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.core.qualify.waiting import waits
from sheetcrm.core.qualify.words import words


def qualify(
    rules: Qualification,
    frame: Frame,
    leads: Sequence[LeadContext],
    *,
    tables: Mapping[str, Frame],
    now: datetime,
    language: str,
) -> Qualified:
    """Score every lead, answer the frameworks, and decide in which stage it is.

    Args:
        rules: what the team decided, checked by `check_qualification`.
        frame: fields and headers of the tab; a field that the tab lacks is a blank column.
        leads: what is known of each lead beside its cells, in the order of the frame.
        tables: the reference tables.
        now: the run's clock, zoned as the workspace is.
        language: the workspace's language: of the reasons, and of the questions for a lead
            that has no language of its own.

    Raises:
        FormulaError: the rules go in a circle or name what is not there.
    """
    ladder = Ladder(rules)
    work = Evaluation(rules, frame, tables=tables, now=now)
    verdicts = _settled(work, ladder, leads)
    stages = [verdict.after for verdict in verdicts]
    reasons = Reasons(work, ladder, words(language), tables)
    questions = Questions(rules.frameworks, work.frameworks, language)
    since = _since(leads, verdicts, now)
    return Qualified(
        frame=work.frame,
        scores={score.name: work.scores[score.name].values for score in rules.scores},
        total=work.total,
        frameworks={f.name: work.frameworks[f.name] for f in rules.frameworks},
        stages=stages,
        computed=[v.ruled if v.by_person else v.after for v in verdicts],
        moves=_moves(leads, verdicts, reasons.of_move),
        since=since,
        waits=waits(work, ladder, stages, since, now),
        why=[reasons.why(index, verdict) for index, verdict in enumerate(verdicts)],
        next_question=_questions(leads, verdicts, ladder, questions),
        problems=lead_problems(work, ladder, verdicts, reasons.off_ladder),
        groups=[work.scores[score.name] for score in rules.scores],
        grades=work.grades,
        language=language,
    )


def _settled(work: Evaluation, ladder: Ladder, leads: Sequence[LeadContext]) -> list[Verdict]:
    """Compute all columns; on the way, as they are needed, every lead's stage."""
    verdicts = [Verdict(before="", after="", ruled="") for _ in leads]  # where no stage is decided
    verdict = cache(partial(ladder.verdict, faulty=()))  # most leads share theirs
    blank = Standing(stage="", since=datetime.min)  # noqa: DTZ901  nobody asks since when

    def settle(holds: Mapping[str, Answers]) -> list[str]:
        ruled = ladder.ruled(holds, len(leads))
        for index, (lead, stage) in enumerate(zip(leads, ruled, strict=True)):
            standing, _, past = lead.standing or blank
            override = (lead.override or "").strip()
            decide = (
                partial(ladder.verdict, faulty=work.faults[index])
                if index in work.faults
                else verdict
            )
            verdicts[index] = decide(standing=standing, override=override, ruled=stage, past=past)
        return [verdict.after for verdict in verdicts]

    work.run(settle)
    return verdicts


def _since(
    leads: Sequence[LeadContext], verdicts: Sequence[Verdict], now: datetime
) -> list[datetime]:
    """When each lead came into its stage, in the workspace's zone."""
    local = cache(lambda since: since.astimezone(now.tzinfo))  # a run's moves share their time
    return [
        now if verdict.moved or lead.standing is None else local(lead.standing.since)
        for lead, verdict in zip(leads, verdicts, strict=True)
    ]


def _moves(
    leads: Sequence[LeadContext],
    verdicts: Sequence[Verdict],
    why: Callable[[int, Verdict], str],
) -> list[StageMove]:
    """Every move that is made, and every one that is refused."""
    return [
        StageMove(
            lead=lead.lead,
            before=verdict.before,
            after=verdict.goal if verdict.refused else verdict.after,
            why=why(index, verdict),
            by="person" if verdict.by_person else "rule",
            refused=verdict.refused,
            asked=verdict.refused and verdict.asked,
        )
        for index, (lead, verdict) in enumerate(zip(leads, verdicts, strict=True))
        if verdict.moved or verdict.refused
    ]


def _questions(
    leads: Sequence[LeadContext],
    verdicts: Sequence[Verdict],
    ladder: Ladder,
    questions: Questions,
) -> list[str]:
    """What to ask next; nothing of a lead beside the ladder."""
    return [
        "" if ladder.is_beside(verdict.after) else questions.next(index, lead.language)
        for index, (lead, verdict) in enumerate(zip(leads, verdicts, strict=True))
    ]
