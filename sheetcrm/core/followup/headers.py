"""How header lines are written: the same bytes under every Python, and nothing lost.

Python's own folding encodes a token of more than 77 characters in a header that it has no class
for (``List-Unsubscribe``, ``References``) as an encoded word, which no mail program reads there;
it puts blanks into long names; and it changes from release to release. So the values are
Python's (which refuse line breaks), and the lines are ours.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from email.headerregistry import Address, AddressHeader
from email.policy import EmailPolicy
from typing import Any

LINE_LIMIT = 78  #: characters (RFC 5322, section 2.1.1); a single token may be longer
WORD_LIMIT = 75  #: characters of an encoded word (RFC 2047, section 2)

_ENVELOPE = len("=?utf-8?q??=")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_UNENCODED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


class MailPolicy(EmailPolicy):
    """Messages as they go over the wire: CRLF, 7 bits, and header lines folded at blanks."""

    def fold(self, name: str, value: Any) -> str:
        """One header as text."""
        if isinstance(value, AddressHeader):
            tokens = [token for address in value.addresses for token in _address(address)]
        elif name.lower() == "subject" and not str(value).isascii():
            tokens = list(encoded_words(str(value)))
        else:
            tokens = str(value).split()
        return self.linesep.join(_lines(f"{name}:", tokens)) + self.linesep

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as bytes; what is not ASCII by now is refused."""
        return self.fold(name, value).encode("ascii")


POLICY = MailPolicy(linesep="\r\n", max_line_length=LINE_LIMIT, cte_type="7bit")


def encoded_words(text: str) -> Iterator[str]:
    """Text as encoded words, each of whole characters; readable where most letters are ASCII."""
    quoted = [_quoted(char.encode()) for char in text]
    by_letter = len("".join(quoted)) <= 2 * len(text)
    limit = WORD_LIMIT - _ENVELOPE
    sizes = [len(part) for part in quoted] if by_letter else [len(char.encode()) for char in text]
    limit = limit if by_letter else limit // 4 * 3
    for start, end in _chunks(sizes, limit):
        if by_letter:
            yield f"=?utf-8?q?{''.join(quoted[start:end])}?="
        else:
            yield f"=?utf-8?b?{base64.b64encode(text[start:end].encode()).decode()}?="


def _address(address: Address) -> list[str]:
    """Name and address; the name as atoms, quoted, or encoded."""
    name, at = address.display_name, f"<{address.addr_spec}>"
    if not name:
        return [address.addr_spec]
    if not name.isascii():
        return [*encoded_words(name), at]
    if _ATOMS.fullmatch(name):
        return [name, at]
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"', at]


def _lines(start: str, tokens: Sequence[str]) -> list[str]:
    lines = [start]
    for token in tokens:
        if len(lines[-1]) + 1 + len(token) > LINE_LIMIT and lines[-1] != start:
            lines.append("")
        lines[-1] += f" {token}"
    return lines


def _chunks(sizes: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    start = used = 0
    for index, size in enumerate(sizes):
        if used + size > limit:
            yield start, index
            start, used = index, 0
        used += size
    yield start, len(sizes)


def _quoted(data: bytes) -> str:
    if data == b" ":
        return "_"
    return "".join(chr(byte) if byte in _UNENCODED else f"={byte:02X}" for byte in data)
