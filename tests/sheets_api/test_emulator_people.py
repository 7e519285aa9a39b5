"""What people do in the browser, one action each, and a hand for tests that watch them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.sheets_api import Cell, Formula, SheetsServer, client

HEAD = ["ID", "Name", "Score"]
ONE, TWO, THREE = ["L1", "Ana", 10], ["L2", "Budi", 20], ["L3", "Citra", 30]


@pytest.mark.parametrize(
    ("action", "after"),
    [
        (lambda tab: tab.sort("A2:C4", "C", descending=True), [HEAD, THREE, TWO, ONE]),
        (
            lambda tab: tab.sort("B2:C4", "B", descending=True),
            [HEAD, ["L1", "Citra", 30], TWO, ["L3", "Ana", 10]],
        ),
        (lambda tab: tab.insert_rows(2), [HEAD, [], ONE, TWO, THREE]),
        (lambda tab: tab.delete_rows(2, 3), [HEAD, THREE]),
        (lambda tab: tab.drag_rows(4, before=2), [HEAD, THREE, ONE, TWO]),
        (lambda tab: tab.drag_rows(2, before=5), [HEAD, TWO, THREE, ONE]),
        (lambda tab: tab.cut_row(2, to=6), [HEAD, [], TWO, THREE, [], ONE]),
        (lambda tab: tab.copy_row(2, to=5), [HEAD, ONE, TWO, THREE, ONE]),
        (
            lambda tab: tab.insert_columns("C"),
            [[*row[:2], None, row[2]] for row in (HEAD, ONE, TWO, THREE)],
        ),
        (lambda tab: tab.delete_columns("A", "B"), [row[2:] for row in (HEAD, ONE, TWO, THREE)]),
        (
            lambda tab: tab.drag_columns("C", before="A"),
            [[row[2], *row[:2]] for row in (HEAD, ONE, TWO, THREE)],
        ),
        (lambda tab: tab.type("C2", "15"), [HEAD, ["L1", "Ana", 15], TWO, THREE]),
        (lambda tab: tab.clear("B2:C3"), [HEAD, ["L1"], ["L2"], THREE]),
        (lambda tab: tab.rename("Klien"), [HEAD, ONE, TWO, THREE]),
    ],
)
def test_one_action(book, action, after):
    tab = book.tab()
    number, revision = tab.sheet_id, book.revision
    action(tab)
    assert tab.values() == after
    assert (tab.sheet_id, book.revision) == (number, revision + 1)


def test_formats_and_notes_go_along_with_their_row(book):
    tab = book.tab()
    style = {"textFormat": {"bold": True}}
    tab.set("C3", 20, note="hers", format=style)
    tab.sort("A2:C4", "A", descending=True)
    tab.drag_rows(3, before=2)
    tab.cut_row(2, to=9)
    assert tab.cell("C9") == Cell(20, format=style, note="hers")
    tab.insert_rows(10)
    assert tab.cell("C10") == Cell(None, format=style)


def test_what_a_formula_yields_is_remembered(book):
    tab = book.tab()
    tab.set("D2", Formula("=C2*2"), result=20)
    tab.clear("D2")
    tab.type("D3", "=C2*2")
    assert tab.cell("D3") == Cell(Formula("=C2*2"), result=20)
    assert tab.values()[2] == ["L2", "Budi", 20, 20]
    assert tab.entered()[2][3] == Formula("=C2*2")


def change_and_fail(book):
    with book.changing() as changed:
        changed.sheets[0].put(1, 0, ["gone"])
        1 / 0  # noqa: B018


def test_a_change_that_fails_changes_nothing(book):
    before = book.book
    with pytest.raises(ZeroDivisionError):
        change_and_fail(book)
    assert book.book is before
    assert book.tab().values()[1] == ONE


def test_what_was_read_stays_as_it_was_read(book):
    """A snapshot shares rows with what comes after it, and none of them is changed."""
    before = book.book
    tab = book.tab()
    for action in (
        lambda: tab.sort("A2:C4", "C", descending=True),
        lambda: tab.insert_columns("B"),
        lambda: tab.delete_rows(2),
        lambda: tab.clear("A1:Z9"),
        lambda: tab.hide_rows(1),
    ):
        action()
    assert before.sheets[0].rows == [HEAD, ONE, TWO, THREE]
    assert before.sheets[0].column_count == 26


def test_two_at_once_lose_nothing(sheets_api, book):
    """Requests are atomic, whoever else writes."""
    account = "robot@sheetcrm-test.iam.gserviceaccount.com"
    from google.oauth2.credentials import Credentials

    def append(name):
        gc = client.connect(sheets_api, Credentials(sheets_api.accounts.token(account)))
        tab = gc.open_by_key(book.id).sheet1
        for number in range(10):
            tab.append_row([f"{name}{number}"], table_range="A1")

    threads = [threading.Thread(target=append, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [row[0] for row in book.tab().values()[4:]]
    assert sorted(rows) == sorted(f"{name}{n}" for name in "abc" for n in range(10))


def test_a_fault_of_the_emulator_itself_is_not_passed_over(monkeypatch):
    import requests

    from tests.support.sheets_api import service

    monkeypatch.setattr(service, "carry_out", lambda *_, **__: 1 / 0)
    server = SheetsServer(auth=False).start()
    book = server.create("Leads")
    answer = requests.get(f"{server.url}/v4/spreadsheets/{book.id}", timeout=5)
    assert answer.status_code == 501
    with pytest.raises(ZeroDivisionError):
        server.__exit__(None)


def test_as_a_program_of_its_own(tmp_path):
    import json

    from google.oauth2 import service_account

    key = tmp_path / "robot.json"
    command = [sys.executable, "-m", "tests.support.sheets_api", "--demo", "--key", str(key)]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as program:
        url = program.stdout.readline().strip()
        address = program.stdout.readline().split()[-1]
        lines = [program.stdout.readline() for _ in range(4)]
        info = json.loads(key.read_text(encoding="utf-8"))
        assert info["token_uri"] == f"{url}/token"
        assert f"SHEETCRM_SHEETS_ENDPOINT={url}" in lines[2]
        auth = client.Robot.from_service_account_info(info, scopes=client.SCOPES)
        assert isinstance(auth, service_account.Credentials)
        stand_in = type("Server", (), {"url": url})
        sheet = client.connect(stand_in, auth).open_by_url(address)
        assert [tab.title for tab in sheet.worksheets()] == ["Leads", "Cities", "Dashboard"]
        assert len(sheet.sheet1.get_all_values()) == 64
        program.terminate()
        assert program.wait(timeout=10) == 0


@pytest.mark.slow
def test_the_walk_through_of_make_demo_google(tmp_path):
    """Workspace, check, three syncs and somebody who sorts in between."""
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "tests.support.sheets_api.walkthrough", str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "spreadsheet.csv").read_text(encoding="utf-8-sig").count("\n") > 60
    other = tmp_path / "mine"
    other.mkdir()
    done = subprocess.run([*command[:-1], str(other)], cwd=root, capture_output=True, check=False)
    assert done.returncode == 1
    assert list(other.iterdir()) == []
