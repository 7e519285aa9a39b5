"""Changes to a package as a zip file: its bytes, its structures, the list of its parts."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

_LOCAL_FIELDS = {4: 2, 6: 2, 8: 2, 10: 2, 12: 2, 14: 4, 18: 4, 22: 4, 26: 2, 28: 2}
_CENTRAL_FIELDS = {
    4: 2, 6: 2, 8: 2, 10: 2, 12: 2, 14: 2, 16: 4, 20: 4, 24: 4, 28: 2, 30: 2, 32: 2, 34: 2,
    36: 2, 38: 4, 42: 4,
}  # fmt: skip
_END_FIELDS = {4: 2, 6: 2, 8: 2, 10: 2, 12: 4, 16: 4, 20: 2}
_SIGNS = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")

Change = Callable[[random.Random, bytearray], None]


def changed(dice: random.Random, data: bytes) -> tuple[bytes, str]:
    """The file with one change, and what it is called."""
    change = dice.choices(list(_CHANGES), weights=list(_CHANGES.values()))[0]
    content = bytearray(data)
    if content:
        change(dice, content)
    return bytes(content), change.__name__


def flip_bits(dice: random.Random, data: bytearray) -> None:
    """Single bits are turned."""
    for _ in range(dice.choice((1, 1, 2, 16))):
        data[_place(dice, data)] ^= 1 << dice.randrange(8)


def set_bytes(dice: random.Random, data: bytearray) -> None:
    """Some bytes in a row are others, or all alike."""
    at, length = _place(dice, data), dice.choice((1, 2, 4, 30, 500))
    filler = dice.choice((b"\0", b"\xff", b"A", dice.randbytes(1)))
    data[at : at + length] = dice.choice((filler * length, dice.randbytes(length)))


def delete(dice: random.Random, data: bytearray) -> None:
    """Some bytes are missing."""
    at = _place(dice, data)
    del data[at : at + dice.choice((1, 2, 4, 46, 1000))]


def insert(dice: random.Random, data: bytearray) -> None:
    """Some bytes stand in between, at the start or at the end."""
    at = dice.choice((0, len(data), _place(dice, data)))
    noise = dice.choice((dice.randbytes(8), b"\0" * 100, dice.choice(_SIGNS) * 5, b"P"))
    data[at:at] = noise


def repeat(dice: random.Random, data: bytearray) -> None:
    """A range stands there twice."""
    at = _place(dice, data)
    data[at:at] = data[at : at + dice.choice((1, 30, 46, 400, 5000))]


def cut_off(dice: random.Random, data: bytearray) -> None:
    """The end is missing."""
    del data[dice.choice((dice.randrange(len(data)), len(data) - dice.randrange(1, 60))) :]


def lie_locally(dice: random.Random, data: bytearray) -> None:
    """A field of a member's own header says something else."""
    _set_field(dice, data, b"PK\3\4", _LOCAL_FIELDS)


def lie_in_directory(dice: random.Random, data: bytearray) -> None:
    """A field of the central directory says something else."""
    _set_field(dice, data, b"PK\1\2", _CENTRAL_FIELDS)


def lie_at_end(dice: random.Random, data: bytearray) -> None:
    """A field of the end record says something else."""
    _set_field(dice, data, b"PK\5\6", _END_FIELDS)


def rename(dice: random.Random, data: bytearray) -> None:
    """A part goes by another name in the directory, or in both places."""
    old = dice.choice(
        (b"sheet1.xml", b"workbook.xml", b"styles.xml", b".rels", b"docProps", b"xl/")
    )
    new = dice.choice(
        (old.upper(), b"\\" + old[1:], b"\xff" * len(old), b"." * len(old), b"a" * 99)
    )
    new = (new + old)[: len(old)]
    first, last = data.find(old), data.rfind(old)
    for at in {first, last} if dice.random() < 0.7 else {last}:
        if at >= 0:
            data[at : at + len(old)] = new


def repeat_entry(dice: random.Random, data: bytearray) -> None:
    """The directory names a member twice, and the end record knows."""
    starts = _found(data, b"PK\1\2")
    end = data.rfind(b"PK\5\6")
    if not starts or end < 0 or end + 22 > len(data):
        return
    at = dice.choice(starts)
    if at + 46 > len(data):
        return
    length = 46 + sum(struct.unpack_from("<3H", data, at + 28))
    entry = bytes(data[at : at + length])
    count, size = struct.unpack_from("<HL", data, end + 10)
    struct.pack_into(
        "<2HL", data, end + 8, *[min(count + 1, 65535)] * 2, min(size + length, 2**32 - 1)
    )
    data[end:end] = entry


def big_numbers(dice: random.Random, data: bytearray) -> None:
    """An end record of zip64 that leads somewhere."""
    end = data.rfind(b"PK\5\6")
    if end < 0:
        return
    place = dice.choice((0, end, end + 1, len(data), 2**40, 2**63, 2**64 - 1))
    record = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 9, 9, dice.choice((0, 99, 2**63)), place
    )
    data[end:end] = dice.choice((record, b"")) + struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)


_CHANGES: dict[Change, int] = {
    flip_bits: 14, set_bytes: 10, delete: 8, insert: 8, repeat: 8, cut_off: 5, lie_locally: 14,
    lie_in_directory: 18, lie_at_end: 8, rename: 8, repeat_entry: 2, big_numbers: 3,
}  # fmt: skip


def _place(dice: random.Random, data: bytearray) -> int:
    """Anywhere, or near one of the structures."""
    if not data:
        return 0
    found = _found(data, dice.choice(_SIGNS[:3])) if dice.random() < 0.5 else []
    near = dice.choice(found) + dice.randrange(60) if found else dice.randrange(len(data))
    return min(near, len(data) - 1)


def _found(data: bytearray, sign: bytes) -> list[int]:
    places, at = [], data.find(sign)
    while at >= 0:
        places.append(at)
        at = data.find(sign, at + 1)
    return places


def _set_field(dice: random.Random, data: bytearray, sign: bytes, fields: dict[int, int]) -> None:
    offset = dice.choice(list(fields))
    length = fields[offset]
    places = [at for at in _found(data, sign) if at + offset + length <= len(data)]
    if not places:
        return
    at = dice.choice(places) + offset
    old = int.from_bytes(data[at : at + length], "little")
    most = 256**length - 1
    new = dice.choice((0, 1, most, most - 1, most // 2 + 1, old + 1, old - 1, old * 2, old ^ 0x800,
                       old ^ 8, old ^ 1, dice.randrange(most)))  # fmt: skip
    data[at : at + length] = (new & most).to_bytes(length, "little")
