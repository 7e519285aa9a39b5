"""Every workbook of a folder, written to in copies, each in a process of its own.

Not one may lose anything: a workbook is written and verified, or refused and left as it was.

    python -m tests.oracles.corpus FOLDER [--limit N] [--jobs 2] [--list]

Prints how many came out how, and exits with 1 where any failed. Writing may take 10 seconds of
CPU and 1 GB of memory a workbook.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from tests.oracles import schema
from tests.oracles.attempt import Outcome, attempt

_ENDINGS = {".xlsx", ".xlsm", ".xltx", ".xltm"}
_MOST_SECONDS = 10  #: of CPU, for each time that sheetcrm is called
_MOST_MEMORY = 1 << 30  #: bytes of address space, beyond what the process has at its start
_MOST_WAITING = 300  #: seconds by the clock, likewise
_MOST_JUDGING = 600  #: seconds of CPU for the judges
_ENDS = {
    signal.SIGPROF: f"took more than {_MOST_SECONDS} s",
    signal.SIGALRM: f"not done after {_MOST_WAITING} s",
    signal.SIGVTALRM: f"not judged after {_MOST_JUDGING} s",
}


def workbooks(folder: Path) -> list[Path]:
    """The workbooks under a folder, by name and content known to be meant as such."""
    found = (path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
    return sorted(path for path in found if not path.name.startswith(("~$", ".")))


def run(paths: Iterable[Path], jobs: int) -> Iterator[tuple[Path, Outcome]]:
    """Try workbooks, `jobs` at a time."""
    schema.available()  # read here, once for all
    waiting = list(paths)[::-1]
    running: dict[int, tuple[Path, BinaryIO]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            path = waiting.pop()
            child, answer = _begin(path)
            running[child] = path, answer
        child, status = os.wait()
        path, answer = running.pop(child)
        yield path, _ended(status, answer)


def _begin(path: Path) -> tuple[int, BinaryIO]:
    answer = tempfile.TemporaryFile()  # noqa: SIM115 - closed in _ended
    child = os.fork()
    if child:
        return child, answer
    status = 1
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_JUDGING)
        with tempfile.TemporaryDirectory() as folder:
            outcome = attempt(path, Path(folder), _limited)
        answer.write(json.dumps(asdict(outcome)).encode())
        answer.flush()
        status = 0
    finally:
        os._exit(status)


def _ended(status: int, answer: BinaryIO) -> Outcome:
    with answer:
        answer.seek(0)
        said = answer.read()
    code = os.waitstatus_to_exitcode(status)
    if code or not said:
        return Outcome("failed", _ENDS.get(-code, f"the process ended with {code}"))
    return Outcome(**json.loads(said))


@contextmanager
def _limited() -> Iterator[None]:
    """Limits on what sheetcrm does; its judges have none."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + _MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
    signal.alarm(_MOST_WAITING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, help="only so many, spread over all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="a line for each workbook")
    options = parser.parse_args(arguments)
    paths = workbooks(options.folder)
    if options.limit and len(paths) > options.limit:
        paths = paths[:: -(-len(paths) // options.limit)]
    kinds: Counter[str] = Counter()
    besides: Counter[str] = Counter()
    tabs = cells = 0
    for path, outcome in run(paths, options.jobs):
        name = "written and verified" if outcome.kind == "written" else outcome.kind
        kinds[f"{name}: {outcome.why}" if outcome.kind == "refused" else name] += 1
        besides.update(outcome.refusals if outcome.kind == "written" else ())
        tabs, cells = tabs + outcome.tabs, cells + outcome.cells
        if options.list or outcome.kind == "failed":
            why = outcome.why or " ".join(outcome.refusals)
            _say(f"{outcome.kind.upper():8} {path.relative_to(options.folder)}: {why}")
    _say(f"{len(paths)} workbooks, {tabs} tabs, {cells} cells")
    for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        _say(f"{count:7} {kind}")
    for code, count in besides.most_common():
        _say(f"{count:7} times refused in workbooks that were written otherwise: {code}")
    return 1 if kinds["failed"] else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
