"""Follow-ups: ``[[sequence]]``, ``[sender]``, ``[sending]``."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from sheetcrm.config import segments
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Formula, Number, Text, WrongValueError, YesNo
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.core.followup.rules import (
    FollowUps,
    Sender,
    Sending,
    Sequence,
    Step,
    Stop,
)

SECRET_LENGTH = 16  #: characters

_SAMPLE = ("Surya Atap", "halo@example.com")  # of config/followups.toml, as it comes with us
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\.]+(\.[^\s@<>\"(),:;\[\]\\.]+)+")
_AGAIN = re.compile(r"after\s+(\d{1,5})\s+days?", re.ASCII | re.IGNORECASE)
_HOURS = re.compile(r"(\d{1,2})[:.](\d\d)\s*[-–—]\s*(\d{1,2})[:.](\d\d)", re.ASCII)


def file_name(text: str) -> str:
    """A name under `templates/`, without folders and without its ending."""
    if text.endswith(".md"):
        raise WrongValueError("is a name without .md", f'write "{text.removesuffix(".md")}"')
    if not re.fullmatch(r"\w[\w .-]*", text):
        raise WrongValueError(
            f'"{text}" cannot be the name of a file', "use letters, digits, blanks, - and _"
        )
    return text


def address(text: str) -> str:
    """An e-mail address, without a name beside it."""
    if not _ADDRESS.fullmatch(text):
        raise WrongValueError(
            f'"{text}" is not an e-mail address', 'write it alone, such as "halo@example.com"'
        )
    return text


def unsubscribe_link(text: str) -> str:
    """Where a lead unsubscribes; ``{token}`` in it stands for the message."""
    if not re.fullmatch(r"(mailto:[^\s@<>]+@|https://)[^\s<>]+", text) or not text.isascii():
        raise WrongValueError("neither a mailto: nor an https: address")
    unknown = re.search(r"\{(?!token\})[^{}]*\}?", text)
    if unknown:
        hint = 'only {token} is filled in: "https://mail.example.com/u/{token}"'
        raise WrongValueError(f'"{unknown[0]}" is not known here', hint)
    return text


def long_secret(text: str) -> str:
    """A secret that nobody guesses."""
    if len(text) < SECRET_LENGTH:
        hint = f"{SECRET_LENGTH} characters at least, by chance: openssl rand -hex 32"
        raise WrongValueError("is too short for a secret", hint)
    return text


def again(text: str) -> int:
    """``after 180 days`` as the number of days; 0 for ``never``."""
    if text.casefold() == "never":
        return 0
    found = _AGAIN.fullmatch(text)
    if not found or not int(found[1]):
        raise WrongValueError(f'"{text}" says no time', 'write "never" or "after 180 days"')
    return int(found[1])


def hours(text: str) -> tuple[time, time]:
    """``09:00-17:00`` as its two ends; ``24:00`` is the last moment of the day."""
    found = _HOURS.fullmatch(text)
    try:
        ends = [int(part) for part in found.groups()] if found else [25] * 4
        opens = time(ends[0], ends[1])
        closes = time.max if ends[2:] == [24, 0] else time(ends[2], ends[3])
    except ValueError:
        hint = 'write "09:00-17:00"'
        raise WrongValueError(f'"{text}" is not a span of hours', hint) from None
    if opens >= closes:
        raise WrongValueError(f'"{text}" ends before it begins', 'write "09:00-17:00"')
    return opens, closes


def weekday(text: str) -> int:
    """``mon`` or ``Monday`` as 0."""
    word = text.strip().casefold()
    for names in (_DAYS, _LONG_DAYS):
        if word in names:
            return names.index(word)
    raise WrongValueError(f'"{text}" is not a day', f"write {', '.join(_DAYS)}")


def weekdays(text: str) -> frozenset[int]:
    """``mon-fri``, ``mon, wed`` or ``sat-tue`` as the days that it means."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = (end.strip() for end in re.sub("[–—]", "-", part).partition("-"))
        begin, end = weekday(first), weekday(last or first)
        found.update((begin + i) % 7 for i in range((end - begin) % 7 + 1))
    return frozenset(found)


STEP = Table(
    {
        "template": Key(
            Text(reads=file_name, examples=("01-intro",)),
            "The template: templates/<sequence>/<template>*.md.",
            required=True,
        ),
        "after_days": Key(
            Number(least=0, whole=True),
            "Business days after the step before it, in the lead's own zone.",
            default=0,
        ),
        "skip_if": Key(Formula(), "The step is left out for leads for which this is TRUE."),
    }
)

SEQUENCE = Table(
    {
        "name": Key(
            Text(reads=file_name, examples=("welcome",)),
            "What it is called, and the folder of its templates.",
            required=True,
        ),
        "when": Key(Formula(), "It begins for a lead when this turns TRUE."),
        "start_on": Key(Formula(), "It begins on the date that this formula gives."),
        "yearly_on": Key(Formula(), "It begins every year on that day, such as a birthday."),
        "stop": Key(
            ListOf(Choice(tuple(Stop))), "What ends it for a lead.", default=[s.value for s in Stop]
        ),
        "again": Key(
            Text(reads=again, examples=("never", "after 180 days")),
            '"never", or after how many days a lead may go through it once more.',
        ),
        "expires_days": Key(
            Number(least=1, whole=True),
            "A mail that could not go within so many days is dropped; left out: it waits "
            "(7, for a yearly one).",
        ),
        "step": Key(ListOf(STEP, least=1), "Its mails, one after the other.", required=True),
    }
)

