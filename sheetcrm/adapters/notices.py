"""Tells others how a run ended: a page that is called, a mail, a file of figures.

None of it may make a run fail: what goes wrong here is a word for the log.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from sheetcrm.core.outbox import Claim, Verdict
from sheetcrm.core.schedule.noticing import Told
from sheetcrm.errors import SheetCrmError
from sheetcrm.ports import Mailer

SECONDS = 5  #: that a page may take to answer
_BODY = 10_000  #: bytes that are sent along, as healthchecks.io takes them


def call(url: str, body: str = "") -> str:
    """Call a page; the text says what went wrong, "" for nothing. The address is never told."""
    from http.client import HTTPException  # noqa: PLC0415  slow to load
    from urllib.error import HTTPError  # noqa: PLC0415
    from urllib.request import HTTPRedirectHandler, Request, build_opener  # noqa: PLC0415

    class Stay(HTTPRedirectHandler):
        """Follows nobody elsewhere: the address is a secret between us and one server."""

        def redirect_request(self, *_args: object) -> None:
            """No request at all."""

    data = body.encode("utf-8")[:_BODY]
    request = Request(url, data=data, headers={"User-Agent": "sheetcrm"}, method="POST")  # noqa: S310
    try:
        with build_opener(Stay()).open(request, timeout=SECONDS) as answer:
            answer.read(100)
    except HTTPError as error:
        return f"the page of [notify] answered {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        reason = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
        return f"the page of [notify] could not be called: {reason}"
    return ""


def mail(mailer: Mailer, *, sender: str, to: str, subject: str, text: str, now: datetime) -> str:
    """Send a plain mail to one address; the text says what went wrong, "" for nothing."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine shall answer
    message.set_content(text)
    claim = Claim(key="notice", to_address=to, message_id=message["Message-ID"], raw=b"")
    try:
        with mailer.open() as session:
            answer = session.deliver(claim, bytes(message), lambda: lambda: None)
    except (SheetCrmError, OSError) as error:
        return f"no mail could be sent to the address of [notify]: {error}"
    if answer.verdict is Verdict.SENT:
        return ""
    return f"the mail to the address of [notify] was not taken: {answer.code} {answer.text}"


def remembered(path: Path) -> Told:
    """What was said up to now; nothing where that cannot be read."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        moments = {
            name: datetime.fromisoformat(known[name]) if known[name] else None
            for name in ("since", "at")
        }
        return Told(reason=str(known["reason"]), **moments)
    except (OSError, ValueError, LookupError, TypeError):
        return Told()


def remember(path: Path, told: Told) -> None:
    """Keep what was said; if that fails, it is said once more."""
    text = json.dumps({**asdict(told)}, default=datetime.isoformat)
    with suppress(OSError):
        _replace(path, text)


def write_metrics(path: Path, figures: Sequence[tuple[str, str, Mapping[str, str], float]]) -> str:
    """Write figures as Prometheus' text format 0.0.4; the text says what went wrong.

    Args:
        path: a file of node_exporter's textfile collector; it is replaced as a whole.
        figures: name, what it is, labels, value; all of one name beside each other.
    """
    lines, last = [], ""
    for name, about, labels, value in figures:
        if name != last:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
        lines.append(f"{name}{{{_labels(labels)}}} {value!r}")
        last = name
    try:
        _replace(path, "\n".join(lines) + "\n")
    except OSError as error:
        return f"the figures of [notify] could not be written: {error.strerror}"
    return ""


def host() -> str:
    """What this computer is called."""
    return socket.gethostname()


def in_utc(moment: datetime) -> float:
    """A moment as Prometheus counts."""
    return moment.astimezone(UTC).timestamp()


def _labels(labels: Mapping[str, str]) -> str:
    escape: Callable[[str], str] = lambda text: re.sub(r'([\\"])', r"\\\1", text)  # noqa: E731
    return ",".join(f'{name}="{escape(text)}"' for name, text in labels.items()).replace("\n", " ")


def _replace(path: Path, text: str) -> None:
    """A file with this text, whole or not at all; others may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
