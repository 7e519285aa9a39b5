"""gspread's own test-suite, run against the emulator instead of its recordings.

    python -m tests.support.sheets_api.gspread_suite FOLDER [what pytest takes]

FOLDER is a checkout of gspread, its tag v6.2.1, whose tests need pytest < 9, pytest-vcr and
vcrpy. They are copied elsewhere first, as their package is called `tests` like ours.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import gspread.http_client

from tests.support.sheets_api.server import SheetsServer

#: How the suite names a spreadsheet of somebody else that it tries to open.
_PRIVATE = re.compile(r'private_id = "([\w-]+)"')

#: The formulas that it writes; what they yield has to be told, as the emulator does not calculate.
_QUOTIENT = re.compile(r'"(= ?(\d+) ?/ ?(\d+))"')

#: Tests that are left out, each with its reason.
LEFT_OUT: dict[str, str] = {}

_ROOTS = ("https://sheets.googleapis.com/", "https://www.googleapis.com/")


def emulator(folder: Path) -> SheetsServer:
    """A server as the suite in a checkout expects Google to be."""
    tests = "".join(path.read_text(encoding="utf-8") for path in folder.glob("tests/*_test.py"))
    server = SheetsServer(auth=False)
    server.results = {text: int(one) / int(two) for text, one, two in _QUOTIENT.findall(tests)}
    for number in _PRIVATE.findall(tests):
        server.create("Private", owner="somebody@example.com", file_id=number)
    server.create("Another spreadsheet")  # `openall` with a title has to find fewer than all
    return server


def redirect(url: str) -> None:
    """Let every gspread client speak to the emulator."""
    original = gspread.http_client.HTTPClient.request

    def request(self: Any, method: str, endpoint: str, *args: Any, **more: Any) -> Any:
        for root in _ROOTS:
            if endpoint.startswith(root):
                endpoint = f"{url}/{endpoint.removeprefix(root)}"
        return original(self, method, endpoint, *args, **more)

    gspread.http_client.HTTPClient.request = request


class Plugin:
    """Leaves tests out, and says why."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Mark those that are left out."""
        import pytest

        for item in items:
            if item.name in LEFT_OUT:
                item.add_marker(pytest.mark.skip(reason=LEFT_OUT[item.name]))


def main(arguments: list[str]) -> int:
    """Run the suite; pytest's exit code."""
    import pytest

    checkout = Path(arguments[0])
    with tempfile.TemporaryDirectory() as folder, emulator(checkout) as server:
        copy = Path(folder) / "gspread_suite_copy"
        ignored = shutil.ignore_patterns("cassettes", "__pycache__")
        shutil.copytree(checkout / "tests", copy, ignore=ignored)
        redirect(server.url)
        options = [
            "--disable-vcr",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            folder,
            "-c",
            "/dev/null",
        ]
        return pytest.main([str(copy), *options, *arguments[1:]], plugins=[Plugin()])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
