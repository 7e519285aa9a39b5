"""Letters by hand, and how a mail program reads what they become."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from sheetcrm.core.followup.leaving import leaving
from sheetcrm.core.followup.mime import Letter
from tests.core.followup.world import SENDER

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 3


def letter(**parts) -> Letter:
    defaults = {
        "key": "budi@example.com|welcome|1|1",
        "to_name": "Budi Santoso",
        "to_address": "budi@example.com",
        "subject": "Halo Budi",
        "text": "Halo\n",
        "html": "<p>Halo</p>\n",
        "way_out": leaving(SENDER, "token"),
        "feedback": ("01-intro", "welcome", "Jakarta · solar"),
    }
    return Letter(**defaults | parts)


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def header_lines(raw: bytes, name: str) -> list[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    start = next(i for i, line in enumerate(head) if line.startswith(f"{name}:"))
    end = next((i for i, line in enumerate(head) if i > start and line[:1] != " "), len(head))
    return head[start:end]
