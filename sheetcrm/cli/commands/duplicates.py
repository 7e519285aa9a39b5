"""`sheetcrm duplicates`: persons who stand in several rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.show import more, some

if TYPE_CHECKING:
    from sheetcrm.engine.duplicates import Duplicate


@click.command(short_help="List people who stand in several rows or sources.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--all", "everything", is_flag=True, help="Everybody, not the first ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def duplicates(workspace: str, *, sources: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """List who stands in several rows: the same e-mail address or phone number after cleaning.

    Nothing is changed or deleted. Each row keeps its own score and stage, and follow-ups are
    written once for each address. Exit code: 0 fine · 1 a source cannot be read.
    """
    with open_workspace(find_root(workspace), lasting=False) as opened:
        from sheetcrm.engine.duplicates import duplicates as find_duplicates

        report = find_duplicates(opened, only=sources)
    if as_json:
        output.json_out({"leads": report.leads, "persons": report.persons})
    else:
        persons = report.persons
        rows = [line for person in some(persons, everything) for line in lines(person)]
        who = "person" if len(persons) == 1 else "people"
        title = f"{len(persons)} {who} in several rows, of {report.leads} leads"
        output.table(title, ["who", "where", "lead", "stage", "the same"], rows)
        more(persons, everything)
    for error in report.errors:
        output.complain(error.message)
        output.advise(error.hint)
    if not as_json and report.persons:
        output.next_step("one of them: sheetcrm explain LEAD; merge them by hand in the sheet")
    return report.exit_code


def lines(person: Duplicate) -> list[tuple[str, str, str, str, str]]:
    """A line for each row of a person, with what it shares."""
    found = []
    for row in person.rows:
        same = [
            f"{one.field} {one.value} ({cell.cell})"
            for one in person.shared
            for cell in one.cells
            if (cell.source, cell.row) == (row.source, row.row)
        ]
        where = f"{row.source} row {row.row}"
        found.append((row.name or person.name, where, row.lead, row.stage, "\n".join(same)))
    return found
