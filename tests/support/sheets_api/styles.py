"""Cell formats: colours as Google rounds them, twins that it adds, and the default format."""

from __future__ import annotations

import struct
from typing import Any

from tests.support.sheets_api.cells import Cell, Value

BLACK: dict[str, Any] = {}
WHITE = {"red": 1, "green": 1, "blue": 1}

DEFAULT: dict[str, Any] = {
    "backgroundColor": WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": BLACK,
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": {"rgbColor": BLACK},
    },
    "backgroundColorStyle": {"rgbColor": WHITE},
}

_TWINS = {
    "backgroundColor": "backgroundColorStyle",
    "foregroundColor": "foregroundColorStyle",
    "tabColor": "tabColorStyle",
}


def color(given: dict[str, float]) -> dict[str, float]:
    """A colour as it is kept: 255 steps, single precision, and no zeros."""
    kept = {}
    for name, part in given.items():
        if name != "alpha":
            step = int(max(0.0, min(1.0, part)) * 255)
            if step:
                kept[name] = 1 if step == 255 else _single(step / 255)
    return kept


def normal(style: dict[str, Any]) -> dict[str, Any]:
    """A format as it is kept: its colours rounded, each with its twin."""
    kept: dict[str, Any] = {}
    for name, content in style.items():
        if name in _TWINS:
            kept[name] = color(content)
            kept[_TWINS[name]] = {"rgbColor": kept[name]}
        elif name in _TWINS.values():
            inner = content.get("rgbColor")
            if inner is None:
                if "themeColor" in content:
                    kept[name] = dict(content)
                continue
            plain = next(short for short, long in _TWINS.items() if long == name)
            kept[plain] = color(inner)
            kept[name] = {"rgbColor": kept[plain]}
        elif isinstance(content, dict):
            kept[name] = normal(content)
        else:
            kept[name] = content
    return kept


def twinned(mask: dict[str, Any]) -> dict[str, Any]:
    """A mask that takes a colour's twin along."""
    wide: dict[str, Any] = {}
    backwards = {long: short for short, long in _TWINS.items()}
    for name, inner in mask.items():
        wide[name] = twinned(inner) if inner else inner
        twin = _TWINS.get(name) or backwards.get(name)
        if twin:
            wide[twin] = wide[name] = None
    return wide


def effective_format(cell: Cell, value: Value) -> dict[str, Any]:
    """The format that a cell is shown with: the spreadsheet's own under the cell's."""
    merged = _merged(DEFAULT, cell.format or {})
    if "horizontalAlignment" not in merged and isinstance(value, int | float):
        right = "CENTER" if isinstance(value, bool) else "RIGHT"
        merged["horizontalAlignment"] = right
    return merged


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, content in above.items():
        inner = merged.get(name)
        nests = isinstance(content, dict) and isinstance(inner, dict) and "Color" not in name
        merged[name] = _merged(inner, content) if nests else content
    return merged


def _single(value: float) -> float:
    """A double as it looks after single precision: its shortest decimal."""
    exact = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(6, 10):
        text = f"{exact:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return float(text)
    return exact
