"""The leads that stand in every workbook of the corpus, from A1 on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import xlsxwriter

HEADERS = ["Nama", "Kota", "Anggaran", "Sejak", "Catatan"]
PEOPLE = [
    ["Sari Wulandari", "Bandung", 5_000_000, date(2026, 3, 1), "datang dari pameran"],
    ["Iván Peña", "Bogotá", 1200.5, date(2026, 4, 2), "pidió precio"],
    ["Ann <Lee> & Co", "Surabaya", 0, date(2026, 5, 3), "=1+1"],
    ["Dewi Lestari", "", 250, date(2026, 6, 4), "two\nlines"],
    ["Tomás Ruiz", "Medellín", 99, date(2026, 7, 5), ""],
    ["Budi", "Malang", 12, date(2026, 8, 6), "+62 812"],
]
LAST = len(PEOPLE)  #: the last lead's row, counted from 0 as XlsxWriter does

Builder = Callable[[Path], Path]


@contextmanager
def workbook(path: Path, options: dict | None = None) -> Iterator[tuple]:
    """A new workbook of XlsxWriter with the leads in its first tab, and a second tab."""
    with xlsxwriter.Workbook(path, options or {}) as book:
        sheet, other = book.add_worksheet("Prospek"), book.add_worksheet("Lain & lain")
        day = book.add_format({"num_format": "dd/mm/yyyy", "italic": True})
        sheet.write_row(0, 0, HEADERS, book.add_format({"bold": True, "bg_color": "#DDEEFF"}))
        for row, (name, city, budget, since, note) in enumerate(PEOPLE, 1):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, city)
            sheet.write_number(row, 2, budget)
            sheet.write_datetime(row, 3, since, day)
            sheet.write_string(row, 4, note)
        other.write_row("A1", ["Kota", "Nilai"])
        other.write_row("A2", ["Bandung", 0.5])
        yield book, sheet, other


def register(books: dict[str, Builder]) -> Callable[[Builder], Builder]:
    """Puts a builder into `books` under its own name."""

    def add(builder: Builder) -> Builder:
        books[builder.__name__] = builder
        return builder

    return add
