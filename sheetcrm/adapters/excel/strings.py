"""The shared strings of a workbook: new ones are appended, so every index stays valid."""

from __future__ import annotations

import re
from functools import cached_property

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.markup import Splice
from sheetcrm.adapters.excel.values import read_text, string_element

_MOST_BYTES = 96 << 20
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sst(?=[\s/>])[^<>]*>")
_PLAIN = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?t(?:\s[^<>]*)?>([^<]*)<")


class Unsuitable(Exception):  # noqa: N818 - a signal, never shown
    """Nothing can be appended safely here; texts are written into the cells instead."""


class SharedStrings:
    """A shared strings part, to which texts may be added.

    Raises:
        Unsuitable: it is too big, or not as programs usually write it.
    """

    def __init__(self, data: bytes) -> None:
        match = _ROOT.search(data)
        if not match or b"<!" in data or len(data) > _MOST_BYTES:
            raise Unsuitable
        self._data = data
        self._prefix = match[1]
        self._items = self._split(data[match.end() :])
        self._added: list[bytes] = []
        self._known: dict[str, int] = {}
        self._root = match

    @property
    def items(self) -> list[bytes]:
        """The ``<si>`` elements that the part holds; an element's place is its index."""
        return self._items

    @cached_property
    def _index(self) -> dict[bytes, int]:
        return {item: index for index, item in enumerate(self._items)}

    def index(self, text: str) -> int:
        """The index of a text, appended where it is new."""
        known = self._known.get(text)
        if known is not None:
            return known
        item = string_element(b"si", text, self._prefix)
        found = self._index.get(item)
        if found is None:
            found = self._index[item] = len(self._items) + len(self._added)
            self._added.append(item)
        self._known[text] = found
        return found

    def text(self, index: int) -> str | None:
        """The text at an index, or None where it is rich text."""
        items = self._items if index < len(self._items) else self._added
        item = items[index if index < len(self._items) else index - len(self._items)]
        found = _PLAIN.findall(item)
        return read_text(found[0]) if len(found) == 1 else None

    def rendered(self, references: int) -> bytes | None:
        """The part with the added texts, or None where there are none.

        Args:
            references: how many more cells refer to shared strings than before.
        """
        if not self._added:
            return None
        added = b"".join(self._added)
        tag, start = self._root[0], self._root.start()
        element = markup.parse(tag if tag.endswith(b"/>") else tag[:-1] + b"/>")
        counts = {"uniqueCount": len(self._added), "count": references}
        values = {
            name: str(max(int(element.get(name)) + more, 0))  # some programs write false counts
            for name, more in counts.items()
            if markup.is_whole(element.get(name))
        }
        opening = markup.apply(tag, [markup.set_attributes(tag, element, values)])
        if tag.endswith(b"/>"):
            opening = opening[:-2].rstrip() + b">"
            added += b"</%bsst>" % self._prefix
        at = self._insert_at()
        changed = [Splice(start, start + len(tag), opening), Splice(at, at, added)]
        return markup.apply(self._data, changed)

    def _insert_at(self) -> int:
        closing = b"</%bsi>" % self._prefix
        last = self._data.rfind(closing)
        return last + len(closing) if last >= 0 else self._root.end()

    def _split(self, body: bytes) -> list[bytes]:
        """The ``<si>`` elements as bytes; their place is their index."""
        opening, closing = b"<%bsi>" % self._prefix, b"</%bsi>" % self._prefix
        parts = body.split(closing)[:-1]
        if body.count(opening[:-1]) != len(parts):
            raise Unsuitable
        if body.startswith(opening) and body.count(closing + opening) == len(parts) - 1:
            return [part + closing for part in parts]
        items = [part[part.find(opening) :] + closing for part in parts]
        if not all(item.startswith(opening) for item in items):
            raise Unsuitable
        return items
