"""The tab in which stage moves are logged: `log_tab` of ``[write]``."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import WrongValueError

_LONGEST = 31  # characters of a tab's title (Excel specifications and limits)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")
_READ_ONLY = (".xls", ".xlsb", ".ods")
_ELSEWHERE = "its moves are in the ledger alone (sheetcrm history LEAD)"


def tab_title(text: str) -> str:
    """A title that a tab may have in Excel."""
    found = _FORBIDDEN.search(text)
    if found:
        raise WrongValueError(f"a tab's title cannot have {found[0]} there")
    if len(text) > _LONGEST:
        raise WrongValueError(f"a tab's title has {_LONGEST} characters at most")
    if text.casefold() == "history":
        raise WrongValueError("is a title that Excel keeps for itself", 'write "Stage log"')
    return text


def relate_log(tree: dict[str, Any], run: Inspection) -> None:
    """Hold the log's tab against the sources."""
    title, sources = tree.get("write", {}).get("log_tab", ""), tree.get("source", ())
    if not title or not run.complete:
        return
    here = ("write", "log_tab")
    why_not = {str(source.get("name")): _why_not(source) for source in sources}
    if why_not and all(why_not.values()):
        hint = "take it out, or name a workbook that is written"
        why = next(iter(why_not.values()))
        run.fault(here, f"no source can have such a tab: {why}", hint)
        return
    for name, why in why_not.items():
        if why:
            run.note(here, f"not for the source {name}: {why}; {_ELSEWHERE}")
    for source in sources:
        if str(source.get("tab", "")).strip().casefold() == title.casefold():
            run.fault(here, f'"{title}" is the tab with the leads of {source.get("name")}')


def _why_not(source: dict[str, Any]) -> str:
    """Why a source has no log; "" where it has."""
    if source.get("write", True) is not True:
        return "its sheet is not to be written"
    if "csv" in source:
        return "a CSV file has no other tabs"
    ending = PurePath(str(source.get("excel", ""))).suffix.lower()
    return f"{ending} files are only read" if ending in _READ_ONLY else ""
