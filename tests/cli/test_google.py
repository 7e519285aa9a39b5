"""Google Sheets from the command line: the real clients against the emulator."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading

import pytest
import requests

from tests.support.sheets_api import faults

LEADS = [
    ["Team sheet"],
    [],
    ["Name", "Email", "City", "Budget", "Last activity"],
    ["Ana Wijaya", "ana@example.com", "Jakarta", 90_000_000, "asked for a price"],
    ["Budi Santoso", "budi@example.com", "Bandung", 5_000_000, ""],
]
ROBOT = "robot@sheetcrm-test.iam.gserviceaccount.com"
TAB = 'tab = "Leads"'


@pytest.fixture
def book(sheets_api):
    """The team's spreadsheet, shared with the robot."""
    tabs = {"Notes": [["Hello"]], "Leads": LEADS}
    return sheets_api.create("Expo", tabs, share={ROBOT: "writer", "anna@example.com": "writer"})


@pytest.fixture
def root(sheets_api, book, tmp_path, run, monkeypatch):
    """A workspace whose source is that spreadsheet."""
    monkeypatch.setenv("SHEETCRM_SHEETS_ENDPOINT", sheets_api.url)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    root = tmp_path / "crm"
    assert run("init", root).code == 0
    (root / "secrets").mkdir(exist_ok=True)
    sheets_api.accounts.write_service_account(root / "secrets" / "robot.json")
    source(root, book)
    return root


@pytest.fixture
def check(run, root):
    def checking():
        return run("--workspace", root, "check")

    return checking


def source(root, book, *, tab=TAB, credentials='credentials = "secrets/robot.json"'):
    """Write the source, and take the sample's reference table out."""
    path = root / "config" / "sheetcrm.toml"
    text = re.sub(r"(?m)^excel = .*$", "csv = 'cities.csv'", path.read_text())
    text = re.sub(r'(?m)^tab = "Cities".*$', "", text)
    first = text.index("[[source]]")
    url = f"https://docs.google.com/spreadsheets/d/{book.id}/edit#gid=0"
    own = f'[[source]]\nname = "expo"\ngoogle = "{url}"\n{tab}\n{credentials}\n'
    path.write_text(text[:first] + own + text[text.index("\n\n", first) :])
    (root / "cities.csv").write_text("City,Points,Province\nJakarta,10,DKI\n")


def test_check_plan_sync_undo(run, root, check, book, sheets_api):
    before = book.tab("Leads").values()
    said = check()
    assert said.code == 0, said.err
    assert "expo · Expo › Leads" in said.out
    assert "2 leads below the header in row 3" in said.out
    assert "the first sync adds: Lead ID, Score" in said.out
    assert run("--workspace", root, "plan").code == 0
    assert book.tab("Leads").values() == before, "nothing was changed until here"
    asked = len(sheets_api.log.reads), len(sheets_api.log.writes)
    said = run("--workspace", root, "sync", "-v")
    assert said.code == 0, said.err
    header, ana, _ = book.tab("Leads").values()[2:5]
    assert header[:5] == LEADS[2]
    assert header[5] == "Lead ID"
    assert ana[:5] == LEADS[3]
    assert ana[header.index("Score")] > 0
    assert len(sheets_api.log.reads) - asked[0] == 2
    asked = len(sheets_api.log.reads), len(sheets_api.log.writes)
    assert run("--workspace", root, "sync").code == 0
    assert (len(sheets_api.log.reads), len(sheets_api.log.writes)) == (asked[0] + 1, asked[1])
    said = run("--workspace", root, "undo", "last")
    assert said.code == 0, said.err
    assert {tuple(row[5:]) for row in book.tab("Leads").values()[3:]} == {()}


def test_new_columns_look_as_the_config_says_and_only_once(run, root, book, sheets_api):
    path = root / "config" / "sheetcrm.toml"
    path.write_text(
        path.read_text().replace("[write]\n", "[write]\nstyle = true\nprotect = true\n")
    )
    assert run("--workspace", root, "sync").code == 0
    tab = book.tab("Leads")
    (protected,) = tab.sheet.protected
    assert protected["warningOnly"] is True
    stages = len(tab.sheet.conditional)
    assert stages > 3
    tab.set("A5", "Budi S.")
    tab.set("D5", 70_000_000)
    assert run("--workspace", root, "sync").code == 0
    assert (len(tab.sheet.conditional), len(tab.sheet.protected)) == (stages, 1)


