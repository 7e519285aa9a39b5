from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.followup.leaving import leaving, sign
from sheetcrm.core.followup.mime import compose, dated, message_id, token_of, without_unsent
from sheetcrm.core.followup.rules import Sender
from tests.core.followup.letters import header_lines, letter, read
from tests.core.followup.world import NOW, SENDER, lead, plan, record, standing


def test_the_second_step_answers_the_first():
    who = lead()
    (first,) = plan([who]).drafts
    sent = record(first, state="sent")
    later = NOW.replace(day=27)
    (second,) = plan([who], messages=[sent], standings=standing(who), now=later).drafts
    message = read(second.raw)
    assert message["Subject"] == "Re: Halo Budi"
    assert message["In-Reply-To"] == message["References"] == first.message_id
    assert message["Message-ID"] == second.message_id != first.message_id


def test_headers():
    message = read(compose(letter(), SENDER, NOW))
    assert message["From"] == "Surya Atap <halo@example.com>"
    assert message["Date"] == "Tue, 24 Nov 2026 10:00:00 +0700"
    assert message["Message-ID"] == message_id(letter().key, SENDER)
    assert message["List-Unsubscribe"] == "<mailto:halo@example.com?subject=unsubscribe%20token>"
    assert message["Feedback-ID"] == "01-intro:welcome:jakarta-solar:sheetcrm"
    assert message["X-Unsent"] == "1"
    assert not message["Auto-Submitted"]
    assert not message["List-Unsubscribe-Post"]
    assert not message["Reply-To"]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert [part.get_content() for part in message.iter_parts()] == ["Halo\r\n", "<p>Halo</p>\r\n"]


def test_one_click_only_where_a_server_knows_the_token():
    page = Sender(address="a@example.com", unsubscribe="https://example.com/bye")
    server = Sender(
        address="a@example.com", unsubscribe="https://example.com/u/{token}", secret="for tests"
    )
    one = read(compose(letter(way_out=leaving(page, "t")), page, NOW))
    two = read(compose(letter(way_out=leaving(server, "t")), server, NOW))
    mail = "<mailto:a@example.com?subject=unsubscribe%20t>"
    assert one["List-Unsubscribe"] == f"<https://example.com/bye>, {mail}"
    assert not one["List-Unsubscribe-Post"]
    assert two["List-Unsubscribe"] == f"<https://example.com/u/{sign('t', 'for tests')}>, {mail}"
    assert two["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_headers_for_machines_are_never_encoded_words():
    long = Sender(address="a@example.com", unsubscribe="https://example.com/" + "x" * 120)
    thread = tuple(f"<{'y' * 90}{number}@mail.example>" for number in range(15))
    raw = compose(letter(way_out=leaving(long, "t"), thread=thread), long, NOW)
    for name in ("List-Unsubscribe", "References", "In-Reply-To", "Feedback-ID"):
        lines = header_lines(raw, name)
        assert all("=?" not in line and len(line) < 998 for line in lines)
        assert all(len(line) <= 78 or len(line.split()) <= 2 for line in lines)
    chain = " ".join(header_lines(raw, "References")).split()[1:]
    assert chain == [thread[0], *thread[-9:]]
    assert header_lines(raw, "In-Reply-To") == [f"In-Reply-To: {thread[-1]}"]


def test_a_reply_address_and_an_unattended_message():
    sender = Sender(name="Surya", address="a@example.com", reply_to="sales@example.com")
    message = read(compose(letter(unattended=True), sender, NOW))
    assert message["Reply-To"] == "Surya <sales@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"


@settings(max_examples=50, deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), timezones=st.timezones()), st.binary(max_size=60))
def test_sending_changes_the_date_and_nothing_else(now, tail):
    raw = compose(letter(text="Date: yesterday\nX-Unsent: 1\n"), SENDER, NOW) + tail
    sent = without_unsent(dated(raw, now))
    assert read(sent)["Date"].datetime == now.replace(microsecond=0)
    mark = b"\r\nX-Unsent: 1\r\nMIME"
    assert mark in raw
    assert sent == dated(raw, now).replace(mark, b"\r\nMIME", 1)
    assert dated(sent, NOW) == without_unsent(raw)
    assert without_unsent(sent) == sent


def test_a_folded_date_is_one_header():
    raw = b"DATE: Tue, 24 Nov 2026\r\n 10:00:00 +0700\r\nTo: a@example.com\r\n\r\nDate: x\r\n"
    wanted = b"Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nTo: a@example.com\r\n\r\nDate: x\r\n"
    assert dated(raw, datetime(2026, 1, 1, tzinfo=UTC)) == wanted


def test_a_message_without_a_date_and_a_time_without_a_zone_are_refused():
    with pytest.raises(ValueError, match="no Date header"):
        dated(b"To: a@example.com\r\n\r\nDate: x\r\n", NOW)
    with pytest.raises(ValueError, match="no zone"):
        dated(compose(letter(), SENDER, NOW), datetime(2026, 1, 1))


def test_the_same_letter_is_the_same_bytes():
    assert compose(letter(), SENDER, NOW) == compose(letter(), SENDER, NOW)
    assert token_of("a") != token_of("b")
    assert len(token_of("a")) == 16


@pytest.mark.parametrize(
    "parts",
    [
        {"subject": "Halo\r\nBcc: x@example.org"},
        {"subject": "Halo\nBcc: x@example.org"},
        {"to_name": "Budi\r\nBcc: x@example.org"},
        {"to_address": "budi@example.com, x@example.org"},
        {"to_address": "budi@example.com\r\nBcc: x@example.org"},
        {"to_address": "not an address"},
        {"to_address": "a;b@example.com"},
        {"to_address": "budi@example.com\n"},
        {"to_address": '"a b"@example.com'},
        {"to_address": "jürgen@example.de"},
        {"to_address": f"{'a' * 65}@example.com"},
        {"to_name": "Budi\x00"},
        {"subject": "Halo\u2028Bcc: x@example.org"},
        {"thread": ("<a@b>\r\nBcc: x@example.org",)},
        {"thread": (f"<{'a' * 1000}@b>",)},
    ],
)
def test_nothing_can_be_injected(parts):
    with pytest.raises(ValueError):
        compose(letter(**parts), SENDER, NOW)
