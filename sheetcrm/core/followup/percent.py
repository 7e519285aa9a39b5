"""Percent-encoding (RFC 3986, section 2.1), to and fro."""

from __future__ import annotations

import re

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")


def percent_encode(text: str, keep: str = "") -> str:
    """UTF-8 with everything but unreserved characters and `keep` as ``%XX``."""
    kept = _UNRESERVED | set(keep.encode())
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode())


def percent_decode(text: str) -> str:
    """The reverse; what is not percent-encoded UTF-8 stays as it is."""
    data = _ENCODED.sub(lambda match: bytes.fromhex(match[1].decode()), text.encode())
    try:
        return data.decode()
    except UnicodeDecodeError:
        return text
