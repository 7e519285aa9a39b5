"""LibreOffice opens what we wrote, and shows our values beside everything else."""

from __future__ import annotations

import csv
import shutil
import subprocess

import pytest

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.core.table.values import Edit
from tests.adapters.excel.excel_books import PEOPLE, kitchen_sink

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


def rows_of(path, folder):
    """The first tab as LibreOffice shows it."""
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", folder, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (folder / f"{path.stem}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("table", [True, False], ids=["table", "range"])
def test_libreoffice_shows_the_values_and_all_the_rest(tmp_path, table):
    path = kitchen_sink(tmp_path / "leads.xlsx", table=table)
    before = rows_of(path, tmp_path)
    source = ExcelSource("x", path)
    tab = source.read(("Name", "City"))
    edits = [
        Edit(lead="", row=row, header=header, before=None, after=value)
        for row, person in zip(tab.rows, PEOPLE, strict=True)
        for header, value in (("Score", 41.5), ("Why", f"+20 {person[2]} · “{person[0]}”"))
    ]
    source.write(tab, edits, append=["Why"])
    after = rows_of(path, tmp_path)
    assert [row[7] for row in after[3:8]] == ["Score"] + ["41.5"] * 4
    assert [row[8] for row in after[4:8]] == [f"+20 {p[2]} · “{p[0]}”" for p in PEOPLE]
    assert [row[:7] for row in after] == [row[:7] for row in before]
    assert [row[9:] for row in after] == [row[9:] for row in before]
