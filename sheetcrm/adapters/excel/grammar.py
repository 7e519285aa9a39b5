"""The shape of rows and cells as nearly every program writes them, as regular expressions.

A row that matches is well-formed XML, its cells all carry their own address, and it can be
handled as bytes. Any other row is left to expat (`rows.view`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_CHAR = rb"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_TEXT = _CHAR + rb"(?:&(?:amp|lt|gt|quot|apos|#\d++|#x[0-9A-Fa-f]++);" + _CHAR + rb")*+"
_PLAIN_TEXT = rb"[^<&\x00-\x1f]*+"
_PLAIN_ATTRIBUTES = rb"""(?: s="[0-9]++")?+(?: t="[a-z]++")?+"""
_ATTRIBUTES = rb"""(?: [A-Za-z:0-9]++="[^"<>&\x00-\x1f]*+")*+"""
_F_ATTRIBUTES = rb"""(?: [A-Za-z:0-9]++="[^"<>\x00-\x1f]*+")*+"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grammar:
    """The patterns for sheets whose elements carry one certain prefix (mostly none)."""

    prefix: bytes
    row_start: bytes
    row_lead: bytes  #: a row's beginning up to the quote before its number
    row_end: bytes
    cell_start: bytes
    cell_end: bytes
    opening: re.Pattern[bytes]  #: a row's start tag, with gap before it
    number: re.Pattern[bytes]  #: a row's beginning up to its number, group 1
    row: re.Pattern[bytes]  #: a whole regular row; group 1 is its number
    letters: re.Pattern[bytes]  #: the column letters of each cell of a regular row
    cell: re.Pattern[bytes]  #: letters, attributes, formula element, value, inline text
    valued: re.Pattern[bytes]  #: the beginning of a value that is not empty

    def ordered(self, letters: Iterable[str]) -> re.Pattern[bytes]:
        """A row with some of these columns from left to right, plainly written, no formulas.

        What it matches, `row` matches too; but it is several times faster. Group 1 is the number.
        """
        p = re.escape(self.prefix)
        plain = _PLAIN_ATTRIBUTES + rb"(?:/>|><%bv>%b</%bv></%bc>)" % (p, _PLAIN_TEXT, p, p)
        cells = [rb'(?:<%bc r="%b\1"%b)?+' % (p, name.encode(), plain) for name in letters]
        return re.compile(_opening(p) + rb"(?:/>|>%b</%brow>)" % (b"".join(cells), p))

    def end_with(self, letters: Iterable[str]) -> re.Pattern[bytes]:
        """Some of these columns' cells, in this order and without formulas, and a row's end tag.

        Four groups for each cell: row number, attributes, value, inline text.
        """
        p, attributes, text = re.escape(self.prefix), _ATTRIBUTES, _TEXT
        rest = rb'([0-9]++)"(%b) ?(?:/>|>(?:%b)?+</%bc>)' % (
            attributes, _value(p, attributes, text), p
        )  # fmt: skip
        cells = [rb'(?:<%bc r="%b%b)?+' % (p, name.encode(), rest) for name in letters]
        return re.compile(rb"%b</%brow>" % (b"".join(cells), p))

    def cells_of(self, letters: Iterable[str]) -> re.Pattern[bytes]:
        """The cells of some columns without formulas: letters, attributes, value, inline text."""
        p, attributes, text = re.escape(self.prefix), _ATTRIBUTES, _TEXT
        return re.compile(
            rb'<%bc r="(%b)[0-9]+"(%b) ?(?:/>|>(?:%b)?+</%bc>)'
            % (p, "|".join(letters).encode(), attributes, _value(p, attributes, text), p)
        )


@lru_cache(maxsize=8)
def grammar(prefix: bytes) -> Grammar:
    """The patterns for a prefix such as ``x:`` or nothing."""
    p = re.escape(prefix)
    attributes, text = _ATTRIBUTES, _TEXT
    formula = rb"<%bf%b ?(?:/>|>%b</%bf>)" % (p, _F_ATTRIBUTES, text, p)
    value = rb"<%bv%b ?(?:/>|>%b</%bv>)" % (p, attributes, text, p)
    inline = rb"<%bis><%bt%b>%b</%bt></%bis>" % (p, p, attributes, text, p, p)
    body = rb"(?:%b)?+(?:%b|%b)?+" % (formula, value, inline)
    start, plain = rb'\s*+<%bc r="[A-Z]{1,3}+\1"' % p + _PLAIN_ATTRIBUTES, _PLAIN_TEXT
    cell = start + rb"(?:/>|><%bv>%b</%bv></%bc>|%b ?(?:/>|>%b</%bc>))" % (
        p, plain, p, p, attributes, body, p
    )  # fmt: skip
    return Grammar(
        prefix=prefix,
        row_start=b"<%brow" % prefix,
        row_lead=b"<%brow r=" % prefix,
        row_end=b"</%brow>" % prefix,
        cell_start=b'<%bc r="' % prefix,
        cell_end=b"</%bc>" % prefix,
        opening=re.compile(rb"\s*+<%brow(?=[\s/>])[^<>]*+>" % p),
        number=re.compile(rb'\s*+<%brow(?:\s[^<>]*?)??\sr="([1-9][0-9]*)"' % p),
        row=re.compile(_opening(p) + rb"(?:/>|>(?:%b)*+\s*+</%brow>)" % (cell, p)),
        letters=re.compile(rb'<%bc r="([A-Z]++)' % p),
        cell=re.compile(
            rb'<%bc r="([A-Z]{1,3})[0-9]+"(%b) ?(?:/>|>(%b)?+'
            rb"(?:%b)?+</%bc>)" % (p, attributes, formula, _value(p, attributes, text), p)
        ),
        valued=re.compile(rb"<%b(?:v(?: [^<>]*)?>[^<]|is>)" % p),
    )


def _opening(p: bytes) -> bytes:
    """A row's start tag up to its end; its number is a group."""
    return rb'\s*+<%brow r="([1-9][0-9]{0,6})"%b ?' % (p, _ATTRIBUTES)


def _value(p: bytes, attributes: bytes, text: bytes) -> bytes:
    """A value or an inline text, each as a group."""
    return rb"<%bv%b ?(?:/>|>(%b)</%bv>)|<%bis><%bt%b>(%b)</%bt></%bis>" % (
        p, attributes, text, p, p, p, attributes, text, p, p
    )  # fmt: skip
