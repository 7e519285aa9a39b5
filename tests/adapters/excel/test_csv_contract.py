"""A CSV file passes the contract of all lead tabs, however it is written."""

from __future__ import annotations

import csv
from datetime import datetime
from itertools import count

import pytest

from sheetcrm.adapters.excel.csvsource import CsvSource
from tests.adapters.tab_source_contract import Grid, Make, TabSourceContract

STYLES = {
    "plain": {"encoding": "utf-8", "delimiter": ",", "lineterminator": "\r\n"},
    "semicolons with a mark": {"encoding": "utf-8-sig", "delimiter": ";", "lineterminator": "\n"},
    "tabs in UTF-16": {"encoding": "utf-16", "delimiter": "\t", "lineterminator": "\r\n"},
    "all quoted": {
        "encoding": "utf-8",
        "delimiter": ",",
        "lineterminator": "\n",
        "quoting": csv.QUOTE_ALL,
    },
}


def save_csv(path, grid: Grid, *, encoding="utf-8", **style) -> None:
    """The grid as a program would export it."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, **style).writerows(
            [[shown(value, style.get("delimiter")) for value in row] for row in grid]
        )


def shown(value, separator):
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, float) and separator == ";":
        return str(value).replace(".", ",")
    return value


class TestCsvTab(TabSourceContract):
    @pytest.fixture(params=STYLES)
    def make(self, tmp_path, request) -> Make:
        numbers = count(1)

        def file(grid: Grid) -> CsvSource:
            path = tmp_path / f"leads{next(numbers)}.csv"
            save_csv(path, grid, **STYLES[request.param])
            return CsvSource("leads", path)

        return file

    def touch(self, source) -> None:
        data = source._path.read_bytes()
        here, new = "Sari Wulandari", "Somebody else"
        encoding = "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-8"
        source._path.write_bytes(data.replace(here.encode(encoding), new.encode(encoding)))
