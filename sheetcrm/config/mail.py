"""Mail servers: ``[smtp]``, which takes our messages, and ``[imap]``, where answers arrive."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Number, Text, WrongValueError
from sheetcrm.config.model import ImapConfig, SmtpConfig
from sheetcrm.config.outreach import address
from sheetcrm.config.shapes import Either, Key, ListOf, Table

PORTS = {"tls": 993, "starttls": 143, "none": 143}
"""Where IMAP servers listen (RFC 8314, section 3.2; RFC 9051, section 2.1)."""

SMTP_PORTS = {"tls": 465, "starttls": 587, "none": 25}
"""Where servers take messages of those who log in (RFC 8314, section 3.3; RFC 6409)."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[?[0-9a-fA-F:]{2,39}\]?")


def host(text: str) -> str:
    """The name or number of a server, without a port."""
    if not _HOST.fullmatch(text):
        raise WrongValueError(f'"{text}" is no name of a server', 'such as "imap.example.com"')
    return text.strip("[]").lower()


def bounces(text: str) -> str:
    """An address in which ``{token}`` may stand."""
    return address(text.replace("{token}", "token")) and text


def server_keys(kind: str, name: str) -> dict[str, Key]:
    """The keys that every mail server has: where it is, and who we are to it."""
    return {
        "host": Key(
            Text(reads=host, examples=(name,)), f"The {kind} server's name.", required=True
        ),
        "port": Key(Number(least=1, most=65535, whole=True), "Its port; left out: the usual one."),
        "security": Key(
            Choice(("tls", "starttls", "none")),
            'How the connection is kept private; "none" only on this computer.',
            default="tls",
        ),
        "user": Key(Text(), "The name to log in with; left out: the sender's address."),
        "password": Key(
            Text(private=r"(.+)", examples=("${file:secrets/mail-password}", "${MAIL_PASSWORD}")),
            'The password, or with auth = "xoauth2" an access token.',
        ),
        "auth": Key(
            Choice(("password", "xoauth2")),
            "How to log in; xoauth2 is the way of Google and Microsoft.",
            default="password",
        ),
    }


IMAP = Table(
    {
        **server_keys("IMAP", "imap.example.com"),
        "folder": Key(
            Either((Text(), ListOf(Text(), least=1))),
            "The folder in which answers arrive, or a list of them.",
            default="INBOX",
        ),
        "sent": Key(Text(), "The folder of sent mail; left out: the one that the server names."),
        "drafts": Key(Text(), "The folder of drafts; left out: the one that the server names."),
    }
)

SMTP = Table(
    {
        **server_keys("SMTP", "smtp.example.com"),
        "bounces": Key(
            Text(reads=bounces, examples=("bounce+{token}@example.com",)),
            "The address to which mails that cannot be delivered come back; {token} tells which "
            "one it was. Left out: the sender's address.",
        ),
    }
)

KEYS = {
    "smtp": Key(SMTP, "The server that sends our mails."),
    "imap": Key(IMAP, "The mailbox in which answers, bounces and unsubscribes arrive."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check that a server can be logged in to, and that nobody on the way reads the password."""
    check_server(tree, "imap", run)
    check_server(tree, "smtp", run, needs_login=False)
    via = tree.get("sending", {}).get("via")
    if via == "smtp" and "smtp" not in tree and ("smtp",) not in run.places:
        hint = 'write [smtp], host = "…", password = "${file:secrets/mail-password}"'
        run.fault(("smtp",), 'required, but missing, as [sending] has via = "smtp"', hint)
    if via == "imap-drafts" and "imap" not in tree and ("imap",) not in run.places:
        hint = 'write [imap], host = "…", password = "${file:secrets/mail-password}"'
        run.fault(("imap",), 'required, but missing, as [sending] has via = "imap-drafts"', hint)


def check_server(
    tree: dict[str, Any], name: str, run: Inspection, *, needs_login: bool = True
) -> None:
    """Check what the keys of the server `name` mean together.

    Without `needs_login`, a server on this computer may take messages from anybody.
    """
    given = tree.get(name)
    if given is None:
        return
    if given.get("security") == "none" and not is_local(given.get("host", "localhost")):
        run.fault((name, "security"), "the password could be read on the way", 'write "tls"')
    if not needs_login and "password" not in given and is_local(given.get("host", "")):
        return
    if "password" not in given and (name, "password") not in run.places:
        hint = 'such as "${file:secrets/mail-password}" or "${MAIL_PASSWORD}"'
        run.fault((name, "password"), "required, but missing", hint)
    sender = tree.get("sender", {}).get("address")
    if "user" not in given and (name, "user") not in run.places and not sender:
        run.fault((name, "user"), "required, but missing, as there is no [sender]")


def is_local(name: str) -> bool:
    """Whether a server is on this computer."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def imap(tree: dict[str, Any]) -> ImapConfig | None:
    """The mailbox in which answers arrive, None where none is given."""
    given = tree.get("imap")
    if given is None:
        return None
    folder = given["folder"]
    return ImapConfig(
        host=given["host"],
        port=given.get("port", PORTS[given["security"]]),
        security=given["security"],
        user=given.get("user") or tree["sender"]["address"],
        password=given["password"],
        auth=given["auth"],
        folders=(folder,) if isinstance(folder, str) else tuple(folder),
        sent=given.get("sent", ""),
        drafts=given.get("drafts", ""),
    )


def smtp(tree: dict[str, Any]) -> SmtpConfig | None:
    """The server that sends our mails, None where none is given."""
    given = tree.get("smtp")
    if given is None:
        return None
    sender = tree.get("sender", {}).get("address", "")
    return SmtpConfig(
        host=given["host"],
        port=given.get("port", SMTP_PORTS[given["security"]]),
        security=given["security"],
        user=given.get("user") or sender,
        password=given.get("password", ""),
        auth=given["auth"],
        bounces=given.get("bounces") or sender,
    )
