"""The page."""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from sheetcrm.core.health.contacts import Reach
from sheetcrm.core.health.page import health_page
from sheetcrm.core.health.report import SheetHealth
from sheetcrm.core.health.words import words
from sheetcrm.errors import TabNotFoundError
from tests.core.health.health_sheets import found

AT = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
HOSTILE = '<script>alert("x")</script>@'


class Outline(HTMLParser):
    """Tags that are open, and all that were seen."""

    VOID = frozenset({"meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page_of(language: str = "en") -> str:
    sick = SheetHealth(
        source="expo",
        locator="expo.xlsx › Leads",
        leads=2,
        columns=2,
        reach=Reach(by_email=1, by_phone=None, by_none=1),
        findings=found({"Email": [HOSTILE, "ana@gmial.com"], "<b>City</b>": [" Bogor", "Bogor"]}),
    )
    well = SheetHealth(source="web", locator="web.csv", leads=1, columns=1, reach=None)
    lost = SheetHealth(
        source="old",
        locator="old.xlsx",
        error=TabNotFoundError("there is no tab “Leads”", hint="its tabs: Sheet1"),
    )
    return health_page([sick, well, lost], AT, words(language))


@pytest.mark.parametrize("language", ["en", "id", "es"])
def test_it_is_whole_and_needs_nothing_from_anywhere(language):
    page = page_of(language)
    outline = Outline(page)
    assert outline.open == []
    assert not {"script", "link", "img", "iframe"} & set(outline.seen)
    assert not [
        name for name, _ in outline.attributes if name in {"src", "href"} or name[:2] == "on"
    ]
    assert f'<html lang="{language}">' in page
    assert "default-src 'none'" in page
    assert "{" not in page.partition("</style>")[2]


def test_what_stands_in_cells_and_headers_is_only_text():
    page = page_of()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;City&lt;/b&gt;: B2" in page


def test_weight_is_told_by_words_and_shapes():
    page = page_of()
    assert page.index("▲</span> mend first") < page.index("◆</span> look at")
    assert "ana@gmail.com" in page
    assert "1 of 2" in page
    assert "Nothing to mend" in page
    assert "there is no tab “Leads”" in page
