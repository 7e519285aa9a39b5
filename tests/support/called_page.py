"""A page that is told how runs go, as healthchecks.io has them, on loopback."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Page:
    """A server for as long as the block; notes who called, and answers what it is told to."""

    def __init__(self, *, answer: int = 200) -> None:
        self.answer = answer
        self.calls: list[tuple[str, str]] = []  #: path and what was sent along

    def __enter__(self) -> Self:
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                page.calls.append((self.path, body.decode("utf-8")))
                self.send_response(page.answer)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/uuid-1234"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