def test_other_commands_work_as_with_a_workbook(run, root, book):
    assert run("--workspace", root, "sync").code == 0
    said = run("--workspace", root, "explain", "Ana")
    assert (said.code, "Ana Wijaya" in said.out) == (0, True)
    said = run("--workspace", root, "try", '=IF([@Budget]>1,"a","b")')
    assert (said.code, "expo · Expo › Leads · 2 leads" in said.out) == (0, True)
    assert run("--workspace", root, "status").code == 0


def test_a_sheet_that_must_not_be_written(run, root, book, check, sheets_api):
    source(root, book, tab=f"{TAB}\nwrite = false")
    book.share(ROBOT, "reader")
    before = book.tab("Leads").values()
    said = check()
    assert said.code == 0, said.err
    assert "the sheet itself is not written" in said.out
    assert run("--workspace", root, "sync").code == 0
    assert run("--workspace", root, "explain", "Ana").code == 0
    assert book.tab("Leads").values() == before
    assert sheets_api.log.writes == []


def test_backups_are_googles_business(run, root):
    said = run("--workspace", root, "restore")
    assert said.code == 0
    assert said.out == (
        "expo: Google keeps all versions, in the spreadsheet: File › Version history › "
        "See version history\n"
    )
    said = run("--workspace", root, "restore", "expo", "--yes")
    assert said.code == 2
    assert "sheetcrm keeps no backups, as Google keeps all versions itself" in said.err
    assert "File › Version history" in said.err
    assert "sheetcrm undo RUN" in said.err


def test_a_reference_table_from_google(run, root, book, sheets_api):
    book.add_tab("Cities", [["City", "Points"], ["Jakarta", 10]])
    path = root / "config" / "sheetcrm.toml"
    table = f'google = "{book.id}"\ntab = "Cities"\ncredentials = "secrets/robot.json"'
    path.write_text(path.read_text().replace("csv = 'cities.csv'", table))
    said = run("--workspace", root, "try", '=XLOOKUP([@City], Cities[City], Cities[Points], "?")')
    assert said.code == 0, said.err
    assert "10" in said.out
    tokens = [call for call in sheets_api.log if call.kind == "oauth"]
    assert len(tokens) == 1, "one client for each credential"


def test_whoever_logged_in_is_used(run, root, book, sheets_api, monkeypatch):
    source(root, book, credentials="")
    said = run("--workspace", root, "check")
    assert (said.code, "nobody is logged in to Google here" in said.err) == (1, True)
    client = root.parent / "client_secret.json"
    client.write_text(json.dumps(sheets_api.accounts.client()))
    monkeypatch.setenv("DISPLAY", ":0")

    def opens(address):
        threading.Thread(target=lambda: requests.get(address, timeout=5)).start()
        return True

    monkeypatch.setattr("webbrowser.open", opens)
    said = run("--workspace", root, "login", "--client", client)
    assert said.out.startswith("logged in as anna@example.com"), said.err
    assert run("--workspace", root, "check").code == 0
    sheets_api.accounts.revoke()
    said = run("--workspace", root, "check")
    assert said.code == 1
    assert "the login of anna@example.com has expired or was taken back" in said.err
    assert "sheetcrm login" in said.err


def test_not_shared(check, book):
    book.sharing.clear()
    said = check()
    assert said.code == 1
    assert f"expo · the spreadsheet is not shared with {ROBOT}" in said.err
    assert f"Share → add {ROBOT} → Editor" in said.err


def test_view_only(check, book):
    before = book.tab("Leads").values()
    book.share(ROBOT, "reader")
    said = check()
    assert said.code == 1
    assert (
        f"expo · a sync could not write: {ROBOT} may look at the spreadsheet, but not" in said.err
    )
    assert "2 leads below the header" in said.out
    assert book.tab("Leads").values() == before


def test_the_api_is_not_switched_on(check, sheets_api):
    sheets_api.disabled = True
    said = check()
    assert said.code == 1
    assert "the Google Sheets API is not switched on" in said.err
    assert (
        "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview" in said.err
    )


def test_a_tab_was_renamed(check, book):
    book.tab("Leads").rename("Leads 2027")
    said = check()
    assert said.code == 1
    assert "there is no tab called “Leads”; was it renamed?" in said.err
    assert "did you mean “Leads 2027”? Its tabs: Notes, Leads 2027" in said.err


