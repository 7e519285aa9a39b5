"""The configuration as JSON Schema, from the declarations that also check it."""

from __future__ import annotations

from typing import Any

from sheetcrm.config.loading import WHOLE


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the merged `config/*.toml`, with descriptions, for editors.

    It fits every single file as well: no key of the top level is required, as the files are
    merged before they are checked.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "sheetcrm workspace",
        "description": "config/*.toml of a sheetcrm workspace; the files are merged.",
        **WHOLE.schema(),
    }
