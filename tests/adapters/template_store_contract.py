"""What every template store must do: a subclass gives a fixture `make`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from sheetcrm.ports import TemplateStore

MakeStore = Callable[[Mapping[str, str]], TemplateStore]

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
        """A store that holds exactly these paths (with ``/``) and texts."""
        raise NotImplementedError

    def test_every_template_is_there_by_its_path(self, make: MakeStore) -> None:
        assert dict(make(TEMPLATES).sources()) == TEMPLATES

    def test_a_store_may_be_empty(self, make: MakeStore) -> None:
        assert dict(make({}).sources()) == {}

    def test_asking_twice_gives_the_same(self, make: MakeStore) -> None:
        store = make(TEMPLATES)
        assert dict(store.sources()) == dict(store.sources())
