"""What the verification must notice in rows that only grew."""

from __future__ import annotations

import threading

import pytest
import xlsxwriter

from sheetcrm.adapters.excel import ExcelSource, package, verify
from sheetcrm.adapters.excel.archive import ahead
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError


def leads(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_column(0, 0, ["Name", "Sari", "Iván", "Ann"])
        sheet.write_column(0, 1, ["Budget", 100, 200, 300])
    return path


def fill(path):
    source = ExcelSource("x", path)
    tab = source.read(("Name",))
    edits = [
        Edit(lead=str(row), row=row, header=header, before=None, after=value)
        for row in tab.rows
        for header, value in (("Score", 40 + row), ("Hot", row > 2), ("Why", None))
    ]
    return source.write(tab, edits, append=["Score", "Hot", "Why"])


@pytest.mark.parametrize("kept", [0, 1 << 20])
def test_what_was_written_passes(tmp_path, monkeypatch, kept):
    monkeypatch.setattr(package, "_MOST_KEPT", kept)
    path = leads(tmp_path / "leads.xlsx")
    assert fill(path).cells == 3 + 3 * 2
    columns = {column.header: column.values for column in ExcelSource("x", path).read().columns}
    assert columns["Score"] == [42, 43, 44]
    assert columns["Hot"] == [False, True, True]


@pytest.mark.parametrize("kept", [0, 1 << 20])
@pytest.mark.parametrize(
    "fault",
    [
        (b"<v>42</v>", b"<v>43</v>", "cell C2"),
        (b"<v>42</v>", b"", "cell C2"),
        (b'<c r="D2" t="b"><v>0</v>', b'<c r="D2"><v>0</v>', "cell D2"),
        (b'r="C3"', b'r="C4"', "row 3"),
        (b'<c r="C2"><v>42</v></c>', b'<c r="C2"><v>42</v></c><c r="C2"/>', "row 2"),
        (b'<c r="D3"', b'<c r="B3"', "row 3"),
        (b'<c r="C3"', b'<c r="E3"', "row 3"),
        (b"<v>200</v>", b"<v>201</v>", "row 3"),
        (b'<c r="B3"><v>200</v></c>', b"", "row 3"),
        (b'<c r="D4" t="b">', b'<c r="D4" t="b"><f>1</f>', "row 4"),
        (b"<v>44</v></c>", b"<v>44</v></c> ", "row 4"),
        (b'<c r="D4" t="b"><v>1</v></c></row>', b'<c r="D4" t="b"><v>1</v></c><x/></row>', "row 4"),
    ],
)
def test_anything_else_is_noticed(tmp_path, monkeypatch, fault, kept):
    wrong, right, where = fault
    path = leads(tmp_path / "leads.xlsx")
    before, real, seen = path.read_bytes(), verify.SheetStream, []

    def tampered(chunks, *, careful):
        sheet = b"".join(chunks)
        seen.append(sheet)
        return real([sheet.replace(wrong, right)], careful=careful)

    monkeypatch.setattr(package, "_MOST_KEPT", kept)
    monkeypatch.setattr(verify, "SheetStream", tampered)
    with pytest.raises(SourceRefusedError, match=where) as caught:
        fill(path)
    assert caught.value.code == "not-verified"
    assert wrong in seen[0]
    assert path.read_bytes() == before


def test_chunks_that_are_forgotten_halfway_wait_for_no_thread():
    lock = getattr(threading, "_shutdown_locks_lock", threading.Lock())

    given = ahead(iter([b"one", b"two", b"three"]))
    assert next(given) == b"one"

    def collect_while_starting():
        with lock:  # as a thread has it while it starts, and it may collect garbage then
            given.close()

    other = threading.Thread(target=collect_while_starting, daemon=True)
    other.start()
    other.join(timeout=20)
    assert not other.is_alive()


def test_chunks_made_ahead_are_all_there_and_so_is_their_fault():
    def chunks():
        yield from (b"a", b"", b"b")
        raise EOFError("cut")

    given = ahead(chunks())
    assert [next(given) for _ in range(3)] == [b"a", b"", b"b"]
    with pytest.raises(EOFError, match="cut"):
        next(given)
