"""Send what was approved: once, slowly enough, and never to whom it should not go.

The ledger's outbox decides what may go; what is here carries it out, message by message, and
stops where the mail server, a person, or our own watch over bounces says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sheetcrm.core.followup.limits import limits_of
from sheetcrm.core.followup.mime import dated, without_unsent
from sheetcrm.core.memory import MessageEvent, MessageRecord
from sheetcrm.core.outbox import (
    READY,
    Abandoned,
    Answer,
    Claim,
    Claimed,
    Elsewhere,
    Limits,
    Pause,
    Suppression,
    Verdict,
    digest_of,
)
from sheetcrm.core.outbox.answers import is_bad_address
from sheetcrm.core.outbox.breaker import LOOKED_AT, Watch, after_bounces
from sheetcrm.engine.outbox import pauses_of
from sheetcrm.engine.reconciling import means, unaccounted, write_again
from sheetcrm.engine.workspace import Progress, Workspace, silent
from sheetcrm.errors import MailerError, TransientError
from sheetcrm.ports import Mailer, MailSession, SentLog

KIND = "send"
LEASE = timedelta(minutes=15)  #: longer than the ten minutes that a server may take to answer
BATCH = 100  #: messages that are claimed together
AGAIN = timedelta(minutes=15)  #: after which the mailbox is heard again while we send
PATIENCE = timedelta(seconds=90)  #: how long we wait for a limit a minute to let us go on
FIRST_TIME = 1  #: messages of the first real sending, so that a person looks at it


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One message that was tried, and what came of it."""

    key: str
    to_address: str
    subject: str
    answer: Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class SendReport:
    """What sending came to."""

    account: str
    run: str = ""
    attempts: tuple[Attempt, ...] = ()
    cut_off: int = 0  #: that an earlier sender was at when it died: unknown now
    waiting: int = 0  #: messages that are due and could not go
    why: str = ""  #: what they wait for
    next_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()  #: in force now, but for those of single persons
    error: MailerError | None = None  #: what stopped it
    first_time: bool = False  #: only one was sent, as it was the first time

    def count(self, verdict: Verdict) -> int:
        """How many attempts ended so, those of senders that died among them."""
        before = self.cut_off if verdict is Verdict.UNKNOWN else 0
        return before + sum(attempt.answer.verdict is verdict for attempt in self.attempts)

    @property
    def counts(self) -> dict[str, int]:
        """For the ledger and for people."""
        found = {verdict.value: self.count(verdict) for verdict in Verdict}
        return {name: count for name, count in found.items() if count} | {"waiting": self.waiting}

    @property
    def exit_code(self) -> int:
        """0 fine · 1 a person should look · 75 try again later."""
        if self.error:
            return 75 if isinstance(self.error, TransientError) else 1
        looked_for = self.count(Verdict.FAILED) or self.count(Verdict.UNKNOWN) or self.pauses
        return 1 if looked_for else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """What may go by everybody's word."""

    now: tuple[MessageRecord, ...]  #: but for limits, and for what comes up until then
    later: int  #: whose time has not come
    next_at: datetime | None  #: when the first of those may go
    pauses: tuple[Pause, ...] = ()  #: in force now, but for those of single persons


def due(workspace: Workspace) -> Due:
    """What `send` would hand over now, and what waits for its time.

    Raises:
        UsageError: the workspace sends nothing by itself.
    """
    means(workspace)
    now = workspace.clock.now()
    ready = workspace.ledger.outbox.find(states=READY)
    later = [at for record in ready if (at := record.not_before) and at > now]
    return Due(
        now=tuple(r for r in ready if r.not_before is None or r.not_before <= now),
        later=len(later),
        next_at=min(later).astimezone(now.tzinfo) if later else None,
        pauses=_of_more_than_one(pauses_of(workspace)),
    )


def send(
    workspace: Workspace,
    *,
    limit: int | None = None,
    until: datetime | None = None,
    elsewhere: Elsewhere = lambda _now: (),
    progress: Progress = silent,
) -> SendReport:
    """Send what may go now.

    Args:
        workspace: the rules and the ports.
        limit: at most so many; None for all, but one where nothing was ever sent.
        until: no message is begun from then on.
        elsewhere: now → what other workspaces have sent of late from the same account.
        progress: is told how many of how many are done.

    Raises:
        UsageError: the workspace sends nothing by itself.
        MailerError: `sent.log` tells of messages that the ledger does not know, or cannot be read;
            or the mailbox cannot, so that nobody knows who has answered.
        LedgerError: the ledger cannot be used.
    """
    mailer, log = means(workspace)
    rules = workspace.rules
    outbox = workspace.ledger.outbox
    unaccounted(workspace, log)
    first_time = limit is None and not outbox.recent(mailer.account, 1)
    sending = _Sending(
        workspace=workspace,
        mailer=mailer,
        log=log,
        until=until,
        limits=replace(limits_of(rules.followups, rules.locale), elsewhere=elsewhere),
        left=FIRST_TIME if first_time else limit,
        progress=progress,
    )
    report = sending.carry_out()
    _, end = log.read(outbox.log_position())
    outbox.log_read_to(end)
    return _with_pauses(report, pauses_of(workspace), first_time=first_time)


