"""Changes to the XML inside a part: most of it stays, so that they reach deep into the reader."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_TOKEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+", re.DOTALL)
_NAME = re.compile(rb"</?([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s[^\s=<>"']+\s*=\s*(?:"[^"]*"|'[^']*')""")
_REFERENCE = re.compile(rb'r="([A-Z]+)(\d+)"')

NUMBERS = (
    b"-1", b"0", b"1", b"2", b"65536", b"1048576", b"1048577", b"16384", b"16385", b"99999999",
    b"2147483647", b"2147483648", b"4294967296", b"9223372036854775808", b"1" * 400, b"-0", b"+3",
    b"1.5", b"1e5", b"1e400", b"-1e400", b"NaN", b"INF", b"nan", b"infinity", b"0x1F", b"1_000",
    b" 2 ", b"", b"true", b"\xc2\xb2", b"\xd9\xa3", b"\xef\xbc\x91", b"1,5", b"--1", b"00000007",
)  # fmt: skip
PLACES = (
    b"A1", b"a1", b"$A$1", b"XFD1", b"XFE1", b"A1048576", b"A1048577", b"XFD1048576", b"ZZZZ9",
    b"A0", b"A", b"7", b"A1:XFD1048576", b"B4:H8", b"H8:B4", b"A:A", b"1:9", b"#REF!", b"A1:B2 C3",
    b"Leads!$B$4:$H$8", b"", b"B5", b"C5", b"AAA1", b"R1C1", b"\xc3\x841", b"B4:H4", b"B4:H9999",
)  # fmt: skip
WORDS = (
    b"s", b"str", b"inlineStr", b"e", b"b", b"d", b"n", b"zz", b"array", b"shared", b"dataTable",
    b"#N/A", b"#DIV/0!", b"preserve", b"hidden", b"veryHidden", b"External", b"../../../etc/passwd",
    b"/xl/worksheets/sheet1.xml", b"worksheets/sheet1.xml", b"sharedStrings.xml", b"workbook.xml",
    b"http://example.com/", b"rId1", b"rId2", b"rId3", b"rId99", b"x" * 70_000, b"\xf0\x9f\x98\x80",
    b"2026-03-01T10:00:00Z", b"_xlnm._FilterDatabase", b"Leads", b"_x0000_", b"_xD800_", b"manual",
    b"&#65;", b"&amp;", b"&lt;a&gt;", b"&#x10FFFF;", b"a\nb", b"  ", b"1", b"%s%n", b"\x7f",
)  # fmt: skip
RAW = (
    b"&#0;", b"&#xD800;", b"&#99999999999;", b"&#x110000;", b"&x;", b"&", b"<", b">", b"]]>",
    b"\x00", b"\x01", b"\x0b", b"\xff", b"\xc3", b"\xed\xa0\x80", b"<!-- -- -->", b"<!-- ok -->",
    b'<![CDATA[<row r="1">]]>', b"<?target data?>", b"<?xml version='1.0'?>", b"&#x9;",
    b"<!DOCTYPE x>", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", b"&lol;",
    b"<mc:AlternateContent xmlns:mc='m'><mc:Choice><row r='1'/></mc:Choice></mc:AlternateContent>",
    b"<row/>", b'<row r="3"/>', b"<c/>", b'<c r="B5"><v>1</v></c>', b"<v>7</v>", b"<f>1+1</f>",
    b'<f t="array" ref="A1:XFD9">1</f>', b"<sheetData/>", b"<sheetData></sheetData>", b"<is/>",
    b"<is><t>in</t></is>", b"<si><t>x</t></si>", b"<xf/>", b"<extLst/>", b"</sheetData>", b"</row>",
    b'<mergeCell ref="A1:Z99"/>', b'<dimension ref="A1:A1"/>', b"<cols/>", b"text", b"\n",
    b'<cols><col min="3" max="2" style="99"/></cols>', b'<sheetProtection sheet="1"/>',
    b'<autoFilter ref="B4:H8"/>', b"<tablePart/>", b"<x:y>", b'<a xmlns:a="u"/>', b"<\xc3\xa9/>",
)  # fmt: skip

