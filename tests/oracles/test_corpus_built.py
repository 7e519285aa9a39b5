"""Workbooks with every feature that XlsxWriter, openpyxl and hand-made XML can give them.

After each write, everything but our cells is as it was, whoever looks at it; or the workbook was
refused, and left as it was, for the reason that is named here.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.oracles import drawn_books, found_books, packed_books, ruled_books
from tests.oracles.attempt import attempt
from tests.oracles.drawn_books import has_part

BOOKS = drawn_books.BOOKS | ruled_books.BOOKS | packed_books.BOOKS | found_books.BOOKS

# What is refused in a workbook, tab by tab: columns beside the leads, then values in columns that
# are there already. Whatever is not named here is written.
REFUSED = {
    "array_beside_the_leads": ("array",),
    "comments_and_cdata": ("unusual-value", "unusual-value"),
    "formulas": ("formula", "array"),
    "formulas_over_whole_rows": ("formula",),
    "formulas_shared_by_cells": ("formula",),
    "merged_cells_and_rich_texts": ("merged",),
    "pivot_elsewhere": ("pivot",),
    "pivot_in_the_way": ("pivot",),
    "protected": ("protected", "protected"),
    "protected_elsewhere": ("protected", "protected"),
    "signed": ("signed",) * 4,
    "table_with_totals_and_calculated_column": ("formula",),
    "two_tables": ("table-header",),
    **found_books.REFUSED,
}
AT_ONCE = {
    "charts", "controls", "conditional_formats", "table", "filter_with_conditions", "formulas",
    "strict", "prefixed", "inline_strings", "rows_and_cells_without_addresses", "foreign_parts",
    "data_descriptors",
}  # fmt: skip

_PARTS = {
    "charts": "xl/charts/chart22", "chartsheets": "xl/chartsheets/sheet2", "notes": "xl/comments2",
    "pictures": "xl/media/image", "controls": "featurePropertyBag", "macros": "vbaProject.bin",
    "signed_macros": "vbaProjectSignature", "header_pictures": "vmlDrawing1.vml.rels", "shapes": "drawing1",
    "two_tables": "tables/table3", "formulas": "xl/metadata.xml", "properties": "custom.xml",
    "pictures_in_cells_of_the_leads": "richData",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [n if n in AT_ONCE else pytest.param(n, marks=pytest.mark.slow) for n in sorted(BOOKS)],
)
def test_nothing_else_changes_in(name, tmp_path):
    (tmp_path / "work").mkdir()
    path = BOOKS[name](tmp_path / "book.xlsx")
    assert name not in _PARTS or has_part(path, _PARTS[name])
    outcome = attempt(path, tmp_path / "work")
    assert (outcome.kind, outcome.why) != ("failed", outcome.why), outcome.why
    assert outcome.refusals == REFUSED.get(name, ())
    assert outcome.cells or outcome.kind == "refused"


def test_new_columns_beside_checkboxes_are_none(tmp_path):
    from sheetcrm.adapters.excel import ExcelSource
    from sheetcrm.core.table.values import Edit
    from tests.oracles.packages import child, local, open_book

    path = BOOKS["checkboxes_beside_the_new_columns"](tmp_path / "book.xlsx")
    source = ExcelSource("x", path)
    tab = source.read()
    edits = [Edit(lead="", row=row, header="Panas", before=None, after=True) for row in tab.rows]
    source.write(tab, edits, append=["Panas"])
    book = open_book(path.read_bytes())
    sheet, styles = book.parts[book.sheets["Prospek"]].decode(), book.parts[book.one("styles")]
    formats = child(ET.fromstring(styles), "cellXfs")
    written = {int(s or 0) for s in re.findall(r'<c r="G[2-9]"(?: s="(\d+)")?', sheet)}
    assert written
    assert not [one for at in written for one in formats[at] if local(one) == "extLst"]
