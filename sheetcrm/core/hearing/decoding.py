"""Text out of mails: charsets, encoded words, and HTML as plain text. None of it ever fails."""

from __future__ import annotations

import binascii
import html
import re

_CHARSETS = re.compile(
    r"(?:us-?)?ascii|utf-?(?:8|16(?:-?[lb]e)?)|iso-?8859-\d{1,2}|latin-?\d|windows-?\d{3,4}|cp-?\d{3,5}"
    r"|koi8-[ru]|gb(?:2312|k|18030)|big5(?:hkscs)?|shift[_-]?jis|euc-?(?:jp|kr)|iso-2022-(?:jp|kr)"
    r"|tis-?620|mac-?roman",
    re.IGNORECASE,
)
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*|!--)?[^<>]*>")
_ENDS_LINE = frozenset(("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "hr"))
_NOT_SHOWN = frozenset(("style", "script", "head", "title"))
_QUOTE = "blockquote"


def charset_text(data: bytes, charset: str) -> str:
    """Bytes as text; by UTF-8, else Windows' Latin letters, where the charset is none we know."""
    name = charset.strip().lower()
    for codec in (name if _CHARSETS.fullmatch(name) else "utf-8", "utf-8"):
        try:
            return data.decode(codec)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def encoded_words(text: str) -> str:
    """A header's text with its encoded words read (RFC 2047)."""
    if "=?" not in text:
        return text
    return _WORD.sub(_read_word, _BETWEEN.sub(r"\1", text))


def plain_text(markup: str) -> str:
    """What a page of HTML says before anything that it quotes, a line for each block."""
    said: list[str] = []
    hidden = ""
    place = 0
    for tag in _TAG.finditer(markup):
        if not hidden:
            said.append(markup[place : tag.start()].replace("\n", " "))
        place = tag.end()
        name = (tag[2] or "").lower()
        if name == _QUOTE and not tag[1]:
            break
        if hidden:
            hidden = "" if tag[1] and name == hidden else hidden
        elif name in _NOT_SHOWN and not tag[1]:
            hidden = name
        elif name in _ENDS_LINE:
            said.append("\n")
    else:
        said.append("" if hidden else markup[place:].replace("\n", " "))
    return html.unescape("".join(said)).replace("\xa0", " ")


def one_line(text: str) -> str:
    """A text without line breaks, control characters, and what turns the direction of writing."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def _read_word(found: re.Match[str]) -> str:
    charset, kind, text = found[1].partition("*")[0], found[2].lower(), found[3]
    try:
        if kind == "q":
            data = binascii.a2b_qp(text.encode(), header=True)
        else:
            data = binascii.a2b_base64(text.encode() + b"==")
    except ValueError:
        return found[0]
    return charset_text(data, charset)
