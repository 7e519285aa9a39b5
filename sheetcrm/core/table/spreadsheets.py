"""Which Google spreadsheet an address in the browser, or an id, is of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ADDRESS: Final = re.compile(
    r"https://(?:docs|drive)\.google\.com/(?:a/[^/?#]+/)?(?:spreadsheets|file)/(?:u/\d+/)?"
    r"d/(?P<id>[A-Za-z0-9_-]+)(?=[/?#]|$)"
)
_OPENED: Final = re.compile(
    r"https://(?:docs|drive)\.google\.com/(?:u/\d+/)?open\?(?:[^#]*&)?id=(?P<id>[A-Za-z0-9_-]+)"
)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{20,}")
_GID: Final = re.compile(r"[#?&]gid=(\d{1,10})(?=[#&]|$)")
_PUBLISHED: Final = re.compile(r"https://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/e/")


@dataclass(frozen=True, kw_only=True, slots=True)
class SpreadsheetLink:
    """A spreadsheet, and the tab that was open when its address was copied."""

    id: str
    gid: int | None = None  #: the tab's sheet id, which a new name does not change


class NoSpreadsheetError(ValueError):
    """A text is no address of a Google spreadsheet.

    Attributes:
        hint: what to write instead.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def spreadsheet_link(text: str) -> SpreadsheetLink:
    """What an address (``…/d/ID/edit?gid=7#gid=7``) or a bare id stands for.

    Raises:
        NoSpreadsheetError: it is neither.
    """
    text = text.strip()
    if _PUBLISHED.match(text):
        raise NoSpreadsheetError(
            "the address of a copy that was published to the web, which cannot be written",
            "open the spreadsheet itself and copy the address from the browser",
        )
    found = _ADDRESS.match(text) or _OPENED.match(text)
    if found:
        gids = _GID.findall(text[found.end() - 1 :])
        return SpreadsheetLink(id=found["id"], gid=int(gids[-1]) if gids else None)
    if _ID.fullmatch(text):
        return SpreadsheetLink(id=text)
    raise NoSpreadsheetError(
        "neither the address nor the id of a Google spreadsheet",
        "copy the address from the browser: https://docs.google.com/spreadsheets/d/…/edit",
    )
