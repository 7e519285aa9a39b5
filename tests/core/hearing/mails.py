"""Mails as servers, mail programs and people write them; addresses of example domains only."""

from __future__ import annotations

TOKEN = "abcdefghijklmn23"
OURS = f"<sc.{TOKEN}@surya.example>"
SENDER = "halo@surya.example"
LEAD = "budi@toko.example"


def mail(body: str = "Halo", **headers: str) -> bytes:
    """A plain mail; header names with ``_`` for ``-``, and None to leave one out."""
    given = {"From": f"Budi <{LEAD}>", "To": SENDER, "Subject": "Re: Panel surya"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None)
    return f"{head}\r\n{body}".replace("\r\n", "\n").replace("\n", "\r\n").encode()


def answer(body: str = "Halo", **headers: str) -> bytes:
    """A mail that answers ours."""
    return mail(body, **({"In_Reply_To": OURS, "References": OURS} | headers))


def report(
    *fields: str,
    to: str = SENDER,
    envelope_id: str = "",
    message_id: str = OURS,
    kind: str = "delivery-status",
) -> bytes:
    """A report in parts for people, for machines, and with the header that came back."""
    envelope = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    machine = "\n".join(fields)
    original = f"Message-ID: {message_id}\nSubject: Panel surya\n" if message_id else ""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
\tboundary="9B095B5ADSN=_01D5"

This is a MIME-encapsulated message.

--9B095B5ADSN=_01D5
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B095B5ADSN=_01D5
Content-Description: Delivery report
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example
{envelope}Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0700 (WIB)

{machine}

--9B095B5ADSN=_01D5
Content-Type: text/rfc822-headers

From: Surya <{SENDER}>
To: {LEAD}
{original}
--9B095B5ADSN=_01D5--
""".replace("\n", "\r\n").encode()


def bounce(
    status: str, said: str = "", *, action: str = "failed", address: str = LEAD, **rest: str
) -> bytes:
    """A report about one receiver."""
    fields = [
        f"Final-Recipient: rfc822; {address}",
        f"Original-Recipient: rfc822;{address}",
        f"Action: {action}",
        f"Status: {status}",
        "Remote-MTA: dns; mx.toko.example",
        f"Diagnostic-Code: smtp; {said or f'550 {status} no'}",
    ]
    return report(*fields, **rest)
