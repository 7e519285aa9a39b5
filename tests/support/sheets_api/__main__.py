"""Google Sheets on this computer: `python -m tests.support.sheets_api --demo`.

The first line that it prints is its address.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.sheets_api.server import OWNER, SheetsServer


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted or terminated."""
    options = _options(arguments)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with SheetsServer(port=options.port, auth=not options.open, seed=options.seed) as server:
        _say(server.url)
        if options.demo:
            _demo(server, options.key)
        elif options.key:
            server.accounts.write_service_account(options.key)
        stop.wait()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.sheets_api",
        description="Google's Sheets API on loopback, for trying sheetcrm without an account.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default): a free one")
    parser.add_argument("--demo", action="store_true", help="serve the sample leads")
    parser.add_argument("--key", type=Path, help="write a service account's key file there")
    parser.add_argument("--open", action="store_true", help=f"no tokens: everybody is {OWNER}")
    parser.add_argument("--seed", type=int, help="the same seed gives the same ids")
    return parser.parse_args(arguments)


def _demo(server: SheetsServer, key: Path | None) -> None:
    from sheetcrm.adapters.clock import local_time
    from sheetcrm.adapters.excel.sample import write_sample
    from tests.support.sheets_api.workbook import imported

    path = key or Path("service-account.json")
    robot = server.accounts.write_service_account(path)
    with TemporaryDirectory() as folder:
        book = Path(folder) / "leads.xlsx"
        write_sample(book, local_time().date())
        file = imported(server, book, "Solar leads", share=[robot], zone="Asia/Jakarta")
    _say(f"spreadsheet  {file.url}")
    _say(f"shared with  {robot}")
    _say(f"key file     {path}")
    _say(f"for sheetcrm export SHEETCRM_SHEETS_ENDPOINT={server.url}")
    _say(f"in its config google = {json.dumps(file.url)}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
