"""`sheetcrm templates`: who gets which file, who gets none, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import more, some
from sheetcrm.errors import UsageError

if TYPE_CHECKING:
    from sheetcrm.core.followup import Coverage, CoverageRow, Served, Spot
    from sheetcrm.engine.coverage import ChoiceExplained, CoverageReport

NAMES = 2  #: places or interests of a row that are named


@click.command(short_help="Show which template each group of leads gets, and who gets none.")
@click.argument("step", required=False, default="")
@click.option("--explain", "lead", metavar="LEAD", default="", help="Why LEAD gets which file.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="Every group of leads in a row of its own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def templates(
    workspace: str,
    *,
    step: str,
    lead: str,
    sources: tuple[str, ...],
    everything: bool,
    as_json: bool,
) -> int:
    """Show location × interest × language × step → file, with the number of leads.

    Groups that get the same files stand in one row. FALLBACK: not in the lead's language, or no
    For-… line matches. HOLE: no file at all, so that these leads would be held.

    With --explain LEAD, every file of each step (or of STEP) in the order in which it fits.
    """
    from sheetcrm.engine.coverage import coverage, explain_choice

    if step and not lead:
        raise UsageError("STEP goes with --explain LEAD", hint=f"--explain LEAD {step}")
    with open_workspace(find_root(workspace), first=sources[0] if sources else "") as opened:
        if lead:
            found = explain_choice(opened, lead, step, only=sources)
        else:
            report = coverage(opened, only=sources)
    if lead:
        return show_choices(found, as_json=as_json)
    if as_json:
        output.json_out(as_plain(report))
    else:
        show(report, everything=everything)
    return report.exit_code


def show_choices(found: Sequence[ChoiceExplained], *, as_json: bool) -> int:
    """Why leads get which files."""
    if as_json:
        output.json_out(
            [
                {
                    **output.plain({"source": one.source, "lead": one.lead, "name": one.name}),
                    **one.spot._asdict(),
                    "candidates": [
                        {"template": c.template.path, "fits": c.fits, "why": c.why}
                        for c in one.candidates
                    ],
                }
                for one in found
            ]
        )
        return 0
    for one in found:
        rows = [
            (number if c.fits else "", c.template.path, c.why)
            for number, c in enumerate(one.candidates, 1)
        ]
        title = f"{one.name} · {'/'.join(one.spot)}"
        output.table(title, ["", "file", "why"], rows)
        if not any(c.fits for c in one.candidates):
            output.say("  none of them fits: this lead would be held", style="yellow")
    return 0


def show(report: CoverageReport, *, everything: bool) -> None:
    """The matrix, a table for each sequence."""
    found = report.coverage
    for error in report.errors:
        output.complain(error.message)
    for sequence, spots in groupby(found.spots, key=lambda spot: spot.sequence):
        show_sequence(found, sequence, list(spots), everything=everything)
    for hole in found.holes:
        others = hole.leads - len(hole.first)
        text = f"HOLE {'/'.join(hole.spot)}: {hole.leads} leads: {', '.join(hole.first)}"
        output.say(text + (f" and {others} more" if others > 0 else ""), style="yellow")
    show_unused(found, everything=everything)
    output.next_step("why a lead gets a file: sheetcrm templates --explain LEAD")


def show_unused(found: Coverage, *, everything: bool) -> None:
    """The files that no lead gets, those of folders that are no sequence in one line."""
    sequences = {spot.sequence for spot in found.spots}
    folders = Counter(one.template.partition("/")[0] for one in found.unused)
    known = [one for one in found.unused if one.template.partition("/")[0] in sequences]
    if known:
        rows = [(one.template, one.why) for one in some(known, everything)]
        output.table("files that no lead gets", ["file", "why"], rows)
        more(known, everything)
    others = [f"{name}/ ({n})" for name, n in folders.items() if name not in sequences]
    if others:
        output.say(f"  files of no sequence: {', '.join(others)}")


def show_sequence(
    found: Coverage, sequence: str, spots: Sequence[Spot], *, everything: bool
) -> None:
    """One sequence: a row for all groups that get the same files."""
    rows = [
        (
            "any" if row.anything else _listed(row.locations),
            "any" if row.anything else _listed(row.interests),
            row.language or "?",
            row.leads,
            sum(found.now[group, sequence] for group in row.groups),
            *(_cell(spot, _total(found, row, spot)) for spot in spots),
        )
        for row in (found.singly() if everything else found.condensed(spots))
    ]
    headers = ["location", "interest", "lang", "leads", "now", *(spot.step for spot in spots)]
    output.table(sequence, headers, rows)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name or "(none)" for name in names[:NAMES])
    return f"{shown} +{len(names) - NAMES}" if len(names) > NAMES else shown


def _total(found: Coverage, row: CoverageRow, spot: Spot) -> Mapping[Served, int]:
    total: dict[Served, int] = {}
    for group in row.groups:
        for served, count in found.cells[group, spot].items():
            total[served] = total.get(served, 0) + count
    return total


def _cell(spot: Spot, counts: Mapping[Served, int]) -> str:
    """``jakarta-solar.id``, ``en FALLBACK``, ``HOLE``; with counts where there are several."""
    words = []
    for served, count in counts.items():
        stem = served.template.removesuffix(".md").removeprefix("/".join(spot)).lstrip("-.")
        word = "HOLE" if not served.template else f"{stem or 'plain'}"
        word += " FALLBACK" if served.fallback else ""
        words.append(f"{word} {count}" if len(counts) > 1 else word)
    return " · ".join(words)


def as_plain(report: CoverageReport) -> dict[str, Any]:
    """The whole matrix as JSON, a group of leads and a step in each entry."""
    found = report.coverage
    return {
        "matrix": [
            {
                **group._asdict(),
                **spot._asdict(),
                "leads": found.groups[group],
                "now": found.now[group, spot.sequence],
                "files": [
                    {"template": s.template or None, "fallback": s.fallback, "leads": count}
                    for s, count in found.cells[group, spot].items()
                ],
            }
            for group in found.groups
            for spot in found.spots
        ],
        "holes": [
            {**hole.spot._asdict(), "leads": hole.leads, "first": list(hole.first)}
            for hole in found.holes
        ],
        "unused": output.plain(found.unused),
        "errors": [error.message for error in report.errors],
    }
