"""The fixture of real mail servers, one pair for a module; skipped with a word where absent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.mail_servers import MailServers, missing


@pytest.fixture(scope="module")
def servers() -> Iterator[MailServers]:
    reason = missing()
    if reason:
        pytest.skip(reason)
    with MailServers() as running:
        yield running
