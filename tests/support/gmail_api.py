"""The part of Gmail's API that makes drafts (users.drafts, and tokens), on loopback."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit


class GmailServer(ThreadingHTTPServer):
    """Started on entering; `drafts` is what lies in the mailbox."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.drafts: dict[str, bytes] = {}
        self.count = 0
        self.refuse: deque[tuple[int, dict]] = deque()  #: status and body of the next answers
        self.token_refused = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def login(self) -> dict:
        """What `sheetcrm login --gmail` would have stored."""
        rights = ("spreadsheets", "gmail.compose")
        return {
            "type": "authorized_user",
            "client_id": "client",
            "client_secret": "secret",
            "token_uri": f"{self.address}/token",
            "refresh_token": "refresh-1",
            "scopes": [f"https://www.googleapis.com/auth/{right}" for right in rights],
            "account": "ani@example.com",
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: GmailServer
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: object) -> None:
        data = b"" if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def allowed(self) -> bool:
        if self.server.refuse:
            self.answer(*self.server.refuse.popleft())
            return False
        assert self.headers["Authorization"] == "Bearer token-1"
        return True

    def do_GET(self) -> None:
        if not self.allowed():
            return
        parts = urlsplit(self.path)
        assert parts.path == "/gmail/v1/users/me/drafts"
        [query] = parse_qs(parts.query)["q"]
        wanted = f"<{query.removeprefix('rfc822msgid:')}>".encode()
        found = [name for name, raw in self.server.drafts.items() if wanted in raw]
        listed = {"drafts": [{"id": name} for name in found]} if found else {}
        self.answer(200, listed | {"resultSizeEstimate": len(found)})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            if self.server.token_refused:
                self.answer(400, {"error": "invalid_grant"})
            else:
                self.answer(200, {"access_token": "token-1", "expires_in": 3599})
        elif self.allowed():
            raw = base64.urlsafe_b64decode(json.loads(body)["message"]["raw"])
            self.server.count += 1
            name = f"r{self.server.count}"
            self.server.drafts[name] = raw
            self.answer(200, {"id": name, "message": {"id": name}})

    def do_DELETE(self) -> None:
        if not self.allowed():
            return
        name = re.fullmatch(r"/gmail/v1/users/me/drafts/(\w+)", self.path)[1]
        if self.server.drafts.pop(name, None) is None:
            self.answer(404, {"error": {"code": 404, "message": "Not Found"}})
        else:
            self.answer(204, None)

    def log_message(self, *_: object) -> None:
        pass
