"""What became of the config's keys from version to version, and how a workspace follows.

`RULES` is the whole table: whoever renames a key or takes one out adds a line, and the tests
upgrade every version's starter by it. Which keys are new needs no table: a version's file in
``released/`` lists the keys that it knew, one to a line, as `known_keys` gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from sheetcrm import __version__
from sheetcrm.config import columns
from sheetcrm.config.inspection import key_text
from sheetcrm.config.kinds import Kind
from sheetcrm.config.loading import WHOLE
from sheetcrm.config.positions import Written, repeated, written
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.errors import UsageError

VERSION = ".".join(__version__.split(".")[:2])  #: of this sheetcrm, so far as config is concerned
MARKED = "sheetcrm.toml"  #: the file that says for which version a workspace's config was made
UNMARKED = "0.0"  #: the version of workspaces from before there was a mark
_BOM = "\ufeff"  # some editors put it before a text
_MARK = re.compile(r"^\ufeff?# Made for sheetcrm (\d+\.\d+)", re.MULTILINE)
_FILLED = re.compile(r"^(?=[^\r\n])", re.MULTILINE)  # the beginning of a line that is not blank
_MARK_LINE = "# Made for sheetcrm {}; after an update of sheetcrm: sheetcrm upgrade-config"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What became of one key."""

    since: str  #: the version that does not know it any more
    key: str  #: names only: ``source.write``; ``*`` for a name that the team chooses
    to: str = ""  #: its new name, in the same table; "" where it is gone
    why: str = ""  #: where it is gone: what is in its stead, or why nothing is


RULES: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Upgrade:
    """What an upgrade changes, and what a team may want to know."""

    made_for: str  #: the version that the config was made for
    texts: Mapping[str, str]  #: file → its new text; only those that change
    changes: tuple[str, ...] = ()  #: ``followups.toml: sending.pace is called …``
    new: tuple[tuple[str, str], ...] = ()  #: keys that there are since then, and what they are for


def upgrade(texts: Mapping[str, str], rules: Sequence[Rule] = RULES) -> Upgrade:
    """What has to change in the files of a workspace, which are valid TOML.

    Args:
        texts: name → text of each file in ``config/``, line breaks as they are.
        rules: what became of keys.

    Raises:
        UsageError: they were made for a newer sheetcrm, or have a key by both of its names.
    """
    made_for = version_of(texts)
    due = [rule for rule in rules if _number(rule.since) > _number(made_for)]
    changed: dict[str, str] = {}
    changes: list[str] = []
    for name, whole in texts.items():
        text = whole.removeprefix(_BOM)
        new, said = _followed(text, due)
        changes += [f"{name}: {change}" for change in said]
        if said and (twice := repeated(new)):
            raise UsageError(
                f"config/{name} has both {key_text(twice[0])} and what it was called before",
                hint="take one of the two out, then: sheetcrm upgrade-config",
            )
        if made_for != VERSION and name == _marked(texts):
            new = mark(new)
        if new != text:
            changed[name] = f"{whole[: len(whole) - len(text)]}{new}"
    return Upgrade(made_for=made_for, texts=changed, changes=tuple(changes), new=new_keys(made_for))


def advice(texts: Mapping[str, str]) -> str:
    """What to do where a config has faults because it is not of this version; "" if it is."""
    try:
        changes = upgrade(texts).changes
    except UsageError as error:
        return f"{error.message}; {error.hint}"
    return "it was made for an older version: sheetcrm upgrade-config" if changes else ""


def version_of(texts: Mapping[str, str]) -> str:
    """The version that the files of a workspace were made for.

    Raises:
        UsageError: it is newer than this one.
    """
    found = _MARK.search(texts.get(_marked(texts), ""))
    version = found[1] if found else UNMARKED
    if _number(version) > _number(VERSION):
        raise UsageError(
            f"this config was made for sheetcrm {version}, and this is {__version__}",
            hint="update sheetcrm: docs/deploy.md says how",
        )
    return version


