"""gspread's recordings of the real API, played to the emulator: does it answer the same?

    python -m tests.support.sheets_api.recordings FOLDER

FOLDER is a checkout of gspread, whose tests/cassettes hold what Google answered in 2023 and
2024. Each recorded request is sent in its order, with the ids that the server chose put in the place
of those that Google chose. Calls of Sheets are compared by status and body, those of Drive by
status.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.sheets_api.gspread_suite import emulator
from tests.support.sheets_api.server import SheetsServer

#: Cassettes that list what else the recording account had in its Drive.
SKIPPED = {
    "ClientTest.test_openall.json": "lists the account's other files",
    "ClientTest.test_open_all_has_metadata.json": "lists the account's other files",
    "ClientTest.test_list_spreadsheet_files.json": "lists the account's other files",
    "ClientTest.test_open_by_name_has_metadata.json": "lists the account's other files",
}

_IDS = {"sheetId", "namedRangeId", "protectedRangeId", "spreadsheetId", "id", "metadataId"}
_VOLATILE = {"createdTime", "modifiedTime", "spreadsheetUrl", "pixelSize"}
_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")


@dataclass(slots=True)
class Tally:
    """What came of a comparison."""

    same: int = 0
    total: int = 0
    cassettes: int = 0
    whole: int = 0
    differences: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def play(folder: Path) -> Tally:
    """Play all cassettes of a checkout."""
    tally = Tally()
    for cassette in sorted((folder / "tests" / "cassettes").glob("*.json")):
        if cassette.name in SKIPPED:
            continue
        with emulator(folder) as server:
            before = len(tally.differences)
            _play_one(server, cassette, tally)
            tally.cassettes += 1
            tally.whole += len(tally.differences) == before
    return tally


def _play_one(server: SheetsServer, cassette: Path, tally: Tally) -> None:
    ids: dict[Any, Any] = {}
    address = urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(address, timeout=10)
    for entry in json.loads(cassette.read_text(encoding="utf-8"))["interactions"]:
        request, recorded = entry["request"], entry["response"]
        parts = urlsplit(request["uri"])
        path = "/".join(_known(p, ids) for p in parts.path.split("/"))
        target = path + (f"?{parts.query}" if parts.query else "")
        body = _translated(request["body"], ids)
        headers = {"Content-Type": "application/json"}
        connection.request(request["method"], target, body, headers)
        answer = connection.getresponse()
        ours, theirs = _parsed(answer.read()), _parsed(recorded["body"].get("string", "").encode())
        tally.total += 1
        sheets = parts.netloc.startswith("sheets.")
        tally.kinds["sheets" if sheets else "drive"] += 1
        _learn(theirs, ours, ids)
        wanted = recorded["status"]["code"]
        different = next(_differences(theirs, ours, ids), "") if sheets else ""
        if answer.status != wanted or different:
            tally.differences.append(
                f"{cassette.name}: {request['method']} {unquote(target)[:140]}"
                f" {str(request['body'])[:200]}\n    {wanted} {answer.status} {different}"
            )
        else:
            tally.same += 1
    connection.close()


def _known(part: str, ids: dict[Any, Any]) -> str:
    name, mark, rest = part.partition(":")
    return str(ids.get(name, name)) + mark + rest


def _translated(body: str | None, ids: dict[Any, Any]) -> str | None:
    try:
        content = json.loads(body) if body else None
    except ValueError:
        return body
    return json.dumps(_renamed(content, ids)) if content is not None else None


def _renamed(content: Any, ids: dict[Any, Any]) -> Any:
    if isinstance(content, list):
        return [_renamed(entry, ids) for entry in content]
    if isinstance(content, dict):
        return {
            name: ids.get(inner, inner)
            if name.endswith(("Id", "id")) and not isinstance(inner, dict | list)
            else _renamed(inner, ids)
            for name, inner in content.items()
        }
    return content


def _learn(theirs: Any, ours: Any, ids: dict[Any, Any]) -> None:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, inner in theirs.items():
            if name in _IDS and name in ours and not isinstance(inner, dict | list):
                ids.setdefault(inner, ours[name])
            elif name in ours:
                _learn(inner, ours[name], ids)
    elif isinstance(theirs, list) and isinstance(ours, list):
        for one, other in zip(theirs, ours, strict=False):
            _learn(one, other, ids)


def _differences(theirs: Any, ours: Any, ids: dict[Any, Any], path: str = "") -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted(theirs.keys() | ours.keys()):
            here = f"{path}.{name}"
            if name in _VOLATILE:
                continue
            if name not in theirs or name not in ours:
                side, content = ("only Google", theirs) if name in theirs else ("only we", ours)
                yield f"{here}: {side}: {content[name]!r}"
            elif name in _IDS:
                if ids.get(theirs[name], theirs[name]) != ours[name]:
                    yield f"{here}: {theirs[name]!r} {ours[name]!r}"
            else:
                yield from _differences(theirs[name], ours[name], ids, here)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from _differences(one, other, ids, f"{path}[{index}]")
    elif isinstance(theirs, str) and isinstance(ours, str):
        if _MAIL.sub("@", theirs) != _MAIL.sub("@", ours):
            yield f"{path}: {theirs!r} {ours!r}"
    elif theirs != ours:
        yield f"{path}: {theirs!r} {ours!r}"


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data


def main(arguments: list[str]) -> int:
    """Print what differs; 1 if anything does."""
    tally = play(Path(arguments[0]))
    for difference in tally.differences:
        print(difference)  # noqa: T201
    print(  # noqa: T201
        f"{tally.same} of {tally.total} answers the same ({tally.kinds['sheets']} of Sheets,"
        f" {tally.kinds['drive']} of Drive), {tally.whole} of {tally.cassettes} cassettes whole,"
        f" {len(SKIPPED)} skipped"
    )
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
