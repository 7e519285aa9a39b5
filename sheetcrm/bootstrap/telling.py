"""Tells whom [notify] names how it goes: a page that is called, and a mail where one is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sheetcrm.core.schedule.noticing import Health, Told, notice
from sheetcrm.errors import SheetCrmError, TransientError, UsageError

if TYPE_CHECKING:
    from sheetcrm.config.unattended import NotifyConfig
    from sheetcrm.core.schedule.noticing import Notice


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """What came of it."""

    told: Told  #: to be remembered until the next time
    wrong: tuple[str, ...] = ()  #: with the page or the mail, for the log
    unheard: bool = False  #: a failure was to be told, and the mail did not go: try again


def tell(
    root: Path,
    said: NotifyConfig,
    told: Told,
    health: Health,
    errors: Sequence[SheetCrmError],
    *,
    now: datetime,
) -> Telling:
    """Call the page, and send a mail where one is due.

    Args:
        root: the workspace's folder.
        said: who wants to hear of it.
        told: what is known of the times before.
        health: how it goes.
        errors: what went wrong.
        now: zoned.
    """
    reasons = list(dict.fromkeys(" ".join(error.message.split()) for error in errors))
    found, after = notice(told, health, _reason(errors), now=now, every=said.every)
    wrong = []
    if said.url:
        from sheetcrm.adapters.notices import call

        lasting = after.at is not None and health is Health.LATER
        path = "/fail" if health is Health.FAILED or lasting else ""
        wrong.append(call(said.url + path, "\n".join(reasons) or "all is well"))
    unheard = False
    if found and said.email:
        wrong.append(_mail(root, said.email, found, reasons))
        if wrong[-1] and found.failed:  # nobody was told: the next time tries again
            unheard, after = True, replace(told, since=after.since)
    return Telling(told=after, wrong=tuple(text for text in wrong if text), unheard=unheard)


def _reason(errors: Sequence[SheetCrmError]) -> str:
    """The reason that is compared with the last one: what passes is none beside what does not."""
    lasting = [error for error in errors if not isinstance(error, TransientError)]
    messages = (" ".join(error.message.split()) for error in lasting or errors)
    return "\n".join(dict.fromkeys(messages))


def _mail(root: Path, to: str, found: Notice, reasons: Sequence[str]) -> str:
    from sheetcrm.adapters.clock import SystemClock
    from sheetcrm.adapters.notices import mail
    from sheetcrm.bootstrap.files import load_config
    from sheetcrm.bootstrap.mail import smtp_mailer

    try:
        config = load_config(root)
    except UsageError as error:
        return f"no mail could be sent to the address of [notify]: {error}"
    mailer = smtp_mailer(config, bounces=config.followups.sender.address, hurried=True)
    if mailer is None:
        return "no mail could be sent to the address of [notify]: there is no [smtp]"
    now = SystemClock(config.locale.timezone).now()
    state = "runs fail" if found.failed else "runs are well again"
    since = f"{found.since.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
    return mail(
        mailer,
        sender=config.followups.sender.address,
        to=to,
        subject=f"sheetcrm: {state} in {root.name}",
        text=_text(root, found, since, reasons),
        now=now,
    )


def _text(root: Path, found: Notice, since: str, reasons: Sequence[str]) -> str:
    from sheetcrm.adapters.notices import host

    lines = [f"{root} on {host()}"]
    if found.failed:
        lines += [
            f"It has gone wrong since {since}.",
            *reasons,
            f"More: sheetcrm --workspace {root} runs last, and … doctor",
            "No further mail comes for this reason for a while.",
        ]
    else:
        lines.append(f"What had gone wrong since {since} is over.")
    return "\n\n".join(lines) + "\n"
