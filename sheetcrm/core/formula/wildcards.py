"""Excel's wildcards: ``*`` any characters, ``?`` one character, ``~`` before one of these three."""

from __future__ import annotations

import re


def has_wildcard(pattern: str) -> bool:
    """Whether a text means more than itself."""
    return any(char in pattern for char in "*?~")


def wildcard_regex(pattern: str) -> str:
    """The regular expression (Rust's dialect) of a wildcard pattern, without anchors."""
    parts: list[str] = []
    chars = iter(pattern)
    for char in chars:
        if char == "*":
            parts.append(".*")
        elif char == "?":
            parts.append(".")
        elif char == "~":
            following = next(chars, "")
            parts.append(_literal(following if following in {*"*?~"} else f"~{following}"))
        else:
            parts.append(_literal(char))
    return "".join(parts)


def whole_regex(pattern: str) -> str:
    """The regular expression of a wildcard pattern that must match a whole lower-case text."""
    return f"(?s)^{wildcard_regex(pattern.lower())}$"


def affix(pattern: str) -> tuple[str, str] | None:
    """("head", text) for ``text*``, ("tail", text) for ``*text``, else None."""
    bare = pattern.strip("*")
    if not bare or has_wildcard(bare) or len(pattern) != len(bare) + 1:
        return None
    return ("head" if pattern.endswith("*") else "tail", bare)


def _literal(text: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)
