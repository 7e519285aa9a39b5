"""When two names are the same name: case, accents, blanks and punctuation do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_NOT_KEPT = bytes(code for code in range(128) if not chr(code).isalnum())


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The form in which names are compared: ``"Last  Activity_"`` and ``"last activity"`` agree.

    A name without any letter or digit (``#``) stays itself, so that it can still be told apart.
    """
    if text.isascii():
        kept = text.lower()
        if not kept.isalnum():
            kept = kept.encode().translate(None, _NOT_KEPT).decode()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        kept = "".join(char for char in decomposed if char.isalnum())
    return kept or " ".join(text.split())


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that somebody who wrote `name` most likely meant, or None.

    `cutoff` is how much alike they must be, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415  only misspelled names need it

    by_fold = {fold(candidate): candidate for candidate in known}
    found = get_close_matches(fold(name), by_fold, n=1, cutoff=cutoff)
    return by_fold[found[0]] if found else None


def as_written(field: str) -> str:
    """A field's name as formulas write it: ``last_activity`` → ``Last activity``."""
    return field.replace("_", " ").capitalize()
