"""New content of a part of a zip file, compressed while it is being made."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from tempfile import SpooledTemporaryFile

from sheetcrm.adapters.excel.faults import Refusal

CHUNK = 1 << 20
BIG = 0xFFFFFFFF  #: what needs the zip64 extension
_LEVEL = 5  # a third less time than 6, for 4 in a hundred more bytes
_QUICK_LEVEL, _MUCH = 2, 16 << 20  # half of that time, for a fifth more bytes; Excel does so, too
_WINDOW = 1 << 15  # bytes that deflate looks back
_MOST_WAITING = 8
_MOST_IN_MEMORY = 64 << 20


class Deflated:
    """A part's new content, compressed; in memory, or on disk where it is big."""

    def __init__(self, content: Iterable[bytes]) -> None:
        self._file = SpooledTemporaryFile(max_size=_MOST_IN_MEMORY)  # noqa: SIM115 - see close
        self.crc = self.size = 0
        try:
            self._fill(content)
        except BaseException:
            self.close()
            raise

    def chunks(self) -> Iterator[bytes]:
        """The compressed bytes."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK):
            yield chunk

    def close(self) -> None:
        """Let go of them."""
        self._file.close()

    def _fill(self, content: Iterable[bytes]) -> None:
        """Compress in two threads while the content is being made in this one.

        Each chunk is a stream of its own that goes on where the one before it ends: it may refer
        to that one's last 32 KB, and is cut at a whole byte (RFC 1951, 3.2.4).
        """
        waiting: deque[Future[bytes]] = deque()
        window = b""
        with ThreadPoolExecutor(max_workers=2) as others:
            for chunk in content:
                level = _LEVEL if self.size < _MUCH else _QUICK_LEVEL
                self.crc = zlib.crc32(chunk, self.crc)
                self.size += len(chunk)
                waiting.append(others.submit(_deflated, chunk, window, level))
                window = (window + chunk)[-_WINDOW:] if len(chunk) < _WINDOW else chunk[-_WINDOW:]
                if len(waiting) > _MOST_WAITING:
                    self._file.write(waiting.popleft().result())
            for done in waiting:
                self._file.write(done.result())
        self._file.write(zlib.compressobj(_LEVEL, zlib.DEFLATED, -15).flush())
        self.packed = self._file.tell()
        if self.size >= BIG:
            raise Refusal("too-big", "one of its tabs is bigger than 4 GB", "split the tab")


def _deflated(chunk: bytes, window: bytes, level: int) -> bytes:
    """A chunk compressed, to be followed by others; `window` is what stands before it."""
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15, zdict=window)
    return deflater.compress(chunk) + deflater.flush(zlib.Z_SYNC_FLUSH)
