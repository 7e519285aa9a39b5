from __future__ import annotations

import email
import email.policy
import os
import shutil
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sheetcrm.adapters.mail.eml import EmlDrafts
from sheetcrm.core.memory import MessageDraft
from sheetcrm.errors import MailerError
from sheetcrm.ports import DraftBox
from tests.adapters.draft_box_contract import DraftBoxContract
from tests.core.followup.world import lead, plan


class TestContract(DraftBoxContract):
    @pytest.fixture
    def outbox(self, tmp_path) -> DraftBox:
        return EmlDrafts(tmp_path / "outbox")

    def stored(self, outbox: DraftBox, place: str) -> bytes | None:
        path = Path(place)
        return path.read_bytes() if path.exists() else None


@pytest.fixture
def draft() -> MessageDraft:
    return plan([lead(id="L-7K3QXM")]).drafts[0]


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "var" / "outbox"


def test_a_person_finds_it_and_a_mail_program_opens_it(folder, draft):
    place = Path(EmlDrafts(folder).put(draft))
    assert place == folder / "2026-11-24 welcome-1 Budi Santoso (L-7K3QXM).eml"
    message = email.message_from_bytes(place.read_bytes(), policy=email.policy.default)
    assert message["X-Unsent"] == "1"
    assert message["To"] == "Budi Santoso <lead1@example.com>"
    assert [path.name for path in folder.iterdir()] == [place.name]


def test_a_draft_that_a_person_has_edited_is_left_alone(folder, draft):
    outbox = EmlDrafts(folder)
    place = Path(outbox.put(draft))
    place.write_bytes(draft.raw.replace(b"Halo!", b"Halo, Pak Budi!"))
    assert outbox.put(draft) == outbox.place(draft) == str(place)
    assert b"Pak Budi" in place.read_bytes()


def test_another_message_of_the_same_name_gets_a_number(folder, draft):
    outbox = EmlDrafts(folder)
    other = replace(
        draft, message_id="<other@example.com>", raw=b"Message-ID: <other@example.com>\r\n\r\nx"
    )
    first, second = outbox.put(draft), outbox.put(other)
    assert second.endswith("(L-7K3QXM) 2.eml")
    assert outbox.put(draft) == first
    assert outbox.put(other) == second


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("José Ángel Núñez", "José Ángel Núñez"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j"),
        ("../../x", "x"),
        ("Budi\u202e\x00\n", "Budi"),
        ("x" * 200, "x" * 60),
        ("", "lead1@example.com"),
        ("...", "lead1@example.com"),
    ],
)
def test_names_that_every_file_system_takes(folder, draft, name, shown):
    place = Path(EmlDrafts(folder).put(replace(draft, to_name=name)))
    assert place.parent == folder
    assert place.name == f"2026-11-24 welcome-1 {shown} (L-7K3QXM).eml"
    assert len(os.fsencode(place.name)) < 255


def test_a_file_system_without_links(folder, draft, monkeypatch):
    def no_links(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    outbox = EmlDrafts(folder)
    place = Path(outbox.put(draft))
    assert place.read_bytes() == draft.raw
    assert outbox.put(draft) == str(place)
    assert len(list(folder.iterdir())) == 1


def test_two_at_once_write_one_file_and_never_half_of_it(folder, draft):
    outbox = EmlDrafts(folder)
    places: list[str] = []
    threads = [threading.Thread(target=lambda: places.append(outbox.put(draft))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = folder.iterdir()
    assert set(places) == {str(path)}
    assert path.read_bytes() == draft.raw


def test_a_folder_that_cannot_be_written(tmp_path, draft):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MailerError) as caught:
        EmlDrafts(tmp_path / "file" / "outbox").put(draft)
    assert "drafts cannot be written to" in caught.value.message
    assert "[workspace] outbox" in caught.value.hint


def test_days_sort(folder, draft):
    outbox = EmlDrafts(folder)
    for number, day in enumerate((date(2026, 12, 1), date(2026, 9, 30))):
        outbox.put(replace(draft, due_on=day, message_id=f"<{number}@example.com>"))
    assert [path.name[:10] for path in sorted(folder.iterdir())] == ["2026-09-30", "2026-12-01"]


def test_a_copy_of_a_workspace_leaves_the_files_of_the_other_alone(tmp_path, draft):
    ours, theirs = EmlDrafts(tmp_path / "ours"), EmlDrafts(tmp_path / "theirs")
    put = replace(draft, place=theirs.put(draft))
    shutil.copytree(tmp_path / "theirs", tmp_path / "ours")
    assert ours.withdraw(put)
    assert not list((tmp_path / "ours").iterdir())
    assert Path(put.place).is_file()


def test_a_draft_is_withdrawn_after_the_workspace_moved_and_never_another_file(folder, draft):
    outbox = EmlDrafts(folder)
    place = Path(outbox.put(draft))
    moved = replace(draft, place=f"/somewhere/else/{place.name}")
    assert outbox.withdraw(moved)
    place.write_text("Message-ID: <mine@example.com>\n\na letter of my own")
    assert not outbox.withdraw(moved)
    assert place.exists()
