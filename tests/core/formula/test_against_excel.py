"""Workbooks that Excel saved, held against the engine: they are not in the repository.

``SHEETCRM_EXCEL_WORKBOOKS`` names a folder of them; ``SHEETCRM_EXCEL_ONLY`` functions, to look at
their cells alone (``FIND,SEARCH``); ``SHEETCRM_EXCEL_DIFFERENCES`` a file for the differences. Run with ``-m slow -s``.
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.excel_agreement import OPERATORS, compare
from tests.support.excel_workbook import NotExcelsError, Workbook

FOLDER = os.environ.get("SHEETCRM_EXCEL_WORKBOOKS", "")
ONLY = frozenset(filter(None, os.environ.get("SHEETCRM_EXCEL_ONLY", "").upper().split(",")))
DIFFERENCES = os.environ.get("SHEETCRM_EXCEL_DIFFERENCES", "excel-differences.tsv")
EXPECTED = 0.98

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER, reason="SHEETCRM_EXCEL_WORKBOOKS names no folder of workbooks"),
]


def workbooks(left_out):
    for path in sorted(Path(FOLDER).rglob("*.xls[xm]")):
        try:
            yield Workbook(path)
        except NotExcelsError as reason:
            left_out[f"workbook: {reason}"] += 1
        except (
            zipfile.BadZipFile,
            ET.ParseError,
            KeyError,
            ValueError,
            IndexError,
            OSError,
            NotImplementedError,
            RuntimeError,
            TypeError,
        ):
            left_out["workbook: cannot be read"] += 1


def report(left_out, cells, agreed, total):
    lines = [f"{count:7} left out: {reason}" for reason, count in left_out.most_common()]
    lines.append(f"{'function':18}{'cells':>7}{'agree':>7}")
    lines.extend(
        f"{name:18}{cells[name]:7}{agreed[name]:7}{agreed[name] / cells[name]:8.1%}"
        for name in sorted(cells, key=lambda name: (agreed[name] / cells[name], name))
    )
    share = total[True] / max(total.total(), 1)
    lines.append(f"{total.total()} cells, {share:.2%} agree; differences in {DIFFERENCES}")
    return "\n".join([*lines, ""])


def test_excels_answers_are_ours():
    left_out, cells, agreed, differences, total = Counter(), Counter(), Counter(), [], Counter()
    for workbook in workbooks(left_out):
        for verdict in compare(workbook, left_out, ONLY):
            used = verdict.functions or {OPERATORS}
            total[verdict.agrees] += 1
            cells.update(used)
            agreed.update(used if verdict.agrees else ())
            if not verdict.agrees:
                differences.append(verdict.line)
    Path(DIFFERENCES).write_text("\n".join([*differences, ""]), encoding="utf-8")
    sys.stdout.write(report(left_out, cells, agreed, total))
    assert total[True] >= EXPECTED * max(total.total(), 1), f"see {DIFFERENCES}"
