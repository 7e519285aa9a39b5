"""What reading one cell gives: a value, and what a person should know about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spoken import Spoken
from sheetcrm.core.table.values import CellError, CellValue

_SHOWN = 40  # characters of a cell that are repeated in a message
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u202a\u202c"))

_DIGIT = re.compile(r"\d")
_UNKNOWN = frozenset(
    map(
        fold,
        (
            # blank choices of forms
            *("select", "please select", "choose", "pilih", "seleccionar", "elegir", "seleccione"),
            *("n/a", "n.a.", "nil", "null", "none", "nan", "tbd", "tba", "tbc", "unknown"),
            *("not known", "don't know", "dont know", "do not know", "not sure", "unsure", "idk"),
            *("to be determined", "to be decided", "not specified", "unspecified", "undecided"),
            *("belum tahu", "tidak tahu", "gak tahu", "gak tau", "ga tau", "ga tahu", "ngga tau"),
            *("nggak tahu", "nggak tau", "tdk tahu", "tdk tau", "blm tahu", "blm tau", "belum tau"),
            *("tidak diketahui", "belum diketahui", "belum jelas", "belum pasti", "belum ada"),
            *("belum ditentukan", "belum diisi", "belum ada info", "tidak ada data", "kosong"),
            *("tidak ada", "tidak yakin", "belum yakin", "ragu", "menyusul"),
            *("no sé", "no lo sé", "no sabe", "ns/nc", "desconocido", "desconocida", "se ignora"),
            *("por definir", "por determinar", "por confirmar", "sin definir", "sin datos", "s/d"),
            *("sin dato", "sin información", "no aplica", "no especificado", "ninguno", "ninguna"),
            *("aún no sé", "no definido", "vacío", "n/d", "no tiene", "sin correo", "sin teléfono"),
        ),
    )
)


class Reading(NamedTuple):
    """One cell, read: where `message` is not empty, a person should look at the cell.

    The value is ``CellError("#VALUE!")`` where the cell could not be read at all; with any
    other value the message is a remark on how it was read.
    """

    value: CellValue
    message: str = ""
    hint: str = ""


Reader: TypeAlias = Callable[[CellValue], Reading]

BLANK = Reading(None)


def unreadable(cell: CellValue, what: str, hint: str = "") -> Reading:
    """The reading of a cell that is not `what` (``a date``)."""
    if isinstance(cell, CellError):
        hint = "the formula in this cell fails: mend it in the sheet"
        return Reading(
            cell, Spoken("the cell shows the error {} instead of {}", cell.code, what), hint
        )
    return Reading(
        CellError("#VALUE!"), Spoken("{} cannot be read as {}", quoted(cell), what), hint
    )


def remarked(cell: CellValue, value: CellValue, remarks: Sequence[str], hint: str = "") -> Reading:
    """The reading of a cell with remarks on how it was read, if there are any."""
    if not remarks:
        return Reading(value)
    shown = value if isinstance(value, int | float) else str(value)
    text = Spoken("{} is read as {} ({})", quoted(cell), shown, tuple(remarks))
    return Reading(value, text, hint)


def quoted(cell: CellValue) -> str:
    """The cell for a message: in quotation marks, on one line, shortened."""
    text = " ".join(display(cell).split())
    return f"“{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}”"


def display(cell: CellValue) -> str:
    """The cell as a person sees it: "" for a blank one, numbers with up to 15 digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def bare(text: str) -> str:
    """The text in NFC, without invisible characters and without white space around it."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).translate(_INVISIBLE).strip()


@lru_cache(maxsize=4096)
def says_unknown(text: str) -> bool:
    """Whether the text only says that nobody knows: ``-``, ``?``, ``n/a``, ``belum tahu``."""
    if _DIGIT.search(text):
        return False
    folded = fold(text)
    return folded in _UNKNOWN or not any(char.isalnum() for char in folded)
