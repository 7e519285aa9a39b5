"""The link for leaving, over real HTTP: opening it changes nothing, only POST acts."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from datetime import timedelta

import pytest

from sheetcrm.adapters.memory import MemoryLedger
from sheetcrm.adapters.unsubscribe import page
from sheetcrm.adapters.unsubscribe.server import BODY_LIMIT, LeavingApp, LeavingServer, route
from sheetcrm.core.followup.leaving import sign
from sheetcrm.core.followup.rules import Sender
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Suppression
from sheetcrm.engine.unsubscribing import VISIT, Leaving
from sheetcrm.errors import LedgerUnreachableError, UsageError
from tests.adapters.ledger_contract import T0, draft, plan, record, run

SECRET = "a secret that nobody guesses"
TOKEN = "abcdefghijklmn23"
LINK = f"/u/{sign(TOKEN, SECRET)}"
ADDRESS = "sari@example.com"


class Clock:
    def __init__(self) -> None:
        self.moment = T0

    def now(self):
        return self.moment


class Breakable:
    """The outbox, until its site is broken."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getattr__(self, name: str) -> object:
        self._site.alive()
        return getattr(self._site.ledger.outbox, name)


class Site:
    """A server over a ledger in memory with one message."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.clock = Clock()
        self.broken = False
        self.slow = 0.0
        self.lines: list[str] = []
        known = {"person": ADDRESS, "to_address": ADDRESS, "language": "id"}
        message = draft("k", "L1", message_id=f"<sc.{TOKEN}@surya.example>", **known)
        run(self.ledger, plan(leads=[record("L1")], drafts=[message]))
        sender = Sender(secret=SECRET)
        app = LeavingApp(
            Leaving(outbox=Breakable(self), sender=sender, clock=self.clock),
            address="https://surya.example/u/{token}",
            name="Surya <Atap>",
            alive=self.alive,
            log=self.lines.append,
        )
        self.server = LeavingServer(app, host="127.0.0.1", port=0)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def alive(self) -> None:
        time.sleep(self.slow)
        if self.broken:
            raise LedgerUnreachableError("it is away")

    def ask(self, method: str, path: str = LINK, body: bytes | None = None, **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    @property
    def state(self) -> str:
        return self.ledger.outbox.find(keys=["k"])[0].state

    @property
    def suppressed(self) -> list[str]:
        return [one.pattern for one in self.ledger.outbox.suppressions()]


@pytest.fixture
def site():
    made = Site()
    yield made
    made.server.stop()
    made.thread.join(10)
    assert not made.thread.is_alive()


def back_link(text: str) -> str:
    return "/u/" + re.search(r'action="([^"]+)"', text)[1]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_the_link_changes_nothing(site: Site, method: str) -> None:
    status, text, headers = site.ask(method)
    assert status == 200
    assert (site.state, site.suppressed) == ("draft", [])
    if method == "GET":
        assert '<html lang="id">' in text
        assert "Surya &lt;Atap&gt;" in text
        assert "s•••@example.com" in text
        assert '<form method="post">' in text
        assert ADDRESS not in text
    else:
        assert (text, int(headers["Content-Length"]) > 500) == ("", True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\0 nonsense", "x/y"),
    ],
)
def test_one_click_whatever_the_body(site: Site, body: bytes, kind: str) -> None:
    status, text, headers = site.ask("POST", LINK, body, Content_Type=kind)
    assert status == 200
    assert "Location" not in headers
    assert "Set-Cookie" not in headers
    assert "Anda sudah berhenti berlangganan" in text
    assert (site.state, site.suppressed) == ("unsubscribed", [ADDRESS])


def test_twice_is_the_same_as_once(site: Site) -> None:
    for _ in range(3):
        assert site.ask("POST")[0] == 200
    [message] = site.ledger.outbox.find(keys=["k"])
    assert [event.kind for event in message.events] == ["unsubscribed"]
    assert site.suppressed == [ADDRESS]
    status, text, _ = site.ask("GET")
    assert (status, "<form" in text) == (200, False)


def test_capitals_do_not_matter(site: Site) -> None:
    assert site.ask("POST", LINK[:3] + LINK[3:].upper())[0] == 200
    assert site.state == "unsubscribed"


def test_it_was_a_mistake(site: Site) -> None:
    _, text, _ = site.ask("POST")
    back = back_link(text)
    assert site.ask("GET", back)[0] == 405
    assert site.suppressed == [ADDRESS]
    status, text, _ = site.ask("POST", back)
    assert (status, "tetap" in text) == (200, True)
    assert (site.state, site.suppressed) == ("sent", [])
    assert site.ask("POST", back)[0] == 200
    site.ask("POST")
    assert (site.state, site.suppressed) == ("unsubscribed", [ADDRESS])


def test_coming_back_takes_a_code_of_this_visit(site: Site) -> None:
    _, text, _ = site.ask("POST")
    back = back_link(text)
    other = sign("q" * 16, SECRET)
    until = int(re.search(r"-(\d+)\.", back)[1])
    forged = [
        back[:-1] + ("a" if back[-1] != "a" else "b"),
        back.replace(str(until), str(until + 9)),
        f"{LINK}/back/{sign(TOKEN, SECRET)}",
        back.replace(LINK, f"/u/{other}"),
    ]
    assert [site.ask("POST", path)[0] for path in forged] == [404] * 4
    site.clock.moment = T0 + VISIT + timedelta(seconds=1)
    assert site.ask("POST", back)[0] == 404
    assert site.suppressed == [ADDRESS]


def test_what_was_so_before_is_not_taken_back(site: Site) -> None:
    site.ledger.outbox.suppress([Suppression(ADDRESS, "by hand", T0)])
    _, text, _ = site.ask("POST")
    assert "<form" not in text
    assert (site.state, site.suppressed) == ("unsubscribed", [ADDRESS])


def test_another_message_that_bounced_stays_so(site: Site) -> None:
    known = {"person": ADDRESS, "to_address": ADDRESS}
    other = draft("other", "L2", message_id="<sc.qqqqqqqqqqqqqqqq@x.example>", **known)
    run(site.ledger, plan(leads=[record("L1"), record("L2")], drafts=[other]))
    site.ledger.outbox.heard("other", MessageEvent("bounced", T0, "mail"))
    _, text, _ = site.ask("POST")
    site.ask("POST", back_link(text))
    assert site.ledger.outbox.find(keys=["other"])[0].state == "bounced"


@pytest.mark.parametrize(
    "path",
    [
        f"/u/{TOKEN}",
        f"/u/{TOKEN}.aaaaaaaaaaaaaaaaaaaa",
        f"/u/{sign(TOKEN, 'another secret')}",
        f"/u/{sign(TOKEN, SECRET)}x",
        *(
            "/u/",
            "/",
            "/favicon.ico",
            "/u/../u/x.y",
            "/u/%00.a",
            "/u/%C3%A9.a",
        ),
    ],
)
def test_a_link_that_we_did_not_sign(site: Site, path: str) -> None:
    for method in ("GET", "POST"):
        status, text, _ = site.ask(method, path)
        assert status == 404
        for word in ("STOP", "BAJA", "BERHENTI"):
            assert word in text
    assert site.suppressed == []


def test_a_message_that_was_forgotten_is_gone_anyway(site: Site) -> None:
    site.ledger.discard(["k"])
    assert site.ask("GET")[0] == 200
    status, text, _ = site.ask("POST")
    assert (status, "You are unsubscribed" in text) == (200, True)
    assert site.suppressed == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_nothing_else_is_answered(site: Site, method: str) -> None:
    status, _, headers = site.ask(method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD, POST")
    assert site.suppressed == []


def test_no_page_loads_or_keeps_anything(site: Site) -> None:
    _, text, headers = site.ask("GET")
    assert headers["Content-Security-Policy"] == page.POLICY
    assert "default-src 'none'" in page.POLICY
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in headers
    assert not re.search(r"(src|href)=|<script|url\(|@import", text)


def test_health(site: Site) -> None:
    assert site.ask("GET", "/health")[:2] == (200, "ok")
    site.broken = True
    status, text, headers = site.ask("GET", "/health")
    assert (status, headers["Retry-After"]) == (503, "60")
    assert "away" not in text


def test_while_the_ledger_is_away_a_link_is_not_called_invalid(site: Site) -> None:
    site.broken = True
    for method in ("GET", "POST"):
        status, text, headers = site.ask(method)
        assert (status, headers["Retry-After"]) == (503, "60")
        for words in page.WORDS.values():
            assert words.later in text
            assert words.reply in text
            assert words.lost not in text


def test_the_log_names_nobody(site: Site) -> None:
    site.ask("GET")
    site.ask("POST")
    site.ask("GET", f"/u/{ADDRESS}")
    assert site.lines == ["GET 200 shown", "POST 200 left", "GET 404 no such page"]


def test_a_body_that_is_too_large(site: Site) -> None:
    assert site.ask("POST", LINK, b"x" * (BODY_LIMIT - 1))[0] == 200
    assert site.ask("POST", LINK, b"x" * (BODY_LIMIT + 1))[0] == 413


def test_a_header_that_is_too_large(site: Site) -> None:
    assert site.ask("GET", LINK, X_Long="x" * 20_000)[0] == 431


def test_slow_senders_hold_up_nobody(site: Site) -> None:
    slow = []
    for _ in range(60):
        one = socket.create_connection(("127.0.0.1", site.server.port))
        one.sendall(b"POST " + LINK.encode() + b" HTTP/1.1\r\nContent-Length: 10\r\n\r\nx")
        slow.append(one)
    assert site.ask("POST")[0] == 200
    for one in slow:
        one.close()


def test_many_at_once(site: Site) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(site.ask("POST")[0])) for _ in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 30
    assert site.suppressed == [ADDRESS]


def test_what_was_asked_before_the_end_is_answered(site: Site) -> None:
    site.slow = 0.5
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.append(site.ask("GET", "/health")[0]))
    asking.start()
    time.sleep(0.2)
    site.server.stop()
    site.thread.join(10)
    asking.join()
    assert found == [200]
    with pytest.raises(OSError):
        site.ask("GET")


def test_an_address_that_is_taken(site: Site) -> None:
    with pytest.raises(UsageError, match="cannot listen"):
        LeavingServer(None, host="127.0.0.1", port=site.server.port)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://h.example/u/{token}", "/u/a.b"),
        ("https://h.example/crm/u/{token}", "/u/a.b"),
        ("https://h.example/u/{token}", "/crm/team/u/a.b"),
        ("https://h.example/{token}", "/a.b"),
        ("https://h.example/leave-{token}", "/leave-a.b"),
        ("https://h.example/u/{token}/leave", "/u/a.b/leave"),
        ("https://h.example/u/{token}", "/u/a.b/back/back-a-1.b"),
    ],
)
def test_where_the_links_lead(address: str, path: str) -> None:
    assert route(address).fullmatch(path)["signed"] == "a.b"
    assert not route(address).fullmatch(path + "/")


@pytest.mark.parametrize("address", ["", "https://h.example/u", "https://h.example/u?t={token}"])
def test_links_that_do_not_lead_here(address: str) -> None:
    with pytest.raises(UsageError, match="do not lead"):
        route(address)


@pytest.mark.parametrize("language", ["id", "es", "en", "es-MX", "fr", ""])
def test_every_page_in_every_language(language: str) -> None:
    known = language[:2] if language[:2] in page.WORDS else "en"
    pages = [
        page.asking(language, name="", address=""),
        page.gone(language, name="Surya", address="a@b.example", back="x/back/y"),
        page.staying(language, name="Surya"),
    ]
    assert all(
        f'<html lang="{known}">' in one and "{" not in one.split("</style>")[1] for one in pages
    )
