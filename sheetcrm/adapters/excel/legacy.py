"""Tabs of .xls, .xlsb and .ods workbooks, read by calamine in a process of its own.

Their content cannot be checked before calamine takes it, and a bad file may make it use up all
memory or end its process; so that process has limits, and is not this one. Run as a module it
prints, as JSON, the titles of a workbook's tabs and the values of one of them.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetcrm.adapters.excel.faults import REPAIR, Refusal
from sheetcrm.adapters.excel.places import EVERYWHERE
from sheetcrm.core.table.areas import Area, parse_area, split_place
from sheetcrm.core.table.names import nearest
from sheetcrm.core.table.values import CellError, CellValue
from sheetcrm.errors import TabNotFoundError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_MOST_MEMORY = 2 << 30  # bytes; the biggest .xls tab takes a quarter of it
_MOST_SECONDS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class LegacyTab:
    """A tab's title, the area of it that is meant, and its values from A1."""

    title: str
    area: Area
    grid: Sequence[Sequence[CellValue]]
    complete: bool = True  #: whether the errors among its cells are known


def read_legacy(path: Path, tab: str) -> LegacyTab:
    """Read a tab, or ``Tab!B4:M``; "" is the first visible tab.

    Raises:
        TabNotFoundError: there is no such tab.
        Refusal: the workbook is encrypted, damaged, or too big.
    """
    said = _ask(path, tab)
    if not said["tabs"]:
        raise Refusal("no-sheet", "the workbook holds no worksheet", "add one, and save it")
    title, area = _place(said["tabs"], tab)
    if title is None:
        shown = [title for title, _ in said["tabs"]]
        best = nearest(tab.partition("!")[0], shown)
        listed = ", ".join(shown)
        raise TabNotFoundError(
            f"{path.name}: there is no tab called “{tab}”",
            tabs=shown,
            hint=f"did you mean “{best}”? Its tabs: {listed}" if best else f"its tabs: {listed}",
        )
    grid = [[_value(value) for value in row] for row in said["rows"]]
    for row, column, code in said["errors"] or ():
        grid += [[] for _ in range(row + 1 - len(grid))]
        grid[row] += [None] * (column + 1 - len(grid[row]))
        grid[row][column] = CellError(code)
    return LegacyTab(title=title, area=area, grid=grid, complete=said["errors"] is not None)


def _place(titles: Sequence[tuple[str, bool]], tab: str) -> tuple[str | None, Area]:
    """The tab that is meant, None where there is none such, and its area."""
    wanted = tab.strip()
    if not wanted:
        first = [*(t for t, visible in titles if visible), *(t for t, _ in titles)]
        return (first[0] if first else None), EVERYWHERE
    names = {title.strip().casefold(): title for title, _ in reversed(titles)}
    if wanted.casefold() in names:
        return names[wanted.casefold()], EVERYWHERE
    split = split_place(wanted)
    area = parse_area(split[1]) if split else None
    if split and area:
        return names.get(split[0].strip().casefold()), area
    return None, EVERYWHERE


def _ask(path: Path, tab: str) -> dict[str, Any]:
    """What the other process says."""
    command = [sys.executable, "-P", "-m", "sheetcrm.adapters.excel.legacy", str(path), tab]
    places = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            command,
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
            env={**os.environ, **places},
        )
    except subprocess.TimeoutExpired as fault:
        raise _too_much() from fault
    if done.returncode:
        raise _too_much() if done.returncode < 0 else _damaged("its contents cannot be read")
    said: dict[str, Any] = json.loads(done.stdout)
    if said.get("fault") == "PasswordError":
        raise Refusal(
            "encrypted",
            "the workbook is protected by a password",
            "take the password away in the program that made it, and save",
        )
    if "fault" in said:
        raise _damaged(said["text"])
    return said


def _value(value: object) -> CellValue:
    if isinstance(value, list):
        return (date if value[0] == "date" else datetime).fromisoformat(value[1])
    return value  # type: ignore[return-value]


def _too_much() -> Refusal:
    return Refusal(
        "too-big",
        "it takes too much memory or time to be read",
        "delete stray cells far out, or save it as .xlsx and name that file in the config",
    )


def _damaged(what: str) -> Refusal:
    return Refusal("damaged", f"the file is damaged ({what})", REPAIR)


def _answer(path: str, tab: str) -> dict[str, object]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    from sheetcrm.adapters.excel.legacyerrors import errors_of  # noqa: PLC0415
    from sheetcrm.adapters.excel.values import from_calamine  # noqa: PLC0415

    with _opened(path) as workbook:
        sheets = [s for s in workbook.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
        tabs = [(sheet.name, sheet.visible == SheetVisibleEnum.Visible) for sheet in sheets]
        title = _place(tabs, tab)[0]
        if title is None:
            return {"tabs": tabs}
        rows = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
        plain = [[_plain(value) for value in from_calamine(tuple(row))] for row in rows]
    errors = None
    with suppress(Exception):  # a dialect that only calamine understands
        errors = errors_of(Path(path), title)
    return {"tabs": tabs, "rows": plain, "errors": errors}


def _opened(path: str) -> CalamineWorkbook:
    """The workbook, by its content; where that is not recognised, its name gives a reason."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    except CalamineError:
        return CalamineWorkbook.from_path(path)


def _plain(value: CellValue) -> object:
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    return ["date", value.isoformat()] if isinstance(value, date) else value


def main(path: str, tab: str) -> None:
    """Print what `_ask` wants to know."""
    with suppress(ImportError, ValueError, OSError):  # not everywhere
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    try:
        said = _answer(path, tab)
    except Exception as fault:  # noqa: BLE001 - the other process makes an error of it
        said = {"fault": type(fault).__name__, "text": str(fault)}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
