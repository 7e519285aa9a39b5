"""Functions that a formula may not call, each with the reason and what to write instead.

Their answer would change by itself, depend on positions that move when somebody sorts, or come
from the network.
"""

from __future__ import annotations

from typing import Final

_DIFFERS: Final = "its answer would differ in every run"
_POSITION: Final = "it works with positions in the sheet, which move when somebody sorts"
_NETWORK: Final = "a formula may not use the network"
_SHEET: Final = "it asks about the sheet, not about the lead"

_SPLIT: Final = "to split the leads evenly, use what stays theirs: =ISEVEN(LEN([@Email]))"
_TABLE: Final = "declare the data as [[table]] in config/sheetcrm.toml and look it up: XLOOKUP"
_HEADER: Final = "write the column itself: [@Header], or [Header] for all leads"
_RANK: Final = "to number the leads by a value: RANK([@Score], [Score])"
_KIND: Final = "to ask for the kind of a value: ISNUMBER, ISTEXT, ISBLANK"

_GROUPS: Final = (
    ("RAND RANDARRAY RANDBETWEEN", _DIFFERS, _SPLIT),
    ("INDIRECT", _POSITION, f"{_HEADER}; to choose among columns: SWITCH or CHOOSE"),
    ("OFFSET", _POSITION, f"{_HEADER}; the nth of a table: INDEX(Table[Column], n)"),
    ("ADDRESS COLUMN GETPIVOTDATA", _POSITION, _HEADER),
    ("ROW", _POSITION, _RANK),
    ("CELL FORMULATEXT ISFORMULA ISREF SHEET SHEETS", _SHEET, _KIND),
    ("INFO", "it asks about this computer, not about the lead", _KIND),
    ("WEBSERVICE RTD STOCKHISTORY IMAGE GOOGLEFINANCE QUERY", _NETWORK, _TABLE),
    ("DETECTLANGUAGE GOOGLETRANSLATE TRANSLATE", _NETWORK, "keep the text in a column of its own"),
    (
        "ARRAYFORMULA",
        "every formula is evaluated for all leads already",
        "write what stands in its brackets",
    ),
)
_ALL: Final = {name: (why, hint) for names, why, hint in _GROUPS for name in names.split()}


def refusal(name: str) -> tuple[str, str] | None:
    """Why a function (in capitals) is refused and what to do instead; None if it is not."""
    if name.startswith("IMPORT"):
        return _NETWORK, _TABLE
    return _ALL.get(name)
