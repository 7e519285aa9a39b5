from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sheetcrm.adapters.google.mail import gmail_session
from sheetcrm.adapters.mail.gmail_drafts import GmailDrafts
from sheetcrm.errors import MailerAuthError, MailerError, MailerUnavailableError, UsageError
from sheetcrm.ports import DraftBox
from tests.adapters.draft_box_contract import DraftBoxContract, as_record, draft
from tests.support.gmail_api import GmailServer


@pytest.fixture
def server():
    with GmailServer() as running:
        yield running


@pytest.fixture
def box(server, tmp_path) -> GmailDrafts:
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "google-login.json").write_text(json.dumps(server.login()))
    return GmailDrafts(lambda: gmail_session(tmp_path, tmp_path, endpoint=server.address))


class TestContract(DraftBoxContract):
    @pytest.fixture
    def outbox(self, server, box) -> DraftBox:
        self.server = server
        return box

    def stored(self, outbox: DraftBox, place: str) -> bytes | None:
        wanted = place.rpartition("/")[2].encode()
        return next((raw for raw in self.server.drafts.values() if wanted in raw), None)


def test_a_draft_is_known_by_its_message_id(server, box) -> None:
    one = draft()
    assert box.put(one) == f"gmail:ani@example.com/{one.message_id}"
    server.drafts.clear()  # sent, or deleted
    assert not box.holds(one)
    assert box.gone([as_record(one, box.place(one))]) == {one.key}
    assert box.gone([as_record(one, "imap:ani@example.com/<x@y>")]) == set()


def test_a_draft_that_goes_at_the_very_moment(server, box, monkeypatch) -> None:
    one = draft()
    box.put(one)
    monkeypatch.setattr(box, "_found", lambda _id: ["r1", "r99"])
    assert box.withdraw(one)
    assert not box.withdraw(one)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (429, {"error": {"message": "slow down"}}, MailerUnavailableError),
        (503, {}, MailerUnavailableError),
        (403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}, MailerUnavailableError),
        (403, {"error": {"message": "Insufficient Permission"}}, MailerAuthError),
        (400, {"error": {"message": "Invalid"}}, MailerError),
        (400, [], MailerError),
    ],
)
def test_what_gmail_refuses(server, box, status, body, error) -> None:
    server.refuse.append((status, body))
    with pytest.raises(error) as caught:
        box.put(draft())
    assert type(caught.value) is error
    box.put(draft())
    assert len(server.drafts) == 1


def test_an_answer_that_is_lost_makes_no_second_draft(server, box) -> None:
    box.put(draft())
    GmailDrafts(box._way).put(draft())
    assert len(server.drafts) == 1


def test_a_login_that_counts_no_longer(server, box) -> None:
    server.token_refused = True
    with pytest.raises(MailerAuthError) as caught:
        box.put(draft())
    assert "login --gmail" in caught.value.hint


def test_gmail_that_is_away(server, box) -> None:
    box.put(draft())
    session, _, account = box._gmail()
    away = GmailDrafts(lambda: (session, "http://127.0.0.1:1", account))
    with pytest.raises(MailerUnavailableError, match="cannot be reached"):
        away.holds(draft())


@pytest.mark.parametrize("scopes", [[], ["https://www.googleapis.com/auth/spreadsheets"]])
def test_nobody_has_allowed_it(server, tmp_path, scopes) -> None:
    path = tmp_path / "google-login.json"
    if scopes:
        path.write_text(json.dumps(server.login() | {"scopes": scopes}))
    box = GmailDrafts(lambda: gmail_session(tmp_path, tmp_path, endpoint=server.address))
    with pytest.raises(MailerAuthError, match="nobody has let sheetcrm"):
        box.put(replace(draft()))


def test_credentials_are_sent_in_clear_to_nobody_else(server, tmp_path) -> None:
    (tmp_path / "google-login.json").write_text(json.dumps(server.login()))
    with pytest.raises(UsageError, match="not safe"):
        gmail_session(tmp_path, tmp_path, endpoint="http://mail.example.com")
