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

QUICK = frozenset(  # of the contracts on PostgreSQL; the slower tier has all of them
    (
        "test_leads_go_and_return",
        "test_a_lead_with_all_that_is_known_of_it",
        "test_drafts_come_back_whole",
        "test_a_file_as_it_was_before_a_run",
        "test_forth_and_back_again",
        "test_messages_of_the_same_person_in_another_source",
        "test_runs_are_listed_newest_first",
        "test_the_newest_score_is_the_leads",
    )
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Both databases run the same statements: a core of the contracts tells whether they do."""
    for item in items:
        contract = item.nodeid.split("::")[1:2] in (["TestPostgres"], ["TestOutbox"])
        if contract and item.path.name == "test_ledger_postgres.py":
            name = item.name.partition("[")[0]
            if name not in QUICK and "claim" not in name:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def ready_ledger(postgres: Server) -> str:
    """An empty ledger in PostgreSQL, to be copied: to make its tables takes longer."""
    from sheetcrm.adapters.ledger import open_ledger

    url = postgres.fresh()
    open_ledger(url).close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a ledger is, in either database: its path or its URL."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.db")
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.fresh(request.getfixturevalue("ready_ledger"))
    yield url
    server.drop(url)
