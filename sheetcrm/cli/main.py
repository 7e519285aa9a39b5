"""The command group, its global options, and the way in."""

from __future__ import annotations

import gc

import click

from sheetcrm import __version__
from sheetcrm.cli import exits
from sheetcrm.cli.commands.activities import activities
from sheetcrm.cli.commands.approve import approve
from sheetcrm.cli.commands.backtest import backtest
from sheetcrm.cli.commands.backup import backup
from sheetcrm.cli.commands.check import check
from sheetcrm.cli.commands.doctor import doctor
from sheetcrm.cli.commands.drafts import drafts
from sheetcrm.cli.commands.due import due
from sheetcrm.cli.commands.duplicates import duplicates
from sheetcrm.cli.commands.explain import explain
from sheetcrm.cli.commands.export import export
from sheetcrm.cli.commands.forget import forget
from sheetcrm.cli.commands.health import health
from sheetcrm.cli.commands.history import history
from sheetcrm.cli.commands.hold import hold, unhold
from sheetcrm.cli.commands.inbox import inbox
from sheetcrm.cli.commands.init import init
from sheetcrm.cli.commands.intake import intake
from sheetcrm.cli.commands.jobs import jobs
from sheetcrm.cli.commands.ledger import ledger
from sheetcrm.cli.commands.login import login
from sheetcrm.cli.commands.outbox import outbox
from sheetcrm.cli.commands.overrides import overrides
from sheetcrm.cli.commands.pause import pause, resume
from sheetcrm.cli.commands.plan import plan
from sheetcrm.cli.commands.preview import preview
from sheetcrm.cli.commands.release import release
from sheetcrm.cli.commands.restore import restore
from sheetcrm.cli.commands.run import run
from sheetcrm.cli.commands.runs import runs
from sheetcrm.cli.commands.schedule import schedule
from sheetcrm.cli.commands.schema import schema
from sheetcrm.cli.commands.send import send
from sheetcrm.cli.commands.status import status
from sheetcrm.cli.commands.suppress import suppress
from sheetcrm.cli.commands.sync import sync
from sheetcrm.cli.commands.templates import templates
from sheetcrm.cli.commands.try_ import try_
from sheetcrm.cli.commands.undo import undo
from sheetcrm.cli.commands.unsubscribe_server import unsubscribe_server
from sheetcrm.cli.commands.upgrade_config import upgrade_config
from sheetcrm.cli.commands.whatif import whatif
from sheetcrm.cli.commands.worker import worker


class InOrder(click.Group):
    """Lists the commands in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were added."""
        del ctx
        return list(self.commands)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sheetcrm")
@click.option(
    "--workspace",
    metavar="FOLDER",
    default="",
    help="The workspace's folder (else: this folder or the nearest one above that has one).",
)
@click.pass_context
def cli(ctx: click.Context, workspace: str) -> None:
    """Scores, stages and follow-ups inside the spreadsheet that you already have.

    Start with:  sheetcrm init --sample demo  ·  then in it: check, plan, sync, drafts.
    """
    if ctx.obj is not None:
        ctx.obj.append(workspace)
    ctx.obj = workspace


for command in (
    init,
    login,
    check,
    health,
    try_,
    whatif,
    backtest,
    plan,
    sync,
    run,
    explain,
    history,
    activities,
    templates,
    due,
    hold,
    unhold,
    drafts,
    preview,
    approve,
    send,
    outbox,
    pause,
    resume,
    intake,
    inbox,
    suppress,
    unsubscribe_server,
    overrides,
    release,
    duplicates,
    undo,
    restore,
    export,
    forget,
    backup,
    ledger,
    status,
    runs,
    doctor,
    schedule,
    worker,
    jobs,
    schema,
    upgrade_config,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> int:
    """Run a command line, the process's own if none is given, and return its exit code."""
    gc.set_threshold(1_000_000, 20, 20)  # a run makes millions of values and keeps nearly all
    workspace: list[str] = []
    code = exits.run(
        lambda: cli.main(
            arguments, standalone_mode=False, auto_envvar_prefix="SHEETCRM", obj=workspace
        ),
        workspace,
    )
    if arguments is None:
        gc.freeze()  # the process ends: looking for garbage once more would take 0.2 s
        exits.leave(code)
    return code
