"""One inspection of the files: what is wrong so far, and where everything stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from sheetcrm.config.positions import KeyPath
from sheetcrm.errors import ConfigFault

Place: TypeAlias = tuple[str, int]  #: file relative to the workspace, line from 1 (0: unknown)

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_PRIVATE = re.compile(r"PRIVATE KEY-----|\"private_key\"")
_FILE = re.compile(r"[\w ./\\-]+\.(json|key|pem|txt)")
_LONGEST = 1_000_000  # bytes of a file that a value may take in


def key_text(path: KeyPath) -> str:
    """``("stage", 1, "when")`` as people count: ``stage[2].when``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            shown = part if part.isprintable() else ascii(part)
            text += f".{shown}" if text else shown
    return text


@dataclass(kw_only=True, slots=True)
class Inspection:
    """Collects faults and formulas while the merged files are checked."""

    root: Path
    environ: Mapping[str, str]
    places: dict[KeyPath, Place]
    complete: bool = True  #: every file could be read, so what is not there is missing
    faults: list[ConfigFault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    formulas: list[tuple[KeyPath, str]] = field(default_factory=list)
    references: set[str] = field(default_factory=set)  #: ``NAME`` and ``file:path`` filled in

    def fault(self, path: KeyPath, message: str, hint: str = "", *, picture: str = "") -> None:
        """Note what is wrong with the value at `path`, `picture` showing the place in it."""
        self.faults.append(replace(self._finding(path, message, hint), picture=picture))

    def note(self, path: KeyPath, message: str) -> None:
        """Note what a person may want to know, though nothing is wrong."""
        self.notes.append(str(self._finding(path, message)))

    def place(self, path: KeyPath) -> Place:
        """Where `path` stands; for what is missing, where the table around it begins."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, ("config", 0))

    def place_text(self, path: KeyPath) -> str:
        """The place as ``config/stages.toml:14``."""
        file, line = self.place(path)
        return f"{file}:{line}" if line else file

    def expand(self, text: str, path: KeyPath, *, private: bool = False) -> str | None:
        """The text with ``${NAME}`` and ``${file:path}`` filled in; None, and a fault, if not.

        Faults never show what was filled in. What is not `private` is noted in `references`.
        """
        if _PRIVATE.search(text):
            self.secret_in_clear(text, path)
            return None
        expanded, rest = [], 0
        for match in _REFERENCE.finditer(text):
            value = self._reference(match[1].strip(), path)
            if value is None:
                return None
            if not private:
                self.references.add(match[1].strip())
            expanded += [text[rest : match.start()], value]
            rest = match.end()
        if "${" in _REFERENCE.sub("", text):
            self.fault(path, "a ${ without its }", "write ${NAME} or ${file:path}")
            return None
        return "".join([*expanded, text[rest:]])

    def secret_in_clear(self, text: str, path: KeyPath) -> None:
        """Note that `text` should not stand in a file that people share."""
        if _PRIVATE.search(text):
            name = "secrets/service-account.json"
            hint = f'save it as {name} and write "${{file:{name}}}"'
        elif _FILE.fullmatch(text):
            hint = f'for the contents of that file write "${{file:{text}}}"'
        elif "://" in text:
            hint = "write postgresql://user:${DATABASE_PASSWORD}@host/name"
        else:
            hint = (
                'write "${NAME}" for an environment variable or "${file:secrets/name}" for a file'
            )
        self.fault(path, "a secret in clear", hint)

    def _reference(self, name: str, path: KeyPath) -> str | None:
        if name.startswith("file:"):
            return self._contents(name.removeprefix("file:").strip(), path)
        if not _VARIABLE.fullmatch(name):
            self.fault(path, f"cannot understand ${{{name}}}", "write ${NAME} or ${file:path}")
        elif name not in self.environ:
            self.fault(path, f"the environment variable {name} is not set", f"export {name}=…")
        else:
            return self.environ[name]
        return None

    def _contents(self, name: str, path: KeyPath) -> str | None:
        try:
            with (self.root / name).open("rb") as file:
                contents = file.read(_LONGEST + 1)
            text = contents.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            self.fault(path, f"{name} is not a text file in UTF-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.fault(path, f"cannot read {name}: {reason}", "paths begin at the workspace")
        else:
            if len(contents) <= _LONGEST:
                return text
            self.fault(path, f"{name} is larger than {_LONGEST:,} bytes")
        return None

    def _finding(self, path: KeyPath, message: str, hint: str = "") -> ConfigFault:
        file, line = self.place(path)
        return ConfigFault(file=file, line=line, key=key_text(path), message=message, hint=hint)
