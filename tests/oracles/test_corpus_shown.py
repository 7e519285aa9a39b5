"""LibreOffice opens every workbook of the corpus, and shows our values beside all the rest."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sheetcrm.adapters.excel import ExcelSource
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceError
from tests.oracles import drawn_books, found_books, packed_books, ruled_books

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
BOOKS = drawn_books.BOOKS | ruled_books.BOOKS | packed_books.BOOKS | found_books.BOOKS
NEW = ["Skor", "Etapa"]
UNOPENED = {  # by LibreOffice, before and after
    "bytes_before_the_archive", "entities_in_shared_strings",
    "names_in_another_case_and_with_backslashes",
}  # fmt: skip
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


def written(path: Path, to: Path) -> list[int]:
    """Scores beside the leads in a copy; the rows that got one, none where it was refused."""
    shutil.copyfile(path, to)
    source = ExcelSource("x", to)
    try:
        tab = source.read()
        edits = [
            Edit(lead="", row=row, header=header, before=None, after=value)
            for row in tab.rows
            for header, value in (("Skor", row + 0.5), ("Etapa", f"=Panas & <siap> {row}"))
        ]
        source.write(tab, edits, append=NEW)
    except SourceError:
        return []
    return [tab.header_row, *tab.rows]


def shown(paths: list[Path], folder: Path) -> dict[str, list[list[str]]]:
    """The first tab of each workbook that LibreOffice opens as it shows it, all in one go."""
    out = folder / "csv"
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76,1"
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", filter_, "--outdir", out, *paths],
        check=True, capture_output=True, timeout=600,
        env={**os.environ, "LC_ALL": "en_US.UTF-8"},
    )  # fmt: skip
    rows = {}
    for path in paths:
        answer = out / f"{path.stem}.csv"
        if answer.exists():
            with answer.open(encoding="utf-8", newline="") as file:
                rows[path.stem] = list(csv.reader(file))
    return rows


def test_libreoffice_shows_our_values_and_all_the_rest(tmp_path):
    folders = tmp_path / "before", tmp_path / "after"
    rows: dict[str, list[int]] = {}
    paths: list[Path] = []
    for folder in folders:
        folder.mkdir()
    for name, build in sorted(BOOKS.items()):
        path = build(folders[0] / f"{name}.xlsx")
        rows[name] = written(path, folders[1] / path.name)
        paths.append(path)
    before = shown(paths, tmp_path / "one")
    after = shown([folders[1] / path.name for path in paths], tmp_path / "two")
    assert set(before) - set(after) == set()
    assert set(rows) - set(before) <= UNOPENED
    found = {name: differences(before[name], after[name], rows[name]) for name in before}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert sum(map(bool, rows.values())) > len(rows) * 0.8


def differences(before: list[list[str]], after: list[list[str]], rows: list[int]) -> list[str]:
    """What LibreOffice shows that it should not, or does not that it should."""
    if not rows:
        return [] if before == after else ["it was refused, and yet it changed"]
    if not any(map(any, before)):  # its first tab is a chart
        return [] if before == after else ["something where there was nothing"]
    header = after[rows[0] - 1]
    if header.count("Skor") != 1:
        return [f"no new header in {header}"]
    first = header.index("Skor")
    found = []
    for number, row in enumerate(after, 1):
        says = row[first : first + 2]
        expected = [f"{number}.5", f"=Panas & <siap> {number}"] if number in rows else ["", ""]
        if says != (NEW if number == rows[0] else expected):
            found.append(f"row {number} shows {says}")
        old = before[number - 1] if number <= len(before) else []
        rest = [*row[:first], "", "", *row[first + 2 :]]
        if _trimmed(rest) != _trimmed(old):
            found.append(f"row {number} was {old} and is {row}")
    return found[:3]


def _trimmed(row: list[str]) -> list[str]:
    return row[: max((at for at, text in enumerate(row, 1) if text), default=0)]
