"""What kind of file this is, judged by its content and never by its name."""

from __future__ import annotations

from pathlib import Path

from sheetcrm.adapters.excel.faults import Refusal, missing

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "open it and save it as an Excel workbook (.xlsx), then name that file in the config"


def check_is_zip(path: Path) -> None:
    """Refuse everything that cannot be an OOXML package, saying what it is.

    Raises:
        SourceNotFoundError: there is no such file.
        Refusal: it is something else than a zip archive.
    """
    if not path.exists():
        raise missing(path)
    if path.is_dir():
        raise Refusal("not-a-workbook", "this is a folder", "name the workbook inside it")
    with path.open("rb") as file:
        start = file.read(8192)
    if not start:
        raise Refusal("not-a-workbook", "the file is empty", "take it from a backup")
    if start.startswith(_OLE):
        raise _of_ole(path)
    if not start.startswith(b"PK"):
        raise _of_text(start)


def check_kind(names: set[str], mimetype: bytes, content_types: bytes) -> None:
    """Refuse zip archives that are not an .xlsx or its siblings.

    Args:
        names: the parts, in lower case.
        mimetype: the content of the part of that name, if there is one.
        content_types: the content of ``[Content_Types].xml``, if there is one.
    """
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise Refusal("ods", "this is an OpenDocument spreadsheet (.ods)", _SAVE_AS)
    if b"ms-excel.sheet.binary" in content_types:
        raise Refusal("xlsb", "this is a binary workbook (.xlsb)", _SAVE_AS)
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise Refusal(
            "not-a-workbook", "this is not a spreadsheet but another Office file", _SAVE_AS
        )
    if not content_types:
        raise Refusal("not-a-workbook", "this is a zip archive but not a workbook", _SAVE_AS)


def _of_ole(path: Path) -> Refusal:
    with path.open("rb") as file:
        content = file.read(4 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return Refusal(
            "encrypted",
            "the workbook is protected by a password",
            "in Excel: File › Info › Protect Workbook › Encrypt with Password, empty it, save",
        )
    return Refusal("xls", "this is an old Excel file (.xls)", _SAVE_AS)


def _of_text(start: bytes) -> Refusal:
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in {b"<html", b"<!doc", b"<tabl", b"<?xml"}:
        return Refusal("not-a-workbook", "this is a web page or XML, not a workbook", _SAVE_AS)
    if b"\x00" not in start or start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        hint = 'if it is CSV, write csv = "…" instead of excel = "…" in the config, or name it .csv'
        return Refusal("text", "this is a text file (such as CSV), not a workbook", hint)
    return Refusal("not-a-workbook", "this is not an Excel workbook", _SAVE_AS)
