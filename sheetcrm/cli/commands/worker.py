"""`sheetcrm worker`: sync many workspaces on schedule, together with other workers."""

from __future__ import annotations

import sys

import click

from sheetcrm.bootstrap import find_root
from sheetcrm.cli import output
from sheetcrm.cli.cluster import DATABASE, extra_installed
from sheetcrm.errors import UsageError


@click.command(short_help="Sync many workspaces on schedule, on many machines.")
@click.option(
    "--workspaces",
    "place",
    metavar="FOLDER",
    default="",
    help="The folder of the workspaces, or a pattern such as '/srv/*/clients/*' "
    "(else: the workspace that you are in).",
)
@DATABASE
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=1,
    help="How many workers to start here: one for each core.",
)
@click.option(
    "--queues", metavar="KINDS", default="", help="What this worker does, such as sync; else all."
)
@click.option(
    "--takeover",
    metavar="SECONDS",
    type=click.FloatRange(min=2),
    default=30.0,
    show_default=True,
    help="After how long a worker that fell silent counts as dead.",
)
@click.option("--json", "as_json", is_flag=True, help="Say what is done in lines of JSON.")
@click.pass_obj
def worker(
    workspace: str,
    *,
    place: str,
    database: str,
    concurrency: int,
    queues: str,
    takeover: float,
    as_json: bool,
) -> int:
    """Sync each source when its schedule says so; any number of workers share the work.

    Start it on as many machines as you like: all of them see the same folders and the same
    database. SIGTERM or Ctrl-C lets it finish what it is at. What the others do: sheetcrm jobs.
    """
    with extra_installed():
        from sheetcrm.cluster.database import shared
        from sheetcrm.cluster.fleet import fleet
        from sheetcrm.cluster.processes import serve_all
        from sheetcrm.cluster.work import EVERYTHING
        from sheetcrm.cluster.worker import Worker, serve
    told = Worker(
        shared=shared(database),
        fleet=fleet(place or str(find_root(workspace))),
        work=EVERYTHING,
        queues=_kinds(queues, list(EVERYTHING)),
        takeover_seconds=takeover,
    )
    say = output.log_json if as_json else output.log
    if concurrency > 1:
        return serve_all(concurrency, [*sys.argv[1:], "--concurrency", "1"], say)
    serve(told, say)
    return 0


def _kinds(text: str, known: list[str]) -> tuple[str, ...]:
    kinds = tuple(kind.strip() for kind in text.split(",") if kind.strip())
    for kind in kinds:
        if kind not in known:
            raise UsageError(f"workers do no {kind!r}", hint=f"what they do: {', '.join(known)}")
    return kinds
