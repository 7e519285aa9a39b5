"""TOML files to frozen, checked models; every problem at once, each with its place."""

from __future__ import annotations

from sheetcrm.config.loading import describe_place, load
from sheetcrm.config.model import Config, SourceConfig, TableConfig
from sheetcrm.config.schema import schema

__all__ = ["Config", "SourceConfig", "TableConfig", "describe_place", "load", "schema"]
