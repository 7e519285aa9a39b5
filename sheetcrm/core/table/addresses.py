"""Column letters: ``A`` is column 1, ``AA`` is column 27."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=16_384)
def letters(column: int) -> str:
    """``28`` → ``AB``."""
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


@lru_cache(maxsize=16_384)
def column_number(text: str) -> int:
    """``AB`` → ``28``."""
    number = 0
    for char in text.upper():
        number = number * 26 + ord(char) - 64
    return number