Change = Callable[[random.Random, bytes], bytes]


def changed(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """The part with one change, and what it is called."""
    change = dice.choices(list(_CHANGES), weights=list(_CHANGES.values()))[0]
    return change(dice, data), change.__name__


def set_value(dice: random.Random, data: bytes) -> bytes:
    """An attribute gets another value, of the same kind or not."""

    def new(old: bytes) -> bytes:
        name, mark, value = old.partition(b"=")
        quote, bare = value.strip()[:1], value.strip()[1:-1]
        kind = PLACES if re.fullmatch(rb"\$?[A-Z]+\$?\d+(:.*)?", bare) else WORDS
        kind = NUMBERS if re.fullmatch(rb"-?[\d.]+", bare) else kind
        return name + mark + quote + dice.choice(dice.choice((kind, kind, kind, WORDS))) + quote

    return _in_attribute(dice, data, new)


def drop_attribute(dice: random.Random, data: bytes) -> bytes:
    """An attribute is gone."""
    return _in_attribute(dice, data, lambda _: b"")


def repeat_attribute(dice: random.Random, data: bytes) -> bytes:
    """An attribute stands twice in its tag."""
    return _in_attribute(dice, data, lambda old: old + old)


def rename_attribute(dice: random.Random, data: bytes) -> bytes:
    """An attribute goes by another name."""
    names = (b"r", b"s", b"t", b"ref", b"r:id", b"id", b"x:r", b"R", b"spans", b"xmlns", b"count")
    return _in_attribute(
        dice, data, lambda old: b" " + dice.choice(names) + b"=" + old.partition(b"=")[2]
    )


def requote(dice: random.Random, data: bytes) -> bytes:
    """An attribute in single quotes, with blanks, or with a character reference."""

    def new(old: bytes) -> bytes:
        name, _, value = old.partition(b"=")
        bare = value.strip()[1:-1]
        first = b"&#%d;" % bare[0] + bare[1:] if bare and bare[0] < 128 else bare
        odd = (b"%b = '%b'", b"\n%b='%b' ", b'%b="%b" ', b'%b\t=\n"%b"')
        return dice.choice(odd) % (name, dice.choice((bare, first)))

    return _in_attribute(dice, data, new)


def set_text(dice: random.Random, data: bytes) -> bytes:
    """The text between two tags becomes another."""
    tokens = _TOKEN.findall(data)
    texts = [i for i, token in enumerate(tokens) if not token.startswith(b"<")]
    if texts:
        tokens[dice.choice(texts)] = dice.choice(dice.choice((NUMBERS, NUMBERS, WORDS, PLACES)))
    return b"".join(tokens)


def insert(dice: random.Random, data: bytes) -> bytes:
    """Something stands between two tags that does not belong there."""
    tokens = _TOKEN.findall(data)
    tokens.insert(dice.randrange(len(tokens) + 1), dice.choice(RAW))
    return b"".join(tokens)


def insert_into_text(dice: random.Random, data: bytes) -> bytes:
    """The same in the middle of a text or tag."""
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.choice(RAW) + data[at:]


def drop_token(dice: random.Random, data: bytes) -> bytes:
    """One tag or text is missing."""
    tokens = _TOKEN.findall(data)
    if tokens:
        del tokens[dice.randrange(len(tokens))]
    return b"".join(tokens)


def drop_element(dice: random.Random, data: bytes) -> bytes:
    """An element is missing, with all that is in it."""
    start, end = _element(dice, data)
    return data[:start] + data[end:]


def repeat_element(dice: random.Random, data: bytes) -> bytes:
    """An element stands there twice, or very often."""
    start, end = _element(dice, data)
    times = dice.choice((2, 2, 2, 3, 50 if end - start < 2000 else 2))
    return data[:start] + data[start:end] * times + data[end:]


def move_element(dice: random.Random, data: bytes) -> bytes:
    """An element stands elsewhere, between two tags."""
    start, end = _element(dice, data)
    piece, rest = data[start:end], data[:start] + data[end:]
    tokens = _TOKEN.findall(rest)
    tokens.insert(dice.randrange(len(tokens) + 1), piece)
    return b"".join(tokens)


def swap_siblings(dice: random.Random, data: bytes) -> bytes:
    """Two elements of one name change places: rows or cells are out of order."""
    name = dice.choice((b"row", b"c", b"si", b"xf", b"Relationship", b"sheet", b"col"))
    found = list(re.finditer(rb"<%b[\s>][^<>]*?(?:/>|>.*?</%b>)" % (name, name), data, re.DOTALL))
    if len(found) < 2:
        return drop_element(dice, data)
    one, other = sorted(dice.sample(found, 2), key=lambda match: match.start())
    middle = data[one.end() : other.start()]
    return data[: one.start()] + other[0] + middle + one[0] + data[other.end() :]


def rename_element(dice: random.Random, data: bytes) -> bytes:
    """All elements of one name go by another, or have a prefix, declared or not."""
    names = sorted(set(_NAME.findall(data)) - {b"?xml", b"!--"})
    if not names:
        return data
    old = dice.choice(names)
    news = (b"x:" + old, old.upper(), b"row", b"c", b"v", b"f", b"t", b"is", b"si", b"xf", b"a")
    pattern = re.compile(rb"(</?)" + re.escape(old) + rb"(?=[\s/>])")
    new, once = dice.choice(news), dice.choice((0, 0, 1))
    return pattern.sub(lambda match: match[1] + new, data, count=once)


def nest(dice: random.Random, data: bytes) -> bytes:
    """An element deep inside others, closed or not."""
    start, end = _element(dice, data)
    depth = dice.choice((1, 2, 100, 200, 20_000))
    name = (_NAME.match(data, start) or [b"", b"a"])[1]
    closing = (b"</%b>" % name) * dice.choice((depth, depth, 0))
    return data[:start] + (b"<%b>" % name) * depth + data[start:end] + closing + data[end:]


def reencode(dice: random.Random, data: bytes) -> bytes:
    """Another encoding, or what says so."""
    text = data.decode("utf-8", "replace")
    match dice.randrange(9):
        case 0:
            return text.encode("utf-16")
        case 1:
            return text.encode("utf-16-be")
        case 2:
            return b"\xef\xbb\xbf" * dice.choice((1, 1, 2)) + data
        case 3:
            return text.replace("UTF-8", "iso-8859-1").encode("latin-1", "replace")
        case 4:
            return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", data)
        case 5:
            return data.replace(b"UTF-8", dice.choice((b"utf-7", b"UTF-16", b"x", b"us-ascii")), 1)
        case 6:
            return text.encode("utf-32")
        case 7:
            return b" \n" + data
        case _:
            return data.replace(b'version="1.0"', b'version="1.1"', 1)


def rename_space(dice: random.Random, data: bytes) -> bytes:
    """Another namespace, or a prefix that stands for another one."""
    spaces = re.findall(rb'xmlns[^=]*="[^"]*"', data)
    if not spaces:
        return data
    old = dice.choice(spaces)
    name, _, value = old.partition(b"=")
    news = (
        name + b'="urn:x"',
        b'xmlns:q="u"',
        b"xmlns:r=" + value,
        b"xmlns=" + value,
        name + b'=""',
    )
    return data.replace(old, dice.choice(news), 1)


def unaddress(dice: random.Random, data: bytes) -> bytes:
    """Some cells and rows do not say where they stand any more."""
    share = dice.choice((0.05, 0.3, 1.0))
    pattern = dice.choice((rb' r="[A-Z]+\d+"', rb' r="\d+"', rb' r="[A-Z]*\d+"'))
    return re.sub(pattern, lambda match: b"" if dice.random() < share else match[0], data)


def shift_addresses(dice: random.Random, data: bytes) -> bytes:
    """Some cells say that they stand elsewhere: in another row, another column, far away."""
    share = dice.choice((0.02, 0.2))
    far = dice.choice((0, 1, 1, 5, 10_000, 1_048_570))

    def moved(match: re.Match[bytes]) -> bytes:
        if dice.random() > share:
            return match[0]
        letters = dice.choice((match[1], b"B", b"AB", b"XFD"))
        return b'r="%b%d"' % (letters, int(match[2]) + far)

    return _REFERENCE.sub(moved, data)


def shift_rows(dice: random.Random, data: bytes) -> bytes:
    """A row and all its cells say that they stand elsewhere."""
    rows = re.findall(rb'<row r="(\d+)"', data)
    if not rows:
        return unaddress(dice, data)
    old = dice.choice(rows)
    new = dice.choice((*rows, b"1048576", b"500000", b"3", b"0"))
    cells = rb'(<row r="|<c r="[A-Z]+)%b"' % old
    return re.sub(cells, lambda match: match[1] + new + b'"', data)


def lie_about_size(dice: random.Random, data: bytes) -> bytes:
    """The dimension, spans or counts say something else."""
    lies = (b"A1", b"A1:A1", b"XFD1048576", b"A1:XFD1048576", b"Z9:A1", b"C3:D4", b"A1:Z99", b"")
    data = re.sub(rb'(<dimension ref=")[^"]*', lambda m: m[1] + dice.choice(lies), data)
    count = dice.choice(NUMBERS)
    name = dice.choice((b"spans", b"count", b"uniqueCount"))
    return re.sub(rb'(\s%b=")[^"]*' % name, lambda match: match[1] + count, data)


def cut(dice: random.Random, data: bytes) -> bytes:
    """The part ends too early, or is empty."""
    return data[: dice.choice((0, dice.randrange(len(data) + 1)))]


def flip(dice: random.Random, data: bytes) -> bytes:
    """Some bytes are others."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 8)) if changed else 0):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def far_index(dice: random.Random, data: bytes) -> bytes:
    """Cells refer to shared strings or formats that there are not."""
    beyond = dice.choice((b"999", b"99999999999999999999", b"-1", b"", b"1.5", b"abc", b" 1"))
    patterns = (rb'(t="s"><v>)(\d+)', rb'(\ss=")(\d+)', rb'(numFmtId=")(\d+)', rb'(xfId=")(\d+)')
    share = dice.choice((0.1, 1.0))
    return re.sub(
        dice.choice(patterns),
        lambda match: match[1] + (beyond if dice.random() < share else match[2]),
        data,
    )


_CHANGES: dict[Change, int] = {
    set_value: 22, drop_attribute: 7, repeat_attribute: 2, rename_attribute: 4, requote: 5,
    set_text: 8, insert: 10, insert_into_text: 5, drop_token: 3, drop_element: 7,
    repeat_element: 7, move_element: 6, swap_siblings: 4, rename_element: 6, nest: 3, reencode: 3,
    rename_space: 2, unaddress: 5, shift_addresses: 5, shift_rows: 5, lie_about_size: 4, cut: 1,
    flip: 3, far_index: 5,
}  # fmt: skip


def _in_attribute(dice: random.Random, data: bytes, new: Callable[[bytes], bytes]) -> bytes:
    found = list(_ATTRIBUTE.finditer(data))
    if not found:
        return data
    match = dice.choice(found)
    return data[: match.start()] + new(match[0]) + data[match.end() :]


def _element(dice: random.Random, data: bytes) -> tuple[int, int]:
    """Where a random element begins and ends, as far as tags that pair up can tell."""
    tags = [m for m in _TOKEN.finditer(data) if m[0].startswith(b"<") and m[0][1:2] not in b"/?!"]
    if not tags:
        return 0, 0
    first = dice.choice(tags)
    if first[0].endswith(b"/>"):
        return first.span()
    name = (_NAME.match(first[0]) or [b"", b""])[1]
    depth = 0
    for match in re.finditer(
        rb"<(/?)%b(?:\s[^<>]*?)?(/?)>" % re.escape(name), data[first.start() :]
    ):
        depth += 0 if match[2] else -1 if match[1] else 1
        if depth == 0:
            return first.start(), first.start() + match.end()
    return first.span()
