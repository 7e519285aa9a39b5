"""A big sheet is read by a child process while this one is still being loaded and set up.

Both take about as long, and Python threads would wait for each other. It is a guess at what will
be read: whatever comes of it, `ExcelSource.read` takes it only if the file is still the same.
"""

from __future__ import annotations

import gc
import pickle
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from types import TracebackType
from typing import Self

from sheetcrm.adapters.excel.grid import MOST_CELLS, Grid, read_sheet
from sheetcrm.adapters.excel.package import Package, Sheet
from sheetcrm.adapters.excel.places import find_place
from sheetcrm.adapters.excel.save import Snapshot
from sheetcrm.adapters.excel.scan import Scan

_WORTH_IT = 256 << 10  # bytes of a workbook: a smaller one is read sooner than a process starts
_MOST_MEMORY = 40 * MOST_CELLS  # bytes
_CODE = "from sheetcrm.adapters.excel.early import main; main()"


class EarlyReading:
    """A sheet that is being read from now on.

    Args:
        path: the workbook.
        tab: where in it the leads are; see `ExcelSource`.
    """

    def __init__(self, path: Path, tab: str) -> None:
        # -P: nothing is imported from the current folder, which others may write to
        command = [sys.executable, "-P", "-c", _CODE, str(path), tab]
        self._child = Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)  # noqa: S603
        self.of = path, tab

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the child, whether it was asked or not."""
        if self._child.returncode is None:
            self._child.kill()
            self._child.__exit__(kind, error, trace)

    def take(self, snapshot: Snapshot, sheet: Sheet) -> tuple[Scan, Grid] | None:
        """What was read, if it was this sheet in this state of its file, and all went well.

        A fault is not told here: whoever reads again finds it, if it is still there.
        """
        with self._child as child:
            answer = child.stdout.read() if child.stdout else b""
        if child.returncode:
            return None
        of_file, of_sheet, seen = pickle.loads(answer)  # noqa: S301 - our own child's
        return seen if (of_file, of_sheet) == (snapshot, sheet) else None


def worth_it(path: Path) -> bool:
    """Whether a workbook is so big that a process for it pays."""
    try:
        return path.stat().st_size >= _WORTH_IT
    except OSError:
        return False


def main() -> None:
    """The child: read the sheet that the command line names, and print what was read."""
    gc.disable()  # all that is made is kept to the end
    path, tab = Path(sys.argv[1]), sys.argv[2]
    with Package(path) as package:
        snapshot = Snapshot.take(path, package.archive)
        sheet = find_place(package, tab).sheet
        found, grid = read_sheet(package, sheet, expendable=_limit_memory())
    known: dict[str, str] = {}
    for row in grid:  # the same text once: there is less to be handed over, and to be kept
        row[:] = [known.setdefault(v, v) if v.__class__ is str else v for v in row]
    pickle.dump((snapshot, sheet, (found, grid)), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


def _limit_memory() -> bool:
    """Have the system end this process before calamine takes more than it may; whether it will."""
    if sys.platform != "linux":
        return False
    import resource  # noqa: PLC0415 - not everywhere

    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    return True
