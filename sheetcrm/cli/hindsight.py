"""A backtest on a terminal: how good the score is, where leads were won, which rules help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheetcrm.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sheetcrm.core.backtest import Answered, Backtest, Band, Ranking, Share
    from sheetcrm.engine.backtest import Hindsight

WIDE = 20  #: characters of a full bar


def show_hindsight(found: Hindsight) -> None:
    """Everything, the most telling first."""
    result = found.result
    half = f", the {found.half} half of them" if found.half else ""
    left_out = f" ({found.open} left out)" if found.open else ""
    output.say(f"{found.source} · {found.locator} · {found.leads} leads{half}", style="bold")
    output.say(
        f"  {result.all.won} of {result.all.leads} were won: {percent(result.all.rate)}{left_out}"
    )
    output.say(f"  the score tells won from lost with AUC {area(result.total)}: {told(result)}")
    for name, ranking in result.groups.items():
        if len(result.groups) > 1:
            output.say(f"    {name} alone {area(ranking)}")
    show_bands(result.bands)
    show_rungs(result)
    show_answers(result.answers)
    show_rules(result)
    show_doubts(found)
    output.next_step("try other rules before you save them: sheetcrm whatif --config OTHER")


def show_bands(bands: Sequence[Band]) -> None:
    """The lift chart: scores from the top, how many were won, and how many of all so far."""
    rows = [
        (
            span(band),
            band.share.leads,
            percent(band.share.rate),
            between(band.share),
            f"{band.lift:.1f} ×",
            "█" * round(WIDE * band.share.rate),
            f"{percent(band.leads_so_far)} → {percent(band.won_so_far)}",
        )
        for band in bands
    ]
    headers = ["score", "leads", "won", "95 %", "lift", "", "calling so many finds"]
    output.table("by score", headers, rows)


def show_rungs(result: Backtest) -> None:
    """The stages, the highest last."""
    rows = [
        (
            rung.stage,
            rung.share.leads,
            percent(rung.share.rate),
            between(rung.share),
            percent(rung.or_higher.rate) if rung.or_higher else "off the ladder",
            percent(rung.recall) if rung.or_higher else "",
        )
        for rung in result.rungs
    ]
    if rows:
        headers = ["stage", "leads", "won", "95 %", "won from here up", "share of all won"]
        output.table("by stage, as the rules alone give it", headers, rows)


def show_answers(answers: Sequence[Answered]) -> None:
    """The frameworks, each with its criteria below it."""
    rows = [
        (
            f"  {one.criterion}" if one.criterion else f"{one.framework} met",
            *(f"{percent(s.rate)} of {s.leads}" if s.leads else "—" for s in (one.yes, one.no)),
            f"{percent(one.unknown.rate)} of {one.unknown.leads}" if one.unknown.leads else "—",
        )
        for one in answers
    ]
    if rows:
        output.table("by answer: how many were won", ["", "yes", "no", "unknown"], rows)


def show_rules(result: Backtest) -> None:
    """What each rule adds, by leaving it out."""
    rows = [
        (
            f"{rule.score}: {rule.rule}",
            rule.held.leads,
            percent(rule.held.rate) if rule.held.leads else "—",
            percent(rule.others.rate) if rule.others.leads else "—",
            f"{rule.gain.by:+.3f} ({rule.gain.low:+.3f} … {rule.gain.high:+.3f})",
            rule.worth.value,
        )
        for rule in result.rules
    ]
    headers = ["rule", "leads", "won with", "won without", "adds to AUC (95 %)", ""]
    output.table("each rule, left out once while all others stay", headers, rows)
    if sum(rule.worth.value == "adds nothing" for rule in result.rules) > 1:
        output.say("  of two rules that say the same, each adds nothing beside the other:")
        output.say("  take one out, and look again before you take the next")


def show_doubts(found: Hindsight) -> None:
    """What may make the figures better than they are."""
    for place, columns in found.knowing.items():
        names = ", ".join(columns)
        text = f"  {place} reads {names}, which says how the lead ended: its figures mean nothing"
        output.say(text, style="yellow")
    for rule in found.suspicious:
        text = f"  {rule}: nearly all of its leads were won. Is that known before the sale?"
        output.say(text, style="yellow")
    if not found.half:
        output.say(
            "  if these rules were made by looking at these leads, they look better than they are:"
        )
        output.say("  make them with --half first, and judge them with --half second")


def told(result: Backtest) -> str:
    """The area in words."""
    low, high = result.total.low, result.total.high
    if low <= 0.5 <= high:
        return "no better than a coin, as far as these leads can tell"
    if high < 0.5:
        return "upside down: leads with lower scores were won more often"
    chance = round(100 * result.total.auc)
    return f"of a won and a lost lead, the won one has the higher score {chance} times in 100"


def area(ranking: Ranking) -> str:
    """``0.812 (0.803 to 0.821)``."""
    return f"{ranking.auc:.3f} ({ranking.low:.3f} to {ranking.high:.3f})"


def span(band: Band) -> str:
    """``45 to 60``, or one score."""
    return f"{band.low:g}" if band.low == band.high else f"{band.low:g} to {band.high:g}"


def between(share: Share) -> str:
    """``10–14 %``."""
    low, high = share.interval
    return f"{100 * low:.0f}–{100 * high:.0f} %"


def percent(rate: float) -> str:
    """``38.5 %``, and ``100 %``."""
    return f"{100 * rate:.1f} %" if rate < 1 else "100 %"
