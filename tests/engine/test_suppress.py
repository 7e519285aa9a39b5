from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetcrm.adapters.memory import MemoryTabSource
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Suppression
from sheetcrm.engine.suppress import (
    export_list,
    import_list,
    listed,
    pattern,
    read_list,
    suppress,
    unsuppress,
)
from sheetcrm.engine.sync import sync
from sheetcrm.engine.workspace import Workspace
from sheetcrm.errors import UsageError
from tests.engine.team import GRID, NOW, Make


@pytest.fixture
def workspace(make: Make) -> Workspace:
    made = make(MemoryTabSource(GRID))
    sync(made)
    return made


def test_what_waits_for_them_is_told(workspace: Workspace) -> None:
    found = suppress(workspace, ["mailto:Budi@Example.com", "@shop.example"], reason="", now=NOW)
    assert found.patterns == ("budi@example.com", "@shop.example")
    assert (found.new, found.waiting) == (2, 1)
    again = suppress(workspace, ["*@example.com", "@shop.example"], reason="rival", now=NOW)
    assert (again.new, again.waiting) == (1, 1)
    assert [one[:2] for one in listed(workspace)[0]] == [
        ("budi@example.com", "by hand"),
        ("@shop.example", "by hand"),
        ("@example.com", "rival"),
    ]


@pytest.mark.parametrize("given", ["budi@example.com", "@example.com"])
def test_the_suppressed_are_not_even_drafted(make: Make, given: str) -> None:
    workspace = make(MemoryTabSource(GRID))
    suppress(workspace, [given], reason="", now=NOW)
    sync(workspace)
    assert workspace.ledger.drafts() == []


def test_drafts_that_wait_are_taken_back(workspace: Workspace) -> None:
    assert len(workspace.ledger.drafts()) == 1
    suppress(workspace, ["@example.com"], reason="", now=NOW)
    sync(workspace)
    assert workspace.ledger.drafts() == []
    [message] = workspace.ledger.outbox.find(addresses=["budi@example.com"])
    assert message.state == "cancelled"
    assert "suppress" in message.note


@pytest.mark.parametrize("text", ["budi", "@", "@nowhere", "a@", "shop.example", ""])
def test_what_is_neither_an_address_nor_a_domain(workspace: Workspace, text: str) -> None:
    with pytest.raises(UsageError, match="neither an address nor a domain"):
        suppress(workspace, ["ana@example.com", text], reason="", now=NOW)
    assert listed(workspace) == ([], 0)


def test_to_write_to_somebody_again_takes_a_word(workspace: Workspace) -> None:
    outbox = workspace.ledger.outbox
    [message] = outbox.find(addresses=["budi@example.com"])
    outbox.heard(message.key, MessageEvent("unsubscribed", NOW, "mail 1"))
    suppress(workspace, ["budi@example.com"], reason="", now=NOW)
    with pytest.raises(UsageError, match="say why"):
        unsuppress(workspace, ["budi@example.com"], reason="", now=NOW)
    assert unsuppress(workspace, ["Budi@example.com"], reason="rang us", now=NOW) == (1, 1)
    assert listed(workspace) == ([], 0)
    assert outbox.find(keys=[message.key])[0].state == "sent"
    assert unsuppress(workspace, ["budi@example.com"], reason="rang us", now=NOW) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "a@example.com\nb@example.com\n@c.example\n",
        "\ufeffEmail,Reason\r\na@example.com,bounced\r\nb@example.com,\r\n*@c.example,\r\n",
        "Nama;Surel\nAna;a@example.com\nBudi;B@example.com\n;@c.example\n",
        "Name\tCorreo electrónico\nAna\tAna <a@example.com>\n\t b@example.com \n\n\t@c.example",
        '"x","a@example.com"\n"y","b@example.com"\n"z","@c.example"\n"y","b@example.com"',
    ],
)
def test_lists_of_other_programs(text: str) -> None:
    entries, wrong = read_list(text, reason="", now=NOW)
    assert [one.pattern for one in entries] == ["a@example.com", "b@example.com", "@c.example"]
    assert entries[0].reason in {"bounced", "from a list"}
    assert wrong == []


def test_lines_without_an_address_are_told(workspace: Workspace) -> None:
    found = import_list(workspace, "email,name\na@x.example,A\nnone,B\n,C\n", reason="", now=NOW)
    assert (found.new, found.wrong) == (1, ((3, "none, B"), (4, ", C")))
    for text in ("", "name\nBudi\n", "\n\n"):
        with pytest.raises(UsageError, match="no address"):
            import_list(workspace, text, reason="", now=NOW)


def test_what_is_written_is_read_again_and_runs_as_no_formula(workspace: Workspace) -> None:
    outbox = workspace.ledger.outbox
    entries = [
        Suppression("a@example.com", "=HYPERLINK(1)", NOW),
        Suppression("@c.example", 'said "no", twice', NOW),
        Suppression("-b@example.com", "-", NOW),
        Suppression("forgotten:00ff", "asked", NOW),
    ]
    outbox.suppress(entries)
    text = export_list(workspace)
    rows = list(csv.reader(io.StringIO(text)))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    outbox.unsuppress([one.pattern for one in entries])
    import_list(workspace, text, reason="", now=NOW)
    assert listed(workspace)[0] == entries[:3]


@given(st.text(max_size=60))
def test_any_list_is_read(text: str) -> None:
    try:
        entries, wrong = read_list(text, reason="", now=NOW)
    except UsageError:
        return
    assert all(pattern(one.pattern) == one.pattern for one in entries)
    assert all(line > 0 for line, _ in wrong)
