"""The same conditions for every test: no settings from outside, properties that repeat, and no
network but this computer.

`make test` tries the same examples each time, so that it is green or red for a reason;
`make explore` tries new ones, many more of them.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.support.tripwire import _only_this_computer, install, pytest_sessionfinish  # noqa: F401

install()
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("SHEETCRM_HYPOTHESIS", "steady"))


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch):
    for name in os.environ:
        if name.startswith("SHEETCRM_") and name != "SHEETCRM_HYPOTHESIS":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _locks_of_our_own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def sheets_api():
    """Google Sheets on loopback, started; see the docstring of tests.support.sheets_api."""
    from tests.support.sheets_api import SheetsServer

    with SheetsServer(seed=1) as server:
        yield server


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server on loopback, started by the first test that asks for it."""
    from tests.support.postgres import running

    with running() as server:
        yield server


@pytest.fixture
def database(postgres):
    """The URL of an empty PostgreSQL database."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)
