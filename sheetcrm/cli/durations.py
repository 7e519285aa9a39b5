"""How long something may take, as an option."""

from __future__ import annotations

from datetime import timedelta

import click


class Duration(click.ParamType[timedelta]):
    """``90s``, ``10m`` or ``1h30m``."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The text as a span of time."""
        from sheetcrm.core.table.durations import read_duration

        if isinstance(value, timedelta):
            return value
        found = read_duration(str(value))
        if found is None:
            self.fail(f"{value!r} is no time such as 90s, 10m or 1h30m", param, ctx)
        return found
