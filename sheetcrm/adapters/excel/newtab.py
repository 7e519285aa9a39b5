"""A tab that a workbook did not have: its sheet, and what makes it known in the package.

A new sheet needs four things (ISO/IEC 29500-2, 9.3 and 10.1.2; 29500-1, 18.2.20): its part, an
entry in the workbook's list of sheets, a relationship that leads from there to the part, and the
part's content type. All other parts keep their bytes, and all other sheets their places.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from sheetcrm.adapters.excel import markup
from sheetcrm.adapters.excel.faults import Refusal
from sheetcrm.adapters.excel.markup import Element, Splice
from sheetcrm.adapters.excel.package import Package, Sheet, relations_of
from sheetcrm.adapters.excel.scan import Scan, scan

_TYPES = "[Content_Types].xml"
_WORKSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)


def new_tab(package: Package, title: str, widths: Sequence[float]) -> tuple[Sheet, Scan]:
    """A sheet without rows, behind all others, and the scan of it.

    Args:
        package: the workbook.
        title: of the tab.
        widths: of its first columns, in characters.

    Raises:
        Refusal: the workbook's structure is protected, or another kind of sheet has that title.
    """
    protection = package.workbook.find("workbookProtection")
    if protection is not None and protection.flag("lockStructure"):
        raise Refusal(
            "protected",
            f"its structure is protected, so that the tab “{title}” cannot be made",
            "unprotect it (Review › Protect Workbook), or make an empty tab of that name yourself",
        )
    entries = package.workbook.all("sheets", "sheet")
    if title.casefold() in {entry.get("name").casefold() for entry in entries}:
        raise Refusal("occupied", f"“{title}” is no tab with cells", "name another one in log_tab")
    folder = posixpath.dirname(package.workbook_part)
    names = (posixpath.join(folder, "worksheets", f"sheet{number}.xml") for number in count(1))
    part = next(name for name in names if package.archive.find(name) is None)
    skeleton = _skeleton(package, widths)
    sheet = Sheet(title=title, part=part, index=len(entries), visible=True)
    return sheet, scan(lambda: [skeleton], keep=True)


def registered(package: Package, sheet: Sheet, like: Sheet) -> tuple[Splice, dict[str, bytes]]:
    """What makes a new sheet known: the workbook's splice, and the new contents of other parts.

    Args:
        package: the workbook.
        sheet: as `new_tab` gives it.
        like: a sheet that it has, written as its program writes them.
    """
    known = package.relations(package.workbook_part)
    kind = next(kind for _, kind, part in known if part == like.part)
    ids = {id_.casefold() for id_, _, _ in known}
    ids |= {entry.linked().casefold() for entry in package.workbook.all("sheets", "sheet")}
    id_ = next(name for name in (f"rId{n}" for n in count(1)) if name.casefold() not in ids)
    rels = relations_of(package.workbook_part)
    target = posixpath.relpath(sheet.part, posixpath.dirname(package.workbook_part) or ".")
    relation = {"Id": id_, "Type": kind, "Target": target}
    override = {"PartName": f"/{sheet.part}", "ContentType": _content_type(package, like)}
    return _entry(package, sheet, id_), {
        rels: _with_child(package.archive.read(rels), "Relationship", relation),
        _TYPES: _with_child(package.archive.read(_TYPES), "Override", override),
    }


def check_registered(package: Package, sheet: Sheet, path: Path) -> None:
    """Hold a new workbook against the old one: it has one sheet more, and the others as before.

    Raises:
        Refusal: it has not.
    """
    with Package(path) as new:
        grown = [*package.sheets, sheet] == new.sheets and markup.is_bound(new.workbook_xml)
        before = package.relations(package.workbook_part)
        after = new.relations(new.workbook_part)
        if not grown or before != after[:-1] or _types(package) != _types(new)[:-1]:
            raise Refusal(
                "not-verified",
                f"the new tab “{sheet.title}” did not come out as it should, so the workbook was "
                "left as it is",
                "this is a fault of sheetcrm: please report it with that sentence",
            )


def _skeleton(package: Package, widths: Sequence[float]) -> bytes:
    root = package.workbook
    space = root.get(f"xmlns:{root.prefix[:-1]}" if root.prefix else "xmlns")
    views = _FROZEN if root.find("bookViews") else ""
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width:g}" customWidth="1"/>'
        for number, width in enumerate(widths, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{space}">{views}<cols>{columns}</cols><sheetData></sheetData>'
        "</worksheet>"
    ).encode()


def _entry(package: Package, sheet: Sheet, id_: str) -> Splice:
    """The workbook's entry for the sheet, behind all others."""
    sheets = package.workbook.find("sheets")
    assert sheets is not None
    entries = sheets.all("sheet")
    link = next(name for name in entries[0].attributes if name.endswith(":id"))
    number = max(entry.number("sheetId") for entry in entries) + 1
    spaces = {key: v for key, v in entries[0].attributes.items() if key.startswith("xmlns")}
    text = b'<%bsheet%b name=%b sheetId="%d" %b="%b"/>' % (
        entries[0].prefix.encode(),
        _attributes(spaces),
        markup.quote(sheet.title),
        number,
        link.encode(),
        id_.encode(),
    )
    return Splice(sheets.content_end, sheets.content_end, text)


def _content_type(package: Package, like: Sheet) -> str:
    part = f"/{like.part}".casefold()
    found = [one for one in _overrides(package) if one.get("PartName").casefold() == part]
    return found[0].get("ContentType") if found else _WORKSHEET


def _types(package: Package) -> list[dict[str, str]]:
    return [one.attributes for one in markup.parse(package.archive.read(_TYPES)).children]


def _overrides(package: Package) -> list[Element]:
    return markup.parse(package.archive.read(_TYPES)).all("Override")


def _with_child(data: bytes, name: str, attributes: dict[str, str]) -> bytes:
    """A part with one more element at the end of its root."""
    root = markup.parse(data)
    element = b"<%b%b%b/>" % (root.prefix.encode(), name.encode(), _attributes(attributes))
    return markup.apply(data, [Splice(root.content_end, root.content_end, element)])


def _attributes(values: dict[str, str]) -> bytes:
    return b"".join(b" %b=%b" % (key.encode(), markup.quote(values[key])) for key in values)
