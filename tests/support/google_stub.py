"""A server on loopback that answers what a test tells it to: for faults of the way to Google.

What a spreadsheet would answer is the business of `tests.support.sheets_api`.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer; `cut` hangs up in its place, `stall` waits before it."""

    status: int = 200
    body: object = field(default_factory=dict)  #: JSON, or text that is sent as it is
    headers: dict = field(default_factory=dict)
    stall: float = 0.0
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict
    body: object
    headers: dict


def error(status, message="", name="", *details, **headers):
    """An error as Google words it."""
    body = {"code": status, "message": message, "status": name, "details": list(details)}
    return Reply(status=status, body={"error": body}, headers=headers)


class Stub(ThreadingHTTPServer):
    """Answers requests in the order of `replies`, and with ``{}`` when they are used up."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: deque = deque()
        self.tokens: deque = deque()
        self.seen: list[Seen] = []
        self.asked: list[Seen] = []  #: of the token endpoint

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients that time out hang up; that is what is being tried."""


@contextmanager
def serving():
    """A running stub."""
    stub = Stub()
    thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        stub.shutdown()
        thread.join()
        stub.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self):
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = (self.headers.get("Content-Type") or "").startswith("application/x-www-form")
        seen = Seen(
            method=self.command,
            path=parts.path,
            query=parse_qs(parts.query),
            body={k: v[0] for k, v in parse_qs(raw.decode()).items()}
            if form
            else (json.loads(raw) if raw else None),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        if parts.path.startswith(("/token", "/revoke")):
            self.server.asked.append(seen)
            default = Reply(body={"access_token": f"t{len(self.server.asked)}", "expires_in": 3600})
            reply = self.server.tokens.popleft() if self.server.tokens else default
        else:
            self.server.seen.append(seen)
            reply = self.server.replies.popleft() if self.server.replies else Reply()
        self._answer(reply(seen) if callable(reply) else reply)

    do_POST = do_GET  # noqa: N815

    def _answer(self, reply):
        time.sleep(reply.stall)
        if reply.cut:
            reset = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            self.connection.close()
            self.close_connection = True
            return
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        body = text.encode()
        self.send_response_only(reply.status)
        given = {
            "Date": self.date_time_string(),
            "Content-Type": "application/json",
            **reply.headers,
        }
        for name, value in {**given, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
