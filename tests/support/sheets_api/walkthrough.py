"""sheetcrm and Google Sheets from beginning to end, without a Google account: `make demo-google`.

    python -m tests.support.sheets_api.walkthrough FOLDER

The emulator serves the sample leads; a workspace in FOLDER reads and writes them through the
real client, signing in with a service account's key. Exit code 1 if anything is not as it
should be.
"""

from __future__ import annotations

import csv
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.sheets_api.a1 import letters
from tests.support.sheets_api.people import Spreadsheet, Tab
from tests.support.sheets_api.server import SheetsServer
from tests.support.sheets_api.workbook import imported

MARK = ".walkthrough"  #: lies in a folder that may be made anew
LOOK = "things to look at"  #: the same in each run
KEY = Path("secrets/service-account.json")
_EXCEL = re.compile(r'^excel = "leads\.xlsx".*$', re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Walk through; 0 if all went well."""
    folder = Path(arguments[0])
    if folder.exists() and not (folder / MARK).exists():
        _say(f"{folder} is there already and is something else; name another folder")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    with SheetsServer() as server:
        return _walk(server, folder)


def _walk(server: SheetsServer, folder: Path) -> int:
    steps = Steps(server, folder)
    steps.run("init", "--sample", str(folder), workspace=False)
    (folder / MARK).touch()
    (folder / KEY).parent.mkdir(exist_ok=True)
    robot = server.accounts.write_service_account(folder / KEY)
    book = imported(
        server, folder / "leads.xlsx", "Solar leads", share=[robot], zone="Asia/Jakarta"
    )
    _switch(folder, book)
    _title(f"The leads are in a Google spreadsheet now, shared with {robot}")
    steps.run("check")
    _title("The first sync adds the columns and fills them")
    steps.run("sync", "--verbose")
    _title("The second one finds nothing to do")
    writes = len(server.log.writes)
    steps.run("sync", "--verbose", until=LOOK)
    steps.expect(len(server.log.writes) == writes, "the second sync wrote something")
    _title("Somebody sorts the tab by city and drags a lead to the top; then comes a sync,")
    _say("   which writes no more than the new places of the cells that “Problems” names")
    before = _beside(book.tab("Leads"))
    tab = book.tab("Leads")
    city = tab.column("City", row=4)
    tab.sort(f"A5:{_last_column(tab)}64", city)
    tab.drag_rows(30, before=5)
    steps.run("sync", "--verbose", until=LOOK)
    steps.expect(_beside(tab) == before, "a score stands beside a wrong lead")
    _write_csv(tab, folder / "spreadsheet.csv")
    _title("What to look at")
    _say(f"{folder}/spreadsheet.csv    what stands in the tab now: our columns are on the right")
    _say(f"{folder}/var/outbox         drafts of follow-ups, for a mail program")
    _say(f"{folder}/config             the rules; sheetcrm.toml says where the leads are")
    reads, writes = len(server.log.reads), len(server.log.writes)
    _say(f"Google counted {reads} reads and {writes} writes for {steps.syncs} syncs and a check")
    for fault in steps.faults:
        _say(f"NOT AS IT SHOULD BE: {fault}")
    return 1 if steps.faults else 0


class Steps:
    """Commands of sheetcrm, shown as somebody would type them."""

    def __init__(self, server: SheetsServer, folder: Path):
        self.server = server
        self.folder = folder
        self.faults: list[str] = []
        self.syncs = 0

    def run(self, *words: str, workspace: bool = True, until: str = "") -> None:
        """Run a command, with everything that it says, or what it says before some words."""
        place = ["--workspace", str(self.folder)] if workspace else []
        self.syncs += words[0] == "sync"
        _say("$ " + " ".join(["sheetcrm", *place, *words]))
        done = subprocess.run(
            [sys.executable, "-m", "sheetcrm", *place, *words],
            env=os.environ | {"SHEETCRM_SHEETS_ENDPOINT": self.server.url},
            check=False,
            stdout=subprocess.PIPE if until else None,
            text=True,
            encoding="utf-8",
        )
        for line in itertools.takewhile(
            lambda line: until not in line, (done.stdout or "").splitlines()
        ):
            _say(line)
        self.expect(done.returncode == 0, f"{' '.join(words)} ended with {done.returncode}")

    def expect(self, true: bool, otherwise: str) -> None:
        """Note what is not as it should be."""
        if not true:
            self.faults.append(otherwise)


def _switch(folder: Path, book: Spreadsheet) -> None:
    """Let the config name the spreadsheet instead of the workbook, which goes."""
    config = folder / "config" / "sheetcrm.toml"
    lines = f'google = "{book.url}"\ncredentials = "{KEY.as_posix()}"'
    text, count = _EXCEL.subn(lines, config.read_text(encoding="utf-8"))
    if not count:
        raise RuntimeError(f"{config} has no workbook to be replaced")
    config.write_text(text, encoding="utf-8")
    (folder / "leads.xlsx").unlink()


def _beside(tab: Tab) -> dict[object, list[object]]:
    """What stands in our columns but the last, which tells addresses, by the lead's own cells."""
    header, *rows = tab.values()[3:]
    ours, last = header.index("Lead ID"), header.index("Problems")
    return {tuple(row[:ours]): row[ours:last] for row in rows}


def _last_column(tab: Tab) -> str:
    return letters(max(map(len, tab.values())) - 1)


def _write_csv(tab: Tab, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(tab.displayed())


def _title(text: str) -> None:
    _say(f"\n── {text}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
