from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from sheetcrm.adapters.lock import SourceClaims, holder_of, is_held, this_process, workspace_lock
from sheetcrm.errors import LedgerError, LedgerLockedError, SourceBusyError

NOW = datetime(2026, 11, 22, 9, 30)
US = this_process("sheetcrm undo", Path("/ours"), NOW)
HOLD = (
    "import sys\n"
    "from datetime import datetime\n"
    "from pathlib import Path\n"
    "from sheetcrm.adapters.lock import SourceClaims, this_process, workspace_lock\n"
    "path, us = Path(sys.argv[1]), this_process('sheetcrm sync', Path('/theirs'), datetime(2026, 11, 22))\n"
    "claims = SourceClaims(path.parent / 'locks', path.parent / 'none', us)\n"
    "claims.take('file leads.xlsx', 'leads.xlsx')\n"
    "with workspace_lock(path, us):\n"
    "    print('held', flush=True); sys.stdin.read()\n"
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "run.lock"


@pytest.fixture
def other(path):
    """Another process that holds the workspace, and one source."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"held\n"
    yield holder
    holder.kill()
    holder.communicate()


def ours(path):
    return SourceClaims(path.parent / "locks", path.parent / "none", US)


def test_a_second_run_is_told_who_is_at_work_and_a_dead_holder_frees_the_lock(path, other):
    said = f"another run .* \\(sheetcrm sync, process {other.pid}, since 2026-11-22 00:00\\)"
    with pytest.raises(LedgerLockedError, match=said), workspace_lock(path, US):
        pass
    assert is_held(path)
    other.kill()
    other.wait()
    assert not is_held(path)
    assert holder_of(path).pid == other.pid  # nobody was left to take it away
    with workspace_lock(path, US):
        assert holder_of(path) == US
    assert holder_of(path) is None


def test_another_workspace_keeps_us_from_a_source_but_from_no_other(path, other):
    claims = ours(path)
    with pytest.raises(SourceBusyError, match=f"leads.xlsx: .*process {other.pid}") as caught:
        claims.take("file leads.xlsx", "leads.xlsx")
    assert "/theirs" in caught.value.hint
    claims.take("file others.xlsx", "others.xlsx")
    other.kill()
    other.wait()
    claims.take("file leads.xlsx", "leads.xlsx")
    claims.close()
    assert not list(path.parent.rglob("*.json"))[1:]  # but that of the dead one's workspace


def test_a_process_may_take_what_it_has(path):
    claims = ours(path)
    claims.take("file leads.xlsx", "leads.xlsx")
    claims.take("file leads.xlsx", "leads.xlsx")
    claims.close()
    with workspace_lock(path, US):
        with workspace_lock(path, US):
            pass
        assert holder_of(path) == US
        assert is_held(path)


@pytest.mark.parametrize("text", ["", "[]", '{"pid": 7}', "\x00"])
def test_who_holds_it_is_only_information(path, other, text):
    path.with_suffix(".json").write_text(text, encoding="utf-8")
    with pytest.raises(LedgerLockedError, match=r"in this workspace$"), workspace_lock(path, US):
        pass


def test_a_folder_that_cannot_be_made_is_a_ledger_error(tmp_path):
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    with pytest.raises(LedgerError), workspace_lock(tmp_path / "var" / "run.lock", US):
        pass


def test_where_the_users_folder_cannot_be_written_locks_lie_in_the_workspace(tmp_path):
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    claims = SourceClaims(tmp_path / "home" / "locks", tmp_path / "var" / "locks", US)
    claims.take("file leads.xlsx", "leads.xlsx")
    (told,) = (tmp_path / "var" / "locks").glob("*.json")
    assert json.loads(told.read_text())["pid"] == os.getpid()
    claims.close()
