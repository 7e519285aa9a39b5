"""Cases by their numbers, each in a process of its own: python -m tests.fuzz FIRST [COUNT].

Prints one line of JSON for each. ``--keep FOLDER`` keeps the workbooks as they were made.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.cases import MOST_MEMORY, MOST_SECONDS, Outcome, rehearse, run
from tests.fuzz.mutations import mutant

_PATIENCE = 20 * MOST_SECONDS  # of waiting: others may use the processor, too
_FAST = Path("/dev/shm")  # saving waits for no disk there
_RESERVED = 512 << 20  # address space that threads reserve and never use


def main() -> None:
    """Run the cases that the command line names."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("first", type=int)
    asked.add_argument("count", type=int, nargs="?", default=1)
    asked.add_argument("--keep", type=Path)
    given = asked.parse_args()
    with _own_folder() as folder:
        rehearse(folder)
    gc.freeze()
    for number in range(given.first, given.first + given.count):
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{number}.xlsx").write_bytes(mutant(number).data)
        sys.stdout.write(json.dumps(asdict(apart(number))) + "\n")
        sys.stdout.flush()


def apart(number: int) -> Outcome:
    """Run one case in a fork: whatever it does, even die, is an outcome."""
    ours, theirs = os.pipe()
    with _own_folder() as folder:
        child = os.fork()
        if child == 0:
            os.close(ours)
            _limit()
            with os.fdopen(theirs, "w", encoding="utf-8", errors="replace") as answer:
                json.dump(asdict(run(number, folder)), answer)
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8") as answer:
            said = answer.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        told = json.loads(said)
        return Outcome(**{**told, "changes": tuple(told["changes"])})
    slow = {-signal.SIGPROF: "it computes without end", -signal.SIGALRM: "it waits without end"}
    how = slow.get(status, f"the process ended with {status}")
    made = mutant(number)
    return Outcome(number=number, kind="FAULT", said=how, seed=made.seed, changes=made.changes)


@contextmanager
def _own_folder() -> Iterator[Path]:
    place = _FAST if _FAST.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="sheetcrm-fuzz-", dir=place) as name:
        yield Path(name)


def _limit() -> None:
    """Little memory, and no core dumps; SIGPROF and SIGALRM end the process."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    most = used + MOST_MEMORY + _RESERVED
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(_PATIENCE)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stderr.fileno())


if __name__ == "__main__":
    main()
