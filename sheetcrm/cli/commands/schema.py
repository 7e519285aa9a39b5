"""`sheetcrm schema`: what the config may hold, for editors."""

from __future__ import annotations

import click

from sheetcrm.cli import output


@click.command(short_help="Print the JSON Schema of the config.")
@click.option("--json", "_as_json", is_flag=True, help="It is JSON anyway.")
def schema(*, _as_json: bool) -> int:
    """Print the JSON Schema of config/*.toml, with which editors complete and check."""
    from sheetcrm.config import schema as config_schema

    output.json_out(config_schema())
    return 0
