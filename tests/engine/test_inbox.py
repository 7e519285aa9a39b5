from __future__ import annotations

import pytest

from sheetcrm.engine.inbox import As, decide
from sheetcrm.errors import UsageError
from tests.core.hearing import mails
from tests.engine.team import NOW, Make
from tests.engine.test_intake import BUDI, Team


@pytest.fixture
def team(make: Make) -> Team:
    found = Team(make)
    found.hear(mails.mail("Halo?", From=BUDI, Subject="x"))
    return found


def waiting(team: Team) -> str:
    return team.outbox.unclear()[0].id


@pytest.mark.parametrize(
    ("verdict", "state", "suppressed"),
    [
        (As.REPLY, "replied", {}),
        (As.BOUNCE, "bounced", {BUDI: "bounced"}),
        (As.UNSUBSCRIBE, "unsubscribed", {BUDI: "unsubscribed"}),
        (As.IGNORE, "sent", {}),
    ],
)
def test_a_word_decides_and_the_rest_goes_on(team, verdict, state, suppressed) -> None:
    found = decide(team.workspace, f" {waiting(team).upper()} ", verdict, NOW)
    assert found.sender == BUDI
    assert team.message.state == state
    assert team.suppressed() == suppressed
    assert team.outbox.pauses() == []
    assert team.outbox.unclear() == []


def test_another_mail_of_the_same_person_still_waits(team) -> None:
    team.hear(mails.mail("Dan ini?", From=BUDI, Subject="y"))
    decide(team.workspace, waiting(team), As.IGNORE, NOW)
    assert len(team.outbox.pauses()) == 1
    decide(team.workspace, waiting(team), As.IGNORE, NOW)
    assert team.outbox.pauses() == []


def test_a_mail_about_no_message_is_no_reply(team) -> None:
    team.hear(mails.mail("Unsubscribe", From="other@example.org", Subject="z"))
    [mail] = [one for one in team.outbox.unclear() if not one.key]
    with pytest.raises(UsageError, match="none of our messages"):
        decide(team.workspace, mail.id, As.REPLY, NOW)
    decide(team.workspace, mail.id, As.UNSUBSCRIBE, NOW)
    assert team.suppressed() == {"other@example.org": "unsubscribed"}


def test_a_mail_that_does_not_wait(team) -> None:
    with pytest.raises(UsageError, match="no mail nothing waits"):
        decide(team.workspace, "nothing", As.IGNORE, NOW)
