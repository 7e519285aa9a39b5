"""Addresses that credentials may be sent to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from sheetcrm.errors import UsageError


def secure(address: str) -> str:
    """The address of a service without a ``/`` at its end.

    Raises:
        UsageError: what is sent there could be read on the way: not https, and not this computer.
    """
    if urlsplit(address).scheme != "https" and not is_local(address):
        raise UsageError(
            f"{address} is not safe to send credentials to",
            hint="write https://…; plain http only for this computer: http://127.0.0.1:…",
        )
    return address.rstrip("/")


def is_local(address: str) -> bool:
    """Whether an http or https address is of this computer."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
    return loopback and parts.scheme in {"http", "https"}
