"""What somebody typed, made ready for the parser: quotes, separators, brackets.

The parser below us knows the American way of writing a formula. People paste formulas from
Word (smart quotes) and type them with Indonesian or Spanish settings (``;`` between arguments
and a decimal comma); both are made American here, character for character, so that every
offset still points into the text as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sheetcrm.errors import FormulaError

MAX_CHARACTERS: Final = 8192
MAX_LEVELS: Final = 64

_QUOTES: Final = "“”„‟«»"
_SMART: Final = str.maketrans({**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys("\u00a0\u202f", " ")})
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}


def prepare(text: str) -> str:
    """The formula as the parser wants it, of the same length as `text`.

    Raises:
        FormulaError: no ``=`` in front, too long, too deep, a bracket or a quote left open.
    """
    if not text.lstrip().startswith("="):
        raise FormulaError(
            "this is not a formula", text=text, hint=f"a formula begins with =, such as ={text}"
        )
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(
            f"the formula has {len(text):,} characters; Excel allows {MAX_CHARACTERS:,}",
            text=text,
            offset=MAX_CHARACTERS,
            hint="move a part of it into a rule or an output of its own",
        )
    plain = _straight_quotes(text)
    _check_brackets(text, plain)
    return _american_separators(text, plain)


def notes(text: str) -> tuple[str, ...]:
    """What a person may want to know of how `text` was read, though nothing is wrong with it."""
    changed = zip(text, _straight_quotes(text), strict=True)
    if not any(old in _QUOTES and new == '"' for old, new in changed):
        return ()
    return ('curly quotes are read as straight ones: in a formula write "…"',)


def _straight_quotes(text: str) -> str:
    """Smart quotes become straight, unless they stand inside a text in straight quotes."""
    if text.translate(_SMART) == text:
        return text
    changed = list(text)
    inside = ""
    for index, char in enumerate(text):
        straight = char.translate(_SMART)
        if inside == '"':
            inside = "" if char == '"' else inside
        elif char == '"' and not inside:
            inside = char
        elif straight == '"':
            changed[index] = straight
            inside = "" if inside else "smart"
        elif not inside:
            changed[index] = straight
    return "".join(changed)


def _outside(text: str, plain: str) -> Iterator[tuple[int, str]]:
    """The characters that stand neither in a text nor in a ``[column]``, with their places.

    The brackets themselves are among them. ``'`` protects the next character in a column.
    """
    in_text, depth, protected = False, 0, False
    for index, char in enumerate(plain):
        if protected:
            protected = False
        elif depth and char == "'":
            protected = True
        elif char == '"' and not depth:
            in_text = not in_text
        elif in_text:
            continue
        elif char in "[]":
            depth = max(depth + (1 if char == "[" else -1), 0)
            yield index, char
        elif not depth:
            yield index, char
    if in_text:
        raise FormulaError(
            'a text is not closed with "',
            text=text,
            offset=plain.rfind('"'),
            hint='put a " at its end; a quote inside a text is written twice: ""',
        )


def _check_brackets(text: str, plain: str) -> None:
    opened: list[tuple[int, str]] = []
    for index, char in _outside(text, plain):
        if char in "([{":
            opened.append((index, char))
            if len(opened) > MAX_LEVELS:
                raise FormulaError(
                    f"the formula is more than {MAX_LEVELS} levels deep",
                    text=text,
                    offset=index,
                    hint="move a part of it into a rule or an output of its own",
                )
        elif char in _CLOSES:
            if not opened or opened[-1][1] != _CLOSES[char]:
                raise FormulaError(
                    f"{char} closes nothing",
                    text=text,
                    offset=index,
                    hint=f"take it away, or put the missing {_CLOSES[char]} before it",
                )
            opened.pop()
    if opened:
        index, char = opened[-1]
        close = next(close for close, open_ in _CLOSES.items() if open_ == char)
        raise FormulaError(
            f"{char} is never closed", text=text, offset=index, hint=f"put the missing {close}"
        )


def _american_separators(text: str, plain: str) -> str:
    """Where ``;`` separates arguments, make it ``,`` and a decimal comma a point."""
    braces = 0
    semicolons: list[int] = []
    commas: list[int] = []
    for index, char in _outside(text, plain):
        braces += (char == "{") - (char == "}")
        if not braces and char == ";":
            semicolons.append(index)
        elif not braces and char == ",":
            commas.append(index)
    if not semicolons:
        return plain
    changed = list(plain)
    for index in semicolons:
        changed[index] = ","
    for index in commas:
        if not _between_digits(plain, index):
            raise FormulaError(
                "arguments are separated by ; in one place and by , in another",
                text=text,
                offset=index,
                hint="use one of the two throughout",
            )
        changed[index] = "."
    return "".join(changed)


def _between_digits(plain: str, index: int) -> bool:
    return plain[index - 1 : index].isdigit() and plain[index + 1 : index + 2].isdigit()
