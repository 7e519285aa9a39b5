"""CSV as raw fields that can be put together again byte for byte (RFC 4180, and what people have).

Encoding, byte-order mark, separator, quoting, line ends and the decimal sign are found, and stay.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sheetcrm.adapters.excel.faults import Refusal

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r"(?:sep=(.)|\"sep=(.)\")(\r\n|\n|\r|$)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"(.*)', re.DOTALL)
_IN_QUOTES = re.compile(r'"[^"]*+"')
_LOOKED_AT, _SAMPLE = 200, 1 << 18  # records, characters
_WITH_COMMA, _WITH_DOT = re.compile(r"-?\d+,\d+"), re.compile(r"-?\d+\.(?:\d{1,2}|\d{4,})")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str
    bom: bytes
    separator: str
    quoted: bool  #: all fields that are not blank stand in quotation marks
    decimal: str
    line_end: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A CSV file: joined by the separator, a record's raw fields are its text."""

    dialect: Dialect
    declared: str  #: Excel's own first line ``sep=;``, with its end; it is no row
    records: list[list[str]]
    ends: list[str]  #: what stands behind each record

    def encode(self) -> bytes:
        """The bytes of the file.

        Raises:
            UnicodeEncodeError: the file's encoding has no such character.
        """
        join = self.dialect.separator.join
        parts = [self.declared]
        for record, end in zip(self.records, self.ends, strict=True):
            parts += (join(record), end)
        return self.dialect.bom + "".join(parts).encode(self.dialect.encoding)


def parse(data: bytes) -> Document:
    """Take a file apart.

    Raises:
        Refusal: it is not text in UTF-8, UTF-16 with a byte-order mark, or Windows-1252.
    """
    bom, encoding = next(((b, e) for b, e in _BOMS if data.startswith(b)), (b"", ""))
    text, encoding = _decoded(data[len(bom) :], encoding)
    match = _DECLARED.match(text)
    declared = match[0] if match else ""
    rest = text[len(declared) :]
    separator = (match[1] or match[2]) if match else _separator(rest)
    records, ends = [], []
    for record, end in _split(rest, separator):
        records.append(record)
        ends.append(end)
    looked = [raw for record in records[:_LOOKED_AT] for raw in record if raw]
    return Document(
        dialect=Dialect(
            encoding=encoding,
            bom=bom,
            separator=separator,
            quoted=bool(looked) and all(raw.startswith('"') for raw in looked),
            decimal=_decimal(looked) if separator == ";" else ".",
            line_end=next((end for end in ends if end), "\r\n"),
        ),
        declared=declared,
        records=records,
        ends=ends,
    )


def content(raw: str) -> str:
    """What a raw field says."""
    match = _QUOTED.fullmatch(raw) if raw.startswith('"') else None
    return match[1].replace('""', '"') + match[2] if match else raw


def quote(text: str, dialect: Dialect, *, marks: str = _SEPARATORS) -> str:
    """A text as a raw field, in the manner of the file; `marks` are not to look like separators."""
    needed = any(mark in text for mark in (dialect.separator, *marks, '"', "\r", "\n"))
    if needed or dialect.quoted or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    for name in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise Refusal(
        "encoding",
        "this is not text in UTF-8, UTF-16 or Windows-1252",
        "open it and save it as “CSV UTF-8”",
    )


def _split(text: str, separator: str) -> Iterator[tuple[list[str], str]]:
    """Each record's raw fields, and the line end behind it."""
    mark = re.escape(separator)
    field = re.compile(rf'"[^"]*+(?:""[^"]*+)*+"[^{mark}\r\n]*+|[^{mark}\r\n]*+')
    at, length = 0, len(text)
    while at < length:
        found = _LINE_END.search(text, at)
        stop, after = found.span() if found else (length, length)
        line = text[at:stop]
        if '"' not in line:
            yield line.split(separator), text[stop:after]
            at = after
            continue
        record: list[str] = []
        while True:
            end = _field_end(field, text, at)
            record.append(text[at:end])
            at = end
            if text[at : at + 1] != separator:
                break
            at += 1
        found = _LINE_END.match(text, at)
        yield record, found[0] if found else ""
        at = found.end() if found else at


def _field_end(field: re.Pattern[str], text: str, at: int) -> int:
    match = field.match(text, at)
    return match.end() if match else at


def _separator(text: str) -> str:
    """The sign that cuts the first lines into most columns, as many lines as possible alike."""
    lines = _LINE_END.split(_IN_QUOTES.sub("", text[:_SAMPLE]))[:_LOOKED_AT]
    best, most = ",", 0
    for candidate in _SEPARATORS:
        counts = Counter(line.count(candidate) for line in lines)
        agreeing = max((count * many for count, many in counts.items()), default=0)
        if agreeing > most:
            best, most = candidate, agreeing
    return best


def _decimal(looked: Sequence[str]) -> str:
    """Where a semicolon separates, it does so because a comma stands in numbers, mostly."""
    texts = [content(raw) for raw in looked]
    commas = sum(1 for text in texts if _WITH_COMMA.fullmatch(text))
    dots = sum(1 for text in texts if _WITH_DOT.fullmatch(text))
    return "." if dots > commas else ","
