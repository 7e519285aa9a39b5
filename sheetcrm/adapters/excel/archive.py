"""A zip file as raw members: read one, or copy all with a few replaced.

What is not replaced is copied byte by byte: local header, compressed data, descriptor, order,
times. Written to APPNOTE.TXT 6.3.3 (the zip specification of ISO/IEC 21320 and OPC).
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sheetcrm.adapters.excel.deflated import BIG, CHUNK, Deflated
from sheetcrm.adapters.excel.faults import REPAIR, Refusal

_MOST_INFLATED = 4 << 30
_MOST_PART = 512 << 20
_SUSPICIOUS_SIZE, _SUSPICIOUS_RATIO = 100 << 20, 400
_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_UTF8, _ENCRYPTED = 0x0800, 0x0001
_FIRST_DAY = 0x21  # 1 January 1980, the first that there is (APPNOTE 4.4.6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One member and where it lies in the file; `end` is where the next one begins."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    data: int
    end: int
    record: bytes

    @staticmethod
    def new(name: str) -> Member:
        """One that stands in no file yet; its time is that of the format, 1980."""
        raw = name.encode("ascii")
        fields = (20, 20, 0, 8, 0, _FIRST_DAY, 0, 0, 0, len(raw), 0, 0, 0, 0, 0, 0)
        record = _CENTRAL.pack(b"PK\1\2", *fields) + raw
        return Member(
            name=name, flags=0, method=8, crc=0, packed=0, size=0, offset=0, data=0, end=0,
            record=record,
        )  # fmt: skip


class Archive:
    """A zip file, opened for reading.

    Raises:
        Refusal: it is truncated, holds a part twice, or lies about itself.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self._read_directory()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def members(self) -> list[Member]:
        """All members in the order of the central directory."""
        return list(self._members.values())

    def find(self, name: str) -> Member | None:
        """The member of that part name (case and kind of slash do not matter, as in OPC)."""
        return self._members.get(_key(name))

    def read(self, name: str) -> bytes:
        """A whole part. For sheets, which may be big, see `chunks`."""
        member = self.sane(name)
        if member.size > _MOST_PART:
            raise _bomb(member)
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part, inflated bit by bit, checked for size and CRC at its end."""
        member = self.sane(name)
        crc = size = 0
        for chunk in self._inflated(member):
            size += len(chunk)
            if size > member.size:
                break
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if size != member.size or crc != member.crc:
            raise Refusal("damaged", f"the part {member.name} is damaged", REPAIR)

    def check(self) -> None:
        """Hold every member against its size and CRC; raise a `Refusal` where they differ."""
        deque((deque(self.chunks(member.name), maxlen=0) for member in self.members), maxlen=0)

    def raw(self, member: Member) -> Iterator[bytes]:
        """Everything that a member takes up in the file, as it stands there."""
        return self._span(member.offset, member.end)

    def copy(self, out: BinaryIO, replaced: Mapping[str, Deflated]) -> None:
        """Write the whole archive to `out` with the contents of some parts replaced.

        Parts that it lacks are added behind all others.
        """
        new = {_key(name): content for name, content in replaced.items()}
        ordered = sorted(self._members.items(), key=lambda item: item[1].offset)
        _pour(self._span(0, ordered[0][1].offset), out)
        records: dict[str, bytes] = {}
        for key, member in ordered:
            place = out.tell() - self._base
            if key in new:
                out.write(_header(member, new[key]))
                _pour(new[key].chunks(), out)
                records[key] = _record(member, place, new[key])
            else:
                _pour(self.raw(member), out)
                records[key] = _moved(member, place)
        added = [
            self._add(out, name, content)
            for name, content in replaced.items()
            if _key(name) not in self._members
        ]
        self._write_directory(out, [*(records[key] for key in self._members), *added])

    def _add(self, out: BinaryIO, name: str, content: Deflated) -> bytes:
        """Write a part that is new; its central record."""
        fresh = Member.new(name)
        place = out.tell() - self._base
        out.write(_header(fresh, content))
        _pour(content.chunks(), out)
        return _record(fresh, place, content)

    def _write_directory(self, out: BinaryIO, records: list[bytes]) -> None:
        start, length = out.tell() - self._base, sum(map(len, records))
        if start + length >= BIG or len(records) >= 0xFFFF:
            raise Refusal("too-big", "it is bigger than 4 GB", "split it into several workbooks")
        out.write(b"".join(records))
        count = len(records)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, length, start, self._said)
        out.write(end + self._comment)

    def sane(self, name: str) -> Member:
        """The member of that part name; a `Refusal` where it is missing or a bomb."""
        member = self.find(name)
        if member is None:
            raise Refusal("damaged", f"the part {name} is missing", REPAIR)
        if member.method not in {0, 8} or member.flags & _ENCRYPTED:
            raise Refusal(
                "damaged", f"the part {name} is stored in a way that Excel cannot read", REPAIR
            )
        if member.size > _MOST_INFLATED or (
            member.size > _SUSPICIOUS_SIZE and member.size > _SUSPICIOUS_RATIO * member.packed
        ):
            raise _bomb(member)
        return member

    def _inflated(self, member: Member) -> Iterator[bytes]:
        packed = self._span(member.data, member.data + member.packed)
        if member.method == 0:
            yield from packed
            return
        inflater = zlib.decompressobj(-15)
        for piece in packed:
            waiting = piece
            while waiting and not inflater.eof:
                yield inflater.decompress(waiting, CHUNK)
                waiting = inflater.unconsumed_tail
        yield inflater.flush()

    def _span(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            self._file.seek(start)
            chunk = self._file.read(min(CHUNK, end - start))
            if not chunk:
                raise _truncated()
            start += len(chunk)
            yield chunk

    def _read_directory(self) -> None:
        total = self._file.seek(0, 2)
        self._file.seek(max(0, total - 66_000))
        tail = self._file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0 or len(tail) - at < _END.size:
            raise _truncated()
        _, disk, first, _, count, length, start, self._said = _END.unpack_from(tail, at)
        position = total - len(tail) + at
        self._comment = tail[at + _END.size :]  # and what else follows, which nobody declared
        if tail[max(0, at - 20) : at][:4] == b"PK\6\7":
            position, count, length, start = self._read_zip64(tail[at - 20 : at])
        if disk or first or position - length < start:
            raise _truncated()
        self._base = position - length - start
        self._file.seek(position - length)
        self.directory = self._file.read(length)
        self._members = self._parse(self.directory, count, position - length)

    def _read_zip64(self, locator: bytes) -> tuple[int, int, int, int]:
        (position,) = struct.unpack_from("<Q", locator, 8)
        if position > _MOST_INFLATED:
            raise _truncated()
        self._file.seek(position)
        record = self._file.read(56)
        if len(record) < 56 or record[:4] != b"PK\6\6":
            raise _truncated()
        _, count, length, start = struct.unpack_from("<4Q", record, 24)
        return position, count, length, start

    def _parse(self, directory: bytes, count: int, stop: int) -> dict[str, Member]:
        entries = list(_entries(directory, self._base))
        starts = sorted(entry[0] for entry in entries)
        if len(entries) != count or not entries or starts[0] < 0 or starts[-1] >= stop:
            raise _truncated()
        ends = dict(zip(starts, [*starts[1:], stop], strict=True))
        members: dict[str, Member] = {}
        for offset, record in entries:
            member = self._member(offset, ends[offset], record)
            if _key(member.name) in members:
                raise Refusal("duplicate-parts", f"it holds the part {member.name} twice", REPAIR)
            if ".." in _key(member.name).split("/"):
                raise Refusal("hostile-names", "it holds parts that lead out of it", REPAIR)
            members[_key(member.name)] = member
        return members

    def _member(self, offset: int, end: int, record: bytes) -> Member:
        _, _, _, flags, method, _, _, crc, packed, size, length, *_ = _CENTRAL.unpack_from(record)
        raw_name = record[_CENTRAL.size : _CENTRAL.size + length]
        packed, size, _ = _sizes(record)
        self._file.seek(offset)
        header = self._file.read(_LOCAL.size + length)
        if len(header) < _LOCAL.size + length or header[:4] != b"PK\3\4":
            raise _truncated()
        local_name, local_extra = struct.unpack_from("<2H", header, 26)
        data = offset + _LOCAL.size + local_name + local_extra
        if header[_LOCAL.size :] != raw_name or local_name != length or data + packed > end:
            raise Refusal("damaged", "its zip directory contradicts its contents", REPAIR)
        return Member(
            name=raw_name.decode("utf-8" if flags & _UTF8 else "cp437"),
            flags=flags,
            method=method,
            crc=crc,
            packed=packed,
            size=size,
            offset=offset,
            data=data,
            end=end,
            record=record,
        )


def ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks, each made in a second thread while the one before it is being used."""
    second = ThreadPoolExecutor(max_workers=1)
    waiting = second.submit(next, chunks, None)
    try:
        while (chunk := waiting.result()) is not None:
            waiting = second.submit(next, chunks, None)
            yield chunk
    finally:
        # The thread is not joined: who is forgotten halfway is collected as garbage by any thread,
        # also by one that is just starting and holds the lock that a join waits for.
        second.shutdown(wait=False)
        wait([waiting])


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _entries(directory: bytes, base: int) -> Iterator[tuple[int, bytes]]:
    """Offset in the file and raw record of each entry of the central directory."""
    at = 0
    while directory[at : at + 4] == b"PK\1\2" and at + _CENTRAL.size <= len(directory):
        name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        record = directory[at : at + _CENTRAL.size + name + extra + comment]
        at += len(record)
        yield _sizes(record)[2] + base, record


