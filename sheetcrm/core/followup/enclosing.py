"""Which files a template sends along: ``Attach: …`` lines, and pictures in its text.

Whatever names a file that is not there, is too large, or is not what it seems, is a fault with its
line, found before anything is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from sheetcrm.core.followup.enclosure import MESSAGE_LIMIT, Enclosure, UnfitFileError, enclosure
from sheetcrm.core.followup.lint import Fault
from sheetcrm.core.followup.percent import percent_decode
from sheetcrm.errors import UsageError

FOLDER = "attachments/"

_MARKDOWN = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>(?:\{\{.*?\}\}|[^)\n])*)\)")
_TITLE = re.compile(r"\s+(?:\".*\"|'.*')\s*$")
_HTML = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SRC = re.compile(r"(\bsrc\s*=\s*)([\"'])(.*?)\2", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=", re.IGNORECASE)

Reader = Callable[[str], bytes]


def no_files(name: str) -> bytes:
    """A reader of an empty folder.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"there is no {FOLDER}{name}")


class Files:
    """The files of ``attachments/``, each read and checked once."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._attachments: dict[str, Enclosure | Fault] = {}
        self._pictures: dict[str, Enclosure | Fault] = {}

    @property
    def pictures(self) -> Mapping[str, Enclosure]:
        """Name → picture, of all that some text shows."""
        return {n: one for n, one in self._pictures.items() if isinstance(one, Enclosure)}

    def attached(
        self, names: Iterable[str], line: int
    ) -> tuple[tuple[Enclosure, ...], list[Fault]]:
        """The files of an ``Attach:`` line."""
        found = [self._get(bare_name(name), self._attachments, line) for name in names]
        files = tuple(one for one in found if isinstance(one, Enclosure))
        faults = [one for one in found if isinstance(one, Fault)]
        size = sum(len(one.data) for one in files)
        if size > MESSAGE_LIMIT:
            message = f"the attachments have {size / 1e6:.1f} MB together"
            hint = f"a message has at most {MESSAGE_LIMIT / 1e6:g} MB: link to what is large"
            faults.append(Fault(message=message, line=line, hint=hint))
        return files, faults

    def in_markdown(self, text: str) -> list[Fault]:
        """Whatever is wrong with the pictures of a text."""
        faults: list[Fault] = []
        for match in _MARKDOWN.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            target = _TITLE.sub("", match["target"].strip()).strip("<>")
            faults += self._faults(target, match["alt"].strip(), line)
        return faults

    def in_layout(self, html: str) -> tuple[str, list[Fault]]:
        """A layout whose pictures are named as messages name them, and what is wrong with them."""
        faults: list[Fault] = []

        def named(match: re.Match[str]) -> str:
            src = _SRC.search(match[0])
            target = src[3] if src else ""
            line = html.count("\n", 0, match.start()) + 1
            found = list(self._faults(target, "alt" if _ALT.search(match[0]) else "", line))
            faults.extend(found)
            picture = self.pictures.get(bare_name(target))
            if found or not picture:
                return match[0]
            return _SRC.sub(rf"\g<1>\g<2>cid:{picture.cid}\g<2>", match[0], count=1)

        return _HTML.sub(named, html), faults

    def _faults(self, target: str, alt: str, line: int) -> Iterable[Fault]:
        if not alt:
            hint = "![Our roof in Bogor](roof.jpg), as many programs show no pictures"
            yield Fault(message="a picture needs words that stand for it", line=line, hint=hint)
        if target.startswith("https://"):
            return
        if "{{" in target or "{%" in target or ":" in target:
            hint = f"name a file in {FOLDER}, or an https: address"
            yield Fault(message=f"a picture cannot be “{target}”", line=line, hint=hint)
            return
        found = self._get(bare_name(target), self._pictures, line, picture=True)
        if isinstance(found, Fault):
            yield found

    def _get(
        self, name: str, known: dict[str, Enclosure | Fault], line: int, *, picture: bool = False
    ) -> Enclosure | Fault:
        if name not in known:
            try:
                known[name] = enclosure(name.rpartition("/")[2], self._read(name), picture=picture)
            except UsageError as error:
                known[name] = Fault(message=error.message, line=line, hint=error.hint)
            except UnfitFileError as error:
                known[name] = Fault(message=str(error), line=line)
        found = known[name]
        return found if isinstance(found, Enclosure) else replace(found, line=line)


def bare_name(target: str) -> str:
    """A file's name below ``attachments/``, however it is written: ``attachments/a%20b.png``."""
    return percent_decode(target.strip()).removeprefix("./").removeprefix(FOLDER)
