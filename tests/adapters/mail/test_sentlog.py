"""`sent.log` only grows, and a line that was cut off is none."""

from __future__ import annotations

import pytest

from sheetcrm.adapters.mail.sentlog import FileSentLog
from sheetcrm.core.outbox import digest_of
from sheetcrm.errors import MailerError
from tests.adapters.ledger_contract import JAKARTA, T0, T1

ONE, TWO = digest_of("one"), digest_of("two")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "var" / "sent.log"


def test_what_was_added_is_read_by_whoever_comes(path):
    log = FileSentLog(path)
    assert log.read(0) == ({}, 0)
    log.add(ONE, T0.astimezone(JAKARTA))
    found, end = FileSentLog(path).read(0)
    assert found == {ONE: T0}
    log.add(TWO, T1)
    log.close()
    assert FileSentLog(path).read(end)[0] == {TWO: T1}
    assert path.read_text().splitlines()[0] == f"2026-11-22T09:30:00.000000+00:00 {ONE}"
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_off_is_none_and_spoils_no_other(path):
    log = FileSentLog(path)
    log.add(ONE, T0)
    log.close()
    with path.open("ab") as file:
        file.write(b"2026-11-22T09:3")
    again = FileSentLog(path)
    assert again.read(0)[0] == {ONE: T0}
    again.add(TWO, T1)
    again.close()
    assert again.read(0)[0] == {ONE: T0, TWO: T1}


def test_a_file_that_is_shorter_than_it_was_is_read_from_its_beginning(path):
    log = FileSentLog(path)
    log.add(ONE, T0)
    log.close()
    assert log.read(10_000)[0] == {ONE: T0}


def test_where_it_cannot_be_written_nothing_may_go(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(MailerError) as caught:
        FileSentLog(tmp_path / "var" / "sent.log").add(ONE, T0)
    assert "nothing is sent" in caught.value.message


def test_a_file_that_was_cut_and_has_grown_since_is_read_from_its_beginning(path):
    log = FileSentLog(path)
    log.add(ONE, T0)
    end = log.read(0)[1]
    log.close()
    path.write_bytes(path.read_bytes()[:-30])
    log.add(TWO, T1)
    log.close()
    assert log.read(end)[0] == {TWO: T1}


def test_a_line_whose_moment_cannot_be_read_is_none(path):
    log = FileSentLog(path)
    log.add(ONE, T0)
    log.close()
    with path.open("ab") as file:
        file.write(f"2026-13-41T09:30:00.000000+00:00 {TWO}\n:00 {TWO}\n".encode())
    assert log.read(0)[0] == {ONE: T0}
