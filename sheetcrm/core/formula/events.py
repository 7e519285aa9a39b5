"""What happened to the leads of a frame, and when: counted, and the last of it, for formulas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

import polars as pl

from sheetcrm.core.formula.cells import Cells, numbers
from sheetcrm.core.formula.convert import from_values
from sheetcrm.core.table.names import fold


class Events:
    """Dated events, each of one lead.

    Args:
        height: how many leads there are.
        leads: the index of each event's lead.
        kinds: what each was (``demo``), compared folded.
        days: when each was; a moment counts as its day.
    """

    def __init__(
        self, *, height: int, leads: Sequence[int], kinds: Sequence[str], days: Sequence[date]
    ) -> None:
        self._height = height
        self._table = pl.DataFrame(
            {
                "lead": leads,
                "kind": [fold(kind) for kind in kinds],
                "day": [day.date() if isinstance(day, datetime) else day for day in days],
            },
            schema={"lead": pl.Int64, "kind": pl.String, "day": pl.Date},
        )

    def count(self, kinds: Collection[str], *, today: date, days: int | None = None) -> Cells:
        """How many events of these kinds (of all, without any) each lead has had up to today.

        Args:
            kinds: what counts.
            today: the run's day; what is dated later has not happened yet.
            days: only of the last so many days, today included.
        """
        chosen = self._until(kinds, today)
        if days is not None:
            chosen = chosen.filter(pl.col("day") > today - timedelta(days=days))
        found = chosen.group_by("lead").agg(pl.len().cast(pl.Float64).alias("count"))
        counts = self._spread(found, "count")
        return numbers(counts.fill_null(0.0))

    def last(self, kinds: Collection[str], *, today: date) -> Cells:
        """The day of each lead's last event of these kinds (of all, without any); else blank."""
        found = self._until(kinds, today).group_by("lead").agg(pl.col("day").max())
        return from_values(self._spread(found, "day").to_list())

    def _until(self, kinds: Collection[str], today: date) -> pl.DataFrame:
        chosen = self._table.filter(pl.col("day") <= today)
        if kinds:
            chosen = chosen.filter(pl.col("kind").is_in([fold(kind) for kind in kinds]))
        return chosen

    def _spread(self, found: pl.DataFrame, column: str) -> pl.Series:
        """One value for each lead, null for those that have none."""
        places = pl.DataFrame({"lead": range(self._height)}, schema={"lead": pl.Int64})
        return places.join(found, on="lead", how="left", maintain_order="left")[column]