def mark(text: str) -> str:
    """The text of the marked file, with the mark of this version."""
    if _MARK.search(text):
        return _MARK.sub(f"# Made for sheetcrm {VERSION}", text, count=1)
    line = _MARK_LINE.format(VERSION)
    return f"{line}{_line_break(text)}{text}"


def new_keys(since: str) -> tuple[tuple[str, str], ...]:
    """Keys that a version did not know yet, and what each is for; of a new table only itself."""
    if since == VERSION:
        return ()
    released = files("sheetcrm.config") / "released" / f"{since}.txt"
    if not released.is_file():
        return ()
    before = set(released.read_text(encoding="utf-8").split())
    found = {key: about for key, about in known_keys() if key not in before}
    return tuple(
        (key, about)
        for key, about in found.items()
        if not any(key.startswith(f"{other}.") for other in found)
    )


def known_keys() -> Iterator[tuple[str, str]]:
    """Every key that the config may hold, in the form of `Rule.key`, and what it is for."""
    seen = set()
    for path, key in _keys(WHOLE, ()):
        name = ".".join(path)
        if name not in seen:
            seen.add(name)
            yield name, key.about


def _followed(text: str, rules: Sequence[Rule]) -> tuple[str, list[str]]:
    """A file's text after the rules, each of which sees what those before it made; and what."""
    changes: dict[str, None] = {}
    for rule in rules:
        parts = [part for part in written(text) if _fits(part.path, rule.key)]
        changes |= dict.fromkeys(_said(part, rule) for part in parts)
        for part in reversed(parts):
            text = _renamed(text, part, rule.to) if rule.to else _gone(text, part, rule)
    return text, list(changes)


def _fits(path: tuple[str, ...], key: str) -> bool:
    names = key.split(".")
    return len(path) == len(names) and all(
        name in {"*", part} for part, name in zip(path, names, strict=True)
    )


def _said(part: Written, rule: Rule) -> str:
    key = ".".join(part.path)
    if rule.to:
        return f"{key} is called {rule.to} since {rule.since}"
    return f"{key} is gone since {rule.since}{rule.why and f': {rule.why}'}"


def _renamed(text: str, part: Written, name: str) -> str:
    return f"{text[: part.begin]}{name}{text[part.end :]}"


def _gone(text: str, part: Written, rule: Rule) -> str:
    """The text without a key: its lines become comments; of an inline table it is cut out."""
    if part.inline:
        after = re.compile(r"[ \t]*,[ \t]*").match(text, part.last)
        if after:
            return text[: part.first] + text[after.end() :]
        before = text[: part.first].rstrip(" \t")
        return before.removesuffix(",").rstrip(" \t") + text[part.last :]
    last = _end_of_table(text, part) if text[part.first] == "[" else part.last
    begin = text.rfind("\n", 0, part.first) + 1
    end = text.find("\n", last)
    lines = text[begin : len(text) if end < 0 else end]
    note = f"# {_said(part, rule)}{_line_break(text)}"
    return text[:begin] + note + _FILLED.sub("# ", lines) + text[begin + len(lines) :]


def _end_of_table(text: str, heading: Written) -> int:
    """Where the last value below a heading ends."""
    end = heading.last
    for part in written(text):
        if part.first > heading.first:
            if text[part.first] == "[":
                break
            end = max(end, part.last)
    return end


def _keys(kind: Kind, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Key]]:
    """The keys that a kind of value holds, with their paths."""
    if isinstance(kind, Table):
        for name, key in kind.keys.items():
            yield (*path, name), key
            yield from _keys(key.kind, (*path, name))
    elif isinstance(kind, columns.Outputs):
        for name, part in kind.schema()["properties"].items():
            yield (*path, name), Key(kind, part["description"])
    elif isinstance(kind, ListOf):
        yield from _keys(kind.kind, path)
    elif isinstance(kind, MapOf):
        yield from _keys(kind.kind, (*path, "*"))
    elif isinstance(kind, Either):
        for one in kind.kinds:
            yield from _keys(one, path)


def _marked(texts: Mapping[str, str]) -> str:
    return MARKED if MARKED in texts else min(texts, default="")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
