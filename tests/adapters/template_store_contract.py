"""What every template store must do: a subclass gives a fixture `make`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from sheetcrm.core.followup.enclosure import FILE_LIMIT
from sheetcrm.errors import UsageError
from sheetcrm.ports import TemplateStore

MakeStore = Callable[[Mapping[str, str], Mapping[str, bytes]], TemplateStore]
FILES = {"brosur.pdf": b"%PDF-1.7", "peta/año 2026.png": b"\x89PNG\r\n\x1a\n"}

TEMPLATES = {
    "welcome/01-intro.id.md": "Subject: Halo\n\nSelamat pagi, {{ lead.name }} ☀️\n",
    "welcome/02-again.md": "",
    "_layout.html": "<html>{{ body }}</html>",
    "_snippets/footer.es.md": "Adiós\n",
}


class TemplateStoreContract:
    """Subclassed by the tests of every adapter."""

    @pytest.fixture
    def make(self) -> MakeStore:
        """A store that holds exactly these paths (with ``/``) and texts, and attachments."""
        raise NotImplementedError

    def test_every_template_is_there_by_its_path(self, make: MakeStore) -> None:
        assert dict(make(TEMPLATES, {}).sources()) == TEMPLATES

    def test_a_store_may_be_empty(self, make: MakeStore) -> None:
        assert dict(make({}, {}).sources()) == {}

    def test_asking_twice_gives_the_same(self, make: MakeStore) -> None:
        store = make(TEMPLATES, FILES)
        assert dict(store.sources()) == dict(store.sources())

    def test_an_attachment_is_its_bytes(self, make: MakeStore) -> None:
        store = make(TEMPLATES, FILES)
        assert {name: store.attachment(name) for name in FILES} == FILES
        assert dict(store.sources()) == TEMPLATES

    @pytest.mark.parametrize(
        "name",
        [
            *("", ".", "..", "/", "brosur", "BROSUR.PDF.", "peta", "peta/", "brosur.pdf/", "x\0y"),
            *("../brosur.pdf", "peta/../brosur.pdf", "./brosur.pdf", "/etc/passwd", "//brosur.pdf"),
            *("peta\\año 2026.png", "..\\brosur.pdf", "C:\\x.pdf", "~/x.pdf", "a" * 5000),
        ],
    )
    def test_nothing_else_is_an_attachment(self, make: MakeStore, name: str) -> None:
        with pytest.raises(UsageError):
            make(TEMPLATES, FILES).attachment(name)

    def test_what_is_too_large_to_send_is_none(self, make: MakeStore) -> None:
        store = make({}, {"big.pdf": bytes(FILE_LIMIT + 1), "fits.pdf": bytes(FILE_LIMIT)})
        assert len(store.attachment("fits.pdf")) == FILE_LIMIT
        with pytest.raises(UsageError):
            store.attachment("big.pdf")
