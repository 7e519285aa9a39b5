"""How workers say what they do."""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """Is told what was done, and what is wrong."""

    def __call__(self, text: str, **figures: object) -> object:
        """Take a line for people, and the same as figures for programs."""
