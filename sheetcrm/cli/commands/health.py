"""`sheetcrm health`: what the lead sheets suffer from, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sheetcrm.bootstrap import find_root, open_workspace, write_health
from sheetcrm.cli import output

if TYPE_CHECKING:
    from sheetcrm.core.health.report import SheetHealth
    from sheetcrm.core.health.words import Group, Words
    from sheetcrm.engine.health import HealthReport


@click.command(short_help="Find what is wrong with your sheets, and how to mend it.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="With what is merely good to know.")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    is_flag=False,
    flag_value="",
    help="Make a page of it: FILE, or var/health/index.html in the workspace.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def health(
    workspace: str,
    *,
    sources: tuple[str, ...],
    everything: bool,
    page: str | None,
    as_json: bool,
) -> int:
    """Look for headers, merged cells, text dates, unreadable contacts, duplicates and the like.

    Nothing is changed. Exit code: 0 whatever was found · 1 a source cannot be read.
    """
    root = find_root(workspace)
    with open_workspace(root, first=sources[0] if sources else "", lasting=False) as opened:
        from sheetcrm.engine.health import health as examine

        report = examine(opened, only=sources)
    from sheetcrm.core.health.words import words

    said = words(report.language)
    made = ""
    if page is not None:
        from sheetcrm.core.health.page import health_page

        made = str(write_health(root, page, health_page(report.sources, report.at, said)))
    if as_json:
        output.json_out({"page": made, **as_plain(report, said)})
        return report.exit_code
    for source in report.sources:
        show(source, said, everything=everything)
    if made:
        output.next_step(f"the same as a page: {made}")
    else:
        output.next_step("the same as a page to pass on: sheetcrm health --html")
    return report.exit_code


def show(source: SheetHealth, said: Words, *, everything: bool) -> None:
    """One source on the terminal."""
    from sheetcrm.core.table.values import Severity

    page = said.page
    if source.error:
        output.complain(f"{source.source} · {source.error.message}")
        output.advise(source.error.hint)
        return
    output.say(
        f"{source.source} · {source.locator} · {source.leads} {page.leads} · "
        f"{source.columns} {page.columns}",
        style="bold",
    )
    for text, count in said.reached(source.reach, source.leads):
        output.say(f"  {count} {text}")
    if not source.findings:
        output.say(f"  {page.nothing}")
    for severity, name in said.severities.items():
        groups = said.groups(source.findings, severity)
        if severity is Severity.NOTE and groups and not everything:
            output.say(f"  {name}: {len(groups)} (sheetcrm health --all)")
        elif groups:
            rows = [
                (group.told.what, places(group, said), group.told.why, group.told.fix)
                for group in groups
            ]
            output.table(name, [page.what, page.where, page.why, page.fix], rows)


def places(group: Group, said: Words) -> str:
    """Where it is, a line for each column, with what stands there and what was meant."""
    lines = []
    for finding in group.findings:
        lines.append(said.where(finding))
        lines += [
            f"  {example.shown} → {example.meant}" if example.meant else f"  {example.shown}"
            for example in finding.examples
        ]
    return "\n".join(line for line in lines if line)


def as_plain(report: HealthReport, said: Words) -> dict[str, Any]:
    """The report as JSON: every finding with all its places, and in words."""
    return {
        "at": report.at.isoformat(),
        "language": said.code,
        "exit_code": report.exit_code,
        "sources": [
            {
                "source": source.source,
                "locator": source.locator,
                "error": source.error.message if source.error else None,
                "leads": source.leads,
                "columns": source.columns,
                "reach": output.plain(source.reach),
                "findings": [
                    {
                        "kind": finding.kind,
                        "severity": finding.severity,
                        "column": finding.column,
                        "field": finding.field,
                        "count": finding.count,
                        "places": [place.address for place in finding.places],
                        "examples": output.plain(finding.examples),
                        **output.plain(said.tell(finding)),
                    }
                    for finding in source.findings
                ],
            }
            for source in report.sources
        ],
    }
