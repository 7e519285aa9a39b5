"""What the commands of the workers share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from sheetcrm.errors import UsageError

DATABASE = click.option(
    "--database",
    metavar="URL",
    envvar="SHEETCRM_DATABASE",
    default="",
    help="The PostgreSQL database that the workers share (or SHEETCRM_DATABASE).",
)


@contextmanager
def extra_installed() -> Iterator[None]:
    """What the block imports is there.

    Raises:
        UsageError: it is not, and what to install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in {"procrastinate", "psycopg", "psycopg_pool"}:
            raise
        raise UsageError(
            "workers need more than is installed", hint="pip install 'sheetcrm[cluster]'"
        ) from error
