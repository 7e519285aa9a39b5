"""HTTP on loopback: connections, headers, and answers that never come."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.support.sheets_api.faults import Fault
    from tests.support.sheets_api.server import SheetsServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back over the wire."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    half: bool = False

    @classmethod
    def of(cls, fault: Fault) -> Answer:
        """The answer of a fault."""
        body = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
        return cls(status=fault.status, body=body, headers=fault.headers, cut=fault.cut)


class Listener(ThreadingHTTPServer):
    """A listening socket that knows its connections, to close them all."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[Handler]):
        super().__init__(address, handler)
        self.connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note a new connection."""
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
        self.connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End all connections."""
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of our errors; anything else is shown."""
        import sys

        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    wbufsize = -1
    emulator: SheetsServer

    def do_GET(self) -> None:
        """Answer."""
        self._serve()

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815  http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on stderr: the emulator has a log of its own."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by Google's clock."""
        del timestamp
        return format_datetime(self.emulator.now(), usegmt=True)

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length)
        parts = urlsplit(self.path)
        answer = self.emulator.answer(self.command, parts.path, parts.query, self.headers, data)
        if answer.cut:
            self._hang_up()
            return
        self.send_response(answer.status)
        names = {name.lower() for name, _ in answer.headers}
        if "content-type" not in names:
            self.send_header("Content-Type", "application/json; charset=UTF-8")
        for name, content in answer.headers:
            self.send_header(name, content)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.half else answer.body)
        self.wfile.flush()
        if answer.half:
            self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
