"""Several workers on one machine: a process for each, started again where one ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from sheetcrm.cluster.saying import Say

_PAUSE = 5.0  # seconds before a process that ended is started again


def serve_all(count: int, arguments: Sequence[str], say: Say) -> int:
    """Run `count` processes of ``sheetcrm ARGUMENTS`` until SIGTERM or SIGINT, which they get, too.

    Python computes on one core in a process, so that more cores need more of them; and what one
    dies of leaves the others alone.

    Returns:
        0, or the exit code of a process that cannot work at all (its settings are wrong).
    """
    fleet = _Processes(count, arguments, say)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, fleet.stop)
    return fleet.watch()


class _Processes:
    def __init__(self, count: int, arguments: Sequence[str], say: Say) -> None:
        self._command = [sys.executable, "-m", "sheetcrm", *arguments]
        self._say = say
        self._stopping = threading.Event()
        self._running = [self._started() for _ in range(count)]

    def stop(self, number: int, _frame: FrameType | None) -> None:
        """Pass a signal on; a terminal's Ctrl-C has reached them already."""
        self._stopping.set()
        for process in self._running:
            if number != signal.SIGINT or not sys.stdin.isatty():
                process.send_signal(number)

    def watch(self) -> int:
        while not self._stopping.wait(1.0):
            for place, process in enumerate(self._running):
                code = process.poll()
                if code == 2:  # wrong usage or config: it would be so again
                    self._end()
                    return code
                if code is not None:
                    self._say(f"worker {process.pid} ended with {code}; starting another one")
                    if not self._stopping.wait(_PAUSE):
                        self._running[place] = self._started()
        for process in self._running:
            process.wait()
        return 0

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command)  # noqa: S603  our own program, our own arguments

    def _end(self) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait()
