"""A log that is written through an open file: put aside once it is big, and no line is lost.

The shell that starts a run has opened the log for it (``>>``), and may have for another run at the
same moment. So the file is renamed, with whatever anybody still writes into it, and what we
ourselves say from then on goes into a new one of the old name.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_OUTPUTS = (1, 2)  # standard output and standard error


def keep_bounded(log: Path, size: int, *, old_ones: int) -> None:
    """Put the log aside if it is bigger than `size` bytes; the oldest of the old ones goes.

    Only one process may do so at a time. What cannot be done now is left to the next run.
    """
    with suppress(OSError):
        if log.stat().st_size > size:
            _put_aside(log, old_ones)


def _put_aside(log: Path, old_ones: int) -> None:
    ours = [output for output in _OUTPUTS if _is(output, log)]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    for number in range(old_ones - 1, 0, -1):
        with suppress(FileNotFoundError):
            _old(log, number).replace(_old(log, number + 1))
    try:
        log.replace(_old(log, 1))
    except PermissionError:  # Windows renames nothing that is open
        _empty(log, ours, copy=_old(log, 1))
        return
    if ours:
        _write_anew(log, ours)


def _write_anew(log: Path, outputs: Sequence[int]) -> None:
    """Let these outputs of ours go into a new file of that name."""
    new = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for output in outputs:
        os.dup2(new, output)
    os.close(new)


def _empty(log: Path, outputs: Sequence[int], *, copy: Path) -> None:
    """Copy the log and empty it, where we have it open; else it waits for a run that has."""
    if outputs:
        shutil.copyfile(log, copy)
        os.ftruncate(outputs[0], 0)
        for output in outputs:  # where the shell did not open it for appending
            os.lseek(output, 0, os.SEEK_SET)


def _is(output: int, log: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(output), log.stat())
    except OSError:
        return False


def _old(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
