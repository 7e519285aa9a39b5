"""Whether a message can be addressed to a lead, and how it is.

What most mail servers do not take, or what may imitate somebody else, holds the lead.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from sheetcrm.core.followup.headers import is_plain_address
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.errors import LeadError

_TOGETHER = (  # scripts that one word may mix (Unicode Technical Standard 39, section 5.2)
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)


def recipient(address: str) -> str:
    """The address in ASCII: ``budi@münchen.example`` is ``budi@xn--mnchen-3ya.example``.

    Args:
        address: one that is well-formed, its domain in Unicode.

    Raises:
        LeadError: no message should go there before a person has looked at it.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise LeadError(
            Spoken("many mail servers refuse “{}”, as not all before the @ is ASCII", address),
            hint="ask the lead for another address",
        )
    plain = address
    if not domain.isascii():
        if mixed := next((label for label in domain.split(".") if _mixes(label)), ""):
            raise LeadError(
                Spoken(
                    "the domain of “{}” may imitate another one: “{}” mixes alphabets",
                    address,
                    mixed,
                ),
                hint="ask the lead, and type the address anew",
            )
        plain = f"{local}@{_in_ascii(address)}"
    if not is_plain_address(plain):
        raise LeadError(Spoken("“{}” cannot be written to", address), hint="correct the address")
    return plain


def _mixes(label: str) -> bool:
    if label.isascii():
        return False
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha()}
    return len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER)


@lru_cache(maxsize=256)
def _in_ascii(address: str) -> str:
    """The domain of an address, as mail servers know it (RFC 5891)."""
    from email_validator import (  # noqa: PLC0415  slow to load, and rarely needed
        EmailNotValidError,
        validate_email,
    )

    try:
        return str(validate_email(address, check_deliverability=False).ascii_domain)
    except EmailNotValidError:
        return ""
