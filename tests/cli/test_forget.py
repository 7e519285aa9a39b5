"""Forgetting a person: not a byte of them stays in what sheetcrm itself writes."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import psycopg
import pytest

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.cluster import duties, faults
from sheetcrm.cluster.database import shared
from sheetcrm.cluster.duties import Duty, Planned
from sheetcrm.cluster.handing import hand_out
from sheetcrm.cluster.tables import prepare
from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import MessageEvent
from sheetcrm.core.outbox import Pause, Suppression
from sheetcrm.core.plan import Plan
from sheetcrm.core.table.values import Edit, Tab
from sheetcrm.errors import SheetCrmError

WHO = "dewi@klinik-sehat.example"
WORDS = ("dewi kartika", "dewi@klinik", "6281200001205", "0812-0000-1205")


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
    (logs / "scheduled.log").write_text("error: no number: “0812-0000-1205”\nerror: locked\n")
    (sample / "var" / "told.json").write_text(json.dumps({"reason": f"refused\n{WHO}"}))
    gossip(str(sample / "var" / "ledger.db"))
    return sample


def gossip(address: str) -> None:
    """Let every text of the ledger that is about nobody in particular name her."""
    said = f"550 5.7.1 <{WHO}> is not welcome, DEWI KARTIKA (0812-0000-1205)"
    with closing(open_ledger(address)) as ledger:
        at = datetime(2026, 11, 22, 9, tzinfo=UTC)
        error = {"message": said, "hint": "ask “dewi kartika”"}
        run = ledger.start_run("run", at)
        phase = {
            "name": "send",
            "outcome": "failed",
            "seconds": 1,
            "run": "",
            "counts": {},
            "errors": [error],
        }
        details = {"errors": [error], "phases": [phase]}
        ledger.finish_run(run, at=at, outcome="failed", counts={"sent": 3}, details=details)
        ledger.outbox.pause(Pause("", f"a server refuses our mails: {said}", "inbox", at))
        ledger.outbox.pause(Pause(f"person|{WHO}", "on holiday", "inbox", at))
        ledger.outbox.suppress([Suppression("@spam.example", said, at)])
        other = next(one for one in ledger.drafts() if one.to_address != WHO)
        ledger.outbox.heard(other.key, MessageEvent("replied", at, f"ask {said}"))
        mail = Unclear("<1@x.example>", "reply", at, "a@x.example", said, said, "", other.key)
        hers = Unclear(f"<7.{WHO}>", "reply", at, WHO, said, said, WHO, "")
        ledger.outbox.keep_unclear([mail, hers])
        edit = Edit("L-NEW", 99, "WhatsApp link", None, "https://wa.me/6281200001205")
        tab = Tab(source="expo", title="", header_row=1, rows=(), columns=())
        source = next(iter(ledger.edits(ledger.runs(9)[-1].id)))
        intended = Plan(source=source, locator="leads.xlsx", tab=tab, leads=(), edits=[edit])
        ledger.intend(ledger.start_run("sync", at), intended)


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
    assert (synced / "var" / "log" / "scheduled.log").read_text().endswith("\nerror: locked\n")
    assert json.loads((synced / "var" / "told.json").read_text()) == {
        "reason": "refused\n[forgotten]"
    }


def test_what_was_said_stays_readable(synced: Path, run) -> None:
    runs = json.loads(run("--workspace", synced, "runs", "--json").out)
    newest = next(one["id"] for one in runs if one["kind"] == "run")
    assert run("--workspace", synced, "forget", WHO, "--yes").code == 0
    shown = run("--workspace", synced, "runs", newest)
    assert "550 5.7.1 <[forgotten]> is not welcome" in shown.out + shown.err
    waiting = run("--workspace", synced, "outbox")
    assert "all sending is paused: a server refuses our mails: 550 5.7.1 <[forg" in waiting.out
    inbox = json.loads(run("--workspace", synced, "inbox", "--json").out)
    assert "a@x.example" in json.dumps(inbox)


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


def test_the_traceback_of_a_bug_lies_where_it_is_looked_for(
    synced: Path, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for cron, which starts elsewhere and names the workspace."""
    monkeypatch.chdir(synced.parent)
    wrong = "sheetcrm.engine.person._row"
    with monkeypatch.context() as broken:
        broken.setattr(wrong, lambda *_: {}[WHO])
        assert run("--workspace", synced, "export", WHO).code == 3
    assert str(Path("var", "log", "crash.log")) in naming(synced)
    assert not (synced.parent / "var").exists()
    assert run("--workspace", synced, "forget", WHO, "--yes", "--backups").code == 0
    assert naming(synced) == {"leads.xlsx"}


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
    assert not re.search(r"\d\.0\b|\d\+00:00", said.out), "numbers and times as people write them"
    nobody = run("--workspace", synced, "export", "nobody@example.org")
    assert (nobody.code, "nothing is known of this person" in nobody.out) == (0, True)
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
    gossip(database)
    workers_gossip(database, sample.name)
    jobs = ("--database", database)
    said = run("--workspace", sample, "forget", WHO, *jobs)
    assert "would be blackened in what workers said of their jobs: 4" in said.out
    assert len(tables_naming(database)) >= 11
    said = run("--workspace", sample, "forget", WHO, "--yes", "--backups", *jobs)
    assert (said.code, "blackened in what workers said of their jobs: 4" in said.out) == (0, True)
    assert naming(sample) == {"leads.xlsx"}
    others = {f"sheetcrm_cluster.{table}: another" for table in ("duties", "faults", "told")}
    assert tables_naming(database) == others
    assert run("--workspace", sample, "sync").code == 0


def workers_gossip(database: str, workspace: str) -> None:
    """Let the workers' tables name her: those of this workspace, and of one that is not asked."""
    place = shared(database)
    with place.connected() as connection:
        prepare(place, connection)
        for name, kind in ((workspace, "sync"), ("another", "mail")):
            connection.execute("INSERT INTO workspaces VALUES (%s, '', '')", (name,))
            duty = Duty(workspace=name, kind=kind, name="expo")
            planned = Planned(duty=duty, schedule="0 7 * * *", zone="Asia/Jakarta")
            duties.keep(connection, name, [planned])
            hand_out(connection)
            said = f"550 <{WHO}> is not welcome"
            duties.failed(connection, duty, said, passing=True)
            faults.noted(connection, duty, [SheetCrmError(said)])
            connection.execute("INSERT INTO told VALUES (%s, now(), %s, now())", (name, said))
        fault = "leads.toml:3: no lead “Dewi Kartika”"
        connection.execute("UPDATE workspaces SET fault = %s WHERE name = %s", (fault, workspace))


def tables_naming(database: str) -> set[str]:
    """Tables of any schema that hold one of the words, of the workers' the workspaces as well."""
    query = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information)'"
    found = set()
    with psycopg.connect(database) as connection:
        for schema, table in connection.execute(query).fetchall():
            for row in connection.execute(f"SELECT * FROM {schema}.{table}".encode()):
                if any(word in repr(row).lower() for word in WORDS):
                    owner = f": {row[0]}" if table in {"duties", "faults", "told"} else ""
                    found.add(f"{schema}.{table}{owner}")
    return found
