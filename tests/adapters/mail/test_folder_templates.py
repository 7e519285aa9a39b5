from __future__ import annotations

import os

import pytest

from sheetcrm.adapters.mail.templates import FolderTemplates
from sheetcrm.errors import ConfigError, UsageError
from tests.adapters.template_store_contract import TemplateStoreContract


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "templates"


def write(folder, **files):
    for name, data in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


class TestContract(TemplateStoreContract):
    @pytest.fixture
    def make(self, folder):
        def make(texts, files):
            beside = folder.parent / "attachments"
            whole = {folder / name: text.encode() for name, text in texts.items()}
            for path, data in {**whole, **{beside / n: data for n, data in files.items()}}.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            return FolderTemplates(folder)

        return make


@pytest.mark.parametrize(
    "data",
    [
        "Halo ñ\nx".encode(),
        "Halo ñ\r\nx".encode(),
        "Halo ñ\rx".encode(),
        "Halo ñ\nx".encode("utf-8-sig"),
        "Halo ñ\nx".encode("utf-16"),
    ],
    ids=["plain", "windows", "old mac", "mark", "utf-16"],
)
def test_however_an_editor_saves_it(folder, data):
    write(folder, **{"welcome__a.md": data})
    assert FolderTemplates(folder).sources() == {"welcome/a.md": "Halo ñ\nx"}


def test_no_attachment_leads_out_of_the_folder(folder, tmp_path):
    inside = tmp_path / "attachments"
    inside.mkdir()
    (tmp_path / "secret.pdf").write_bytes(b"%PDF-")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.pdf").write_bytes(b"%PDF-")
    (inside / "real.pdf").write_bytes(b"%PDF-1")
    (inside / ".hidden.pdf").write_bytes(b"%PDF-")
    (inside / "out.pdf").symlink_to(tmp_path / "secret.pdf")
    (inside / "more").symlink_to(tmp_path / "more")
    (inside / "within.pdf").symlink_to(inside / "real.pdf")
    os.mkfifo(inside / "pipe.pdf")
    store = FolderTemplates(folder)
    assert store.attachment("within.pdf") == b"%PDF-1"
    for name in ("out.pdf", "more/a.pdf", ".hidden.pdf", "pipe.pdf"):
        with pytest.raises(UsageError, match="there is no attachments/"):
            store.attachment(name)


def test_an_attachment_that_is_not_there_has_a_hint(folder, tmp_path):
    with pytest.raises(UsageError) as caught:
        FolderTemplates(folder).attachment("brosur.pdf")
    assert caught.value.hint.startswith("make the folder attachments")
    (tmp_path / "attachments").mkdir()
    (tmp_path / "attachments" / "brosur.pdf").write_bytes(b"%PDF-")
    with pytest.raises(UsageError) as caught:
        FolderTemplates(folder).attachment("brosure.pdf")
    assert caught.value.hint == "did you mean brosur.pdf?"


def test_what_is_no_template_is_left_out(folder, tmp_path):
    write(
        folder,
        **{"a.md": "x", ".hidden.md": "x", "~$a.md": "x", "logo.png": b"\x89PNG", "a.md~": "x"},
    )
    write(folder, **{".git__a.md": "x", "welcome__b.MD": "y"})
    (tmp_path / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "inside.md").symlink_to(folder / "a.md")
    assert FolderTemplates(folder).sources() == {"a.md": "x", "inside.md": "x", "welcome/b.MD": "y"}


def test_a_missing_folder_is_empty(folder):
    assert FolderTemplates(folder).sources() == {}


def test_every_file_that_cannot_be_read_is_named_at_once(folder):
    write(
        folder,
        **{
            "good.md": "x",
            "big.md": b"x" * 300_000,
            "latin.md": "Señor".encode("latin-1"),
            "binary.md": b"a\0b",
        },
    )
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    with pytest.raises(ConfigError) as caught:
        FolderTemplates(folder).sources()
    assert [str(fault) for fault in caught.value.faults] == [
        "templates/big.md: larger than 256 KB",
        "templates/binary.md: not a text file",
        "templates/gone.md: No such file or directory",
        "templates/latin.md: not a text in UTF-8: save it with that encoding",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder):
    write(folder, **{"a.md": "x"})
    (folder / "a.md").chmod(0)
    with pytest.raises(ConfigError):
        FolderTemplates(folder).sources()
