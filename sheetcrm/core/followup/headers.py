"""How header lines are written: the same bytes under every Python, and nothing lost or added.

Python's own folding encodes a token of more than 77 characters in a header that it has no class
for (``List-Unsubscribe``, ``References``) as an encoded word, which no mail program reads there;
it puts blanks into long names; it changes from release to release, and takes most of the time of
a message. So the lines are ours: a value with a line break is refused, whatever it is, and an
address is a plain one (RFC 5321, Dot-string) or refused.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence

LINE_LIMIT = 78  #: characters (RFC 5322, section 2.1.1); a single token may be longer
TOKEN_LIMIT = 998  #: characters of any line (the same section)
WORD_LIMIT = 75  #: characters of an encoded word (RFC 2047, section 2)
FIRST_LIMIT = 76 - len("Reply-To: ")  #: of the first one, as its line has 76 (the same section)
ADDRESS_LIMIT = 254  #: characters (RFC 5321, section 4.5.3.1.3, without the brackets)
LOCAL_LIMIT = 64  #: characters before the @ (section 4.5.3.1.1)

_ENVELOPE = len("=?utf-8?q??=")
_BREAK = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_UNENCODED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def header(name: str, tokens: Iterable[str]) -> str:
    """One header, folded between its tokens, with its line end.

    Raises:
        ValueError: a token is not ASCII, breaks the line, or is too long for one.
    """
    lines = list(_lines(f"{name}:", tokens))
    for line in lines:
        if not line.isascii() or _BREAK.search(line):
            raise ValueError(f"{name} has a character that cannot stand in a header")
        if len(line) > TOKEN_LIMIT:
            raise ValueError(f"{name} has a word of more than {TOKEN_LIMIT} characters")
    return "".join(f"{line}\r\n" for line in lines)


def text_tokens(text: str) -> Sequence[str]:
    """Text for people, such as a subject: words, or encoded words where it needs them.

    Raises:
        ValueError: it has a line break or another control character.
    """
    _refuse_breaks(text)
    return text.split() if _is_plain(text) else list(encoded_words(text))


def address_tokens(name: str, address: str) -> Sequence[str]:
    """A name and one address: the name as atoms, quoted, or encoded.

    Raises:
        ValueError: the address is not a single plain one, or the name breaks the line.
    """
    _refuse_breaks(name)
    if not is_plain_address(address):
        raise ValueError(f"“{address}” is not a plain e-mail address")
    if not name:
        return [address]
    return [*_name_tokens(name), f"<{address}>"]


def is_plain_address(text: str) -> bool:
    """Whether it is one address that every mail server takes: ASCII, nothing quoted."""
    fits = len(text) <= ADDRESS_LIMIT and 0 < text.find("@") <= LOCAL_LIMIT
    return fits and _ADDRESS.fullmatch(text) is not None


def encoded_words(text: str) -> Iterator[str]:
    """Text as encoded words, each of whole characters; readable where most letters are ASCII."""
    quoted = [_quoted(char.encode()) for char in text]
    by_letter = len("".join(quoted)) <= 2 * len(text)
    sizes = [len(part) for part in quoted] if by_letter else [len(char.encode()) for char in text]
    limits = (limit - _ENVELOPE for limit in (FIRST_LIMIT, WORD_LIMIT))
    for start, end in _chunks(sizes, *(n if by_letter else n // 4 * 3 for n in limits)):
        if by_letter:
            yield f"=?utf-8?q?{''.join(quoted[start:end])}?="
        else:
            yield f"=?utf-8?b?{base64.b64encode(text[start:end].encode()).decode()}?="


def _refuse_breaks(text: str) -> None:
    if _BREAK.search(text):
        raise ValueError("a line break or control character cannot stand in a header")


def _is_plain(text: str) -> bool:
    """Whether it can stand in a header as it is, and reads as what it is."""
    return text.isascii() and "=?" not in text and text == " ".join(text.split())


def _name_tokens(name: str) -> Sequence[str]:
    if not _is_plain(name):
        return list(encoded_words(name))
    if _ATOMS.fullmatch(name):
        return name.split(" ")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    if len(escaped) > LINE_LIMIT - len('Reply-To: ""'):
        return list(encoded_words(name))
    return [f'"{escaped}"']


def _lines(start: str, tokens: Iterable[str]) -> Iterator[str]:
    line = start
    for token in tokens:
        if len(line) + 1 + len(token) > LINE_LIMIT and line != start:
            yield line
            line = ""
        line += f" {token}"
    yield line


def _chunks(sizes: Sequence[int], first: int, other: int) -> Iterator[tuple[int, int]]:
    start = used = 0
    limit = first
    for index, size in enumerate(sizes):
        if used + size > limit:
            yield start, index
            start, used, limit = index, 0, other
        used += size
    yield start, len(sizes)


def _quoted(data: bytes) -> str:
    if data == b" ":
        return "_"
    return "".join(chr(byte) if byte in _UNENCODED else f"={byte:02X}" for byte in data)
