"""When workers look at which source."""

from __future__ import annotations

SOURCES = """
[[source]]
name = "a"
excel = "a.xlsx"
schedule = "0  7 * * mon-fri"
[[source]]
name = "b"
excel = "b.xlsx"
schedule = "Never"
[[source]]
name = "c"
excel = "c.xlsx"
"""


def test_a_source_has_a_schedule_or_that_of_the_cluster(loaded):
    config = loaded(SOURCES + '[cluster]\nschedule = "H 6 * * *"')
    assert [source.schedule for source in config.sources[1:]] == ["0 7 * * mon-fri", "never", ""]
    assert config.cluster.schedule == "H 6 * * *"


def test_four_times_an_hour_unless_somebody_says_otherwise(loaded):
    assert loaded(SOURCES).cluster.schedule == "H/15 * * * *"
