from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from sheetcrm.core.followup.enclosure import (
    FILE_LIMIT,
    KINDS,
    PICTURE_LIMIT,
    PICTURES,
    UnfitFileError,
    enclosure,
)
from tests.core.followup.letters import PDF, PNG


def package(*names: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


SOUND = {
    "pdf": PDF,
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0",
    "jpeg": b"\xff\xd8\xff\xe1",
    "gif": b"GIF89a",
    "docx": package("[Content_Types].xml", "word/document.xml"),
    "xlsx": package("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": package("[Content_Types].xml", "ppt/presentation.xml"),
    "ics": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n",
}


def test_there_is_one_of_every_kind():
    assert SOUND.keys() == KINDS.keys()
    assert PICTURES.keys() < KINDS.keys()


@pytest.mark.parametrize("ending", SOUND)
def test_what_may_be_sent(ending):
    one = enclosure(f"A file.{ending.upper()}", SOUND[ending])
    assert (one.name, one.data) == (f"A file.{ending.upper()}", SOUND[ending])
    assert one.media_type.partition("/")[0] in {"application", "image", "text"}


@pytest.mark.parametrize("ending", SOUND)
@pytest.mark.parametrize("other", [*SOUND, "exe", "empty"])
def test_a_file_is_what_its_name_says(ending, other):
    data = {"exe": b"MZ\x90\x00", "empty": b""}.get(other) or SOUND.get(other, b"")
    if {ending, other} <= {"jpg", "jpeg"} or ending == other:
        return
    with pytest.raises(UnfitFileError, match="its contents are something else"):
        enclosure(f"file.{ending}", data)


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a.js",
        "a.html",
        "a.svg",
        "a.zip",
        "a.docm",
        "a.pdf.exe",
        "pdf",
        "a",
        "a.pdf ",
        ".htm",
    ],
)
def test_a_kind_that_is_not_sent(name):
    with pytest.raises(UnfitFileError, match="is not one of pdf, docx"):
        enclosure(name, PDF)


def test_a_document_with_macros_is_not_sent():
    data = package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    with pytest.raises(UnfitFileError):
        enclosure("a.docx", data)
    with pytest.raises(UnfitFileError):
        enclosure("a.docx", SOUND["docx"][:60])  # cut off


def test_sizes():
    assert enclosure("a.pdf", PDF.ljust(FILE_LIMIT))
    with pytest.raises(UnfitFileError, match=r"a\.pdf has 5\.0 MB; an attachment has at most 5 MB"):
        enclosure("a.pdf", PDF.ljust(FILE_LIMIT + 1))
    assert enclosure("a.png", PNG.ljust(PICTURE_LIMIT), picture=True)
    with pytest.raises(UnfitFileError, match=r"a picture in the text has at most 0\.5 MB"):
        enclosure("a.png", PNG.ljust(PICTURE_LIMIT + 1), picture=True)
    with pytest.raises(UnfitFileError, match="is not one of png, jpg, jpeg, gif"):
        enclosure("a.pdf", PDF, picture=True)


@pytest.mark.parametrize("name", ["a" * 100 + ".pdf", "a\r\nBcc: x.pdf", "\u202efdp.exe.pdf"])
def test_names(name):
    with pytest.raises(UnfitFileError, match="is not a name"):
        enclosure(name, PDF)
