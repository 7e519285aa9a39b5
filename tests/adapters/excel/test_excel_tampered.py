"""Whatever byte of the new sheet is wrong, the verification notices it.

Outside the cells that were to be written every byte counts; inside them, what they say.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.excel import package, verify
from sheetcrm.adapters.excel.cells import write_cells
from sheetcrm.errors import SourceError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"
WORKBOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>\
<sheet name="Leads" sheetId="1" r:id="rId1"/></sheets></workbook>"""
TYPES = f"""<Types xmlns="{PACKED}/content-types">\
<Default Extension="xml" ContentType="application/xml"/>\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument\
.spreadsheetml.sheet.main+xml"/></Types>"""
OPENINGS = st.sampled_from(
    ["", ' spans="1:3"', ' s="0" customFormat="1"', ' spans="1:2" ht="20.5" customHeight="1"', " "]
)
OLD = st.sampled_from(
    ["<v>5</v>", '<v>5.50</v>|t="n"', '<is><t>a "b" spans="1:3"</t></is>|t="inlineStr"', "",
     '<v>1</v>|t="b"', '<v>0</v>|t="s"']
)  # fmt: skip
NEW = st.one_of(
    st.integers(-9, 99), st.booleans(), st.sampled_from([0.25, 1e20, "", None]),
    st.text("aé<&_x1 ", max_size=4),
)  # fmt: skip


@st.composite
def sheets(draw) -> bytes:
    """Rows as several programs write them; some single-quoted, so that expat reads them."""
    prefix, gap = draw(st.sampled_from(["", "x:"])), draw(st.sampled_from(["", "\n  "]))
    rows = []
    for number in sorted(draw(st.sets(st.integers(1, 6), min_size=1))):
        cells = ""
        for letter in sorted(draw(st.sets(st.sampled_from("ABC")))):
            content, _, kind = draw(OLD).partition("|")
            content = re.sub(r"<(/?)", rf"<\1{prefix}", content)
            cells += f'<{prefix}c r="{letter}{number}" {kind}'.rstrip()
            cells += f">{content}</{prefix}c>" if content else "/>"
        row = f'{gap}<{prefix}row r="{number}"{draw(OPENINGS)}'
        row += f">{cells}</{prefix}row>" if cells or draw(st.booleans()) else "/>"
        rows.append(row.replace('"', "'") if draw(st.integers(0, 7)) == 0 else row)
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    return (
        f'<?xml version="1.0"?><{prefix}worksheet {name}="{MAIN}"><{prefix}sheetData>'
        f"{''.join(rows)}{gap}</{prefix}sheetData></{prefix}worksheet>"
    ).encode()


def workbook(sheet: bytes) -> bytes:
    made = BytesIO()
    root = f'<Relationships xmlns="{PACKED}/relationships"><Relationship Id="rId1"'
    office = f'{root} Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    parts = (
        f'{root} Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship '
        f'Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("[Content_Types].xml", TYPES)
        book.writestr("_rels/.rels", office)
        book.writestr("xl/workbook.xml", WORKBOOK)
        book.writestr("xl/_rels/workbook.xml.rels", parts)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>old</t></si></sst>')
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return made.getvalue()


def written(path, values, change=lambda sheet: sheet):
    """Write the cells while the verification sees the new sheet changed; what it saw first."""
    real, seen = verify.SheetStream, []

    def stream(chunks, *, careful):
        seen.append(b"".join(chunks))
        return real([change(seen[-1])], careful=careful)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "SheetStream", stream)
        write_cells(path, "Leads", values)
    return seen[0] if seen else b""


def owned(sheet: bytes, values):
    """Where the owned cells are in a sheet."""
    for address in values:
        pattern = rb"<((?:x:)?)c r=([\"'])%b\2[^>]*?(?:/>|>.*?</\1c>)" % address.encode()
        yield from (match.span() for match in re.finditer(pattern, sheet, re.DOTALL))


def meaning(cell: bytes):
    """Address, kind and content of a cell, read with another parser; None where it is broken."""
    name = b"xmlns:x" if cell.startswith(b"<x:") else b"xmlns"
    try:
        root = ET.fromstring(b'<a %b="%b">%b</a>' % (name, MAIN.encode(), cell))
    except ET.ParseError:
        return None
    if [one.tag for one in root] != [f"{{{MAIN}}}c"] or root.text or root[0].tail:
        return None
    found = root[0]
    kind, text = found.get("t", "n"), "".join(found.itertext())
    if not text:
        return found.get("r"), "", ""
    try:
        return found.get("r"), kind, text if kind in {"s", "inlineStr"} else float(text)
    except ValueError:
        return None


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), sheet=sheets(), kept=st.sampled_from([0, 1 << 20]))
def test_every_wrong_byte_is_noticed(tmp_path, data, sheet, kept):
    places = st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 7)).map("{0[0]}{0[1]}".format)
    values = data.draw(st.dictionaries(places, NEW, min_size=1, max_size=6))
    path, before = tmp_path / "leads.xlsx", workbook(sheet)
    path.write_bytes(before)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "_MOST_KEPT", kept)
        try:
            right = written(path, values)
        except SourceError as refusal:
            assert "not-verified" not in str(getattr(refusal, "code", ""))  # noqa: PT017
            assume(False)
        assume(right)
        spans = list(owned(right, values))
        inside = [place for start, end in spans for place in range(start, end)]
        for _ in range(6):
            everywhere = st.integers(0, len(right) - 1)
            at = data.draw(st.sampled_from(inside) | everywhere if inside else everywhere)
            byte = data.draw(st.sampled_from(b"0123456789ABCDEst<>&\"'/ \n\x00\xff"))
            wrong = right[:at] + bytes([byte]) + right[at + 1 :]
            if wrong == right or not matters(right, wrong, at, spans):
                continue
            path.write_bytes(before)
            try:
                written(path, values, lambda _, wrong=wrong: wrong)
            except Exception:  # noqa: BLE001 - whatever stops it
                assert path.read_bytes() == before
            else:
                pytest.fail(f"byte {at} not noticed:\n{right!r}\n{wrong!r}")


def matters(right: bytes, wrong: bytes, at: int, spans) -> bool:
    """Whether a change of that byte is a fault: in an owned cell only if it says another thing."""
    for start, end in spans:
        if start <= at < end:
            return meaning(right[start:end]) != meaning(wrong[start:end])
    return True