def test_no_header(check, root, book):
    book.add_tab("Sums", [[1, 2, 3], [4, 5, 6]])
    source(root, book, tab='tab = "Sums"')
    said = check()
    assert said.code == 1
    assert "no row of the tab “Sums” looks like a header" in said.err


def test_a_protected_range_in_the_way(check, book):
    book.tab("Leads").protect("F:H", editors=["owner@example.com"])
    said = check()
    assert said.code == 1
    assert "expo · a sync could not write: “Leads”: the cell F3 is protected: F1:H1000" in said.err
    assert "Data › Protect sheets and ranges" in said.err


def test_a_spreadsheet_that_is_full(check, book):
    book.add_tab("Archive", row_count=10_000, column_count=900)
    with book.changing() as now:
        sheet = now.titled("Leads")
        sheet.row_count, sheet.column_count = 100_000, 5
    said = check()
    assert said.code == 1
    assert "Google allows 10 million" in said.err
    assert "delete empty rows" in said.err


def test_an_excel_file_in_drive(check, root, sheets_api):
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    source(root, sheets_api.create_other("leads.xlsx", mime, share=[ROBOT]))
    said = check()
    assert said.code == 1
    assert "an Excel file that lies in Google Drive" in said.err
    assert "Save as Google Sheets" in said.err


def test_no_such_spreadsheet(check, book, sheets_api):
    sheets_api.delete(book.id)
    said = check()
    assert (said.code, "no spreadsheet at that address" in said.err) == (1, True)


def test_the_quota_is_used_up(check, run, root, sheets_api):
    limit = faults.too_many_requests("Read", retry_after=3600)
    sheets_api.fail(lambda call: call.kind == "read", limit, times=9)
    said = check()
    assert said.code == 75
    assert "Google's quota of requests is used up" in said.err
    assert "try again later" in said.err
    sheets_api.fail(lambda call: call.kind == "read", limit, times=9)
    assert run("--workspace", root, "sync").code == 75


def test_this_computers_clock_is_wrong(check, sheets_api):
    sheets_api.skew = -20 * 60
    said = check()
    assert said.code == 1
    assert "the clock of this computer is 20 minutes ahead of Google's" in said.err


def test_a_wrong_key_file(check, root):
    (root / "secrets" / "robot.json").write_text("{}")
    said = check()
    assert (said.code, "robot.json is a file without a type" in said.err) == (1, True)
    (root / "secrets" / "robot.json").unlink()
    said = check()
    assert (said.code, "there is no file" in said.err) == (1, True)


def test_an_endpoint_in_clear_is_refused_before_anything_is_read(check, monkeypatch):
    monkeypatch.setenv("SHEETCRM_SHEETS_ENDPOINT", "http://sheets.example.com")
    said = check()
    assert (said.code, "not safe to send credentials to" in said.err) == (2, True)


def test_a_workbook_beside_it_is_synced_all_the_same(run, root, book, sheets_api):
    from sheetcrm.adapters.excel import write_cells

    assert run("init", "--sample", root.parent / "sample").code == 0
    (root.parent / "sample" / "leads.xlsx").rename(root / "leads.xlsx")
    path = root / "config" / "sheetcrm.toml"
    own = '[[source]]\nname = "fair"\nexcel = "leads.xlsx"\ntab = "Leads"\n\n[[source]]'
    path.write_text(path.read_text().replace("[[source]]", own, 1))
    book.sharing.clear()
    said = run("--workspace", root, "sync", "-v")
    assert said.code == 1
    assert "fair · leads.xlsx › Leads · 60 leads" in said.out
    assert "not shared with" in said.err
    write_cells(root / "leads.xlsx", "Leads", {"B6": "Somebody new"})
    book.share(ROBOT)
    assert run("--workspace", root, "sync").code == 0


def test_a_run_over_workbooks_only_loads_nothing_of_google(run, tmp_path):
    assert run("init", "--sample", tmp_path / "sample").code == 0
    code = (
        "import sys; from sheetcrm.cli.main import main;"
        f"code = main(['--workspace', {str(tmp_path / 'sample')!r}, 'sync']);"
        "heavy = {'gspread', 'google.auth', 'requests', 'sheetcrm.adapters.google'};"
        "found = sorted(heavy & set(sys.modules)); sys.exit(repr(found) if found else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
