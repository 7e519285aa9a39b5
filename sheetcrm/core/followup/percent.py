"""Percent-encoding (RFC 3986, section 2.1)."""

from __future__ import annotations

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def percent_encode(text: str, keep: str = "") -> str:
    """UTF-8 with everything but unreserved characters and `keep` as ``%XX``."""
    kept = _UNRESERVED | set(keep.encode())
    return "".join(chr(byte) if byte in kept else f"%{byte:02X}" for byte in text.encode())
