"""The contracts' asserts explain themselves like those of test modules."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.adapters.tab_source_contract",
    "tests.adapters.ledger_contract",
    "tests.adapters.draft_box_contract",
    "tests.adapters.outbox_contract",
    "tests.adapters.template_store_contract",
)
