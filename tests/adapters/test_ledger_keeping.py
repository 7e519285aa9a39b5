"""Looking after a ledger: moving it, seeing that it is well, dropping what is too old."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from sheetcrm.adapters.ledger import SqlLedger, moving, open_ledger
from sheetcrm.adapters.ledger.moving import copy_into_file, move
from sheetcrm.adapters.ledger.schema import (
    HEAD,
    bodies,
    intake,
    logged,
    marks,
    message_events,
    messages,
    metadata,
    pauses,
    people,
    runs,
    suppressions,
    unclear,
)
from sheetcrm.core.memory import Enrolment, Retention
from sheetcrm.core.table.values import CellError, Override
from sheetcrm.errors import LedgerError, UsageError
from tests.adapters import ledger_contract
from tests.adapters.ledger_contract import T0, cut_off, draft, edit, plan, record, run, written

ON_FILE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def address(kind: str, request: pytest.FixtureRequest, tmp_path: Path, name: str) -> str:
    """A place where no ledger is yet."""
    if kind == "sqlite":
        return str(tmp_path / f"{name}.db")
    server = request.getfixturevalue("postgres")
    url: str = server.fresh()
    request.addfinalizer(lambda: server.drop(url))
    return url


@pytest.fixture
def ledger(place: str) -> Iterator[SqlLedger]:
    with closing(open_ledger(place)) as ledger:
        yield ledger


def fill(ledger: SqlLedger) -> None:
    """Something in every table, of every kind."""
    edits = [
        edit("L1", "Score", None, 40, reason="“+40”"),
        edit("L1", "Why", CellError("#N/A"), "line\\n2"),
    ]
    over = Override(lead="L1", header="Stage", value="Customer", computed="MQL")
    name = run(
        ledger,
        plan(
            leads=[record(f"L{i}", email=f"ä{i}@example.com") for i in range(12)],
            edits=edits,
            written=written(edits),
            overrides=[over],
            moves=[ledger_contract.move("L1", "", "MQL")],
            drafts=[draft(f"k{i}|welcome|1|1", lead=f"L{i}") for i in range(12)],
            enrolments=[Enrolment("L1", "welcome", holds=True, since=T0)],
        ),
    )
    ledger.undone(name, "expo", edits[:1], by=ledger.start_run("undo", T0))
    cut_off(ledger, plan(edits=[edit("L2", "Score", 1, 2)]))
    mail = dict.fromkeys(("id", "kind", "sender", "subject", "said", "person", "key"), "x")
    with ledger._database.writing() as connection:
        for table, values in (
            (message_events, {"message": 1, "kind": "sent", "at": T0, "evidence": "250 OK"}),
            (intake, {"account": "a", "uidvalidity": 2**33, "last_uid": 1, "polled_at": T0}),
            (logged, {"digest": "ff", "at": T0}),
            (marks, {"name": "Zoo", "value": "1"}),
            (marks, {"name": "ant", "value": "2"}),
            (marks, {"name": "Ähre", "value": "3"}),
            (pauses, {"scope": "", "reason": "x", "by": "person", "since": T0, "until": None}),
            (suppressions, {"pattern": "x@example.com", "reason": "asked", "at": T0}),
            (unclear, mail | {"at": T0}),
        ):
            connection.execute(insert(table).values(**values))


def contents(ledger: SqlLedger) -> dict[str, list[str]]:
    with ledger._database.reading() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


class TestMoving:
    @pytest.mark.parametrize(
        ("source", "target"),
        [
            ("sqlite", "postgres"),
            ("postgres", "sqlite"),
            pytest.param("sqlite", "sqlite", marks=pytest.mark.slow),
            pytest.param("postgres", "postgres", marks=pytest.mark.slow),
        ],
    )
    def test_everything_is_there_and_the_old_one_is_closed(
        self, source: str, target: str, request: pytest.FixtureRequest, tmp_path: Path
    ) -> None:
        old = address(source, request, tmp_path, "old")
        new = address(target, request, tmp_path, "new")
        with closing(open_ledger(old)) as ledger:
            fill(ledger)
            before = contents(ledger)
        assert all(before.values()), "something in every table"
        moved = move(old, new)
        assert moved.rows == sum(map(len, before.values()))
        assert moved.tables == len(metadata.tables)
        with closing(open_ledger(new)) as ledger:
            assert contents(ledger) == before
            run(ledger, plan("web", leads=[record("L9")], drafts=[draft("new", lead="L9")]))
            assert ledger.health().problems == ()
        with pytest.raises(LedgerError, match="was moved to") as caught:
            open_ledger(old)
        assert "sheetcrm.toml" in caught.value.hint

    @ON_FILE
    def test_a_target_with_data_is_refused(self, place: str, tmp_path: Path) -> None:
        other = str(tmp_path / "other.db")
        for one, lead in ((place, "L1"), (other, "L2")):
            with closing(open_ledger(one)) as ledger:
                run(ledger, plan(leads=[record(lead)]))
        with pytest.raises(UsageError, match="has data already"):
            move(place, other)
        with closing(open_ledger(place)) as ledger, closing(open_ledger(other)) as kept:
            assert list(ledger.remember("expo").leads) == ["L1"]
            assert list(kept.remember("expo").leads) == ["L2"]

    def test_the_same_place_is_refused(self, place: str) -> None:
        open_ledger(place).close()
        with pytest.raises(UsageError, match="is where the ledger is"):
            move(place, place)

    @ON_FILE
    @pytest.mark.parametrize("cut", ["_copy", "_number_on", "_mark"])
    def test_one_that_was_cut_off_is_done_again(
        self, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: str
    ) -> None:
        new = str(tmp_path / "new.db")
        with closing(open_ledger(place)) as ledger:
            fill(ledger)
            before = contents(ledger)
        with monkeypatch.context() as patched:
            patched.setattr(moving, cut, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                move(place, new)
        with closing(open_ledger(place)) as ledger:
            assert contents(ledger) == before
        move(place, new)
        with closing(open_ledger(new)) as ledger:
            assert contents(ledger) == before

    @ON_FILE
    def test_a_copy_that_is_not_the_same_is_noticed(
        self, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with closing(open_ledger(place)) as ledger:
            fill(ledger)
        copy = moving._copy

        def falsified(old, new):
            copy(old, new)
            new.execute(update(people).where(people.c.id == 3).values(phone_e164="+1"))

        monkeypatch.setattr(moving, "_copy", falsified)
        with pytest.raises(LedgerError, match="people"):
            move(place, str(tmp_path / "new.db"))
        open_ledger(place).close()

    def test_a_snapshot_is_one_file(self, place: str, tmp_path: Path) -> None:
        path = tmp_path / "copy" / "ledger.db"
        with closing(open_ledger(place)) as ledger:
            fill(ledger)
            before = contents(ledger)
            assert copy_into_file(place, str(path)) == sum(map(len, before.values()))
        assert [one.name for one in path.parent.iterdir()] == ["ledger.db"]
        with closing(open_ledger(str(path))) as copied:
            assert contents(copied) == before


class TestHealth:
    def test_a_sound_one(self, ledger: SqlLedger) -> None:
        fill(ledger)
        found = ledger.health()
        assert found.problems == ()
        assert found.kind.split()[0] in {"SQLite", "PostgreSQL"}
        assert found.version == HEAD
        assert found.rows["leads"] == 12
        assert 10_000 < found.size < 5_000_000

    @ON_FILE
    def test_what_belongs_to_nobody_is_noted(self, ledger: SqlLedger) -> None:
        fill(ledger)
        run(ledger, plan("web", leads=[record("L1", email="old@example.com")]))
        run(ledger, plan("web", leads=[record("L1", email="new@example.com")]))
        assert ledger.health().notes == ("1 addresses or numbers belong to nobody any more",)

    @ON_FILE
    def test_a_message_that_waits_without_its_text(self, ledger: SqlLedger) -> None:
        fill(ledger)
        with ledger._database.writing() as connection:
            connection.execute(bodies.delete().where(bodies.c.message == 1))
        assert ledger.health().problems == ("1 messages that wait have no text",)

    def test_references_to_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        with closing(open_ledger(str(path))) as ledger:
            fill(ledger)
        with closing(sqlite3.connect(path)) as found, found:
            found.execute("UPDATE leads SET person_id = 777 WHERE id = 1")
        with closing(open_ledger(str(path))) as ledger:
            assert ledger.health().problems == ("a row of leads refers to none of people",)

    def test_a_broken_index(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        with closing(open_ledger(str(path))) as ledger:
            fill(ledger)
        with closing(sqlite3.connect(path)) as found, found:
            found.execute("PRAGMA writable_schema=ON")
            found.execute(
                "UPDATE sqlite_master SET sql = replace(sql, '(phone_e164)', '(email_norm)') "
                "WHERE name = 'ix_people_phone_e164'"
            )
        with closing(open_ledger(str(path))) as ledger:
            assert any("index" in problem for problem in ledger.health().problems)

    def test_after_a_crash_a_damaged_file_is_noticed_before_anything_is_written(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "ledger.db"
        with closing(open_ledger(str(path))) as ledger:
            ledger.finish_run(ledger.start_run("sync", T0), at=T0, outcome="ok", counts={})
            run(ledger, plan(leads=[record(f"L{i}") for i in range(500)]))
            ledger.start_run("sync", T0)  # and then the power went
        content = bytearray(path.read_bytes())
        content[-8192:] = b"\x55" * 8192
        path.write_bytes(content)
        with closing(open_ledger(str(path))) as ledger:
            with pytest.raises(LedgerError, match="damaged") as caught:
                ledger.start_run("sync", T0)
            assert "--restore" in caught.value.hint

    def test_a_run_within_a_run_is_none_that_was_cut_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked = []
        monkeypatch.setattr(
            "sheetcrm.adapters.ledger.health.refuse_damaged", lambda *_: looked.append(1)
        )
        with closing(open_ledger(str(tmp_path / "ledger.db"))) as ledger:
            ledger.start_run("run", T0)
            ledger.start_run("sync", T0)
        assert looked == []
        with closing(open_ledger(str(tmp_path / "ledger.db"))) as ledger:
            ledger.start_run("run", T0)
        assert looked == [1]

    def test_once_a_day_the_file_is_looked_at(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked = []
        monkeypatch.setattr(
            "sheetcrm.adapters.ledger.health.refuse_damaged", lambda *_: looked.append(1)
        )
        for days, looks in ((0, 0), (0, 0), (1, 1), (1, 1), (3, 2)):
            at = T0 + timedelta(days=days)
            with closing(open_ledger(str(tmp_path / "ledger.db"))) as ledger:
                ledger.finish_run(ledger.start_run("run", at), at=at, outcome="ok", counts={})
            assert len(looked) == looks


class TestTidying:
    KEPT = Retention(runs_days=30, edits_days=10, scores_days=20, messages_days=20)

    def old(self, ledger: SqlLedger) -> str:
        """A run with something of everything."""
        edits = [edit("L1", "Score", None, 40)]
        name = run(
            ledger,
            plan(
                leads=[record("L1"), record("L2")],
                edits=edits,
                written=written(edits),
                drafts=[draft("sent", "L1"), draft("waits", "L2")],
            ),
        )
        with ledger._database.writing() as connection:
            which = messages.c.key == "sent"
            connection.execute(
                update(messages).where(which).values(state="sent", tried_at=T0, sent_at=T0)
            )
            number = connection.scalar(select(messages.c.id).where(which))
            connection.execute(
                insert(message_events).values(
                    message=number, kind="sent", at=T0, evidence="250 OK from Sari"
                )
            )
        return name

    @ON_FILE
    def test_what_is_young_stays(self, ledger: SqlLedger) -> None:
        self.old(ledger)
        before = contents(ledger)
        assert ledger.tidy(self.KEPT, at=T0 + timedelta(days=9)) == {}
        after = contents(ledger)
        after["marks"] = before["marks"]
        assert after == before

    @ON_FILE
    def test_it_is_done_once_a_day(self, ledger: SqlLedger) -> None:
        name = self.old(ledger)
        assert ledger.tidy(self.KEPT, at=T0) == {}
        assert ledger.tidy(Retention(edits_days=1), at=T0 + timedelta(hours=2)) == {}
        assert ledger.edits(name)
        assert ledger.tidy(self.KEPT, at=T0 + timedelta(days=15)) == {"edits": 1}
        assert ledger.edits(name) == {}

    def test_words_go_and_what_was_sent_is_known_for_good(self, ledger: SqlLedger) -> None:
        self.old(ledger)
        done = ledger.tidy(self.KEPT, at=T0 + timedelta(days=25))
        assert done == {"edits": 1, "bodies": 1, "message_events": 1}
        with ledger._database.reading() as connection:
            texts = connection.execute(
                select(messages.c.key, messages.c.state, bodies.c.text, bodies.c.raw)
                .join_from(messages, bodies)
                .order_by(messages.c.key)
            ).all()
        assert tuple(texts[0]) == ("sent", "sent", "", b"")
        assert texts[1].raw == draft("waits", "L2").raw
        assert {one.key: one.sent_at for one in ledger.remember("expo").messages} == {
            "sent": T0,
            "waits": None,
        }
        assert ledger.tidy(self.KEPT, at=T0 + timedelta(days=26)) == {}

    def test_the_newest_score_stays(self, ledger: SqlLedger) -> None:
        for score in (10, 20, 30):
            run(ledger, plan(leads=[record("L1", score=float(score))]))
        assert ledger.tidy(self.KEPT, at=T0 + timedelta(days=25)) == {"scores": 2}
        assert ledger.lead("expo", "L1").record.score == 30

    @ON_FILE
    def test_runs_that_nothing_refers_to_go(self, ledger: SqlLedger) -> None:
        kept = self.old(ledger)
        idle = ledger.start_run("run", T0)
        ledger.finish_run(idle, at=T0, outcome="idle", counts={})
        newer = ledger.start_run("run", T0 + timedelta(days=40))
        done = ledger.tidy(self.KEPT, at=T0 + timedelta(days=50))
        assert done["runs"] == 1
        assert [one.id for one in ledger.runs()] == [newer, kept]

    def test_what_may_still_stand_in_the_sheet_stays(self, ledger: SqlLedger) -> None:
        self.old(ledger)
        cut_off(ledger, plan(edits=[edit("L2", "Score", 1, 2)]))
        ledger.tidy(self.KEPT, at=T0 + timedelta(days=300))
        assert ledger.remember("expo").pending == {("L2", "Score"): (2,)}

    def test_addresses_that_nobody_has_go(self, ledger: SqlLedger) -> None:
        for email in ("old@example.com", "new@example.com"):
            run(ledger, plan(leads=[record("L1", email=email)]))
        assert ledger.tidy(self.KEPT, at=T0) == {"people": 1}
        with ledger._database.reading() as connection:
            assert list(connection.scalars(select(people.c.email_norm))) == ["new@example.com"]
            assert connection.scalar(select(runs.c.id).limit(1))
