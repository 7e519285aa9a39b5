"""Google's own description of the Sheets API, which every request is held against.

The discovery document lies in the `google-api-python-client` package, of which nothing else
is used. What a request says that the document does not know is refused, in Google's words.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.sheets_api.errors import bad_fields

_TYPES = {"string": "TYPE_STRING", "boolean": "TYPE_BOOL"}
_PREFIX = "type.googleapis.com/google.apps.sheets.v4."

Check = Callable[[Any], Any]

_compiled: dict[str, Check] = {}


class Wrong(Exception):  # noqa: N818  it never leaves this module
    """Something that the document does not know, with the path to it."""

    def __init__(self, text: str, value: Any = None, *, unknown: str = ""):
        super().__init__(text)
        self.text = text
        self.value = value
        self.unknown = unknown
        self.path: list[str] = []


@cache
def document() -> dict[str, Any]:
    """The discovery document of Sheets v4."""
    package = importlib.util.find_spec("googleapiclient")
    if package is None or package.origin is None:
        raise RuntimeError(
            "The Sheets emulator needs google-api-python-client: pip install --group test"
        )
    place = Path(package.origin).parent / "discovery_cache" / "documents" / "sheets.v4.json"
    return json.loads(place.read_text(encoding="utf-8"))


@cache
def methods() -> dict[str, dict[str, Any]]:
    """`spreadsheets.values.get` → its description."""
    found: dict[str, dict[str, Any]] = {}

    def walk(resource: dict[str, Any]) -> None:
        for method in resource.get("methods", {}).values():
            found[method["id"].removeprefix("sheets.")] = method
        for inner in resource.get("resources", {}).values():
            walk(inner)

    walk(document())
    return found


def checked(schema: str, value: Any, *, prefix: str = "") -> Any:
    """A body as it is understood: nulls left out, names in camelCase.

    Args:
        schema: the name of the message.
        value: parsed JSON.
        prefix: how the body is called in error messages, where it is.

    Raises:
        ApiError: it has a field, a type or a word that the message doesn't have.
    """
    try:
        return message(schema)(value)
    except Wrong as wrong:
        path = "".join(
            part if part.startswith("[") else f".{part}" for part in [prefix, *wrong.path] if part
        ).lstrip(".")
        if wrong.unknown:
            at = f" at '{path}'" if path else ""
            text = f'Invalid JSON payload received. Unknown name "{wrong.unknown}"{at}: Cannot find field.'
        else:
            shown = json.dumps(wrong.value, ensure_ascii=False)
            text = f"Invalid value at '{path}' ({wrong.text}), {shown}"
        raise bad_fields([(path, text)]) from None


def parameters(method: str, query: dict[str, list[str]]) -> dict[str, Any]:
    """The query of a call, typed.

    Raises:
        ApiError: the method has no such parameter, or it has no such value.
    """
    known = methods()[method].get("parameters", {})
    everywhere = document()["parameters"]
    typed: dict[str, Any] = {}
    for name, values in query.items():
        kind = known.get(name) or everywhere.get(name)
        if kind is None or kind.get("location") == "path":
            raise bad_fields(
                [
                    (
                        "",
                        (
                            f'Invalid JSON payload received. Unknown name "{name}": Cannot bind'
                            f" query parameter. Field '{name}' could not be found in request"
                            " message."
                        ),
                    )
                ]
            )
        texts = [_parameter(name, kind, value) for value in values]
        typed[name] = texts if kind.get("repeated") else texts[-1]
    return typed


def message(schema: str) -> Check:
    """A check of one message, which returns what it understood.

    Compiled once: a body with a hundred thousand cells is checked within a second.
    """
    if schema in _compiled:  # also while it is being compiled: messages nest in themselves
        return _compiled[schema]
    fields: dict[str, tuple[str, Check]] = {}

    def check(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Wrong(_PREFIX + schema, value)
        understood = {}
        for key, content in value.items():
            try:
                name, inner = fields[key]
            except KeyError:
                raise Wrong("", unknown=key) from None
            if content is None:
                continue
            try:
                understood[name] = inner(content)
            except Wrong as wrong:
                wrong.path.insert(0, snake(name))
                raise
        return understood

    _compiled[schema] = _swift(check) if schema == "CellData" else check
    for name, kind in document()["schemas"][schema].get("properties", {}).items():
        fields[name] = fields[snake(name)] = (name, _check(kind, f"{schema}.{name}"))
    return _compiled[schema]


@cache
def snake(name: str) -> str:
    """camelCase → snake_case."""
    return re.sub(r"([A-Z])", lambda match: "_" + match[1].lower(), name)


def kind_of(schema: str, field: str) -> tuple[str, bool] | None:
    """The message that a field holds and True where it holds other things; None: no field."""
    kind = document()["schemas"].get(schema, {}).get("properties", {}).get(field)
    if kind is None:
        return None
    while kind.get("type") == "array":
        kind = kind["items"]
    kind = kind.get("additionalProperties", kind)
    return (kind.get("$ref", ""), "$ref" not in kind)


def _check(kind: dict[str, Any], where: str) -> Check:
    if "$ref" in kind:
        return message(kind["$ref"])
    if kind["type"] == "array":
        return _array(_check(kind["items"], where), kind["items"])
    if "additionalProperties" in kind:
        inner = _check(kind["additionalProperties"], where)
        return lambda value: {key: inner(content) for key, content in value.items()}
    if "enum" in kind:
        return _enum(
            tuple(kind["enum"]),
            _PREFIX + where.rpartition(".")[2][0].upper() + where.rpartition(".")[2][1:],
        )
    return _SCALARS[kind["type"]](kind)


def _swift(check: Check) -> Check:
    """The same check, which knows the cell that has one plain value without looking further."""
    simple = {"stringValue": str, "numberValue": float, "boolValue": bool, "formulaValue": str}

    def cell(value: Any) -> Any:
        if type(value) is dict and len(value) == 1:
            inner = value.get("userEnteredValue")
            if type(inner) is dict and len(inner) == 1:
                ((kind, content),) = inner.items()
                found = type(content)
                if simple.get(kind) is found or (kind == "numberValue" and found is int):
                    return value
        return check(value)

    return cell


def _array(inner: Check, items: dict[str, Any]) -> Check:
    def check(value: Any) -> list[Any]:
        if type(value) is not list:
            if items.get("type") == "array":
                raise Wrong("type.googleapis.com/google.protobuf.ListValue", value)
            value = [value]
        understood = []
        for index, content in enumerate(value):
            try:
                understood.append(inner(content))
            except Wrong as wrong:
                wrong.path.insert(0, f"[{index}]")
                raise
        return understood

    return check


def _enum(words: tuple[str, ...], name: str) -> Check:
    known = frozenset(words)

    def check(value: Any) -> str:
        if value not in known:
            raise Wrong(name, value)
        return value

    return check


def _plain(expected: type, name: str) -> Callable[[dict[str, Any]], Check]:
    def check(value: Any) -> Any:
        if type(value) is not expected:
            raise Wrong(name, value)
        return value

    return lambda _kind: check


def _whole(kind: dict[str, Any]) -> Check:
    name = "TYPE_INT64" if kind.get("format") == "int64" else "TYPE_INT32"

    def check(value: Any) -> int:
        if type(value) is int:
            return value
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.0+)?", str(value)):
            raise Wrong(name, value)
        return int(float(value))

    return check


def _number(kind: dict[str, Any]) -> Check:
    name = "TYPE_FLOAT" if kind.get("format") == "float" else "TYPE_DOUBLE"

    def check(value: Any) -> float:
        if type(value) is float or type(value) is int:
            return value
        try:
            return float(value) if isinstance(value, str) else _refuse(name, value)
        except ValueError:
            raise Wrong(name, value) from None

    return check


def _refuse(name: str, value: Any) -> float:
    raise Wrong(name, value)


_SCALARS: dict[str, Callable[[dict[str, Any]], Check]] = {
    "string": _plain(str, "TYPE_STRING"),
    "boolean": _plain(bool, "TYPE_BOOL"),
    "integer": _whole,
    "number": _number,
    "any": lambda _kind: lambda value: value,
    "object": lambda _kind: lambda value: value,
}


def _parameter(name: str, kind: dict[str, Any], text: str) -> Any:
    if "enum" in kind:
        if text not in kind["enum"]:
            title = name[0].upper() + name[1:]
            raise bad_fields(
                [(snake(name), f"Invalid value at '{snake(name)}' ({_PREFIX}{title}), \"{text}\"")]
            )
        return text
    if kind["type"] == "boolean":
        if text.lower() not in {"true", "false"}:
            raise bad_fields(
                [(snake(name), f"Invalid value at '{snake(name)}' (TYPE_BOOL), \"{text}\"")]
            )
        return text.lower() == "true"
    return int(text) if kind["type"] == "integer" else text
