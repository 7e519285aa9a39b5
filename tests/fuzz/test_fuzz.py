"""Broken workbooks, each read and written in a process of its own: a clear error or a right write.

A few in `make test`, 500 in `.ci/run`, 20,000 by `make fuzz`; SHEETCRM_FUZZ says how many and
SHEETCRM_FUZZ_FROM with which number they begin. ``python -m tests.fuzz NUMBER`` tries one again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

COUNT = int(os.environ.get("SHEETCRM_FUZZ", "500"))
FROM = int(os.environ.get("SHEETCRM_FUZZ_FROM", "0"))
AT_ONCE = 250  # cases: a worker takes a second to start
FEW = 30
ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of memory as Linux has them"
)


def outcomes(first: int, count: int) -> Counter[str]:
    """Run cases, and fail with all that went wrong; otherwise kind → how many."""
    command = [sys.executable, "-m", "tests.fuzz", str(first), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == count
    wrong = [
        f"{one['said']}\n  {one['seed']}: {', '.join(one['changes'])}\n"
        f"  again: python -m tests.fuzz {one['number']} --keep FOLDER\n{one['trace']}"
        for one in found
        if one["kind"] == "FAULT"
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    return Counter(one["kind"] for one in found)


def test_a_few_broken_workbooks():
    kinds = outcomes(FROM, FEW)
    assert kinds["refused"] > FEW / 4
    assert kinds["written"] > FEW / 10


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FROM, FROM + COUNT, AT_ONCE))
def test_broken_workbooks(first):
    outcomes(first, min(AT_ONCE, FROM + COUNT - first))
