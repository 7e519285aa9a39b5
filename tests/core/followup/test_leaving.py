from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetcrm.core.followup.leaving import leaving, sign, verify
from sheetcrm.core.followup.mime import token_of
from sheetcrm.core.followup.rules import Sender

SECRET = "a secret of a few words"


def test_what_was_signed_is_known_again():
    token = token_of("budi@example.com|welcome|1|1")
    signed = sign(token, SECRET)
    assert re.fullmatch(rf"{token}\.[a-z2-7]{{20}}", signed)
    assert verify(signed, SECRET) == verify(signed.upper(), SECRET) == token
    assert verify(signed, "another secret") is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40), st.integers(0, 60), st.characters())
def test_nothing_else_is(text, place, char):
    signed = sign("abcdefghijklmnop", SECRET)
    place %= len(signed)
    changed = signed[:place] + char + signed[place + 1 :]
    for wrong in (text, f"{text}.{text}", changed, signed[:place], f"{signed}{char}"):
        if wrong.lower() != signed:
            assert verify(wrong, SECRET) is None


@pytest.mark.parametrize("wrong", ["", ".", "..", f".{sign('', SECRET)[1:]}", "\ud800.\ud800"])
def test_odd_ones(wrong):
    assert verify(wrong, SECRET) is None


def test_a_long_secret_counts_to_its_end():
    assert sign("t", "x" * 100) != sign("t", "x" * 101)


def test_without_a_secret_nothing_is_signed():
    server = Sender(address="a@example.com", unsubscribe="https://example.com/u/{token}")
    for use in (lambda: sign("t", ""), lambda: verify("t.x", ""), lambda: leaving(server, "t")):
        with pytest.raises(ValueError, match="no secret"):
            use()


def test_a_secret_is_never_shown():
    assert SECRET not in repr(Sender(secret=SECRET))


def test_a_mail_carries_the_token_as_it_is():
    assert leaving(Sender(address="a+b@example.com"), "t").urls == (
        "mailto:a%2Bb@example.com?subject=unsubscribe%20t",
    )
    own = Sender(address="a@example.com", unsubscribe="mailto:out+{token}@example.com")
    assert leaving(own, "t").urls == ("mailto:out+t@example.com",)
