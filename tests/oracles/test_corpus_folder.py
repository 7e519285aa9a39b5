"""The check over a folder of real workbooks, which the environment names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracles.packed_books import BOOKS

FOLDER = os.environ.get("SHEETCRM_CORPUS", "")
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def run(folder, *options):
    command = [sys.executable, "-m", "tests.oracles.corpus", folder, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not FOLDER, reason="SHEETCRM_CORPUS names no folder")
def test_no_workbook_of_the_folder_loses_anything():
    done = run(FOLDER)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_tells_what_came_out(tmp_path):
    BOOKS["by_openpyxl"](tmp_path / "good.xlsx")
    BOOKS["signed"](tmp_path / "signed.xlsx")
    (tmp_path / "bad.xlsm").write_bytes(b"PK, and no more")
    done = run(tmp_path, "--jobs", "1", "--list")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRITTEN  good.xlsx" in done.stdout
    assert "1 written and verified" in done.stdout
    assert "1 refused: signed" in done.stdout
    assert "1 refused: truncated" in done.stdout