def _sizes(record: bytes) -> tuple[int, int, int]:
    """Packed size, size and offset, from the zip64 extra field where they do not fit."""
    packed, size, name, extra = struct.unpack_from("<2L2H", record, 20)
    (offset,) = struct.unpack_from("<L", record, 42)
    wide = _extras(record[_CENTRAL.size + name : _CENTRAL.size + name + extra]).get(1, b"")
    found = []
    for value in (size, packed, offset):
        if value == BIG and len(wide) >= 8:
            (value,), wide = struct.unpack_from("<Q", wide), wide[8:]  # noqa: PLW2901
        found.append(value)
    return found[1], found[0], found[2]


def _extras(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        kind, length = struct.unpack_from("<2H", data)
        found[kind] = data[4 : 4 + length]
        data = data[4 + length :]
    return found


def _pour(chunks: Iterable[bytes], out: BinaryIO) -> None:
    out.writelines(chunks)


def _header(member: Member, content: Deflated) -> bytes:
    """The local header of a part written anew: same name and times, no descriptor."""
    name = _raw_name(member)
    times = struct.unpack_from("<2H", member.record, 12)
    sizes = (content.crc, content.packed, content.size, len(name), 0)
    return _LOCAL.pack(b"PK\3\4", 20, member.flags & _UTF8, 8, *times, *sizes) + name


def _raw_name(member: Member) -> bytes:
    (length,) = struct.unpack_from("<H", member.record, 28)
    return member.record[_CENTRAL.size : _CENTRAL.size + length]


def _record(member: Member, place: int, content: Deflated) -> bytes:
    """The central record of a part written anew: no zip64 field, no descriptor."""
    made, _, _, _, time, day = struct.unpack_from("<6H", member.record, 4)
    comment_length, _, internal, external = struct.unpack_from("<3HL", member.record, 32)
    name = _raw_name(member)
    comment = member.record[len(member.record) - comment_length :] if comment_length else b""
    fields = (20, member.flags & _UTF8, 8, time, day, content.crc, content.packed, content.size)
    lengths = (len(name), 0, comment_length, 0, internal, external, place)
    return _CENTRAL.pack(b"PK\1\2", made, *fields, *lengths) + name + comment


def _moved(member: Member, place: int) -> bytes:
    """The central record of a copied member, now at `place`."""
    (offset,) = struct.unpack_from("<L", member.record, 42)
    if offset == BIG or place >= BIG:
        raise Refusal("too-big", "it is bigger than 4 GB", "split it into several workbooks")
    return member.record[:42] + struct.pack("<L", place) + member.record[46:]


def _truncated() -> Refusal:
    return Refusal(
        "truncated",
        "the file is cut off or is not a workbook",
        "download or copy it once more, or take it from a backup",
    )


def _bomb(member: Member) -> Refusal:
    return Refusal(
        "too-big",
        f"its part {member.name} would unpack to {member.size >> 20} MB, too much to be real",
        "save it anew in Excel, or split it",
    )
