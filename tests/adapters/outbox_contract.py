"""What every outbox must decide: who may send what, and what is never sent twice.

A subclass gives a fixture `ledger`, fresh for each test, whose `outbox` is tried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sheetcrm.core.hearing.unclear import Unclear
from sheetcrm.core.memory import MessageEvent, Renewal, Wish
from sheetcrm.core.outbox import (
    Abandoned,
    Answer,
    Claimed,
    InboxCursor,
    Limits,
    Pause,
    Suppression,
    Tries,
    Verdict,
    digest_of,
)
from sheetcrm.errors import UsageError
from sheetcrm.ports import Ledger, Outbox
from tests.adapters.ledger_contract import T0, T1, draft, plan, record, run

ACCOUNT = "halo@example.com"
LEASE = timedelta(minutes=15)
SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
MANY = Limits(per_minute=1000, per_day=10_000)

SENT = Answer(verdict=Verdict.SENT, code=250, text="2.0.0 Ok: queued as 4F1")
LATER = Answer(verdict=Verdict.LATER, code=451, text="4.7.1 try again later")
FAILED = Answer(verdict=Verdict.FAILED, code=550, text="5.1.1 no such user")
UNKNOWN = Answer(verdict=Verdict.UNKNOWN, text="the connection was lost after the last byte")
DROPPED = Answer(verdict=Verdict.DROPPED)


def filled(ledger: Ledger, count: int = 3, **parts) -> list[str]:
    """So many drafts to as many persons; answers their keys in order."""
    leads = [record(f"L{i}") for i in range(count)]
    drafts = [draft(f"k{i}", f"L{i}", **parts) for i in range(count)]
    run(ledger, plan(leads=leads, drafts=drafts))
    return [one.key for one in drafts]


def two_to_one(ledger: Ledger, **second) -> tuple[str, str]:
    """Two messages to one person, of two sequences."""
    drafts = [
        draft("first", "L1", state="queued"),
        draft("second", "L1", **{"sequence": "price", "state": "queued"} | second),
    ]
    run(ledger, plan(leads=[record("L1")], drafts=drafts))
    return "first", "second"


def claim(outbox: Outbox, *, now=T0, owner="one", limits=MANY, most=100) -> Claimed:
    return outbox.claim(ACCOUNT, owner=owner, now=now, lease=LEASE, limits=limits, most=most)


def send(outbox: Outbox, key: str, answer: Answer = SENT, *, owner="one", at=T0) -> None:
    assert outbox.begin(key, owner=owner, account=ACCOUNT, at=at)
    outbox.settle(key, owner=owner, answer=answer, at=at)


def state(outbox: Outbox, key: str) -> str:
    return outbox.find(keys=[key])[0].state


class OutboxContract:
    """Subclassed by the tests of every adapter."""

    @pytest.fixture
    def ledger(self) -> Ledger:
        raise NotImplementedError

    @pytest.fixture
    def outbox(self, ledger: Ledger) -> Outbox:
        return ledger.outbox

    # From a draft to the server

    def test_a_draft_does_not_go_by_itself(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger)
        assert claim(outbox) == Claimed()

    def test_what_is_approved_goes_as_it_was_kept(self, ledger: Ledger, outbox: Outbox) -> None:
        keys = filled(ledger)
        assert sorted(outbox.approve([*keys[:2], "nobody"], by="person", at=T0)) == keys[:2]
        assert outbox.approve(keys[:2], by="person", at=T0) == []
        found = claim(outbox)
        assert [one.key for one in found.claims] == keys[:2]
        assert found.claims[0].raw == draft().raw
        assert found.claims[0].to_address == "l0@example.com"
        assert (found.waiting, found.why) == (0, "")

    def test_what_persons_say_in_the_sheet_is_done_once(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        keys = filled(ledger)
        said = [
            Wish(keys[0], "L0", "approved", "setuju"),
            Wish(keys[1], "L1", "skipped", "omitir"),
        ]
        leads = [record(f"L{i}") for i in range(3)]
        run(ledger, plan(leads=leads, wishes=said))
        found = {one.key: one for one in outbox.find(keys=keys)}
        assert [found[key].state for key in keys] == ["approved", "skipped", "draft"]
        assert "“omitir” in the sheet" in found[keys[1]].note
        outbox.skip([keys[0]], reason="no", at=T0)
        run(ledger, plan(leads=leads, wishes=said))
        assert state(outbox, keys[0]) == "skipped"

    def test_what_would_say_something_else_now_waits_for_another_word(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        keys = filled(ledger, digest="old")
        outbox.approve(keys, by="person", at=T0)
        claim(outbox, most=1)
        new = [
            draft(key, f"L{i}", subject="New", raw=b"new", digest="new", state="draft")
            for i, key in enumerate(keys)
        ]
        renewed = [
            Renewal(key=keys[0], lead="L0", draft=new[0], reason="changed"),
            Renewal(key=keys[1], lead="L1", draft=new[1], reason="changed"),
            Renewal(key=keys[2], lead="L2", draft=None, reason="budget is empty"),
        ]
        run(ledger, plan(leads=[record(f"L{i}") for i in range(3)], renewed=renewed))
        found = {one.key: one for one in outbox.find(keys=keys)}
        assert [found[key].state for key in keys] == ["claimed", "draft", "held"]
        assert [found[key].digest for key in keys] == ["old", "new", "old"]
        assert found[keys[2]].note == "budget is empty"
        assert [one.raw for one in outbox.drafts([keys[1]])] == [b"new"]
        assert outbox.approve([keys[1]], by="person", at=T0) == [keys[1]]
        assert [one.raw for one in claim(outbox, owner="two").claims] == [b"new"]

    def test_what_is_claimed_is_not_claimed_again(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, state="queued")
        assert len(claim(outbox, most=2).claims) == 2
        assert [one.key for one in claim(outbox, owner="two").claims] == ["k2"]
        assert claim(outbox, owner="three").claims == ()

    def test_only_the_owner_may_begin_and_only_once(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, state="queued")
        claim(outbox)
        assert not outbox.begin("k0", owner="two", account=ACCOUNT, at=T0)
        assert outbox.begin("k0", owner="one", account=ACCOUNT, at=T0)
        assert not outbox.begin("k0", owner="one", account=ACCOUNT, at=T0)
        assert not outbox.begin("nobody", owner="one", account=ACCOUNT, at=T0)

    def test_sent_is_sent(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, state="queued")
        claim(outbox)
        send(outbox, "k0", at=T0 + SECOND)
        found = outbox.find(keys=["k0"])[0]
        assert (found.state, found.sent_at) == ("sent", T0 + SECOND)
        assert claim(outbox, now=T0 + DAY, owner="two").claims[0].key != "k0"

    def test_a_definite_refusal_comes_back_later(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        waits = []
        now = T0
        for _ in range(7):
            assert len(claim(outbox, now=now).claims) == 1
            send(outbox, "k0", LATER, at=now)
            again = claim(outbox, now=now)
            assert (again.claims, again.waiting) == ((), 0)
            assert again.next_at is not None
            waits.append((again.next_at - now) // MINUTE)
            now = again.next_at
        assert waits == [5, 15, 45, 135, 360, 360, 360]
        claim(outbox, now=now)
        send(outbox, "k0", LATER, at=now)
        found = outbox.find(keys=["k0"])[0]
        assert found.state == "failed"
        assert "given up after 8 attempts" in found.note

    def test_a_refusal_for_good_is_not_tried_again(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.settle("k0", owner="one", answer=FAILED, at=T0)
        found = outbox.find(keys=["k0"])[0]
        assert (found.state, found.note) == ("failed", "550 5.1.1 no such user")
        assert claim(outbox, now=T0 + DAY).claims == ()

    def test_what_was_let_go_is_free_again(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.settle("k0", owner="one", answer=DROPPED, at=T0)
        assert [one.key for one in claim(outbox, owner="two").claims] == ["k0"]

    def test_what_was_begun_cannot_be_let_go(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        send(outbox, "k0", DROPPED)
        assert state(outbox, "k0") == "sending"

    def test_nobody_settles_for_another(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.settle("k0", owner="two", answer=SENT, at=T0)
        assert state(outbox, "k0") == "claimed"

    # Dead senders

    def test_a_dead_senders_claim_is_free_after_its_lease(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        assert claim(outbox, now=T0 + LEASE, owner="two").claims == ()
        assert len(claim(outbox, now=T0 + LEASE + SECOND, owner="two").claims) == 1
        assert not outbox.begin("k0", owner="one", account=ACCOUNT, at=T1)

    def test_the_claims_of_those_who_are_known_to_be_gone_are_free_at_once(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 4, state="queued")
        claim(outbox, owner="one@here_1", most=1, now=T0 + DAY)  # its clock was ahead
        claim(outbox, owner="two@here_1", most=1)
        outbox.begin("k1", owner="two@here_1", account=ACCOUNT, at=T0)
        claim(outbox, owner="one@here11", most=1)
        outbox.end_leases("@here_1", at=T0)
        assert outbox.abandoned(T0) == [Abandoned("k1", "two@here_1", T0)]
        assert [one.key for one in claim(outbox, owner="three").claims] == ["k0", "k3"]
        assert not outbox.begin("k0", owner="one@here_1", account=ACCOUNT, at=T0)
        assert (state(outbox, "k1"), state(outbox, "k2")) == ("unknown", "claimed")

    def test_what_a_dead_sender_was_sending_is_unknown_and_never_sent_again(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.begin("k0", owner="one", account=ACCOUNT, at=T0)
        for days in range(1, 4):
            assert claim(outbox, now=T0 + days * DAY, owner="two").claims == ()
            assert state(outbox, "k0") == "unknown"

    def test_what_certainly_never_began_may_go_again(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.begin("k0", owner="one", account=ACCOUNT, at=T0)
        assert outbox.abandoned(T0 + LEASE) == []
        left = outbox.abandoned(T0 + LEASE + SECOND)
        assert left == [Abandoned("k0", "one", T0)]
        outbox.never_began(left[0]._replace(owner="two"), at=T1)
        assert state(outbox, "k0") == "sending"
        outbox.never_began(left[0], at=T1)
        assert outbox.digests() == {}
        assert [one.key for one in claim(outbox, now=T1, owner="two").claims] == ["k0"]
        outbox.never_began(left[0], at=T1)
        assert state(outbox, "k0") == "claimed"

    def test_a_slow_sender_may_still_say_what_became_of_it(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        outbox.begin("k0", owner="one", account=ACCOUNT, at=T0)
        claim(outbox, now=T1, owner="two")
        outbox.settle("k0", owner="one", answer=SENT, at=T1)
        assert state(outbox, "k0") == "sent"

    def test_unknown_blocks_the_person_until_somebody_finds_out(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        first, second = two_to_one(ledger)
        assert [one.key for one in claim(outbox).claims] == [first]
        send(outbox, first, UNKNOWN)
        blocked = claim(outbox, now=T1)
        assert (blocked.claims, blocked.waiting) == ((), 1)
        assert "unknown" in blocked.why
        outbox.resolve(first, sent=True, by="person", at=T1)
        assert outbox.find(keys=[first])[0].sent_at == T0
        assert [one.key for one in claim(outbox, now=T1).claims] == [second]

    def test_a_person_may_say_that_it_was_not_sent(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        send(outbox, "k0", UNKNOWN)
        outbox.resolve("k0", sent=False, by="person", at=T1)
        assert [one.key for one in claim(outbox, now=T1).claims] == ["k0"]

    def test_only_what_is_unknown_can_be_resolved(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1)
        for key in ("k0", "nobody"):
            with pytest.raises(UsageError):
                outbox.resolve(key, sent=True, by="person", at=T0)

    # What stands against it

    def test_a_person_gets_one_message_at_a_time(self, ledger: Ledger, outbox: Outbox) -> None:
        first, second = two_to_one(ledger)
        assert [one.key for one in claim(outbox).claims] == [first]
        assert claim(outbox).waiting == 1
        send(outbox, first)
        assert [one.key for one in claim(outbox).claims] == [second]

    def test_the_gap_between_two_messages_to_one_person(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        first, second = two_to_one(ledger)
        limits = replace(MANY, gap=2 * DAY)
        claim(outbox, limits=limits)
        send(outbox, first)
        early = claim(outbox, now=T0 + DAY, limits=limits)
        assert (early.claims, early.waiting) == ((), 1)
        assert "too soon" in early.why
        assert [c.key for c in claim(outbox, now=T0 + 2 * DAY, limits=limits).claims] == [second]

    @pytest.mark.parametrize("pattern", ["l0@example.com", "L0@Example.com", "@example.com"])
    def test_the_suppressed_are_never_written_to(
        self, ledger: Ledger, outbox: Outbox, pattern: str
    ) -> None:
        filled(ledger, 1, state="queued")
        assert outbox.suppress([Suppression(pattern, "asked by phone", T0)]) == 1
        assert outbox.suppress([Suppression(pattern, "again", T1)]) == 0
        assert claim(outbox).claims == ()
        found = outbox.find(keys=["k0"])[0]
        assert found.state == "cancelled"
        assert "asked by phone" in found.note
        assert outbox.suppressions() == [Suppression(pattern.casefold(), "asked by phone", T0)]

    def test_a_suppression_can_be_taken_back(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        outbox.suppress([Suppression("l0@example.com", "bounced", T0)])
        assert outbox.unsuppress(["L0@example.com", "nobody@example.com"]) == 1
        assert len(claim(outbox).claims) == 1

    @pytest.mark.parametrize("kind", ["unsubscribed", "complained", "bounced"])
    def test_whoever_wants_no_more_gets_no_more(
        self, ledger: Ledger, outbox: Outbox, kind: str
    ) -> None:
        first, second = two_to_one(ledger)
        claim(outbox)
        send(outbox, first)
        assert outbox.heard(first, MessageEvent(kind, T0, "mail 7"))
        assert claim(outbox, now=T1).claims == ()
        assert state(outbox, second) == "cancelled"

    def test_a_reply_ends_the_sequences_that_say_so(self, ledger: Ledger, outbox: Outbox) -> None:
        first, second = two_to_one(ledger, sequence="welcome", step=2)
        claim(outbox)
        send(outbox, first)
        outbox.heard(first, MessageEvent("replied", T0, "mail 7"))
        limits = replace(MANY, ends_on_reply=frozenset({"welcome"}))
        assert claim(outbox, limits=limits).claims == ()
        assert state(outbox, second) == "cancelled"

    def test_a_reply_does_not_end_other_sequences(self, ledger: Ledger, outbox: Outbox) -> None:
        first, second = two_to_one(ledger)
        claim(outbox)
        send(outbox, first)
        outbox.heard(first, MessageEvent("replied", T0, "mail 7"))
        limits = replace(MANY, ends_on_reply=frozenset({"welcome"}))
        assert [one.key for one in claim(outbox, limits=limits).claims] == [second]

    @pytest.mark.parametrize(("hours", "goes"), [(1, False), (-1, True)])
    def test_a_reply_ends_what_was_written_before_it(
        self, ledger: Ledger, outbox: Outbox, hours: int, goes: bool
    ) -> None:
        first, second = two_to_one(ledger)
        claim(outbox)
        send(outbox, first)
        written = outbox.find(keys=[second])[0].created_at
        outbox.heard(first, MessageEvent("replied", written + timedelta(hours=hours), "mail 7"))
        limits = replace(MANY, ends_on_reply=frozenset({"welcome", "price"}))
        claims = claim(outbox, now=T1, limits=limits).claims
        assert [one.key for one in claims] == [second] * goes
        assert state(outbox, second) == ("claimed" if goes else "cancelled")

    def test_what_comes_up_after_the_claim_is_seen_just_before(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 2, state="queued")
        claim(outbox)
        assert outbox.refusal("k0", owner="one", limits=MANY, now=T0) == ""
        assert outbox.refusal("k0", owner="two", limits=MANY, now=T0)
        outbox.suppress([Suppression("l0@example.com", "unsubscribed", T0)])
        assert "unsubscribed" in outbox.refusal("k0", owner="one", limits=MANY, now=T0)
        outbox.pause(Pause("", "stop!", "person", T0))
        assert "stop!" in outbox.refusal("k1", owner="one", limits=MANY, now=T0)

    def test_what_would_come_too_late_expires(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued", expires=T0 + DAY)
        assert claim(outbox, now=T0 + DAY + SECOND).claims == ()
        assert state(outbox, "k0") == "expired"

    def test_what_is_for_later_waits(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued", not_before=T0 + HOUR)
        found = claim(outbox)
        assert (found.claims, found.waiting, found.next_at) == ((), 0, T0 + HOUR)
        assert len(claim(outbox, now=T0 + HOUR).claims) == 1

    def test_what_is_skipped_never_goes(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 2, state="queued")
        claim(outbox, most=1)
        assert outbox.skip(["k0", "k1"], reason="not this one", at=T0) == ["k1"]
        assert outbox.find(keys=["k1"])[0].note == "not this one"
        assert claim(outbox, now=T0 + SECOND).claims == ()

    def test_what_sent_log_knows_never_goes_again(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 2, state="queued")
        outbox.never({digest_of("k0"): T0})
        assert [one.key for one in claim(outbox).claims] == ["k1"]
        (known,) = outbox.find(keys=["k0"])
        assert (known.state, known.sent_at) == ("sent", T0)
        assert "sent.log" in known.note
        assert outbox.digests() == {digest_of("k0"): T0}
        send(outbox, "k1", UNKNOWN)
        assert outbox.digests().keys() == {digest_of("k0"), digest_of("k1")}

    def test_what_sent_log_knows_is_sent_even_if_it_is_written_later(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        outbox.never({digest_of("k0"): T0})
        filled(ledger, 2)
        assert (state(outbox, "k0"), state(outbox, "k1")) == ("sent", "draft")
        outbox.approve(["k0", "k1"], by="me", at=T1)
        assert [one.key for one in claim(outbox).claims] == ["k1"]

    def test_what_was_put_off_may_have_gone_since(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 2, state="queued")
        claim(outbox)
        for key in ("k0", "k1"):
            send(outbox, key, LATER)
        outbox.never({digest_of("k0"): T0 + HOUR, digest_of("k1"): T0})
        assert (state(outbox, "k0"), state(outbox, "k1")) == ("sent", "queued")
        assert outbox.digests() == {digest_of("k0"): T0 + HOUR, digest_of("k1"): T0}

    def test_how_much_of_sent_log_is_known(self, outbox: Outbox) -> None:
        assert outbox.log_position() == 0
        for position in (120, 4711):
            outbox.log_read_to(position)
            assert outbox.log_position() == position

    # Limits

    def test_so_many_a_minute(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 5, state="queued")
        limits = Limits(per_minute=2)
        found = claim(outbox, limits=limits)
        assert len(found.claims) == 2
        assert (found.waiting, found.next_at) == (3, T0 + MINUTE)
        assert "2 a minute" in found.why
        for one in found.claims:
            send(outbox, one.key)
        assert claim(outbox, now=T0 + 59 * SECOND, owner="two", limits=limits).claims == ()
        assert len(claim(outbox, now=T0 + MINUTE, owner="two", limits=limits).claims) == 2

    def test_so_many_in_any_24_hours(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 5, state="queued")
        limits = Limits(per_day=3)
        for hours, expected in ((0, 3), (1, 0), (23, 0), (24, 2)):
            found = claim(outbox, now=T0 + hours * HOUR, limits=limits)
            assert len(found.claims) == expected
            assert hours == 24 or "3 in 24 hours" in found.why
            for one in found.claims:
                send(outbox, one.key, at=T0 + hours * HOUR)

    def test_what_the_account_sends_elsewhere_counts(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 5, state="queued")
        asked = []

        def elsewhere(now):
            asked.append(now)
            return [Tries(day=1, oldest=T0 - HOUR), Tries(day=2, oldest=T0 - 2 * HOUR)]

        found = claim(outbox, limits=Limits(per_day=4, elsewhere=elsewhere))
        assert len(found.claims) == 1
        assert asked == [T0]
        assert outbox.tries(ACCOUNT, T0).day == 1
        send(outbox, found.claims[0].key)
        assert outbox.tries(ACCOUNT, T0 + SECOND) == Tries(
            day=1, oldest=T0, minute=[(T0, "example.com")], first=T0
        )
        assert outbox.tries("other@example.com", T0) == Tries(minute=[])
        later = T0 + HOUR
        after = claim(outbox, now=later, limits=Limits(per_day=4, elsewhere=elsewhere))
        assert after.claims == ()
        assert after.next_at == T0 - 2 * HOUR + DAY

    def test_so_many_a_minute_to_a_domain(self, ledger: Ledger, outbox: Outbox) -> None:
        leads = [record(f"L{i}") for i in range(4)]
        drafts = [
            draft(
                f"k{i}", f"L{i}", state="queued", to_address=f"a{i}@{'big' if i < 3 else 'x'}.test"
            )
            for i in range(4)
        ]
        run(ledger, plan(leads=leads, drafts=drafts))
        found = claim(outbox, limits=Limits(per_domain={"big.test": 1}))
        assert [one.key for one in found.claims] == ["k0", "k3"]
        assert "big.test" in found.why

    def test_a_new_account_warms_up(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 120, state="queued")
        limits = Limits(per_minute=1000, per_day=70, warm_up=True)
        counts = []
        for day in (0, 1, 3, 6):
            found = claim(outbox, now=T0 + day * DAY, limits=limits)
            counts.append(len(found.claims))
            for one in found.claims:
                send(outbox, one.key, at=T0 + day * DAY)
        assert counts == [20, 20, 40, 40]

    def test_a_clock_that_was_set_back_sends_no_more(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 5, state="queued")
        limits = Limits(per_day=2)
        for one in claim(outbox, limits=limits).claims:
            send(outbox, one.key)
        assert claim(outbox, now=T0 - 2 * DAY, limits=limits).claims == ()

    def test_nothing_goes_outside_the_leads_hours(self, ledger: Ledger, outbox: Outbox) -> None:
        leads = [record(f"L{i}") for i in range(2)]
        zones = ["Asia/Jakarta", "Europe/Madrid"]
        drafts = [
            draft(f"k{i}", f"L{i}", state="queued", country="XX", zone=zone)
            for i, zone in enumerate(zones)
        ]
        run(ledger, plan(leads=leads, drafts=drafts))

        def opens(country: str, zone: str, now):
            assert country == "XX"
            return now + HOUR if zone == "Asia/Jakarta" else now

        found = claim(outbox, limits=replace(MANY, opens=opens))
        assert [one.key for one in found.claims] == ["k1"]
        assert (found.waiting, found.next_at) == (1, T0 + HOUR)
        assert "hours" in found.why

    # Pauses

    @pytest.mark.parametrize("scope", ["", f"account|{ACCOUNT}"])
    def test_a_pause_holds_everything(self, ledger: Ledger, outbox: Outbox, scope: str) -> None:
        filled(ledger, state="queued")
        pause = Pause(scope, "the list looks wrong", "person", T0, T0 + HOUR)
        outbox.pause(pause)
        assert outbox.pauses() == [pause]
        found = claim(outbox)
        assert (found.claims, found.waiting, found.next_at) == ((), 3, T0 + HOUR)
        assert "the list looks wrong" in found.why
        assert len(claim(outbox, now=T0 + HOUR, most=1).claims) == 1
        outbox.pause(pause._replace(until=None))
        assert claim(outbox, now=T0 + 2 * HOUR).claims == ()
        assert outbox.resume(scope)
        assert not outbox.resume(scope)
        assert len(claim(outbox, now=T0 + 2 * HOUR).claims) >= 2

    @pytest.mark.parametrize("scope", ["domain|example.com", "person|l0@example.com"])
    def test_a_pause_of_one_holds_it_alone(
        self, ledger: Ledger, outbox: Outbox, scope: str
    ) -> None:
        filled(ledger, 1, state="queued")
        run(
            ledger,
            plan(
                source="other",
                leads=[record("X1", email="x@example.org")],
                drafts=[draft("x", "X1", state="queued", to_address="x@example.org", person="x")],
            ),
        )
        outbox.pause(Pause(scope, "4xx three times", "breaker", T0))
        found = claim(outbox)
        assert [one.key for one in found.claims] == ["x"]
        assert "4xx three times" in found.why

    # What comes back

    def test_the_heavier_event_decides(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        send(outbox, "k0")
        states = []
        for number, kind in enumerate(
            ("soft_bounce", "auto_reply", "replied", "auto_reply", "bounced", "unsubscribed")
        ):
            assert outbox.heard("k0", MessageEvent(kind, T0, f"mail {number}"))
            states.append(state(outbox, "k0"))
        assert states == ["sent", "auto_reply", "replied", "replied", "bounced", "unsubscribed"]
        assert len(outbox.find(keys=["k0"])[0].events) == 6

    def test_the_same_event_counts_once(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        send(outbox, "k0")
        assert outbox.heard("k0", MessageEvent("replied", T0, "<m@x>"))
        assert not outbox.heard("k0", MessageEvent("replied", T1, "<m@x>"))
        assert not outbox.heard("nobody", MessageEvent("replied", T1, "<m@x>"))

    def test_an_answer_proves_that_it_arrived(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 1, state="queued")
        claim(outbox)
        send(outbox, "k0", UNKNOWN)
        outbox.heard("k0", MessageEvent("auto_reply", T1, "mail 1"))
        found = outbox.find(keys=["k0"])[0]
        assert (found.state, found.sent_at) == ("auto_reply", T0)

    def test_messages_are_found_by_whatever_names_them(
        self, ledger: Ledger, outbox: Outbox
    ) -> None:
        filled(ledger, 2, state="queued")
        extra = draft("t", "L9", message_id="<sc.abcdefgh@example.com>", to_address="z@example.com")
        run(ledger, plan(source="other", leads=[record("L9")], drafts=[extra]))
        claim(outbox, most=1)
        send(outbox, "k0")

        def keys(**by) -> list[str]:
            return [one.key for one in outbox.find(**by)]

        assert keys(message_ids=["<k1@example.com>"]) == ["k1"]
        assert keys(tokens=["abcdefgh"]) == ["t"]
        assert keys(tokens=["abcd"]) == []
        assert keys(addresses=["z@example.com", "l0@example.com"]) == ["k0", "t"]
        assert keys(states=["queued"]) == ["k1"]
        assert keys(addresses=["l0@example.com"], states=["queued"]) == []
        assert keys(addresses=["l0@example.com", "l1@example.com"], tried=True) == ["k0"]
        assert keys() == []
        assert [one.key for one in outbox.drafts(["t", "nobody"])] == ["t"]

    def test_the_newest_of_an_account(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 3, state="queued")
        claim(outbox)
        for number, key in enumerate(["k1", "k0", "k2"]):
            send(outbox, key, at=T0 + number * SECOND)
        assert [one.key for one in outbox.recent(ACCOUNT, 2)] == ["k2", "k0"]
        assert outbox.recent("other@example.com", 2) == []

    def test_up_to_where_an_inbox_was_read(self, outbox: Outbox) -> None:
        assert outbox.cursor(ACCOUNT) is None
        for cursor in (InboxCursor(7, 100, T0), InboxCursor(8, 3, T1)):
            outbox.read_to(ACCOUNT, cursor)
            assert outbox.cursor(ACCOUNT) == cursor

    def test_whoever_wants_to_hear_again_is_as_before(self, ledger: Ledger, outbox: Outbox) -> None:
        filled(ledger, 2, state="queued")
        claim(outbox)
        for key in ("k0", "k1"):
            send(outbox, key)
            for kind in ("replied", "unsubscribed"):
                outbox.heard(key, MessageEvent(kind, T0, "mail 7"))
        assert outbox.reopen(["l0@example.com"], reason="called us", at=T1) == 1
        assert (state(outbox, "k0"), state(outbox, "k1")) == ("replied", "unsubscribed")
        assert outbox.find(keys=["k0"])[0].events[-1] == MessageEvent("reopened", T1, "called us")
        assert outbox.reopen(["l0@example.com"], reason="called us", at=T1) == 0
        assert not outbox.heard("k0", MessageEvent("unsubscribed", T1, "mail 7"))
        assert outbox.heard("k0", MessageEvent("unsubscribed", T1, "mail 8"))
        assert state(outbox, "k0") == "unsubscribed"

    def test_an_unclear_mail_waits_until_somebody_has_decided(self, outbox: Outbox) -> None:
        first = Unclear("a", "replied", T1, "sari@example.com", "Halo", "Apa kabar", "p", "k")
        second = Unclear("b", "gone", T0, "robot@example.com", "Undelivered", "550")
        assert outbox.keep_unclear([first, second, first]) == 2
        assert outbox.keep_unclear([first]) == 0
        assert outbox.unclear() == [second, first]
        assert outbox.clear_up("a", "ignored")
        assert not outbox.clear_up("a", "ignored")
        assert not outbox.clear_up("c", "ignored")
        assert outbox.keep_unclear([first]) == 0
        assert outbox.unclear() == [second]
