"""A home of its own, and programs of the systems that keep what they are told in files."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace

import pytest

from tests.core.schedule.jobs import job

PROGRAMS = {
    "crontab": """\
table = here / "table"
if "-V" in words:
    print("cronie 1.7.2") if (here / "cronie").exists() else sys.exit("invalid option -- 'V'")
elif "-l" in words:
    if not table.exists():
        sys.exit("no crontab for ana")
    sys.stdout.buffer.write(table.read_bytes())
elif "-r" in words:
    table.unlink()
else:
    table.write_bytes(sys.stdin.buffer.read())
""",
    "systemctl": """\
if (here / "nobus").exists():
    sys.exit("Failed to connect to bus: No medium found")
if words[1] in ("enable", "disable"):
    on = here / "enabled"
    on.write_text(words[-1]) if words[1] == "enable" else on.unlink(missing_ok=True)
""",
    "loginctl": 'print("yes" if (here / "lingers").exists() else "no")\n',
    "launchctl": """\
loaded = here / "loaded"
if words[0] == "bootstrap":
    if loaded.exists() or (here / "nodesktop").exists():
        sys.exit("Bootstrap failed: 5: Input/output error")
    loaded.write_text(words[-1])
elif not loaded.exists():
    sys.exit("Boot-out failed: 3: No such process")
elif words[0] == "bootout":
    loaded.unlink()
""",
    "schtasks": r"""\
task = here / (words[words.index("/TN") + 1].replace("\\", "-") + ".xml")
if words[0] == "/Create":
    task.write_text(Path(words[words.index("/XML") + 1]).read_text("utf-16"))
elif not task.exists():
    sys.exit("ERROR: The system cannot find the file specified.")
elif words[0] == "/Query":
    print(task.read_text(), end="")
else:
    task.unlink()
""",
}
HEAD = """\
#!{python}
import sys
from pathlib import Path
here, words = Path({here!r}), sys.argv[1:]
with (here / "calls").open("a") as calls:
    print({name!r}, *words, file=calls)
"""


@pytest.fixture
def system(tmp_path, monkeypatch):
    """The folder in which the programs keep their state."""
    state, programs, home = (tmp_path / name for name in ("state", "bin", "home"))
    for folder in (state, programs, home):
        folder.mkdir()
    for name, body in PROGRAMS.items():
        path = programs / name
        head = HEAD.format(python=f"{sys.executable} -IS", here=str(state), name=name)
        path.write_text(head + body, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return state


@pytest.fixture
def work(tmp_path):
    """A job for a workspace that is there."""
    folder = tmp_path / "my leads"
    folder.mkdir()
    return job("*/15 8-18 * * 1-5", workspace=str(folder))


@pytest.fixture
def changed(work):
    """The same workspace at other times."""
    return replace(work, times=job("0 9 * * *").times)
