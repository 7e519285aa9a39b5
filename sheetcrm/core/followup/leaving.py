"""How the receiver of a message leaves: by mail, by a page, or by one click (RFC 2369, RFC 8058).

A link for one click ends in ``TOKEN.MAC``: the message's token, and a keyed digest of it, so that
nobody who guesses tokens unsubscribes others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from sheetcrm.core.followup.percent import percent_encode
from sheetcrm.core.followup.rules import Sender

TOKEN = "{token}"  #: stands in the address of a server that knows what it means  # noqa: S105
MAC_SIZE = 12  #: bytes of the digest: 96 bits, 20 letters and digits

_PERSON = b"sheetcrm leave"  # what the digest is for, so that no other use of the secret fits


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """The ways out of one message, for people and for mail programs."""

    urls: tuple[str, ...]
    one_click: bool

    @property
    def by_mail(self) -> bool:
        """Whether the first way is a mail."""
        return self.urls[0].startswith("mailto:")


def leaving(sender: Sender, token: str) -> Leaving:
    """How the receiver of the message `token` leaves.

    An ``https:`` address in which ``{token}`` stands leads to a server that knows what it
    means, so that it is offered for one click as well; any other is only a page.

    Raises:
        ValueError: such an address is given, and no secret to sign the token with.
    """
    mail = f"mailto:{percent_encode(sender.address, '@')}?subject=unsubscribe%20{token}"
    given = sender.unsubscribe
    if not given.startswith("https:"):
        return Leaving(urls=(given.replace(TOKEN, token) or mail,), one_click=False)
    one_click = TOKEN in given
    link = given.replace(TOKEN, sign(token, sender.secret)) if one_click else given
    return Leaving(urls=(link, mail), one_click=one_click)


def sign(token: str, secret: str) -> str:
    """``TOKEN.MAC``, the last part of a link for one click: lower-case letters, digits, a dot.

    Raises:
        ValueError: the secret is empty.
    """
    return f"{token}.{_mac(token, secret)}"


def verify(path_token: str, secret: str) -> str | None:
    """The token of ``TOKEN.MAC``, or None where it was not signed with this secret.

    It takes the same time however much of the digest is right. Capitals are taken for small
    letters, since some programs change them.

    Raises:
        ValueError: the secret is empty.
    """
    token, _, mac = path_token.lower().rpartition(".")
    wanted = _mac(token, secret)
    same = hmac.compare_digest(mac.encode("utf-8", "replace"), wanted.encode())
    return token if same and token else None


def _mac(token: str, secret: str) -> str:
    if not secret:
        raise ValueError("there is no secret to sign the links for leaving with")
    # A key of BLAKE2b has at most 64 bytes: a secret may be longer.
    key = hashlib.blake2b(secret.encode()).digest()
    data = token.encode("utf-8", "replace")
    digest = hashlib.blake2b(data, key=key, digest_size=MAC_SIZE, person=_PERSON).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()
