"""Our lines in a crontab, and everybody else's."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.core.schedule.crontab import above, block_of, lines, put, without
from sheetcrm.core.schedule.zones import Here
from sheetcrm.errors import UsageError
from tests.core.schedule.jobs import job

OURS = "/home/ana/my leads"
RUN = (
    "PATH=/opt/crm/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONUTF8=1 /opt/crm/bin/python -m sheetcrm "
    "--workspace '/home/ana/my leads' run --deadline 10m "
    ">>'/home/ana/my leads/var/log/scheduled.log' 2>&1"
)
NOTE = (
    "# Written by sheetcrm. To take it out: "
    "sheetcrm --workspace '/home/ana/my leads' schedule --remove"
)


def test_golden():
    assert lines(job("*/15 8-18 * * 1-5"), zones=False) == (
        "# >>> sheetcrm /home/ana/my leads",
        NOTE,
        f"*/15 8-18 * * 1-5 {RUN}",
        "# <<< sheetcrm /home/ana/my leads",
    )


def test_golden_where_cron_knows_zones():
    away = job("0 8 * * 1-5", here=Here(zone="Europe/Madrid", ahead=360))
    assert lines(away, zones=True)[2:-1] == (
        "CRON_TZ=Asia/Jakarta",
        f"0 8 * * 1-5 {RUN}",
        "CRON_TZ=Europe/Madrid",
    )
    assert lines(away, zones=True, around="CRON_TZ = Asia/Tokyo\n")[-2] == "CRON_TZ=Asia/Tokyo"
    assert lines(away, zones=False)[2:-1] == (f"0 2 * * 1-5 {RUN}",)


def test_a_setting_above_us_does_not_change_our_zone():
    near = job("0 8 * * *", here=Here(zone="Asia/Jakarta"))
    assert len(lines(near, zones=True)) == 4
    assert lines(near, zones=True, around="CRON_TZ=Asia/Tokyo")[2] == "CRON_TZ=Asia/Jakarta"
    assert len(lines(job(every="1h"), zones=True, around="CRON_TZ=Asia/Tokyo")) == 4


def test_odd_folders():
    odd = job(workspace="/srv/50% off/it's $HOME")
    line = lines(odd, zones=False)[2]
    command = line.split(" ", 5)[5]
    assert r"50\% off" in command
    assert command.count("%") == command.count(r"\%")
    words = shlex.split(command.replace(r"\%", "%"))
    assert words[words.index("--workspace") + 1] == odd.workspace
    assert words[-2] == ">>/srv/50% off/it's $HOME/var/log/scheduled.log"
    with pytest.raises(UsageError, match="no schedule can name the folder"):
        lines(job(workspace="/srv/two\nlines"), zones=False)
    with pytest.raises(UsageError, match="cron takes 998 characters"):
        lines(job(workspace="/srv/" + "x" * 600), zones=False)


def rows():
    row = st.text(st.characters(exclude_characters="\n"), max_size=20)
    samples = st.sampled_from(
        ["", "# >>> sheetcrm /other", "# <<< sheetcrm /other", "0 5 * * * a%b", "MAILTO=x", "\t#\r"]
    )
    return st.lists(row | samples, max_size=8).map(lambda r: "".join(f"{line}\n" for line in r))


@given(rows(), rows())
def test_every_other_line_survives(before, after):
    first, second = (lines(job(text), zones=False) for text in ("0 8 * * *", "*/5 9,17 * * *"))
    installed = put(before, OURS, first)
    assert installed == before + "\n".join((*first, ""))
    assert without(installed, OURS) == before
    assert put(installed, OURS, first) == installed
    changed = put(installed + after, OURS, second)
    assert changed == before + block_of(changed, OURS) + after
    assert block_of(changed, OURS) == "\n".join((*second, ""))
    assert above(changed, OURS) == above(installed, OURS) == before[:-1]
    assert without(changed, OURS) == before + after


def test_workspaces_do_not_disturb_each_other():
    other = lines(job(workspace="/home/ana/my leads 2"), zones=False)
    both = put(put("", "/home/ana/my leads 2", other), OURS, lines(job(), zones=False))
    assert without(both, OURS) == "\n".join((*other, ""))


def test_a_crontab_without_a_line_break_at_its_end_gets_one():
    installed = put("0 5 * * * backup", OURS, lines(job(), zones=False))
    assert without(installed, OURS) == "0 5 * * * backup\n"


def test_a_block_that_somebody_doubled_is_one_again():
    block = lines(job(), zones=False)
    twice = "\n".join(("a", *block, "b", *block, "c", ""))
    assert put(twice, OURS, block) == "\n".join(("a", *block, "b", "c", ""))
    assert without(twice, OURS) == "a\nb\nc\n"


def test_a_block_without_an_end_is_left_to_a_person():
    broken = "\n".join(lines(job(), zones=False)[:-1])
    for change in (lambda: without(broken, OURS), lambda: put(broken, OURS, ("x",))):
        with pytest.raises(UsageError, match="crontab") as caught:
            change()
        assert "crontab -e" in caught.value.hint
