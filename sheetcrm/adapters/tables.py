"""Reference tables that are not in a workbook: a CSV file, or rows written in the config."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.headers import find_header, name_headers
from sheetcrm.core.table.values import CellValue, Column, Tab
from sheetcrm.errors import HeaderError, SourceNotFoundError, SourceRefusedError

MAX_BYTES = 64 * 1024 * 1024


class RowsTable:
    """Rows written in TOML."""

    def __init__(self, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        self._name = name
        self._rows = rows

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """The rows as a tab; the headers are the keys, in the order of their first use."""
        del known_headers  # keys are headers already
        headers = list(dict.fromkeys(key for row in self._rows for key in row))
        grid = [[as_cell(row.get(header)) for header in headers] for row in self._rows]
        return as_tab(self._name, headers, grid, header_row=0)


class CsvTable:
    """A CSV file; its separator is found, numbers are read as numbers."""

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """The file as a tab.

        Raises:
            SourceNotFoundError: it is not there or cannot be read.
            SourceRefusedError: it is not UTF-8 text, or larger than 64 MiB.
            HeaderError: it has no header.
        """
        grid: list[list[CellValue]] = [
            [as_cell(number_or_text(cell)) for cell in row] for row in self._records()
        ]
        header = find_header(grid, known_headers) if grid else None
        if header is None:
            raise HeaderError(
                f"{self._path.name}: no header row was found",
                hint="give the file one row of column names above the data",
            )
        places = [letters(index + 1) for index in range(len(grid[header]))]
        headers = name_headers(grid[header], places, header + 1)
        width = len(headers)
        rows = [(row + [None] * width)[:width] for row in grid[header + 1 :]]
        return as_tab(self._name, headers, rows, header_row=header + 1)

    def _records(self) -> list[list[str]]:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise SourceRefusedError(
                    f"{self._path.name} is larger than 64 MiB", code="too-large"
                )
            text = self._path.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise SourceNotFoundError(
                f"{self._path}: {error.strerror}", hint="is the path in [[table]] right?"
            ) from error
        except UnicodeDecodeError as error:
            raise SourceRefusedError(
                f"{self._path.name} is not UTF-8 text",
                code="encoding",
                hint="save it as “CSV UTF-8”",
            ) from error
        sample = text[:8192]
        separator = max(",;\t", key=sample.count)
        return list(csv.reader(io.StringIO(text), delimiter=separator))


def as_tab(
    name: str, headers: Sequence[str], rows: Sequence[Sequence[CellValue]], *, header_row: int
) -> Tab:
    """A tab of these rows, blank ones left out."""
    kept = [
        (header_row + 1 + index, row)
        for index, row in enumerate(rows)
        if any(cell is not None for cell in row)
    ]
    return Tab(
        source=name,
        title=name,
        header_row=header_row,
        rows=[number for number, _ in kept],
        columns=[
            Column(
                header=header,
                letter=letters(index + 1),
                values=[row[index] for _, row in kept],
            )
            for index, header in enumerate(headers)
        ],
    )


def as_cell(value: object) -> CellValue:
    """A TOML or CSV value as a cell's value."""
    if value is None or value == "":
        return None
    if isinstance(value, (bool, int, float, str, date)):
        return value
    return str(value)


def number_or_text(text: str) -> float | str:
    """A CSV cell: a plain number is a number, everything else is text."""
    stripped = text.strip()
    leading_zero = stripped.lstrip("-").startswith("0") and stripped.lstrip("-")[1:2].isdecimal()
    if leading_zero or not stripped.isascii() or "_" in stripped:
        return stripped
    try:
        number = float(stripped)
    except ValueError:
        return stripped
    return number if abs(number) < float("inf") else stripped
