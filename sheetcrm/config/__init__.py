"""TOML files to frozen, checked models; every problem at once, each with its place.

What it gives is loaded when it is asked for: a run that has nothing to do needs very little of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetcrm.config.loading import describe_place, load
    from sheetcrm.config.model import Config, SourceConfig, TableConfig
    from sheetcrm.config.schema import schema

__all__ = ["Config", "SourceConfig", "TableConfig", "describe_place", "load", "schema"]

_PLACES = {
    "Config": "model",
    "SourceConfig": "model",
    "TableConfig": "model",
    "describe_place": "loading",
    "load": "loading",
    "schema": "schema",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found  # the module of that name is not what is meant
    return found
