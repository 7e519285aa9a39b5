"""All `config/*.toml` of a workspace as one tree, with the place of everything in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sheetcrm.config.inspection import Place, key_text
from sheetcrm.config.kinds import read_float
from sheetcrm.config.positions import KeyPath, locate, repeated
from sheetcrm.errors import ConfigError, ConfigFault

_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine", "Duplicate")
_HINTS = (
    (re.compile(r"^\s*score\.\w+\s*="), 'beside score write "score.Fit" = "…", with the quotes'),
    (re.compile(r"[“”‘’„]"), "use straight quotes: \" or '"),
    (re.compile(r"^[^#'\"]*=\s*[=\[{(]*\[?@|^[^#'\"]*=\s*="), "write a formula as '=…'"),
    (re.compile(r"=\s*'=.*'"), "a formula that contains ' goes between three of them: '''=…'''"),
    (re.compile(r'=\s*"[^"]*\\'), "a text that contains \\ goes between single quotes: '…'"),
    (re.compile(r"=\s*(yes|no|on|off|True|False|TRUE|FALSE)\b"), "write true or false"),
    (re.compile(r"=\s*[+-]?\d{1,3}([.,]\d{3})+\s*(#|$)"), "write thousands as 20_000"),
    (re.compile(r"=\s*[^\W\d]"), 'text goes between quotes: "…"'),
    (re.compile(r"^[^#=]*:"), "write key = value"),
)


@dataclass(kw_only=True, slots=True)
class Tree:
    """The merged files, so far as they could be read."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    faults: list[ConfigFault] = field(default_factory=list)
    complete: bool = True  #: every file could be read

    def refuse(self, fault: ConfigFault) -> None:
        """Note that a file could not be read."""
        self.faults.append(fault)
        self.complete = False


def read_files(root: Path, instead: Iterable[Path] = ()) -> Tree:
    """Merge the files in the order of their names.

    Args:
        root: the workspace's folder.
        instead: files that take the place of those of the same name, and folders that take the
            place of all of them.

    Raises:
        ConfigError: there are none, or no file has the name of one that shall take its place.
    """
    files = {path.name: (f"config/{path.name}", path) for path in _files_in(root, "config")}
    for other in instead:
        if other.is_dir():
            found = _files_in(other, "config" if (other / "config").is_dir() else "")
            files = {path.name: (str(path), path) for path in found}
        elif other.name in files and other.is_file():
            files[other.name] = (str(other), other)
        else:
            raise _no_other(other, files)
    tree = Tree()
    for _, (shown, path) in sorted(files.items()):
        _read_file(tree, shown, path)
    return tree


def config_files(root: Path) -> dict[str, Path]:
    """Name → path of the workspace's own files, sorted.

    Raises:
        ConfigError: there are none.
    """
    return {path.name: path for path in sorted(_files_in(root, "config"))}


def _files_in(root: Path, name: str) -> list[Path]:
    folder = root / name
    try:
        paths = [path for path in folder.iterdir() if path.suffix == ".toml"]
    except OSError as error:
        what = "there is no such folder" if isinstance(error, FileNotFoundError) else error.strerror
        raise _nothing(f"{what} in {root}") from error
    if not paths:
        raise _nothing(f"no .toml file in {folder}")
    return paths


def _no_other(path: Path, names: Iterable[str]) -> ConfigError:
    """A file that cannot take the place of another."""
    if not path.exists():
        return ConfigError([ConfigFault(file=str(path), message="there is no such file")])
    fault = ConfigFault(file=str(path), message="config/ has no file of this name")
    hint = f"name it as the file whose place it takes: {', '.join(sorted(names))}"
    return ConfigError([replace(fault, hint=hint)])


def _nothing(message: str) -> ConfigError:
    fault = ConfigFault(file="config", message=message)
    return ConfigError([fault], hint="make a workspace with: sheetcrm init")


def _read_file(tree: Tree, file: str, path: Path) -> None:
    """Add one file, shown to people as `file`."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        tree.refuse(
            ConfigFault(file=file, line=line, message="not UTF-8", hint="save it as UTF-8 text")
        )
        return
    except OSError as error:
        tree.refuse(ConfigFault(file=file, message=f"cannot be read: {error.strerror}"))
        return
    try:
        values, lines = tomllib.loads(text, parse_float=read_float), locate(text)
    except RecursionError:
        tree.refuse(ConfigFault(file=file, message="lists or tables nested too deeply"))
    except ValueError as error:
        tree.refuse(_syntax_fault(file, text, str(error)))
    else:
        _Merge(tree, file, lines).run(values)


def _syntax_fault(file: str, text: str, message: str) -> ConfigFault:
    found = _AT.search(message)
    what = message[: found.start()] if found else message
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    twice = repeated(text) if what.startswith(_TWICE) else None
    if twice:
        path, first, second = twice
        message = f"given twice, first at {file}:{first}"
        return ConfigFault(file=file, line=second, key=key_text(path), message=message)
    written = text.split("\n")[line - 1]
    hint = next((hint for pattern, hint in _HINTS if pattern.search(written)), "")
    column = f" (column {found[2]})" if found and found[2] else ""
    what = f"not valid TOML: {what[:1].lower()}{what[1:]}{column}"
    return ConfigFault(file=file, line=line, message=what, hint=hint)


class _Merge:
    """Adds one file's values to the tree.

    Tables are merged, arrays of tables go one after the other; any other key may be given once.
    """

    def __init__(self, tree: Tree, file: str, lines: dict[KeyPath, int]) -> None:
        self._tree = tree
        self._file = file
        self._lines = lines
        self._shifts: dict[KeyPath, int] = {}  # arrays of tables: entries of earlier files
        self._refused: list[KeyPath] = []

    def run(self, values: dict[str, Any]) -> None:
        self._merge(self._tree.values, values, ())
        for path, line in self._lines.items():
            if not any(path[: len(refused)] == refused for refused in self._refused):
                self._tree.places.setdefault(self._shifted(path), (self._file, line))

    def _merge(self, into: dict[str, Any], values: dict[str, Any], path: KeyPath) -> None:
        for key, value in values.items():
            here = (*path, key)
            if key not in into:
                into[key] = value
            elif isinstance(value, dict) and isinstance(into[key], dict):
                self._merge(into[key], value, here)
            elif _is_array_of_tables(value) and _is_array_of_tables(into[key]):
                self._shifts[here] = len(into[key])
                into[key] = [*into[key], *value]
            else:
                self._refuse(here)

    def _refuse(self, path: KeyPath) -> None:
        file, line = self._tree.places[path]
        self._refused.append(path)
        self._tree.faults.append(
            ConfigFault(
                file=self._file,
                line=self._lines[path],
                key=key_text(path),
                message=f"given twice, first at {file}:{line}",
                hint="keep one of them",
            )
        )

    def _shifted(self, path: KeyPath) -> KeyPath:
        for array in _heads(path):
            position = path[len(array)]
            if array in self._shifts and isinstance(position, int):
                shifted = position + self._shifts[array]
                return (*array, shifted, *path[len(array) + 1 :])
        return path


def _heads(path: KeyPath) -> Iterator[KeyPath]:
    return (path[:length] for length in range(1, len(path)))


def _is_array_of_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, dict) for part in value)
