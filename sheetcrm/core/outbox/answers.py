"""What a mail server's answer means (RFC 5321, section 4.2; RFC 3463 for the longer codes)."""

from __future__ import annotations

import re

from sheetcrm.core.outbox.values import Answer, Verdict

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_BAD_ADDRESS = re.compile(r"5\.1\.(?:0|1|2|3|6|10)|5\.4\.4")
_WORDS = 300  #: characters of a server's answer that are kept


def answer_of(code: int, text: str) -> Answer:
    """An answer to a message, or to its recipient, as what it means for the message.

    A refusal for reasons of policy (5.7.x) says nothing of the recipient: it is our fault, and
    the message may go once that is mended.
    """
    words = " ".join(text.split())[:_WORDS]
    found = _STATUS.match(words)
    status = found[1] if found and found[1][0] == str(code)[0] else ""
    if 200 <= code < 300:
        verdict = Verdict.SENT
    elif 400 <= code < 500 or status.startswith("5.7."):
        verdict = Verdict.LATER
    elif 500 <= code < 600:
        verdict = Verdict.FAILED
    else:
        verdict = Verdict.UNKNOWN
    return Answer(verdict=verdict, code=code, text=words, status=status)


def is_bad_address(answer: Answer) -> bool:
    """Whether there is nobody at this address, and never will be."""
    return answer.verdict is Verdict.FAILED and bool(_BAD_ADDRESS.fullmatch(answer.status))


def is_our_fault(answer: Answer) -> bool:
    """Whether the server refuses us and not the recipient: its policy, our reputation."""
    return answer.status.startswith("5.7.")
