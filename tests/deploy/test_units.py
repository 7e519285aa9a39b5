"""The units for a whole system: systemd finds no fault, and little that could be harmed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here"),
]
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


def analyze(*words):
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", sorted(path.name for path in UNITS.iterdir()))
def test_systemd_finds_no_fault(tmp_path, name):
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/sheetcrm/bin/sheetcrm", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    instance = name.replace("@.", "@leads.")
    result = analyze("--man=no", "verify", tmp_path / instance)
    ours = [line for line in result.stderr.splitlines() if "sheetcrm" in line]
    assert ours == [], result.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_little_can_be_harmed(name):
    result = analyze("security", "--offline=true", "--no-pager", UNITS / name)
    level = re.search(r"exposure level for \S+: ([\d.]+)", result.stdout)
    assert level, result.stdout + result.stderr
    assert float(level[1]) <= 2.0
