from __future__ import annotations

import pytest

from sheetcrm.core.hearing.delivery import Outcome, outcome_of
from sheetcrm.core.hearing.hearing import Clue, How, Kind, hear
from tests.core.hearing.mails import LEAD, OURS, SENDER, TOKEN, bounce, mail, report


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        ("5.1.1", "550 5.1.1 User unknown", Kind.GONE),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Kind.GONE),
        ("5.1.2", "550 5.1.2 no such domain", Kind.GONE),
        ("5.4.4", "dns; Host or domain name not found", Kind.GONE),
        ("5.2.1", "550 5.2.1 The account that you tried to reach is disabled", Kind.REJECTED),
        ("5.0.0", "554 5.0.0 no", Kind.REJECTED),
        ("5.0.0", "550 5.1.1 <budi@toko.example>: Recipient unknown", Kind.GONE),
        ("5.0.0", "550 Requested action not taken: mailbox unavailable", Kind.GONE),
        ("5.2.2", "552 5.2.2 The recipient's mailbox is full", Kind.FULL),
        ("5.0.0", "552 Quota exceeded", Kind.FULL),
        ("4.4.1", "connect to mx.toko.example[192.0.2.7]:25: Connection timed out", Kind.FULL),
        ("4.2.2", "452 4.2.2 over quota", Kind.FULL),
        ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", Kind.FULL),
        ("5.6.1", "550 5.6.1 Media not supported", Kind.FULL),
        ("5.7.1", "550 5.7.1 Message rejected as spam by content filtering", Kind.REFUSED),
        ("5.7.26", "550-5.7.26 unauthenticated email is not accepted", Kind.REFUSED),
        ("5.7.515", "550 5.7.515 Access denied, sending domain", Kind.REFUSED),
        ("5.1.8", "550 5.1.8 Sender address rejected: Domain not found", Kind.REFUSED),
        ("4.7.0", "421 4.7.0 try again later", Kind.FULL),
    ],
)
def test_a_report_says_whose_fault_it_is(status, said, kind):
    heard = hear(bounce(status, said))
    assert heard.kind is kind
    assert heard.said == said
    assert heard.clues[-1] == Clue(how=How.ADDRESS, address=LEAD)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "delayed", "Delayed"])
def test_whatever_is_not_a_failure_has_arrived_somewhere(action):
    assert hear(bounce("4.4.1", action=action)).kind is Kind.ARRIVED


def test_clues_stand_in_the_order_of_how_sure_they_are():
    verp, envelope = "q" * 16, "r" * 16
    raw = bounce("5.1.1", to=f"bounce+{verp}@surya.example", envelope_id=f"sc.{envelope}")
    assert [(clue.how, clue.token) for clue in hear(raw).clues] == [
        (How.VERP, verp),
        (How.ENVELOPE_ID, envelope),
        (How.ORIGINAL, TOKEN),
        (How.ADDRESS, ""),
    ]


def test_the_link_to_leave_tells_the_message_where_a_server_gave_it_another_id():
    link = f"<https://surya.example/u/{TOKEN}.abcdefghijklmnopqrst>, <mailto:{SENDER}>"
    raw = bounce("5.1.1", message_id=f"<0100018c@mail.example>\nList-Unsubscribe: {link}")
    assert Clue(how=How.ORIGINAL, token=TOKEN) in hear(raw).clues


def test_the_whole_message_may_have_come_back_with_an_attachment():
    raw = bounce("5.1.1").replace(b"text/rfc822-headers", b"message/rfc822")
    raw = raw.replace(b"Subject: Panel surya\r\n", b"Subject: x\r\n\r\n" + b"A" * 100_000)
    heard = hear(raw)
    assert Clue(how=How.ORIGINAL, token=TOKEN, message_id=OURS) in heard.clues


def test_of_several_receivers_the_one_who_fared_worst_counts():
    raw = report(
        *("Final-Recipient: rfc822; a@toko.example", "Action: delivered", "Status: 2.0.0", ""),
        *("Final-Recipient: rfc822; b@toko.example", "Action: failed", "Status: 5.1.1", ""),
        *("Final-Recipient: rfc822; c@toko.example", "Action: delayed", "Status: 4.0.0"),
    )
    heard = hear(raw)
    assert (heard.kind, heard.status) == (Kind.GONE, "5.1.1")
    assert heard.clues[-1].address == "b@toko.example"


def test_addresses_beyond_ascii_have_reports_of_their_own():
    raw = bounce("5.1.1").replace(b"message/delivery-status", b"message/global-delivery-status")
    assert hear(raw).kind is Kind.GONE


QMAIL = f"""\
Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{LEAD}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


def test_an_old_bounce_in_words_only():
    heard = hear(mail(QMAIL, From="MAILER-DAEMON@mx.example", Subject="failure notice"))
    assert (heard.kind, heard.status) == (Kind.GONE, "5.1.1")
    assert heard.clues[-1] == Clue(how=How.ADDRESS, address=LEAD)


def test_a_person_who_quotes_a_bounce_is_no_bounce():
    assert hear(mail(QMAIL)).kind is Kind.REPLIED


@pytest.mark.parametrize("status", ["", "x", "5", "5.1", "9.1.1", "5.1.1.1", "5.999.999"])
def test_any_code_has_a_meaning(status):
    assert outcome_of(status) in Outcome


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("The user does not exist: no such user here", Kind.GONE),
        ("El buzón está lleno: mailbox is full", Kind.FULL),
        ("550 5.7.1 we do not like you", Kind.REFUSED),
        ("Something else happened", Kind.FULL),
    ],
)
def test_what_an_old_bounce_says(said, kind):
    body = f"Your message to the following failed:\n\n  {LEAD}\n    {said}\n"
    raw = mail(
        f"{body}\n------ This is a copy of the message, including all the headers. ------\n"
        f"Message-ID: {OURS}\nFrom: {SENDER}\n",
        From="Mail Delivery System <Mailer-Daemon@mx.example>",
        Subject="Mail delivery failed: returning message to sender",
    )
    heard = hear(raw)
    assert heard.kind is kind
    assert [clue.token or clue.address for clue in heard.clues] == [TOKEN, LEAD]


def test_the_receiver_that_the_header_names_counts():
    raw = mail(
        "a@toko.example said: 550 no such user",
        From="postmaster@mx.example",
        Subject="Undeliverable",
        X_Failed_Recipients="b@toko.example",
    )
    assert hear(raw).clues[-1].address == "b@toko.example"
