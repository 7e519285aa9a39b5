"""A sheet is read while the rest of the program is still being loaded; most of it needs no GIL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sheetcrm.adapters.excel.grid import Grid, read_sheet
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.places import find_place
from sheetcrm.adapters.excel.save import Snapshot
from sheetcrm.adapters.excel.scan import Scan


class EarlyReading:
    """A sheet that is read in the background from now on, whatever comes of it."""

    def __init__(self, path: Path, tab: str) -> None:
        second = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading")
        self._seen = second.submit(_see, path, tab)
        second.shutdown(wait=False)

    def take(self, snapshot: Snapshot, sheet: Sheet) -> tuple[Scan, Grid] | None:
        """What was read, if it was this sheet in this state of its file, and all went well.

        A fault is not told here: whoever reads again finds it, if it is still there.
        """
        if self._seen.exception() is not None:
            return None
        taken, seen_sheet, found = self._seen.result()
        return found if (taken, seen_sheet) == (snapshot, sheet) else None


def _see(path: Path, tab: str) -> tuple[Snapshot, Sheet, tuple[Scan, Grid]]:
    with Package(path) as package:
        snapshot = Snapshot.take(path, package.archive)
        sheet = find_place(package, tab).sheet
        return snapshot, sheet, read_sheet(package, sheet)