SENDER = Table(
    {
        "address": Key(Text(reads=address), "The e-mail address of the sender.", required=True),
        "name": Key(Text(), "The name that people see beside the address."),
        "postal_address": Key(
            Text(blank=True), "Stands below every message, as many countries' laws demand."
        ),
        "reply_to": Key(
            Text(reads=address, blank=True), "Where answers go, if not to the sender's address."
        ),
        "unsubscribe": Key(
            Text(reads=unsubscribe_link, blank=True),
            "mailto: or https: address for leads that want no more; left out: a mail to us. With "
            "{token} in it, an https: address is one of sheetcrm unsubscribe-server.",
        ),
        "secret": Key(
            Text(reads=long_secret, private=r"(.+)", examples=("${file:secrets/unsubscribe.key}",)),
            "Signs the links to that server; left out: one that is made in var/.",
        ),
    }
)

SENDING = Table(
    {
        "via": Key(
            Choice(("eml", "imap-drafts", "gmail-drafts", "smtp")),
            "How messages leave: by the server of [smtp], or by your own hand: as files for your "
            "mail program, or as drafts in the mailbox of [imap] or in Gmail.",
            default="eml",
        ),
        "approve": Key(
            Choice(("person", "auto")),
            "A person approves every draft, or what is due goes out by itself.",
            default="person",
        ),
        "per_minute": Key(Number(least=1, whole=True), "Most messages a minute.", default=20),
        "per_day": Key(Number(least=1, whole=True), "Most messages in 24 hours.", default=200),
        "per_domain": Key(
            MapOf(Number(least=1, whole=True)),
            'Most messages a minute to a domain: { "gmail.com" = 20 }.',
        ),
        "warm_up": Key(
            YesNo(),
            "A new address begins with 20 mails a day and doubles them every three days.",
            default=False,
        ),
        "min_gap_days": Key(
            Number(least=1, whole=True),
            "Days from one message to a person to the next, over all sequences and sources.",
            default=1,
        ),
        "person_per_week": Key(
            Number(least=1, whole=True), "Most messages to one person in seven days."
        ),
        "pause_days": Key(
            Number(least=0, whole=True),
            "For how long an automatic reply (out of office) pauses what goes to a person.",
            default=7,
        ),
        "hours": Key(
            Text(reads=hours, examples=("09:00-17:00",)), "Hours of sending, in the lead's zone."
        ),
        "days": Key(
            Either((Text(reads=weekdays, examples=("mon-fri",)), ListOf(Text(reads=weekday), 1))),
            'Days of sending: "mon-fri", "mon, wed" or a list.',
        ),
    }
)

KEYS = {
    "sequence": Key(ListOf(SEQUENCE, named=True), "Series of follow-ups."),
    "sender": Key(SENDER, "Who the messages are from."),
    "sending": Key(SENDING, "When and how fast messages may go out."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what begins a sequence, and that somebody sends its messages."""
    for i, _ in enumerate(tree.get("sequence", ())):
        here = ("sequence", i)
        begins = [key for key in ("when", "start_on", "yearly_on") if (*here, key) in run.places]
        if not begins and here in run.places:
            run.fault(
                here, "never begins", "write when = '=…', start_on = '=…' or yearly_on = '=…'"
            )
        if {"start_on", "yearly_on"} <= set(begins):
            run.fault(here, "start_on and yearly_on exclude each other", "keep one of them")
        if "yearly_on" in begins and (*here, "again") in run.places:
            run.fault((*here, "again"), "it comes every year by itself", "remove the line")
    _note_late_greetings(tree, run)
    if run.complete and tree.get("sequence") and ("sender",) not in run.places:
        hint = 'write [sender], name = "…", address = "…"'
        run.fault(("sender",), "required, but missing, as there are sequences", hint)
    elif tree.get("sequence") and not tree.get("sender", {}).get("postal_address"):
        run.note(("sender", "postal_address"), "missing; many countries' laws demand one")
    sender = tree.get("sender", {})
    if (sender.get("name"), sender.get("address")) == _SAMPLE:
        name, mail = _SAMPLE
        run.note(("sender",), f"is still the sample's: {name} <{mail}>")


def followups(tree: dict[str, Any]) -> FollowUps:
    """Everything that turns qualified leads into messages."""
    return FollowUps(
        segments=segments.segments(tree),
        regions=segments.regions(tree),
        axes=segments.axes(tree),
        sequences=tuple(_sequence(sequence) for sequence in tree.get("sequence", ())),
        sender=Sender(**tree.get("sender", {})),
        sending=_sending(tree.get("sending", {})),
    )


def _note_late_greetings(tree: dict[str, Any], run: Inspection) -> None:
    """Of two sequences that are due on one day the first one goes: a yearly mail would be late."""
    above = ""
    for i, sequence in enumerate(tree.get("sequence", ())):
        key = ("sequence", i, "yearly_on")
        if key not in run.places:
            above = above or sequence.get("name", "")
        elif above:
            run.note(
                key,
                f"stands below {above}, which goes first where both are due on one day, so that "
                "this mail comes a day late; put it above",
            )


def _sequence(sequence: dict[str, Any]) -> Sequence:
    steps = tuple(Step(**step) for step in sequence["step"])
    stop = tuple(Stop(word) for word in sequence["stop"])
    given = {key: value for key, value in sequence.items() if key not in ("step", "again")}
    days = sequence.get("again", 0)
    return Sequence(**{**given, "steps": steps, "stop": stop, "again_days": days})


def _sending(given: dict[str, Any]) -> Sending:
    apart = ("hours", "days", "per_domain")
    known = {key: value for key, value in given.items() if key not in apart}
    known["per_domain"] = tuple(
        (domain.casefold(), most) for domain, most in given.get("per_domain", {}).items()
    )
    if "hours" in given:
        known["opens"], known["closes"] = given["hours"]
    if "days" in given:
        known["weekdays"] = frozenset(given["days"])
    return Sending(**known)
