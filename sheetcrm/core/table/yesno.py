"""Cells that say yes or no, in Indonesian, Spanish, English, and with ticks."""

from __future__ import annotations

import re
from datetime import date

from sheetcrm.core.table.amounts import words
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.reading import BLANK, Reader, Reading, bare, says_unknown, unreadable
from sheetcrm.core.table.values import CellError, CellValue

_HINT = "write yes or no, or leave it blank"

_YES = words(
    "1 y yes yep yeah yup true on ok oke okay sure done checked agree agreed active "
    "ya iya yoi betul benar sudah setuju boleh ada punya selesai aktif "
    "sí s verdadero cierto claro hecho listo acepto acepta aceptado activo conforme "
    "x v √ ✓ ✔ ☑ ✅ 👍 ☒ 🗸"
) | {fold("opted in"), fold("opt in"), fold("sudah pernah"), fold("de acuerdo")}
_NO = words(
    "0 n no nope never false off unchecked disagree inactive "
    "tidak tdk tak gak ga ngga nggak gk enggak engga bukan belum blm salah jangan tanpa nonaktif "
    "falso nunca jamás inactivo rechazado "
    "✗ ✘ ❌ ☐ ✖ 👎 ×"
) | {fold(no) for no in ("not yet", "opted out", "opt out", "tidak ada", "tidak pernah")}
_NO |= {fold(no) for no in ("belum pernah", "aún no", "todavía no", "no acepta", "no acepto")}
_NO |= {fold("no tiene")}

_FIRST_WORD = re.compile(r"\s*([^\W\d_]+)\s*[,;:.!(–—-]")
_VARIATION = "\ufe0f"  # asks for the coloured picture of a sign


def yesno_reader(locale: Locale) -> Reader:
    """A reader of yes and no as TRUE and FALSE; what says that nobody knows is blank.

    ``x`` and ``v`` are ticks, so they mean yes. ``T`` is *tidak*, no, where the workspace's
    language is Indonesian, and *true* elsewhere. With more text after a comma or in brackets
    (``ya, lewat WA``) the first word counts.
    """
    yes, no = _YES, _NO
    if locale.language == "id":
        no |= {"t"}
    else:
        yes |= {"t"}

    def read(cell: CellValue) -> Reading:
        if cell is None:
            return BLANK
        if isinstance(cell, bool):
            return Reading(cell)
        if isinstance(cell, int | float) and cell in {0, 1}:
            return Reading(bool(cell))
        if isinstance(cell, int | float | date | CellError):
            return unreadable(cell, "yes or no", _HINT)
        return _word(cell, yes, no)

    return read


def _word(cell: str, yes: frozenset[str], no: frozenset[str]) -> Reading:
    text = bare(cell).replace(_VARIATION, "")
    first = _FIRST_WORD.match(text)
    for said in (text, first[1] if first else text):
        word = fold(said)
        if word in yes or word in no:
            return Reading(word in yes)
    return BLANK if says_unknown(text) else unreadable(cell, "yes or no", _HINT)
