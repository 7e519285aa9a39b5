"""What Excel saved in a workbook: its values as they are stored, its formulas with their answers.

The parts of the package are read directly (ECMA-376 part 1, 18.3 to 18.4): a general reader turns
serial numbers into dates and knows no difference between "" and a cell that was never calculated.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree import ElementTree as ET

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string as column_number
from openpyxl.utils.cell import coordinate_from_string

from sheetcrm.core.table.values import CellError

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
NOT_CALCULATED = object()  #: a formula without an answer, or one that the format cannot tell
XLSXWRITERS_BUILD = "4505"


class NotExcelsError(Exception):
    """A workbook that Excel did not save, or with settings of its own."""


@dataclass(frozen=True, kw_only=True)
class FormulaCell:
    """One formula with the answer that Excel gave it."""

    workbook: str
    sheet: str
    row: int
    column: int
    formula: str  #: without =
    answer: object
    array: bool  #: entered with Ctrl+Shift+Enter, or allowed to spill

    @property
    def place(self):
        return f"{self.workbook}:{self.sheet}!R{self.row}C{self.column}"


@dataclass
class Sheet:
    """The cells of one sheet, by (row, column) from 1."""

    name: str
    values: dict = field(default_factory=dict)
    formulas: list = field(default_factory=list)

    @cached_property
    def rows(self):
        return max((row for row, _ in self.values), default=1)

    @cached_property
    def width(self):
        return max((column for _, column in self.values), default=1)


class Workbook:
    """A workbook that Excel has saved.

    Raises:
        NotExcelsError: another program wrote it, or it uses the 1904 calendar or rounds what it
            shows; a file that is no workbook raises what zipfile, ElementTree or a dict raises.
    """

    def __init__(self, path):
        with zipfile.ZipFile(path) as package:
            self._package = package
            book = self._xml("xl/workbook.xml")
            self._check(book)
            self._texts = self._shared_strings()
            self.names = _defined_names(book)
            links = self._links()
            self.sheets = {}
            for number, node in enumerate(book.iter(f"{MAIN}sheet")):
                target = links.get(node.get(LINK), "")
                if "worksheets/" in target:
                    sheet = self._sheet(path.name, node.get("name"), target)
                    self.sheets[sheet.name.casefold()] = sheet
                    self.names |= {
                        (sheet.name.casefold(), name): text
                        for (scope, name), text in list(self.names.items())
                        if scope == str(number)
                    }

    def _xml(self, part):
        return ET.fromstring(self._package.read(part))

    def _check(self, book):
        program = book.find(f"{MAIN}fileVersion")
        if program is None or program.get("appName") != "xl" or not program.get("rupBuild"):
            raise NotExcelsError("written by another program")
        if program.get("rupBuild") == XLSXWRITERS_BUILD:
            raise NotExcelsError("written by XlsxWriter")
        try:
            application = self._package.read("docProps/app.xml").decode()
        except KeyError:
            raise NotExcelsError("written by another program") from None
        if "Microsoft Excel" not in application and "Microsoft Macintosh Excel" not in application:
            raise NotExcelsError("written by another program")
        settings = book.find(f"{MAIN}workbookPr")
        if settings is not None and settings.get("date1904") in {"1", "true"}:
            raise NotExcelsError("1904 calendar")
        calculation = book.find(f"{MAIN}calcPr")
        if calculation is not None and calculation.get("fullPrecision") in {"0", "false"}:
            raise NotExcelsError("calculates with what it shows")
        if calculation is not None and calculation.get("iterate") in {"1", "true"}:
            raise NotExcelsError("goes in circles, as often as it says")

    def _shared_strings(self):
        if "xl/sharedStrings.xml" not in self._package.namelist():
            return []
        return [_text_of(item) for item in self._xml("xl/sharedStrings.xml").iter(f"{MAIN}si")]

    def _links(self):
        found = {}
        for node in self._xml("xl/_rels/workbook.xml.rels"):
            target = node.get("Target")
            found[node.get("Id")] = target[1:] if target.startswith("/") else f"xl/{target}"
        return found

    def _sheet(self, workbook, name, part):
        sheet, shared = Sheet(name), {}
        for node in self._xml(part).iter(f"{MAIN}c"):
            letters, row = coordinate_from_string(node.get("r"))
            place = (row, column_number(letters))
            formula, value = node.find(f"{MAIN}f"), self._value(node)
            if formula is None:
                if value is not NOT_CALCULATED:
                    sheet.values[place] = value
                continue
            sheet.values[place] = value
            text = _formula_text(formula, node.get("r"), shared)
            if text and value is not NOT_CALCULATED:
                sheet.formulas.append(
                    FormulaCell(
                        workbook=workbook,
                        sheet=name,
                        row=place[0],
                        column=place[1],
                        formula=text,
                        answer=value,
                        array=formula.get("t") == "array",
                    )
                )
        return sheet

    def _value(self, node):
        kind = node.get("t", "n")
        if kind == "inlineStr":
            inline = node.find(f"{MAIN}is")
            return NOT_CALCULATED if inline is None else _text_of(inline)
        stored = node.find(f"{MAIN}v")
        if stored is None:
            return NOT_CALCULATED
        text = stored.text or ""
        match kind:
            case "s":
                return self._texts[int(text)]
            case "str":
                return _unescaped(text)
            case "b":
                return text == "1"
            case "e":
                return CellError(text)
            case "n" if text:
                return float(text)
        return NOT_CALCULATED


def _defined_names(book):
    """(sheet's number or "", name) → what it stands for."""
    return {
        (node.get("localSheetId", ""), node.get("name").casefold()): node.text or ""
        for node in book.iter(f"{MAIN}definedName")
    }


def _formula_text(node, place, shared):
    """The formula, "" for one that is a part of something larger (an array, a data table)."""
    kind, text = node.get("t", "normal"), node.text or ""
    if kind == "array":
        return text if node.get("ref", place) == place else ""
    if kind != "shared":
        return text if kind == "normal" else ""
    if text:
        shared[node.get("si")] = (text, place)
        return text
    master = shared.get(node.get("si"))
    if master is None:
        return ""
    return Translator(f"={master[0]}", origin=master[1]).translate_formula(place)[1:]


def _text_of(item):
    """A text with its runs put together, without phonetic hints."""
    runs = [item.find(f"{MAIN}t"), *(run.find(f"{MAIN}t") for run in item.findall(f"{MAIN}r"))]
    return _unescaped("".join(run.text or "" for run in runs if run is not None))


def _unescaped(text):
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
