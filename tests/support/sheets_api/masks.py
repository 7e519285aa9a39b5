"""Field masks: `sheets(properties/title,data.rowData.values(note))` and the like."""

from __future__ import annotations

import re
from typing import Any

from tests.support.sheets_api import schema
from tests.support.sheets_api.errors import bad_fields, invalid

#: name → what is wanted below it; None: all of it
Mask = dict[str, "Mask | None"]

_TOKEN = re.compile(r"[A-Za-z0-9_*-]+|[.,/()]")


def parse(text: str) -> Mask:
    """A mask as a tree.

    Raises:
        ApiError: it is not written as a mask is.
    """
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise invalid(f"Invalid field selection {text}")
    mask: Mask = {}
    rest = _list(tokens, mask)
    if rest:
        raise invalid(f"Invalid field selection {text}")
    return mask


def answer(text: str, message: str) -> Mask | None:
    """The mask that the query parameter `fields` says; None for everything.

    Raises:
        ApiError: the message has no such field.
    """
    if not text or text == "*":
        return None
    mask = parse(text)
    wrong = unknown(mask, message)
    if wrong:
        raise bad_fields(
            [
                (
                    wrong,
                    (
                        "Error expanding 'fields' parameter. Cannot find matching fields for path"
                        f" '{wrong}'."
                    ),
                )
            ],
            "Request contains an invalid argument.",
        )
    return mask


def update(text: str, message: str) -> Mask:
    """The mask that a request's own `fields` says.

    Raises:
        ApiError: it is empty, or the message has no such field.
    """
    if not text:
        raise invalid(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    mask = parse(text)
    wrong = unknown(mask, message)
    if wrong:
        raise invalid(f"Invalid field: {wrong}")
    return mask


def unknown(mask: Mask, message: str, path: str = "") -> str:
    """The first path of a mask that a message does not have, or ""."""
    for name, inner in mask.items():
        if name == "*":
            continue
        here = f"{path}.{name}" if path else name
        kind = schema.kind_of(message, name)
        if kind is None or (inner is not None and kind[1] and kind[0] == ""):
            return here
        if inner is not None and (wrong := unknown(inner, kind[0], here)):
            return wrong
    return ""


def select(mask: Mask | None, value: Any) -> Any:
    """What a mask leaves of a value."""
    if mask is None or "*" in mask:
        return value
    if isinstance(value, list):
        return [select(mask, entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: select(mask[name], content) for name, content in value.items() if name in mask}


def below(mask: Mask | None, *names: str) -> Mask | bool | None:
    """What is wanted at a path: a mask, None for all of it, False for nothing."""
    for name in names:
        if mask is None or "*" in mask:
            return None
        if name not in mask:
            return False
        mask = mask[name]
    return None if mask is not None and "*" in mask else mask


def wants(mask: Mask | None, *names: str) -> bool:
    """Whether anything at a path is wanted."""
    return below(mask, *names) is not False


def applied(mask: Mask, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`old` with those fields of the mask as `new` has them; what `new` lacks is cleared."""
    if "*" in mask:
        return dict(new)
    result = dict(old)
    for name, inner in mask.items():
        if inner is None or "*" in inner:
            if name in new:
                result[name] = new[name]
            else:
                result.pop(name, None)
        else:
            content = applied(inner, result.get(name, {}), new.get(name, {}))
            if content:
                result[name] = content
            else:
                result.pop(name, None)
    return result


def _list(tokens: list[str], mask: Mask) -> list[str]:
    while tokens:
        names = []
        while tokens and tokens[0] not in {",", ")", "("}:
            if tokens[0] not in {".", "/"}:
                names.append(_camel(tokens[0]))
            tokens = tokens[1:]
        if not names:
            raise invalid("Invalid field selection")
        inner: Mask | None = None
        if tokens and tokens[0] == "(":
            inner = {}
            tokens = _list(tokens[1:], inner)
            if not tokens or tokens[0] != ")":
                raise invalid("Invalid field selection")
            tokens = tokens[1:]
        _add(mask, names, inner)
        if not tokens or tokens[0] == ")":
            break
        tokens = tokens[1:]
    return tokens


def _add(mask: Mask, names: list[str], inner: Mask | None) -> None:
    for name in names[:-1]:
        known = mask.get(name, {})
        if known is None:
            return
        mask[name] = known
        mask = known
    last = names[-1]
    if inner is None or mask.get(last, {}) is None:
        mask[last] = None
    else:
        for name, content in inner.items():
            _add(mask.setdefault(last, {}), [name], content)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
