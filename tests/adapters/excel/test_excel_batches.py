"""What is done for many rows at a time comes out as if done for each alone."""

from __future__ import annotations

import zlib
from contextlib import closing
from hashlib import sha256

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel import ExcelSource, tails
from sheetcrm.adapters.excel.archive import Deflated
from sheetcrm.core.table.values import Edit
from sheetcrm.errors import SourceRefusedError

SIZES = st.sampled_from([0, 1, 700, 32_767, 32_768, 32_769, 90_000])


@settings(max_examples=30)
@given(st.lists(st.tuples(SIZES, st.binary(min_size=1, max_size=40)), max_size=6))
def test_chunks_deflated_apart_are_one_stream(plan):
    chunks = [(seed * (size // len(seed) + 1))[:size] for size, seed in plan]
    with closing(Deflated(chunks)) as part:
        packed = b"".join(part.chunks())
        inflater = zlib.decompressobj(-15)
        whole = inflater.decompress(packed) + inflater.flush()
        assert whole == b"".join(chunks)
        assert inflater.eof
        assert not inflater.unused_data
        assert (part.size, part.crc) == (len(whole), zlib.crc32(whole))
        assert part.packed == len(packed)


def test_a_chunk_refers_to_the_one_before():
    noise = b"".join(sha256(b"%d" % number).digest() for number in range(600))
    with closing(Deflated([noise, noise])) as twice, closing(Deflated([noise])) as once:
        assert twice.packed < 1.1 * once.packed


def leads(path):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Leads")
        sheet.write_column(0, 0, ["Name", *(f"Lead {number}" for number in range(1, 8))])
    return path


def fill(path):
    source = ExcelSource("x", path)
    tab = source.read(("Name",))
    edits = [
        Edit(lead=str(row), row=row, header=header, before=None, after=value)
        for row in tab.rows
        for header, value in (("Score", row % 2), ("Hot", row % 2 > 0), ("Why", "fits" * (row % 3)))
        if header == "Score" or row != 4
    ]
    return source.write(tab, edits, append=["Score", "Hot", "Why"])


@pytest.mark.parametrize("waiting", [1, 3, 4096])
def test_batches_of_any_size(tmp_path, monkeypatch, waiting):
    monkeypatch.setattr(tails, "_MOST_WAITING", waiting)
    path = leads(tmp_path / "leads.xlsx")
    fill(path)
    columns = {column.header: column.values for column in ExcelSource("x", path).read().columns}
    assert columns["Score"] == [0, 1, 0, 1, 0, 1, 0]
    assert columns["Hot"] == [False, True, None, True, False, True, False]
    assert columns["Why"] == ["fitsfits", None, None, "fitsfits", None, "fits", "fitsfits"]


def test_a_number_in_place_of_a_truth_is_noticed_though_equal(tmp_path, monkeypatch):
    real = tails.Tails.add
    monkeypatch.setattr(
        tails.Tails,
        "add",
        lambda self, number, values, end: real(self, number, values, end.replace(b' t="b"', b"")),
    )
    path = leads(tmp_path / "leads.xlsx")
    before = path.read_bytes()
    with pytest.raises(SourceRefusedError, match="cell C2"):
        fill(path)
    assert path.read_bytes() == before
