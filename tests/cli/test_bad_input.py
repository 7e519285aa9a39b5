"""Each fault gives one clear message with its place and the next step, and changes nothing."""

from __future__ import annotations

import zipfile

import pytest


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def refused(sample, run):
    """`sync` fails with this code and these words, and nothing in the workspace has changed."""

    def check(code, *words):
        book = sample / "leads.xlsx"
        before = book.read_bytes() if book.exists() else None
        said = run("--workspace", sample, "sync")
        assert said.code == code, said.err + said.out
        for word in words:
            assert word in said.err
        assert (book.read_bytes() if book.exists() else None) == before
        assert not list(sample.rglob("*.eml"))
        assert not list(sample.glob(".~sheetcrm*"))
        return said

    return check


def test_missing_file(sample, refused):
    (sample / "leads.xlsx").rename(sample / "lead.xlsx")
    refused(1, "leads.xlsx", "lead.xlsx")


def test_missing_tab(sample, refused):
    change(sample / "config" / "sheetcrm.toml", 'tab = "Leads"', 'tab = "Leeds"')
    refused(1, "Leeds", "Leads")


def test_no_header(sample, refused):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Leads"
    for row in range(1, 8):
        book.active.append([row * 1.5, row * 2, None])
    book.create_sheet("Cities").append(["City", "Points", "Region"])
    book["Cities"].append(["Jakarta", 10, "Java"])
    book.save(sample / "leads.xlsx")
    refused(1, "header")


def test_wrong_formula(sample, refused):
    change(sample / "config" / "stages.toml", "=[@Score]>=40", "=[@Score]>=(40")
    said = refused(2, "stages.toml:")
    assert "^" in said.err or "(" in said.err


def test_unknown_function_suggests_the_nearest(sample, refused):
    change(sample / "config" / "stages.toml", "=[@Score]>=40", "=SUMM([@Score])>=40")
    refused(2, "stages.toml:", "SUMM", "SUM")


def test_unknown_field(sample, refused):
    change(sample / "config" / "stages.toml", "=[@Score]>=40", "=[@Skore]>=40")
    refused(2, "stages.toml:", "Skore", "Score")


def test_unknown_key(sample, refused):
    change(sample / "config" / "sheetcrm.toml", "timezone", "timezon")
    refused(2, "sheetcrm.toml:", "timezon", "timezone")


def test_broken_template(sample, refused):
    template = sample / "templates" / "welcome" / "01-intro.id.md"
    template.write_text(
        template.read_text(encoding="utf-8") + "\n{% if lead.city %}\n", encoding="utf-8"
    )
    refused(2, "welcome/01-intro.id.md")


def test_unknown_name_in_a_template(sample, refused):
    template = sample / "templates" / "welcome" / "01-intro.id.md"
    template.write_text(
        template.read_text(encoding="utf-8") + "\n{{ lead.ctiy }}\n", encoding="utf-8"
    )
    refused(2, "welcome/01-intro.id.md", "ctiy", "city")


def test_workbook_open_in_excel(sample, refused):
    name = "Sari"  # as Excel writes it: 165 bytes, the name as ANSI and as UTF-16
    ansi = bytes([len(name)]) + name.encode("ascii").ljust(54)
    wide = len(name).to_bytes(2, "little") + name.ljust(54).encode("utf-16-le")
    (sample / "~$leads.xlsx").write_bytes(ansi + wide)
    refused(75, "Sari", "leads.xlsx")


def test_workbook_open_in_libreoffice(sample, refused):
    (sample / ".~lock.leads.xlsx#").write_text(
        ",sari,laptop,22.11.2026 10:00,file:///home/sari;", encoding="utf-8"
    )
    refused(75, "sari", "leads.xlsx")


def test_waiting_for_a_workbook_to_be_closed(sample, run, monkeypatch):
    mark = sample / ".~lock.leads.xlsx#"
    mark.write_text(",sari,laptop,22.11.2026 10:00,file:///home/sari;", encoding="utf-8")
    before = (sample / "leads.xlsx").read_bytes()
    assert run("--workspace", sample, "sync", "--wait", "0.001").code == 75
    assert (sample / "leads.xlsx").read_bytes() == before
    pauses = []

    def closed_after_three(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            mark.unlink()

    monkeypatch.setattr("sheetcrm.cli.commands.sync.time.sleep", closed_after_three)
    said = run("--workspace", sample, "sync", "--wait", "5")
    assert (said.code, said.err, pauses) == (0, "", [5.0] * 3)
    assert (sample / "leads.xlsx").read_bytes() != before


def test_encrypted_workbook(sample, refused):
    (sample / "leads.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")
    )
    refused(1, "leads.xlsx")


def test_text_file_named_xlsx(sample, refused):
    (sample / "leads.xlsx").write_text("Name,Email\nBudi,budi@example.com\n", encoding="utf-8")
    refused(1, "leads.xlsx")


def test_truncated_workbook(sample, refused):
    book = sample / "leads.xlsx"
    book.write_bytes(book.read_bytes()[:-400])
    refused(1, "leads.xlsx")


def test_a_zip_that_is_no_workbook(sample, refused):
    with zipfile.ZipFile(sample / "leads.xlsx", "w") as package:
        package.writestr("hello.txt", "hello")
    refused(1, "leads.xlsx")


def test_a_ledger_that_is_not_one(sample, refused):
    (sample / "var").mkdir(exist_ok=True)
    (sample / "var" / "ledger.db").write_text(
        "not a database, but long enough" * 100, encoding="utf-8"
    )
    refused(1, "ledger.db")


def test_many_faults_are_reported_at_once(sample, refused):
    change(sample / "config" / "stages.toml", "=[@Score]>=40", "=[@Score]>=(40")
    change(sample / "config" / "sheetcrm.toml", "timezone", "timezon")
    said = refused(2, "timezon", "stages.toml")
    assert "problems" in said.err
