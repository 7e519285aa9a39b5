from __future__ import annotations

import subprocess
import sys

import pytest

from sheetcrm.adapters.lock import workspace_lock
from sheetcrm.errors import LedgerError, LedgerLockedError

HOLD = (
    "import sys, pathlib\n"
    "from sheetcrm.adapters.lock import workspace_lock\n"
    "with workspace_lock(pathlib.Path(sys.argv[1]), held=True):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


def test_a_second_run_is_told_and_a_dead_holder_frees_the_lock(tmp_path):
    path = tmp_path / "var" / "run.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LedgerLockedError, match="another run"), workspace_lock(path, held=True):
            pass
        with workspace_lock(path, held=False):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with workspace_lock(path, held=True):
        pass


def test_a_folder_that_cannot_be_made_is_a_ledger_error(tmp_path):
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    with pytest.raises(LedgerError), workspace_lock(tmp_path / "var" / "run.lock", held=True):
        pass
