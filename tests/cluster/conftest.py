from __future__ import annotations

import pytest

from sheetcrm.cluster.database import shared as shared_of
from sheetcrm.cluster.tables import prepare
from tests.support.workers import workspace


@pytest.fixture
def shared(database):
    """The workers' database, an empty one."""
    return shared_of(database)


@pytest.fixture
def connection(shared):
    """A connection to it, with its tables."""
    with shared.connected() as connection:
        prepare(shared, connection)
        yield connection


@pytest.fixture
def make(tmp_path, database):
    """Make workspaces in a folder; gives the folder."""

    def make(*names, **settings):
        for name in names:
            workspace(tmp_path / "fleet" / name, f"{database}?schema={name}", **settings)
        return tmp_path / "fleet"

    return make
