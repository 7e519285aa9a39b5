"""The JSON Schema says what `load` accepts, as both come from the same declarations."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from sheetcrm.config import schema

STARTER = Path(__file__).parents[2] / "config"
TYPES = {
    "object": dict,
    "array": list,
    "string": (str, date),
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def violations(value, rules, path="$"):
    """What is wrong by the parts of JSON Schema that ours uses; any other part is an error."""
    known = {"$schema", "title", "description", "default", "examples", "format"}
    checks = {
        "type": lambda want: (
            isinstance(value, TYPES[want]) and (want == "boolean" or not isinstance(value, bool))
        ),
        "enum": lambda words: value in words,
        "pattern": lambda pattern: re.search(pattern, value),
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "exclusiveMinimum": lambda least: value > least,
        "minItems": lambda least: len(value) >= least,
        "required": lambda keys: set(keys) <= set(value),
        "anyOf": lambda kinds: any(not list(violations(value, kind)) for kind in kinds),
        "oneOf": lambda kinds: sum(not list(violations(value, kind)) for kind in kinds) == 1,
    }
    parts = {"properties", "patternProperties", "additionalProperties", "items"}
    assert set(rules) <= known | set(checks) | parts, path
    for name, check in checks.items():
        if name in rules and not check(rules[name]):
            yield f"{path}: {name}"
            return
    if isinstance(value, list):
        for i, part in enumerate(value):
            yield from violations(part, rules.get("items", {}), f"{path}[{i}]")
    for key, part in value.items() if isinstance(value, dict) else ():
        found = rules.get("properties", {}).get(key)
        patterns = rules.get("patternProperties", {}).items()
        found = found or next((r for p, r in patterns if re.search(p, key)), None)
        found = rules.get("additionalProperties", True) if found is None else found
        if found is False:
            yield f"{path}.{key}: unknown"
        elif found is not True:
            yield from violations(part, found, f"{path}.{key}")


def described(rules, path="$"):
    """Every key of the schema that has no description."""
    for key, part in rules.get("properties", {}).items():
        if not part.get("description"):
            yield f"{path}.{key}"
        yield from described(part, f"{path}.{key}")
    for part in (*filter(None, [rules.get("items")]), *rules.get("anyOf", ())):
        yield from described(part, path)


def test_it_is_json_of_the_dialect_it_names():
    found = json.loads(json.dumps(schema()))
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(found["properties"]) == [
        "workspace",
        "source",
        "table",
        "backups",
        "retention",
        "activities",
        "fields",
        "write",
        "parameters",
        "score",
        "grade",
        "framework",
        "stage",
        "moves",
        "segments",
        "segment",
        "region",
        "sequence",
        "sender",
        "sending",
        "smtp",
        "imap",
        "cluster",
        "notify",
        "logging",
    ]
    assert found["properties"]["workspace"]["properties"]["language"]["default"] == "id"


def test_every_key_is_described():
    assert list(described(schema())) == []


@pytest.mark.parametrize("path", sorted(STARTER.glob("*.toml")), ids=lambda path: path.name)
def test_each_file_of_the_starter_fits(path):
    assert list(violations(tomllib.loads(path.read_text(encoding="utf-8")), schema())) == []


@pytest.mark.parametrize(
    ("text", "violation"),
    [
        ("colour = 1", "$.colour: unknown"),
        ("[workspace]\ncountry = 'Indonesia'", "$.workspace.country: pattern"),
        ("[[source]]\nname = 'a'", "$.source[0]: oneOf"),
        ("[[source]]\nname = 'a'\nexcel = 'a'\ngoogle = 'b'", "$.source[0]: oneOf"),
        ("[[source]]\nexcel = 'a'", "$.source[0]: required"),
        ("[sending]\nper_day = 0", "$.sending.per_day: minimum"),
        ("[sending]\nper_day = true", "$.sending.per_day: type"),
        ("[sending]\napprove = 'robot'", "$.sending.approve: enum"),
        ("[[segment]]\nname = 'a'\nwhen = '1'", "$.segment[0].when: pattern"),
        ("[write]\nwhat = 'a'", "$.write.what: unknown"),
        ("[write]\nscore.Fit = 'a'\n'framework.X' = 'b'\nframework.BANT = 'c'", None),
        ("[parameters]\na = [1, 'b', true, 2026-01-02]\nb = 2026-01-02", None),
        ("[parameters]\na = [[1]]", "$.parameters.a: anyOf"),
        ("[[score]]\nname='a'\nrule=[{name='r',points=true}]", "$.score[0].rule[0].points: anyOf"),
    ],
)
def test_what_does_not_fit(text, violation):
    found = list(violations(tomllib.loads(text), schema()))
    assert found == ([violation] if violation else [])
