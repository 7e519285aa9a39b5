"""One number → one broken workbook, always the same."""

from __future__ import annotations

import random
import warnings
import zipfile
from dataclasses import dataclass
from io import BytesIO

from tests.fuzz import xmlchanges, zipchanges
from tests.fuzz.seeds import packed, seeds

_WEIGHTS = {
    "table": 5, "filter": 3, "long": 2, "openpyxl": 3, "prefixed": 3, "unaddressed": 2,
    "commented": 2, "strict": 1,
}  # fmt: skip
_LIKELY = ("sheet1.xml", "s.xml")
_OFTEN = (
    "workbook.xml", "workbook.xml.rels", "sharedStrings.xml", "styles.xml", "table1.xml",
    "[Content_Types].xml", "sheet1.xml.rels", ".rels",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """A workbook, what it was made of, and what was done to it."""

    data: bytes
    seed: str
    changes: tuple[str, ...]


def mutant(number: int) -> Mutant:
    """The workbook of that number."""
    dice = random.Random(number)
    seed = dice.choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]
    content = dict(seeds()[seed])
    layers = dice.choices(("xml", "zip", "parts", "xml zip", "xml parts"), (50, 32, 8, 6, 4))[0]
    times = dice.choice((1, 1, 1, 2, 3)) if "xml" in layers else 0
    changes = [_change_xml(dice, content) for _ in range(times)]
    entries = list(content.items())
    if "parts" in layers:
        changes.append(_change_parts(dice, entries))
    data = _packed(dice, entries)
    for _ in range(dice.choice((1, 1, 1, 2, 4)) if "zip" in layers else 0):
        data, name = zipchanges.changed(dice, data)
        changes.append(name)
    return Mutant(data=data, seed=seed, changes=tuple(changes))


def _change_xml(dice: random.Random, content: dict[str, bytes]) -> str:
    weights = [_weight(name) for name in content]
    part = dice.choices(list(content), weights=weights)[0]
    content[part], name = xmlchanges.changed(dice, content[part])
    return f"{name} in {part}"


def _weight(part: str) -> int:
    name = part.rpartition("/")[2]
    return 40 if name in _LIKELY else 8 if name in _OFTEN else 1


def _change_parts(dice: random.Random, entries: list[tuple[str, bytes]]) -> str:
    """A part is missing, there twice, called something else, or has another's content."""
    at, other = dice.randrange(len(entries)), dice.randrange(len(entries))
    (name, data), (other_name, other_data) = entries[at], entries[other]
    match dice.randrange(6):
        case 0:
            del entries[at]
        case 1:
            entries.append((dice.choice((name, name.upper(), "/" + name)), other_data))
        case 2:
            names = (
                name.upper(),
                "/" + name,
                name.replace("/", "\\"),
                "../" + name,
                name + "/",
                "",
            )
            entries[at] = (dice.choice((*names, "xl//" + name, "x" * 3000, "é☀")), data)
        case 3:
            entries[at] = (name, other_data)
        case 4:
            entries[at], entries[other] = (name, other_data), (other_name, data)
        case _:
            dice.shuffle(entries)
    return f"parts: {name}, {other_name}"


def _packed(dice: random.Random, entries: list[tuple[str, bytes]]) -> bytes:
    method = dice.choice((zipfile.ZIP_DEFLATED,) * 5 + (zipfile.ZIP_STORED,))
    streamed = dice.random() < 0.15
    if len(dict(entries)) == len(entries):
        return packed(dict(entries), method=method, streamed=streamed)
    buffer = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 10, 0, 0)), data)
    return buffer.getvalue()
