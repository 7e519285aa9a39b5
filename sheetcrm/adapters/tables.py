"""Reference tables that are not in a workbook: a CSV file, or rows written in the config."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sheetcrm.core.table.addresses import letters
from sheetcrm.core.table.headers import find_header, name_headers
from sheetcrm.core.table.names import fold, nearest
from sheetcrm.core.table.values import CellValue, Column, Tab
from sheetcrm.errors import HeaderError, SourceNotFoundError, SourceRefusedError

MAX_BYTES: Final = 64 * 1024 * 1024
SAMPLE: Final = 50  #: lines from the top by which the separator is found
PRECISE: Final = 15  #: digits that a number keeps; a longer one is a code, and stays text

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DIGITS: Final = (
    r"-?(?!0\d)(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+)(?:{point}\d+)?(?:[eE][-+]?\d{{1,3}})?%?"
)
_NUMBER: Final = {
    point: re.compile(_DIGITS.format(point=re.escape(point), group=re.escape(group)), re.ASCII)
    for point, group in (".,", ",.")
}
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_POINT: Final = re.compile(r"-?\d+\.(\d{1,2}|\d{4,})|-?\d{4,}\.\d+", re.ASCII)
_COMMA: Final = re.compile(r"-?\d+,(\d{1,2}|\d{4,})|-?\d{4,},\d+|-?\d{1,3}(\.\d{3})+,\d+", re.ASCII)


class RowsTable:
    """Rows written in TOML."""

    def __init__(self, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        self._name = name
        self._rows = rows

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """The rows as a tab; the headers are the keys, in the order of their first use.

        Raises:
            SourceRefusedError: a key is written in two ways.
        """
        del known_headers  # keys are headers already
        headers = list(dict.fromkeys(key for row in self._rows for key in row))
        first: dict[str, str] = {}
        for header in headers:
            if first.setdefault(fold(header), header) != header:
                raise SourceRefusedError(
                    f"{first[fold(header)]} and {header} are the same column to formulas",
                    code="columns",
                    hint="write its name in the same way in all rows",
                )
        grid = [[as_cell(row.get(header)) for header in headers] for row in self._rows]
        return as_tab(self._name, headers, grid, header_row=0)


class CsvTable:
    """A CSV file, as spreadsheets of any language write it.

    Separator and decimal sign are found: Excel separates by ``;`` where numbers have a decimal
    comma. Plain numbers, TRUE, FALSE and dates such as 2026-01-31 are read as what they are;
    all else is text, also what begins with 0 or has more than 15 digits.
    """

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path

    def read(self, known_headers: Collection[str] = ()) -> Tab:
        """The file as a tab.

        Raises:
            SourceNotFoundError: it is not there or cannot be read.
            SourceRefusedError: it is not UTF-8 text, or larger than 64 MiB.
            HeaderError: it is empty.
        """
        records, decimal = self._records()
        grid = [[cell_of(text, decimal) for text in record] for record in records]
        filled = (index for index, row in enumerate(grid) if any(cell is not None for cell in row))
        header = find_header(grid, known_headers) if grid else None
        header = next(filled, None) if header is None else header
        if header is None:
            raise HeaderError(
                f"{self._path.name}: the file is empty",
                hint="give the file one row of column names above the data",
            )
        places = [letters(index + 1) for index in range(len(grid[header]))]
        headers = name_headers(grid[header], places, header + 1)
        width = len(headers)
        rows = [(row + [None] * width)[:width] for row in grid[header + 1 :]]
        return as_tab(self._name, headers, rows, header_row=header + 1)

    def _records(self) -> tuple[list[list[str]], str]:
        """The cells of every line, and the decimal sign."""
        text = self._text()
        first, _, rest = text.partition("\n")
        declared = re.fullmatch(r"sep=(.)\s*", first)  # Excel's own way to name the separator
        text = rest if declared else text
        separator = declared[1] if declared else found_separator(text)
        records = list(csv.reader(io.StringIO(text), delimiter=separator))
        return records, decimal_sign(records, separator)

    def _text(self) -> str:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise SourceRefusedError(
                    f"{self._path.name} is larger than 64 MiB",
                    code="too-large",
                    hint="keep only the rows and columns that formulas look up",
                )
            raw = self._path.read_bytes()
            return raw.decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig")
        except OSError as error:
            raise SourceNotFoundError(
                f"{self._path}: {error.strerror}", hint=self._instead()
            ) from error
        except UnicodeDecodeError as error:
            raise SourceRefusedError(
                f"{self._path.name} is not UTF-8 text",
                code="encoding",
                hint="save it as “CSV UTF-8”",
            ) from error

    def _instead(self) -> str:
        """The file beside it that may be meant."""
        folder = self._path.parent
        files = {path.stem: path.name for path in folder.glob("*.[ct]*")}
        near = nearest(self._path.stem, files)
        return f"did you mean {files[near]}?" if near else "is the path in [[table]] right?"


def found_separator(text: str) -> str:
    """The separator by which most of the first lines have the same number of cells."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip()]

    def agreement(separator: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        return max(((count, width) for width, count in widths.items() if width > 1), default=(0, 0))

    return max(";\t,", key=agreement) if any(map(agreement, ";\t,")) else ","


def decimal_sign(records: Sequence[Sequence[str]], separator: str) -> str:
    """``,`` or ``.``, by the numbers that can be read in only one way, else by the separator."""
    cells = [cell.strip() for record in records for cell in record]
    points, commas = (sum(map(bool, map(sign.fullmatch, cells))) for sign in (_POINT, _COMMA))
    if points != commas:
        return "." if points > commas else ","
    return "," if separator == ";" else "."


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


def cell_of(text: str, decimal: str) -> CellValue:
    """A CSV cell: a plain number, TRUE, FALSE or an ISO date is one, everything else is text."""
    stripped = text.strip()
    if not stripped:
        return None
    if stripped.upper() in {"TRUE", "FALSE"}:
        return stripped.upper() == "TRUE"
    if _ISO_DATE.fullmatch(stripped):
        try:
            return date.fromisoformat(stripped)
        except ValueError:
            return stripped
    if _NUMBER[decimal].fullmatch(stripped) and sum(map(str.isdigit, stripped)) <= PRECISE:
        return number_of(stripped, decimal)
    return stripped


def number_of(text: str, decimal: str) -> float | str:
    """The number that is written so; a text where no float can hold it."""
    group = "." if decimal == "," else ","
    plain = text.removesuffix("%").replace(group, "").replace(decimal, ".")
    number = float(plain) / 100 if text.endswith("%") else float(plain)
    return number if abs(number) < float("inf") else text
