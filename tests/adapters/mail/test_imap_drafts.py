from __future__ import annotations

from dataclasses import replace

import pytest

from sheetcrm.adapters.mail.imap_drafts import ImapDrafts
from sheetcrm.adapters.mail.imap_login import ImapLogin
from sheetcrm.errors import MailerError, MailerUnavailableError
from sheetcrm.ports import DraftBox
from tests.adapters.draft_box_contract import DraftBoxContract, as_record, draft
from tests.core.followup.world import lead, plan
from tests.support.imap_server import Folder, ImapServer


@pytest.fixture
def server():
    with ImapServer() as running:
        yield running


@pytest.fixture
def box(server):
    made = ImapDrafts(
        ImapLogin(
            host="127.0.0.1",
            port=server.port,
            security="none",
            user="halo@example.com",
            secret="rahasia",
        )
    )
    yield made
    made.close()


class TestContract(DraftBoxContract):
    @pytest.fixture
    def outbox(self, server, box) -> DraftBox:
        self.server = server
        return box

    def stored(self, outbox: DraftBox, place: str) -> bytes | None:
        wanted = place.rpartition("/")[2].encode()
        mails = self.server.folders["Drafts"].mails
        return next((mail.raw for mail in mails if wanted in mail.raw), None)


def test_a_mail_program_sees_a_draft_that_it_may_send(server, box) -> None:
    one = plan([lead(id="L1")]).drafts[0]
    assert b"X-Unsent: 1" in one.raw
    place = box.put(one)
    assert place == f"imap:halo@example.com/{one.message_id}"
    [mail] = server.folders["Drafts"].mails
    assert mail.flags == {"\\Draft", "\\Seen"}
    assert b"X-Unsent" not in mail.raw
    assert b"To: Budi Santoso <lead1@example.com>" in mail.raw


def test_what_a_person_sent_or_deleted_is_not_made_again(server, box) -> None:
    one = draft()
    box.put(one)
    [mail] = server.folders["Drafts"].mails
    server.folders["Drafts"].mails.clear()
    server.folders["Sent"].mails.append(mail)
    assert not box.holds(one)
    assert box.gone([as_record(one, box.place(one))]) == {one.key}
    box.put(one)  # a run that was cut off before it could note the draft tries again
    assert server.folders["Drafts"].mails == []
    assert not box.withdraw(one)


def test_without_a_folder_of_sent_mail(server, box) -> None:
    del server.folders["Sent"]
    box.put(draft())
    assert box.holds(draft())


def test_drafts_that_were_put_elsewhere_are_not_gone(box) -> None:
    for place in ("", "/home/ana/team/var/outbox/x.eml", "gmail:ana@example.com/<x@y>"):
        assert box.gone([as_record(draft(), place)]) == set()


def test_only_ours_is_taken_away_where_the_server_cannot_take_single_ones(server, box) -> None:
    server.capabilities.remove("UIDPLUS")
    theirs = b"Message-ID: <a@b>\r\n\r\n"
    server.folders["Drafts"].add(theirs, flags="\\Deleted")
    one = draft()
    box.put(one)
    assert box.withdraw(one)
    assert not box.holds(one)
    assert box.gone([as_record(one, box.place(one))]) == {one.key}
    assert theirs in [mail.raw for mail in server.folders["Drafts"].mails]


def test_a_connection_that_broke_is_made_again(server, box) -> None:
    box.put(draft())
    server.hang_up_at = "UID_SEARCH"
    with pytest.raises(MailerUnavailableError):
        box.holds(draft())
    server.hang_up_at = ""
    assert box.holds(draft())


def test_a_folder_that_the_config_names(server) -> None:
    server.folders["Borradores Ñ"] = Folder()
    server.folders["Borradores &ANE-"] = server.folders.pop("Borradores Ñ")
    login = ImapLogin(
        host="127.0.0.1",
        port=server.port,
        security="none",
        user="halo@example.com",
        secret="rahasia",
    )
    named = ImapDrafts(login, folder="Borradores Ñ")
    named.put(draft())
    named.close()
    assert len(server.folders["Borradores &ANE-"].mails) == 1
    wrong = ImapDrafts(replace(login), folder="nowhere")
    with pytest.raises(MailerError, match="nowhere"):
        wrong.put(draft())
    wrong.close()
