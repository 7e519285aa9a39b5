"""What the ledger knows of a person, and that nothing of it stays when they are forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from sheetcrm.adapters.ledger import SqlLedger, open_ledger
from sheetcrm.adapters.ledger.outbox import SqlOutbox
from sheetcrm.adapters.ledger.schema import (
    enrolments,
    intake,
    leads,
    message_events,
    messages,
    metadata,
    pauses,
    stage_moves,
    suppressions,
    unclear,
)
from sheetcrm.core.memory import PersonFile
from sheetcrm.core.outbox import Limits, digest_of
from sheetcrm.core.table.values import Override
from tests.adapters.ledger_contract import T0, T1, draft, edit, move, plan, record, run, written

ON_FILE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
WORDS = ("sari", "wulandari", "628111222333", "L-SARI", "L-OTHER")

MAIL = {
    "id": "<1@example.org>",
    "kind": "reply",
    "sender": "Sari@example.com",
    "subject": "from Sari",
    "said": "Sari says so",
    "person": "",
    "key": "",
}
WITHOUT_PERSONS = {"runs", "sources", "intake", "logged", "marks", "people", "bodies"}


@pytest.fixture
def ledger(place: str) -> Iterator[SqlLedger]:
    with closing(open_ledger(place)) as ledger:
        fill(ledger)
        yield ledger


def fill(ledger: SqlLedger) -> None:
    """Sari in two sources and everywhere else, and Budi beside her."""
    sari = {"name": "Sari Wulandari", "email": "Sari@example.com", "phone": "+628111222333"}
    hers = [edit("L-SARI", "WhatsApp link", None, "https://wa.me/628111222333", reason="sari")]
    over = Override(lead="L-SARI", header="Why", value="knows Sari", computed="+30 city")
    to_her = draft("sari@example.com|welcome|1|1", "L-SARI", person="sari@example.com")
    to_budi = draft(
        "budi@example.com|welcome|1|1",
        "L-BUDI",
        person="budi@example.com",
        to_name="Budi",
        subject="Halo Budi",
    )
    budi = record("L-BUDI", name="Budi", email="budi@example.com")
    run(
        ledger,
        plan(
            leads=[record("L-SARI", why="Sari asked for a price", **sari), budi],
            edits=hers,
            written=written(hers) | {("L-BUDI", "Score"): 40},
            overrides=[over],
            moves=[
                move("L-SARI", "", "MQL")._replace(why="Sari said yes"),
                move("L-BUDI", "", "MQL"),
            ],
            drafts=[to_her, to_budi],
        ),
    )
    run(ledger, plan("web", leads=[record("L-OTHER", **sari), record("L-3")]), at=T1)
    with ledger._database.writing() as connection:
        number = connection.scalar(select(messages.c.id).where(messages.c.to_name != "Budi"))
        for table, values in (
            (message_events, {"message": number, "kind": "replied", "evidence": "sari wrote"}),
            (suppressions, {"pattern": "sari@example.com", "reason": "unsubscribed"}),
            (unclear, MAIL),
            (suppressions, {"pattern": "nobody@example.org", "reason": "bounced"}),
        ):
            connection.execute(table.insert().values(at=T1, **values))
        connection.execute(
            pauses.insert().values(
                scope="person|sari@example.com", reason="Sari is away", by="inbox", since=T1
            )
        )
        lead = connection.scalar(select(leads.c.id).where(leads.c.key == "L-SARI"))
        connection.execute(
            enrolments.insert().values(lead_id=lead, sequence="welcome", holds=True, since=T0)
        )
        connection.execute(update(messages).where(messages.c.id == number).values(tried_at=T0))
        connection.execute(
            intake.insert().values(
                account="halo@example.com", uidvalidity=1, last_uid=2, polled_at=T1
            )
        )


def everything(ledger: SqlLedger) -> str:
    """Every column of every row that the database has."""
    with ledger._database.reading() as connection:
        rows = [
            (table.name, *row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return "\n".join(sorted(map(repr, rows)))


class TestPersons:
    @ON_FILE
    @pytest.mark.parametrize("who", ["sari@example.com", "+628111222333", "L-SARI", "L-OTHER"])
    def test_one_person_is_found_by_whatever_is_known(self, ledger: SqlLedger, who: str) -> None:
        (found,) = ledger.persons([who])
        assert found.names == ("Sari Wulandari",)
        assert found.addresses == ("l-sari@example.com", "sari@example.com")
        assert found.phones == ("+628111222333",)
        assert found.leads == (("expo", "L-SARI"), ("web", "L-OTHER"))

    def test_all_that_is_known(self, ledger: SqlLedger) -> None:
        (found,) = ledger.persons(["sari@example.com"])
        assert {name: len(rows) for name, rows in found.tables.items()} == {
            "leads": 2,
            "written": 1,
            "overrides": 1,
            "scores": 2,
            "stage_moves": 1,
            "enrolments": 1,
            "edits": 1,
            "messages": 1,
            "message_events": 1,
            "unclear": 1,
            "suppressions": 1,
            "pauses": 1,
        }
        (message,) = found.tables["messages"]
        assert message["text"] == "Halo,\n\nsalam"
        assert message["to_addr"] == "l-sari@example.com"
        (cells,) = found.tables["written"]
        assert cells["cells"] == {"WhatsApp link": "https://wa.me/628111222333"}
        assert (cells["source"], cells["lead"]) == ("expo", "L-SARI")
        assert [row["source"] for row in found.tables["leads"]] == ["expo", "web"]
        assert not any("budi" in repr(rows).casefold() for rows in found.tables.values())

    @ON_FILE
    def test_whoever_adds_a_table_must_say_what_is_to_be_forgotten_of_it(
        self, ledger: SqlLedger
    ) -> None:
        (found,) = ledger.persons(["sari@example.com"])
        assert set(metadata.tables) == {*found.tables, *WITHOUT_PERSONS}

    @ON_FILE
    def test_nobody(self, ledger: SqlLedger) -> None:
        assert ledger.persons(["nobody@example.com", "L-NOBODY", "+10000"]) == []

    @ON_FILE
    def test_a_number_that_two_share_finds_both(self, ledger: SqlLedger) -> None:
        both = [record(f"L-{n}", email=f"{n}@example.com", phone="+621") for n in "AB"]
        run(ledger, plan("office", leads=both))
        assert [one.addresses for one in ledger.persons(["+621"])] == [
            ("a@example.com",),
            ("b@example.com",),
        ]
        assert ledger.persons(["a@example.com"])[0].related == ("b@example.com",)

    @ON_FILE
    def test_who_is_known_by_a_suppression_only(self, ledger: SqlLedger) -> None:
        (found,) = ledger.persons(["nobody@example.org"])
        assert list(found.tables) == ["suppressions"]

    @ON_FILE
    def test_a_lead_that_nobody_can_reach(self, ledger: SqlLedger) -> None:
        run(ledger, plan("web", leads=[record("L-X", name="Xenia", email="")]))
        (found,) = ledger.persons(["L-X"])
        assert (found.names, found.addresses, found.leads) == (("Xenia",), (), (("web", "L-X"),))


class TestForgetting:
    def test_no_column_of_any_table_names_them(self, ledger: SqlLedger) -> None:
        before = everything(ledger).casefold()
        assert all(word.casefold() in before for word in WORDS)
        forget(ledger, "sari@example.com")
        after = everything(ledger).casefold()
        assert [word for word in WORDS if word.casefold() in after] == []
        assert ledger.persons(["sari@example.com", "+628111222333", "L-SARI"]) == []

    @ON_FILE
    def test_no_byte_of_the_files_does(self, ledger: SqlLedger, tmp_path: Path) -> None:
        forget(ledger, "sari@example.com")
        for file in tmp_path.iterdir():  # the ledger, its journal and its index are open
            found = file.read_bytes().lower()
            for word in WORDS:
                assert word.lower().encode() not in found, file.name

    def test_nobody_elses_things_are_touched(self, ledger: SqlLedger) -> None:
        before = ledger.persons(["budi@example.com"])
        others = ledger.remember("web").leads["L-3"]
        forget(ledger, "L-OTHER")
        assert ledger.persons(["budi@example.com"]) == before
        assert ledger.remember("web").leads["L-3"] == others
        assert [one.lead for one in ledger.drafts()] == ["L-BUDI"]
        assert ledger.remember("expo").written == {("L-BUDI", "Score"): 40}

    def test_what_was_counted_stays_counted(self, ledger: SqlLedger) -> None:
        forget(ledger, "sari@example.com")
        with ledger._database.reading() as connection:
            moved = connection.execute(
                select(leads.c.name, stage_moves.c.to_stage, stage_moves.c.why).join_from(
                    stage_moves, leads
                )
            )
            assert sorted(map(tuple, moved)) == [("", "MQL", ""), ("Budi", "MQL", "now MQL")]

    def test_they_are_left_alone_from_now_on(self, ledger: SqlLedger) -> None:
        assert not ledger.remember("expo").forgotten.patterns
        forget(ledger, "sari@example.com")
        known = ledger.remember("expo").forgotten
        assert ledger.remember("a new source").forgotten == known
        assert all(map(known.knows, ("sari@example.com", " SARI@example.com", "+628111222333")))
        assert not known.knows("budi@example.com")
        assert not known.knows("")

    def test_what_went_out_to_them_is_never_sent_again(self, ledger: SqlLedger) -> None:
        forget(ledger, "sari@example.com")
        assert set(SqlOutbox(ledger._database).digests()) == {
            digest_of("sari@example.com|welcome|1|1")
        }

    @ON_FILE
    def test_what_waits_for_them_elsewhere_does_not_go_out(self, ledger: SqlLedger) -> None:
        """Such as a message of a source that another run was just reading."""
        box = SqlOutbox(ledger._database)
        forget(ledger, "sari@example.com")
        late = draft("late", "L-3", person="l-3@example.com", to_address="Sari@example.com")
        run(ledger, plan("web", leads=[record("L-3")], drafts=[late]), at=T1)
        assert box.approve(["late"], by="somebody", at=T1) == ["late"]
        claimed = box.claim(
            "halo@example.com",
            owner="me",
            now=T1 + timedelta(days=3),
            lease=timedelta(minutes=1),
            limits=Limits(),
            most=9,
        )
        assert claimed.claims == ()

    def test_two_ledgers_keep_different_digests(self, ledger: SqlLedger, tmp_path: Path) -> None:
        other = open_ledger(str(tmp_path / "other.db"))
        for one in (ledger, other):
            one.forget(PersonFile(addresses=("x@example.com",), phones=("+62812",)), at=T1)
            assert one.remember("expo").forgotten.knows("x@example.com")
        assert not (
            ledger.remember("expo").forgotten.patterns & other.remember("expo").forgotten.patterns
        )
        other.close()

    def test_twice_is_as_good_as_once(self, ledger: SqlLedger) -> None:
        (person,) = ledger.persons(["sari@example.com"])
        ledger.forget(person, at=T1)
        once = everything(ledger)
        again = PersonFile(addresses=person.addresses, phones=person.phones)
        ledger.forget(again, at=T1 + timedelta(days=1))
        assert everything(ledger) == once

    def test_a_message_of_another_to_the_same_row_stays(self, ledger: SqlLedger) -> None:
        """The row was Sari's when she was written to; since then it is Dewi's."""
        dewi = record("L-SARI", name="Dewi", email="dewi@example.com")
        run(ledger, plan(leads=[dewi, record("L-BUDI", email="budi@example.com")]), at=T1)
        (found,) = ledger.persons(["dewi@example.com"])
        assert found.related == ("sari@example.com",)
        forget(ledger, "dewi@example.com")
        (sari,) = ledger.persons(["sari@example.com"])
        assert len(sari.tables["messages"]) == 1
        assert "dewi" not in everything(ledger).casefold()

    @ON_FILE
    def test_a_crash_before_the_end_leaves_all_as_it_was(
        self, ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = everything(ledger)
        monkeypatch.setattr("sheetcrm.adapters.ledger.erasing._unname", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(ledger, "sari@example.com")
        assert everything(ledger) == before


def forget(ledger: SqlLedger, who: str) -> None:
    (person,) = ledger.persons([who])
    ledger.forget(person, at=T1)
    with ledger._database.reading() as connection:
        if ledger._database.is_file:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