@dataclass(kw_only=True, slots=True)
class _Sending:
    """One execution of `send`."""

    workspace: Workspace
    mailer: Mailer
    log: SentLog
    until: datetime | None
    limits: Limits
    left: int | None
    progress: Progress
    run: str = ""
    turns: str = ""  #: of those who take turns at the account's lock
    taken: Sequence[Claim] = ()  #: the messages that were claimed last
    heard: datetime | None = None  #: when the mailbox was read
    attempts: list[Attempt] = field(default_factory=list)
    cut_off: int = 0

    def carry_out(self) -> SendReport:
        """Claim and hand over until nothing may go any more, the account being ours."""
        with self.mailer.alone() as turns:
            self.turns = turns
            self._listen()
            self._take_back()
            return self._carry_out()

    def _listen(self) -> None:
        """Hear who has answered, before anything goes and every quarter of an hour after that."""
        now = self._now()
        if self.workspace.inbox and (self.heard is None or now - self.heard > AGAIN):
            from sheetcrm.engine.intake import listen_first  # noqa: PLC0415  loads much

            listen_first(self.workspace, now)
            self.heard = now

    def _take_back(self) -> None:
        """Messages whose senders died before they handed over a byte may go again.

        Who had its turn at the same lock, since the same start of the system, is gone now that
        it is ours. Between the ledger's note and the first byte such a sender adds a line to
        `sent.log`: where it has not, it has not sent. A log that has lost what was sent before
        proves nothing.
        """
        outbox, now = self.workspace.ledger.outbox, self._now()
        if self.turns and outbox.find(states=("claimed", "sending")):
            outbox.end_leases(f"@{self.turns}", at=now)
        left = outbox.abandoned(now)
        self.cut_off = len(left)
        mine = [one for one in left if self.turns and self._mine(one)]
        if not mine:
            return
        logged, _ = self.log.read(0)
        if not self._is_whole(logged):
            write_again(self.workspace, self.log)
            return
        for one in mine:
            at = logged.get(digest_of(one.key))
            if at is None or at < one.tried_at:
                outbox.never_began(one, at=now)
                self.cut_off -= 1

    def _is_whole(self, logged: Mapping[str, datetime]) -> bool:
        newest = self.workspace.ledger.outbox.recent(self.mailer.account, LOOKED_AT)
        went = {digest_of(record.key) for record in newest if record.state == "sent"}
        return bool(logged) and logged.keys() >= went

    def _mine(self, abandoned: Abandoned) -> bool:
        return abandoned.owner.partition("@")[2] == self.turns

    @property
    def owner(self) -> str:
        """Who claims: this run, with its turn at the lock."""
        return f"{self.run}@{self.turns}"

    def _carry_out(self) -> SendReport:
        outbox = self.workspace.ledger.outbox
        if not outbox.find(states=(*READY, "claimed", "sending")):
            return SendReport(account=self.mailer.account)
        self.run = self.workspace.ledger.start_run(KIND, self._now())
        claimed = self._claim()
        error: MailerError | None = None
        try:
            if claimed.claims:
                with self.mailer.open() as session:
                    claimed = self._go_on(session, claimed)
        except MailerError as stop:
            error = stop
            self._release(self.taken)
            claimed = self._claim_nothing()
        finally:
            self.log.flush()
            self._finish(error)
        return SendReport(
            account=self.mailer.account,
            run=self.run,
            attempts=tuple(self.attempts),
            cut_off=self.cut_off,
            waiting=claimed.waiting,
            why=claimed.why,
            next_at=claimed.next_at and claimed.next_at.astimezone(self._now().tzinfo),
            error=error,
        )

    def _claim(self) -> Claimed:
        """The next messages."""
        if self._over():
            return Claimed(why="the run's time is over")
        self._listen()
        most = BATCH if self.left is None else min(BATCH, self.left - len(self.attempts))
        if most <= 0:
            return Claimed()
        claimed = self.workspace.ledger.outbox.claim(
            self.mailer.account,
            owner=self.owner,
            now=self._now(),
            lease=LEASE,
            limits=self.limits,
            most=most,
        )
        self.taken = claimed.claims
        return claimed

    def _go_on(self, session: MailSession, claimed: Claimed) -> Claimed:
        watch = Watch(self.mailer.account)
        while claimed.claims:
            for place, claim in enumerate(claimed.claims):
                total = len(self.attempts) + len(claimed.claims) - place + claimed.waiting
                self.progress("sending", len(self.attempts), total)
                if self._over() or not self._one(session, claim, watch):
                    self._release(claimed.claims[place:])
                    return self._claim_nothing()
            self.log.flush()
            claimed = self._claim_patiently()
        return claimed

    def _claim_patiently(self) -> Claimed:
        """The next messages, after a pause where a limit a minute is all that is in the way."""
        claimed = self._claim()
        clock = self.workspace.clock
        while not claimed.claims and claimed.waiting and claimed.next_at:
            wait = claimed.next_at - clock.now()
            if wait > PATIENCE or (self.until and claimed.next_at >= self.until):
                break
            clock.wait(max(wait, timedelta(seconds=1)))
            claimed = self._claim()
        return claimed

    def _claim_nothing(self) -> Claimed:
        """What is to be said of what waits, once sending has stopped."""
        waiting = len(due(self.workspace).now)
        return Claimed(waiting=waiting, why="sending was stopped" if waiting else "")

    def _one(self, session: MailSession, claim: Claim, watch: Watch) -> bool:
        """Hand over one message; False where nothing more may go."""
        outbox, now = self.workspace.ledger.outbox, self._now()
        if outbox.refusal(claim.key, owner=self.owner, limits=self.limits, now=now):
            self._release([claim])
            return True
        raw = dated(without_unsent(claim.raw), now)
        answer = session.deliver(claim, raw, lambda: self._begin(claim))
        now = self._now()
        outbox.settle(claim.key, owner=self.owner, answer=answer, at=now)
        attempt = Attempt(
            key=claim.key, to_address=claim.to_address, subject=claim.subject, answer=answer
        )
        self.attempts.append(attempt)
        return self._after(claim, answer, watch, now)

    def _begin(self, claim: Claim) -> Callable[[], None] | None:
        """The message may arrive from now on: the ledger knows it first, then `sent.log`."""
        now, outbox = self._now(), self.workspace.ledger.outbox
        add = self.log.ready(digest_of(claim.key), now)
        if not outbox.begin(claim.key, owner=self.owner, account=self.mailer.account, at=now):
            return None

        def note() -> None:
            try:
                add()
            except MailerError:
                outbox.never_began(Abandoned(claim.key, self.owner, now), at=now)
                raise

        return note

    def _after(self, claim: Claim, answer: Answer, watch: Watch, now: datetime) -> bool:
        """Learn from the answer; False where it means that nothing more may go."""
        outbox, account = self.workspace.ledger.outbox, self.mailer.account
        if is_bad_address(answer):
            words = f"{answer.code} {answer.text}"
            outbox.heard(claim.key, MessageEvent("bounced", now, words))
            outbox.suppress([Suppression(claim.to_address, f"bounced: {words}", now)])
        pause = watch.after(claim.domain, answer, now)
        if answer.verdict is Verdict.FAILED:
            pause = pause or after_bounces(outbox.recent(account, LOOKED_AT), account, now)
        if pause is None:
            return True
        outbox.pause(pause)
        return pause.scope.startswith("domain|")

    def _now(self) -> datetime:
        return self.workspace.clock.now()

    def _over(self) -> bool:
        return self.until is not None and self._now() >= self.until

    def _release(self, claims: Sequence[Claim]) -> None:
        """Give back what was not begun; what was begun or is done stays as it is."""
        dropped, now = Answer(verdict=Verdict.DROPPED), self._now()
        for claim in claims:
            self.workspace.ledger.outbox.settle(claim.key, owner=self.owner, answer=dropped, at=now)

    def _finish(self, error: MailerError | None) -> None:
        counts: dict[str, int] = {}
        for attempt in self.attempts:
            name = attempt.answer.verdict.value
            counts[name] = counts.get(name, 0) + 1
        self.workspace.ledger.finish_run(
            self.run,
            at=self._now(),
            outcome="failed" if error else "ok",
            counts=counts,
        )


def _with_pauses(report: SendReport, pauses: Sequence[Pause], *, first_time: bool) -> SendReport:
    return replace(
        report,
        pauses=_of_more_than_one(pauses),
        first_time=first_time and bool(report.attempts),
    )


def _of_more_than_one(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Without those of single persons."""
    return tuple(one for one in pauses if not one.scope.startswith("person|"))
