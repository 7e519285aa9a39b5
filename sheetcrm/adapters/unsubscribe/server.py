"""The server behind the link for leaving, to be put behind a proxy that speaks HTTPS.

GET shows a page and changes nothing, since mail scanners open every link; only POST acts, with
the same answer for a person's button and a mail program's one click (RFC 8058): 200, no redirect,
no cookie, whatever the body. Waitress takes the requests: it reads each wholly before a thread is
given to it, so that slow senders hold up nobody.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from waitress import create_server, wasyncore

from sheetcrm.adapters.unsubscribe import page
from sheetcrm.errors import LedgerError, UsageError
from sheetcrm.ports import WayOut

BODY_LIMIT = 64 * 1024  #: bytes of a request, which nobody reads
HEAD_LIMIT = 16 * 1024
SECONDS = 30  #: without a sign of life
LAST_SECONDS = 5.0  #: for what was asked before the end
THREADS, CONNECTIONS = 4, 500
HEALTH = "/health"

_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", page.POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
)
_SIGNED = r"(?P<signed>[A-Za-z2-7]+\.[A-Za-z2-7]+)"
_BACK = r"(?:/back/(?P<code>back-[A-Za-z2-7]+-\d+\.[A-Za-z2-7]+))?"
_STATUS = {
    200: "200 OK",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    503: "503 Service Unavailable",
}

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class LeavingApp:
    """The pages, as a WSGI application.

    Args:
        way_out: what a link leads to.
        address: the ``https:`` address of the config, in which ``{token}`` stands.
        name: whose mails they are, for people.
        alive: whether the ledger can be read; raises `LedgerError` where it cannot.
        log: is told of each request, in one line without anything personal.
    """

    def __init__(
        self,
        way_out: WayOut,
        *,
        address: str,
        name: str,
        alive: Callable[[], object],
        log: Callable[[str], object],
    ) -> None:
        self._way_out = way_out
        self._name = name
        self._alive = alive
        self._log = log
        self._path = route(address)

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        try:
            status, text, what = self._answer(method, path)
        except LedgerError as error:
            status, text, what = 503, page.later(name=self._name), f"the ledger: {error.message}"
        self._log(f"{method if method.isalpha() else '?'} {status} {what}")
        body = text.encode()
        headers = [*_HEADERS, ("Content-Length", str(len(body)))]
        if status == 405:
            headers.append(("Allow", "GET, HEAD, POST"))
        if status == 503:
            headers.append(("Retry-After", "60"))
        start(_STATUS[status], headers)
        return [b"" if method == "HEAD" else body]

    def _answer(self, method: str, path: str) -> tuple[int, str, str]:
        """Status, page, and what happened, for the log."""
        if path == HEALTH:
            self._alive()
            return 200, "ok", "health"
        found = self._path.fullmatch(path)
        if found is None:
            return 404, page.lost(name=self._name), "no such page"
        if method not in {"GET", "HEAD", "POST"} or (found["code"] and method != "POST"):
            return 405, page.lost(name=self._name), "not so"
        return self._post(found) if method == "POST" else self._get(found)

    def _get(self, found: re.Match[str]) -> tuple[int, str, str]:
        visitor = self._way_out.visitor(found["signed"])
        if visitor is None:
            return 404, page.lost(name=self._name), "not signed by us"
        show = page.gone if visitor.gone else page.asking
        shown = show(visitor.language, name=self._name, address=visitor.address)
        return 200, shown, "shown"

    def _post(self, found: re.Match[str]) -> tuple[int, str, str]:
        signed, code = found["signed"], found["code"]
        if code:
            visitor = self._way_out.come_back(signed, code)
            if visitor is None:
                return 404, page.lost(name=self._name), "not signed by us, or too late"
            return 200, page.staying(visitor.language, name=self._name), "came back"
        visitor = self._way_out.leave(signed)
        if visitor is None:
            return 404, page.lost(name=self._name), "not signed by us"
        back = f"{found[0].rpartition('/')[2]}/back/{visitor.back}" if visitor.back else ""
        text = page.gone(visitor.language, name=self._name, address=visitor.address, back=back)
        return 200, text, "left"


def route(address: str) -> re.Pattern[str]:
    """The paths that an address with ``{token}`` in it stands for.

    A proxy may take the first folders of the path away, or add some.

    Raises:
        UsageError: the token is not in its path.
    """
    before, token, after = urlsplit(address).path.partition("{token}")
    if not token:
        raise UsageError(
            "the links for leaving do not lead to this server",
            hint='write [sender] unsubscribe = "https://…/u/{token}" in config/followups.toml',
        )
    folders, _, stem = before.rpartition("/")
    last = folders.rpartition("/")[2]
    folder = f"/{re.escape(last)}" if last else ""
    here = rf"{folder}/{re.escape(stem)}{_SIGNED}{re.escape(after)}{_BACK}"
    return re.compile(rf"(?:/[^/]*)*?{here}")


class LeavingServer:
    """A server that listens, and answers from `run` until `stop`.

    Args:
        app: the pages.
        host: an address of this computer.
        port: 0 for any that is free.

    Raises:
        UsageError: nobody may listen there.
    """

    def __init__(self, app: LeavingApp, *, host: str, port: int) -> None:
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listening = socket.create_server((host, port), family=family)
        except OSError as error:
            raise UsageError(
                f"cannot listen on {host}:{port}: {error.strerror or error}",
                hint="name another address: --listen 127.0.0.1:8766",
            ) from error
        self._map: dict[int, Any] = {}
        self._stopping = False
        self._server = create_server(
            app,
            map=self._map,
            sockets=[listening],
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=SECONDS,
            cleanup_interval=SECONDS // 2,
            max_request_body_size=BODY_LIMIT,
            max_request_header_size=HEAD_LIMIT,
            ident=None,
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.effective_port)

    def run(self) -> None:
        """Answer until `stop`; what was asked before is answered still."""
        while not self._stopping:
            wasyncore.loop(timeout=1.0, map=self._map, use_poll=True, count=1)
        wasyncore.dispatcher.close(self._server)  # nobody new is let in
        end = monotonic() + LAST_SECONDS
        while self._busy() and monotonic() < end:
            wasyncore.loop(timeout=0.05, map=self._map, use_poll=True, count=1)
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._map)

    def stop(self) -> None:
        """Let `run` come to its end; from any thread, or a signal."""
        self._stopping = True
        with suppress(OSError):  # it has come to its end already
            self._server.trigger.pull_trigger()

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(one.requests or one.total_outbufs_len for one in channels)
