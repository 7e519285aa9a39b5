"""`sheetcrm forget`: erase what is known of a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from sheetcrm.bootstrap import find_root, open_traces, open_workspace
from sheetcrm.cli import output
from sheetcrm.cli.cluster import DATABASE, extra_installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sheetcrm.core.memory import PersonFile
    from sheetcrm.engine.forget import ForgetReport
    from sheetcrm.ports import Trace


@click.command(short_help="Erase what is known of a person, for good.")
@click.argument("person")
@click.option("--yes", "-y", is_flag=True, help="Do it; without, it only says what it would do.")
@click.option("--backups", is_flag=True, help="Delete the backups that name the person, too.")
@DATABASE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def forget(
    workspace: str, *, person: str, yes: bool, backups: bool, database: str, as_json: bool
) -> int:
    """Erase PERSON from the ledger and from every file that sheetcrm writes itself.

    PERSON is an e-mail address, a phone number, or the id of a lead. What stays is a digest, by
    which the person is never written to again. Rows of your sheets are yours: they are named, and
    left alone from then on.
    """
    from sheetcrm.engine.forget import forget as forget_person

    root = find_root(workspace)
    with (
        _jobs(database, root) as blacken,
        open_workspace(root, exclusive=yes, say=output.waiting) as opened,
    ):
        report = forget_person(opened, open_traces(root), person, sure=yes, backups_too=backups)
        texts = blacken(report.person, sure=yes)
    if as_json:
        output.json_out(report)
        return 0
    show(report)
    if texts:
        verb = "blackened" if yes else "would be blackened"
        output.say(f"  {verb} in what workers said of their jobs: {texts}")
    if not yes:
        also = " --backups" if backups else ""
        output.next_step(f"nothing was changed; to do it: sheetcrm forget {person!r} --yes{also}")
    return 0


@contextmanager
def _jobs(database: str, root: Path) -> Iterator[Callable[..., int]]:
    """Gives what blackens a person in the workers' database; where there is none, nothing is."""
    if not database:
        yield lambda *_, **__: 0
        return
    with extra_installed():
        from sheetcrm.cluster.database import shared
        from sheetcrm.cluster.forgetting import blacken
        from sheetcrm.cluster.tables import prepare
    place = shared(database)
    with place.connected() as connection:
        prepare(place, connection)
        yield lambda person, *, sure: blacken(connection, root, person, sure=sure)


def show(report: ForgetReport) -> None:
    """What goes, and what stays."""
    output.say(called(report.person), style="bold")
    verb = "erased" if report.done else "would be erased"
    entries = ", ".join(f"{count} in {name}" for name, count in report.entries.items())
    nothing = "was forgotten already" if report.already else "it does not know this person"
    output.say(f"  {verb} from the ledger: {entries or f'nothing; {nothing}'}")
    files("erased" if report.done else "would be erased", report.files)
    if report.backups_too:
        files("deleted" if report.done else "would be deleted", report.backups)
    else:
        files("backups that name the person stay (--backups deletes them)", report.backups)
    if report.done:
        output.say("  they are left alone from now on, whatever sheet they stand in")
    for row in report.rows:
        output.say(f"  stays, as it is yours: {row.locator} row {row.row}", style="yellow")
    for one in report.activities:
        output.say(f"  stays, as it is yours: {one.tab} row {one.row}", style="yellow")
    if report.log_tab:
        text = f"  stays, as it is yours: what the tab “{report.log_tab}” says of them"
        output.say(text, style="yellow")
    for why in report.unread:
        output.complain(f"could not be looked at: {why}")
    if report.person.related:
        others = ", ".join(report.person.related)
        output.say(f"  perhaps the same person, and not touched: {others}", style="yellow")


def called(person: PersonFile) -> str:
    """A person for people: names, addresses, numbers."""
    known = (*person.names, *person.addresses, *person.phones)
    return " · ".join(known) or ", ".join(lead for _, lead in person.leads)


def files(what: str, found: Sequence[Trace]) -> None:
    """A list of files."""
    for trace in found:
        output.say(f"  {what}: {trace.place}")
