"""No test talks to anything but this computer, and one that tries fails: also from a thread.

An audit hook (PEP 578) sees every connection and every look-up of a name in the process, in
whatever thread and library, also where the library swallows the error. Used by `tests/conftest`.
"""

from __future__ import annotations

import sys
import threading
from ipaddress import ip_address

import pytest

WATCHED = frozenset(
    (
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "socket.sendmsg",
    )
)
attempts: list[str] = []
_installed = False


class ForeignConnectionError(OSError):
    """A test tried to reach another computer."""


def install() -> None:
    """Watch this process from now on; there is no way back."""
    global _installed  # noqa: PLW0603  an audit hook can be added once only, and never removed
    if not _installed:
        sys.addaudithook(_watch)
        _installed = True


@pytest.fixture(autouse=True)
def _only_this_computer():
    yield
    complain()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A thread that outlived its test is not forgiven either."""
    if attempts:
        print("\n".join(["", *attempts]))  # noqa: T201
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def complain() -> None:
    """Fail the test that runs now for every attempt since the last time."""
    found, attempts[:] = list(attempts), []
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def is_here(host: object) -> bool:
    """Whether a host is this computer; what is no name at all (None, a path) is."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(text, str) or text in {"", "localhost"}:
        return True
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple) -> None:
    if event not in WATCHED:
        return
    address = arguments[0] if event.startswith("socket.get") else arguments[1]
    host = address[0] if isinstance(address, tuple) else address
    if event.startswith("socket.get") or isinstance(address, tuple):
        if is_here(host):
            return
        told = f"{threading.current_thread().name} tried to reach {host!r} ({event})"
        attempts.append(told)
        raise ForeignConnectionError(told)
