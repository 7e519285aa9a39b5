"""A link that opens WhatsApp with the message filled in; nothing is sent by itself."""

from __future__ import annotations

from sheetcrm.core.followup.percent import percent_encode

TEXT_LIMIT = 1500  #: characters; a longer link is cut by some phones


def whatsapp_link(phone: str, text: str) -> str | None:
    """``https://wa.me/6281…?text=…``, or None where there is no number.

    Args:
        phone: the number in E.164, ``+6281234567890``.
        text: the message.
    """
    digits = phone.removeprefix("+")
    if not (phone.startswith("+") and digits.isascii() and digits.isdigit()):
        return None
    return f"https://wa.me/{digits}?text={percent_encode(text[:TEXT_LIMIT])}"
