"""What travels inside a message: its pictures for the page, and its attachments by name."""

from __future__ import annotations

import base64
import email
import email.policy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

SHOWN_LIMIT = 20_000_000  #: bytes of pictures on one page; of the others only their words are shown

_CID = re.compile(r'(?<=src=")cid:([^"]+)(?=")')


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """The files of one message."""

    pictures: Mapping[str, str] = field(default_factory=dict)  #: ``cid`` → ``data:`` address
    attachments: Sequence[tuple[str, int]] = ()  #: name and bytes

    @property
    def size(self) -> int:
        """How much its pictures add to the page."""
        return sum(len(address) for address in self.pictures.values())


def inside(raw: bytes) -> Inside:
    """The files that a message of ours carries."""
    if b"\r\nContent-Disposition: " not in raw:
        return Inside()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    pictures: dict[str, str] = {}
    attachments: list[tuple[str, int]] = []
    for part in message.walk():
        if part.is_multipart() or not part.get_content_disposition():
            continue
        data = _data(part)
        if part.get_content_disposition() == "attachment":
            attachments.append((part.get_filename() or "?", len(data)))
        elif cid := part["Content-ID"]:
            encoded = base64.b64encode(data).decode()
            pictures[str(cid).strip("<>")] = f"data:{part.get_content_type()};base64,{encoded}"
    return Inside(pictures=pictures, attachments=attachments)


def with_pictures(html: str, pictures: Mapping[str, str]) -> str:
    """The message's page with its pictures in it."""
    return _CID.sub(lambda match: pictures.get(match[1], match[0]), html)


def _data(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
