"""Macro workbooks and templates are written like any other; their other parts stay."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.excel import FileSource
from sheetcrm.core.table.values import Edit
from tests.adapters.excel.excel_books import kitchen_sink, parts, with_part

KINDS = {
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    "xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
}
PLAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@pytest.mark.parametrize("kind", KINDS)
def test_siblings_of_xlsx(tmp_path, kind):
    path = kitchen_sink(tmp_path / f"leads.{kind}")
    with_part(path, "[Content_Types].xml", lambda data: data.replace(PLAIN, KINDS[kind].encode()))
    if kind.endswith("m"):
        with_part(path, "xl/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0 macros")
    before = parts(path)
    source = FileSource("x", path)
    tab = source.read(("Name", "E-mail"))
    edit = Edit(lead="1", row=5, header="Score", before=None, after=7)
    assert source.write(tab, [edit]).cells == 1
    after = parts(path)
    assert list(after) == list(before)
    assert [name for name in before if after[name] != before[name]] == ["xl/worksheets/sheet1.xml"]
    assert source.read(("Name", "E-mail")).column("Score").values[0] == 7
