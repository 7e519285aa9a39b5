"""Forgetting a person: not a byte of them stays in what sheetcrm itself writes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import psycopg
import pytest

WHO = "dewi@klinik-sehat.example"
WORDS = ("dewi kartika", "dewi@klinik", "6281200001205")


@pytest.fixture
def synced(synced_sample: Path, run) -> Path:
    """The sample, with all that a workspace comes to hold."""
    sample = synced_sample
    assert run("--workspace", sample, "preview").code == 0
    assert run("--workspace", sample, "health", "--html").code in {0, 1}
    logs = sample / "var" / "log"
    logs.mkdir()
    entry = {"event": "drafted", "to": WHO, "name": "Dewi Kartika", "why": "“ya”"}
    (logs / "run.jsonl").write_text(f'{json.dumps(entry)}\n{{"event": "other"}}\n')
    (sample / "var" / "crash.txt").write_bytes(
        b"in row of Dewi Kartika <dewi@klinik-sehat.example>\xff"
    )
    return sample


def parts(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def naming(root: Path, *words: str) -> set[str]:
    """Files that hold one of the words."""
    wanted = [word.encode().lower() for word in (*WORDS, *words)]
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file()
        for part in parts(path)
        if any(word in part.lower() for word in wanted)
        or any(word in path.name.lower().encode() for word in wanted)
    }


def test_a_dry_run_says_what_would_go_and_touches_nothing(synced: Path, run) -> None:
    before = {
        p: p.read_bytes() for p in synced.rglob("*") if p.is_file() and "ledger" not in p.name
    }
    said = run("--workspace", synced, "forget", WHO)
    assert said.code == 0
    for word in ("would be erased", "1 in messages", "row 15", "preview", ".eml", "--yes"):
        assert word in said.out
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.mark.parametrize("who", [WHO, "DEWI@klinik-sehat.example ", "0812-0000-1205"])
def test_no_byte_of_them_stays(synced: Path, run, who: str) -> None:
    drafts = len(list((synced / "var" / "outbox").iterdir()))
    lead = json.loads(run("--workspace", synced, "explain", WHO, "--json").out)[0]["lead"]
    assert len(naming(synced, lead)) >= 7
    said = run("--workspace", synced, "forget", who, "--yes")
    assert said.code == 0, said.err
    (backup,) = (synced / "var" / "backups").iterdir()
    assert naming(synced, lead) == {"leads.xlsx", str(backup.relative_to(synced))}
    assert str(backup) in said.out
    assert len(list((synced / "var" / "outbox").iterdir())) == drafts - 1
    kept = (synced / "var" / "log" / "run.jsonl").read_text().splitlines()
    assert [json.loads(line)["event"] for line in kept] == ["drafted", "other"]
    assert "“ya”" in json.loads(kept[0])["why"]


def test_the_next_runs_leave_their_row_alone(synced: Path, run) -> None:
    run("--workspace", synced, "forget", WHO, "--yes", "--backups")
    row = [cell.value for cell in openpyxl.load_workbook(synced / "leads.xlsx")["Leads"][15]]
    said = run("--workspace", synced, "sync")
    assert said.code == 0
    run("--workspace", synced, "preview")
    assert naming(synced) == {"leads.xlsx"} | {
        str(path.relative_to(synced)) for path in (synced / "var" / "backups").iterdir()
    }
    again = openpyxl.load_workbook(synced / "leads.xlsx")["Leads"][15]
    assert [cell.value for cell in again] == row
    plan = json.loads(run("--workspace", synced, "plan", "--json").out)
    assert WHO not in json.dumps(plan)


def test_what_lies_outside_of_var_too(sample: Path, run) -> None:
    config = sample / "config" / "sheetcrm.toml"
    log = sample.parent / "logs" / "crm.log"
    text = config.read_text().replace('tab = "Leads"', 'tab = "Leads"\nwrite = "beside"', 1)
    config.write_text(f'{text}\n[logging]\nfile = "{log}"\n')
    assert run("--workspace", sample, "sync").code == 0
    log.parent.mkdir(exist_ok=True)
    for path in (log, log.with_name("crm.log.1")):
        path.write_text(f"drafted for {WHO}\nanother line\n")
    (sample.parent / "logs" / "other.log").write_text(WHO)
    report = sample / "leads.scores.xlsx"
    assert report.name in naming(sample)
    assert run("--workspace", sample, "forget", WHO, "--yes").code == 0
    assert naming(sample) == {"leads.xlsx"}
    assert naming(log.parent) == {"other.log"}
    assert log.read_text() == "drafted for [forgotten]\nanother line\n"
    assert run("--workspace", sample, "sync").code == 0
    assert report.exists()
    assert naming(sample) == {"leads.xlsx"}


def test_backups_go_if_asked_for(synced: Path, run) -> None:
    said = run("--workspace", synced, "forget", WHO, "--yes", "--backups", "--json")
    assert json.loads(said.out)["backups_too"] is True
    assert naming(synced) == {"leads.xlsx"}


def test_a_second_time(synced: Path, run) -> None:
    for _ in range(2):
        said = run("--workspace", synced, "forget", WHO, "--yes")
        assert said.code == 0
    assert "nothing; was forgotten already" in said.out


def test_nobody_and_too_many(synced: Path, run) -> None:
    said = run("--workspace", synced, "forget", "Dewi")
    assert (said.code, "nobody is known" in said.err) == (2, True)
    said = run("--workspace", synced, "forget", "L-NOBODY")
    assert said.code == 2


def test_a_stranger_is_left_alone_for_the_future(synced: Path, run) -> None:
    assert run("--workspace", synced, "forget", "new@example.org", "--yes").code == 0
    book = openpyxl.load_workbook(synced / "leads.xlsx")
    sheet = book["Leads"]
    header = [cell.value for cell in sheet[4]]
    row = sheet.max_row + 1
    sheet.cell(row, header.index("Name") + 1, "New Person")
    sheet.cell(row, header.index("Email") + 1, "New@example.org")
    book.save(synced / "leads.xlsx")
    assert run("--workspace", synced, "sync").code == 0
    assert "new@example.org" not in run("--workspace", synced, "drafts", "--json").out.lower()
    assert run("--workspace", synced, "explain", "new@example.org").code == 2


def test_export_tells_all(synced: Path, run) -> None:
    said = run("--workspace", synced, "export", WHO)
    assert said.code == 0
    for word in ("Dewi Kartika", "row 15", "Klinik Sehat Bersama", "Terima kasih", "Budget"):
        assert word in said.out
    whole = json.loads(run("--workspace", synced, "export", "+6281200001205", "--json").out)
    assert whole["person"]["addresses"] == [WHO]
    assert whole["rows"][0]["cells"]["Company"] == "Klinik Sehat Bersama"
    (message,) = whole["person"]["tables"]["messages"]
    assert {"Subject:", "Message-ID:"} <= set(message["raw"].split())
    assert whole["person"]["tables"]["written"][0]["cells"]["Stage"] == "MQL"
    assert "siti" not in json.dumps(whole).lower()


def test_the_same_with_a_ledger_in_postgresql(sample: Path, run, database: str) -> None:
    config = sample / "config" / "sheetcrm.toml"
    config.write_text(config.read_text().replace('"var/ledger.db"', f'"{database}"'))
    assert run("--workspace", sample, "sync").code == 0
    assert run("--workspace", sample, "forget", WHO, "--yes", "--backups").code == 0
    assert naming(sample) == {"leads.xlsx"}
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
            assert not any(word in repr(rows).lower() for word in WORDS), table
    assert run("--workspace", sample, "sync").code == 0
