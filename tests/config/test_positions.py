"""Every key of a TOML text is found on its line."""

from __future__ import annotations

import tomllib
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.config.positions import locate, repeated


def paths(value, path=()):
    """Every path of what `tomllib` read."""
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        return
    for key, part in parts:
        yield (*path, key)
        yield from paths(part, (*path, key))


def test_a_file_as_people_write_it():
    text = """\
# comment
title = 'a [[b]] # no comment'   # comment

[[stage]]
name = "one"
[[stage]]          # the second
  when = '''
=AND(1,
 "]")'''
  "a.b" = { x = 1, "y z" = [2,
     3] }
[fields.email]
headers = [
  "Email",  # one
  'Surel',
]
framework.BANT = "B"
[[score]]
[[score.rule]]
points = 1
[[score.rule]]
points = 2
[[score]]
[[score.rule]]
points = 3
"""
    assert locate(text) == {
        ("title",): 2,
        ("stage",): 4,
        ("stage", 0): 4,
        ("stage", 0, "name"): 5,
        ("stage", 1): 6,
        ("stage", 1, "when"): 7,
        ("stage", 1, "a.b"): 10,
        ("stage", 1, "a.b", "x"): 10,
        ("stage", 1, "a.b", "y z"): 10,
        ("stage", 1, "a.b", "y z", 0): 10,
        ("stage", 1, "a.b", "y z", 1): 11,
        ("fields",): 12,
        ("fields", "email"): 12,
        ("fields", "email", "headers"): 13,
        ("fields", "email", "headers", 0): 14,
        ("fields", "email", "headers", 1): 15,
        ("fields", "email", "framework"): 17,
        ("fields", "email", "framework", "BANT"): 17,
        ("score",): 18,
        ("score", 0): 18,
        ("score", 0, "rule"): 19,
        ("score", 0, "rule", 0): 19,
        ("score", 0, "rule", 0, "points"): 20,
        ("score", 0, "rule", 1): 21,
        ("score", 0, "rule", 1, "points"): 22,
        ("score", 1): 23,
        ("score", 1, "rule"): 24,
        ("score", 1, "rule", 0): 24,
        ("score", 1, "rule", 0, "points"): 25,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "a = 1",
        'a = """"quoted""""\nb = 1',
        "a = '''it''s'''''\nb = 1",
        'a = "\\"]\\\\"\nb = [ ["]"], [] ]',
        "a = 1979-05-27 07:32:00 # at\nb = [1979-05-27, 07:32:00]",
        "\"\\u00e4 b\" = 1\n'c.d'.e = 2",
        "[a]\n[a.b]\nc = 1\n[a.d]\ne = {}",
        "[x.y]\nz = 1\n[x]\nw = 2",
        "[[a.b]]\nc = [{d = 1}, {e = [{f = 2}]}]\n[[a.b]]\n[a.b.g]\nh = 1",
        "a = 0x1F\nb = +1_000.5e-3\nc = inf",
        "a . b . c = 1\n[ d . e ]\nf=true",
        '[[ a ]]\nb = """\n[[a]]\nc = 1\n"""',
        "1979-05-27 = 1\n-_- = 2",
    ],
)
def test_the_keys_are_those_that_tomllib_finds(text):
    assert set(locate(text)) == set(paths(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1\n\na = 2", (("a",), 1, 3)),
        ("[a]\nb = 1\n[c]\n[a]", (("a",), 1, 4)),
        ("[[s]]\nx = 1\n[[s]]\ny = 1\ny = 2\nbroken", (("s", 1, "y"), 4, 5)),
        ("[[s]]\nx = 1\n[[s]]\nx = 1", None),
        ("[a.b]\n[a]\n[a.c]", None),
        ("a = [1, 2", None),
        ("a = 1\nb = [\n{ c = 1, c = 2 }]", (("b", 0, "c"), 3, 3)),
    ],
)
def test_what_is_given_twice(text, found):
    assert repeated(text) == found


@st.composite
def documents(draw):
    """A TOML text whose every key and text is a mark of its own: ``k1``, ``v2``."""
    number = count(1)

    def key():
        mark = f"k{next(number)}"
        return draw(st.sampled_from([mark, f'"{mark}"', f"'{mark}'", f'"{mark}.]#="']))

    def blank():
        return draw(st.sampled_from(["", " ", "\n", " # [c]\n", "\n\n\t"]))

    def scalar():
        mark = f"v{next(number)}"
        forms = [
            f'"{mark} # [x]"',
            f"'{mark}\\'",
            f'"{mark}\\"]"',
            f'"""{mark}\n[k] = "1"\n"""',
            f"'''{mark}\n''x\n}}'''",
            f'"""{mark}\\\n   \\""" """""',
        ]
        return draw(st.sampled_from(forms))

    def value(depth):
        kind = draw(st.integers(0, 5 if depth else 3))
        if kind == 4:
            parts = [blank() + value(depth - 1) + blank() for _ in range(draw(st.integers(0, 3)))]
            return "[" + ",".join(parts) + (blank() or "\n" if parts else "") + "]"
        if kind == 5:
            parts = [f"{key()} = {value(0)}" for _ in range(draw(st.integers(0, 3)))]
            return "{ " + ", ".join(parts) + " }"
        others = ["12", "true", "1979-05-27 07:32:00", "-1.5e3", "07:32:00"]
        return scalar() if kind else draw(st.sampled_from(others))

    lines, array = [], None
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.integers(0, 5))
        if kind == 0:
            array = key()
            lines += [f"[[{array}]]" for _ in range(draw(st.integers(1, 3)))]
        elif kind == 1:
            lines.append(f"[ {key()} . {key()} ] # table")
        elif kind == 2 and array:
            lines.append(f"[{array}.{key()}]")
        elif kind == 3:
            lines.append(f"{key()}.{key()} = {value(2)}")
        else:
            lines.append(f"{key()} = {value(3)}{draw(st.sampled_from(['', ' # k = 1', '  ']))}")
        lines += [""] * draw(st.integers(0, 1))
    return "\n".join(lines)


@given(documents())
@settings(max_examples=150, deadline=None)
def test_every_key_is_on_its_line(text):
    values, lines = tomllib.loads(text), locate(text)
    assert set(lines) == set(paths(values))
    rows = text.split("\n")
    for path, line in lines.items():
        value = values
        for part in path:
            value = value[part]
        if isinstance(path[-1], str):
            assert path[-1] in rows[line - 1]
        elif isinstance(value, str):
            assert value.split()[0].rstrip('"]\\') in rows[line - 1]
