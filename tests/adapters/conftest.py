"""The contracts' asserts explain themselves like those of test modules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server

pytest.register_assert_rewrite(
    "tests.adapters.tab_source_contract",
    "tests.adapters.ledger_contract",
    "tests.adapters.draft_box_contract",
    "tests.adapters.outbox_contract",
    "tests.adapters.template_store_contract",
)


@pytest.fixture(scope="session")
def ready_ledger(postgres: Server) -> str:
    """An empty ledger in PostgreSQL, to be copied: to make its tables takes longer."""
    from sheetcrm.adapters.ledger import open_ledger

    url = postgres.fresh()
    open_ledger(url).close()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a ledger is, in either database: its path or its URL."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.db")
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.fresh(request.getfixturevalue("ready_ledger"))
    yield url
    server.drop(url)
