"""What follow-ups cost.

    python benchmarks/mail.py compose [--messages 3000] [--rounds 3]
    python benchmarks/mail.py plan [--leads 10000] [--rounds 3]
    python benchmarks/mail.py send [--messages 1000] [--rounds 3]

`compose` writes the starter's welcome mails for made-up leads in three languages, from the choice
of the template to the message's bytes, in one process, and says where the time goes. The parts
are timed again one by one, each over all messages: that is faster than one after the other, so
that they do not add up to the whole.

`plan` decides for leads of which each has a message due what goes to whom, when, and with which
template, and holds that against all that the leads have had; the messages are not written.

`send` hands messages over to a mail server on this computer, on one connection, with the outbox
in a ledger on the disk; and as many with smtplib alone, which remembers nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sheetcrm.adapters.mail.templates import FolderTemplates
from sheetcrm.core.followup import LeadView, OffLadder, Past, TemplateSet, plan_followups
from sheetcrm.core.followup.rules import FollowUps, Sender, Sending, Step
from sheetcrm.core.followup.rules import Sequence as Series
from sheetcrm.core.followup.schedule import Moment
from sheetcrm.core.followup.segments import Segments
from sheetcrm.core.followup.workdays import Workdays
from sheetcrm.core.followup.writing import Task, Writer
from sheetcrm.core.formula import Frame
from sheetcrm.core.memory import MessageRecord, Standing
from sheetcrm.core.table.fields import Locale

ROOT = Path(__file__).resolve().parent.parent
AIM = 250  #: messages a second and process
AIM_PLAN = 2  #: seconds
AIM_SEND = 450  #: messages a second on one connection
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
WELCOME = Series(name="welcome", when='=[@Stage]="Lead"', steps=(Step(template="01-intro"),))
RULES = FollowUps(
    sequences=(WELCOME,),
    sender=Sender(
        name="Surya Atap",
        address="halo@example.com",
        postal_address="Jl. Contoh 1, Jakarta",
        unsubscribe="https://mail.example.com/u/{token}",
        secret="a secret for measuring",
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("compose", help="templates and leads → messages")
    command.add_argument("--messages", type=int, default=3000)
    command.add_argument("--rounds", type=int, default=3)
    command.set_defaults(run=lambda chosen: compose(chosen.messages, chosen.rounds))
    command = commands.add_parser("plan", help="leads and what they have had → what is due")
    command.add_argument("--leads", type=int, default=10_000)
    command.add_argument("--rounds", type=int, default=3)
    command.set_defaults(run=lambda chosen: plan(chosen.leads, chosen.rounds))
    command = commands.add_parser("send", help="what was approved → a mail server on this computer")
    command.add_argument("--messages", type=int, default=1000)
    command.add_argument("--rounds", type=int, default=3)
    command.set_defaults(run=lambda chosen: send(chosen.messages, chosen.rounds))
    chosen = parser.parse_args()
    chosen.run(chosen)


def compose(messages: int, rounds: int) -> None:
    templates, _ = TemplateSet.parse(FolderTemplates(ROOT / "templates").sources())
    tasks = [task(number) for number in range(messages)]
    segments = Segments(RULES, [one.lead for one in tasks])
    writer = Writer(RULES, templates, segments, source="leads", locale=Locale())
    writer.draft(tasks[0])  # what is imported once, and compiled once, counts in the first round
    walls, cpus = zip(*(timed(writer.draft, tasks) for _ in range(rounds)), strict=True)
    wall, cpu = statistics.median(walls), statistics.median(cpus)
    print(f"{messages} messages, median of {rounds} rounds: "
          f"{messages / wall:.0f} messages/s by the clock, {messages / cpu:.0f} by CPU time "
          f"(aim {AIM})\n")  # fmt: skip
    print("| part | ms a message | share |\n| --- | --- | --- |")
    for name, seconds in parts(writer, templates, tasks).items():
        share = seconds / cpu
        print(f"| {name} | {seconds / messages * 1e3:.3f} | {share:.0%} |")
    print(f"| all together | {cpu / messages * 1e3:.3f} | 100% |")


def plan(leads: int, rounds: int) -> None:
    templates, _ = TemplateSet.parse(FolderTemplates(ROOT / "templates").sources())
    views = [task(number).lead for number in range(leads)]
    second = replace(WELCOME, steps=(*WELCOME.steps, Step(template="02-case-study", after_days=3)))
    rules = replace(RULES, sequences=(second,), sending=Sending(min_gap_days=2, person_per_week=2))
    frame = Frame({"Stage": ["Lead"] * leads, "Status": [None] * leads})
    past = Past(messages=[sent(view) for view in views], standings={
        view.id: Standing("Lead", NOW - timedelta(days=20)) for view in views
    })  # fmt: skip

    def decide(past: Past) -> object:
        return plan_followups(
            rules, templates, frame, views, source="leads", past=past, parameters={}, tables={},
            now=NOW, locale=Locale(), words=False,
            off_ladder=OffLadder([], views, source="leads", elsewhere={}),
        )  # fmt: skip

    for name, known in {"first messages": Past(), "second messages": past}.items():
        assert len(decide(known).drafts) == leads
        walls, cpus = zip(*(timed(decide, [known]) for _ in range(rounds)), strict=True)
        print(f"{leads} leads with a message due, {name}: "
              f"{statistics.median(walls):.2f} s by the clock, "
              f"{statistics.median(cpus):.2f} s by CPU time (aim {AIM_PLAN} s)")  # fmt: skip


def send(messages: int, rounds: int) -> None:
    sys.path.insert(0, str(ROOT))
    from sheetcrm.adapters.ledger import open_ledger
    from sheetcrm.engine.sending import send as send_now
    from tests.engine.test_sending_killed import fill
    from tests.support.doomed_sender import workspace

    rates, bare, ours = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name, mail_server(Path(name)) as port:
            folder = Path(name)
            fill(folder / "ledger.db", messages)
            ledger = open_ledger(str(folder / "ledger.db"))
            opened = workspace(ledger, folder / "sent.log", port, folder / "mail.lock", 1.0)
            send_now(opened, limit=1)
            begun, used = time.perf_counter(), time.process_time()
            report = send_now(opened, limit=messages)
            rates.append(len(report.attempts) / (time.perf_counter() - begun))
            ours.append((time.process_time() - used) / len(report.attempts))
            assert report.counts == {"sent": messages - 1, "waiting": 0}
            ledger.close()
            bare.append(handed_over(port, messages))
    print(f"{statistics.median(rates):.0f} messages/s, {1000 * statistics.median(ours):.2f} ms CPU")
    print(f"smtplib alone, one connection, no outbox: {statistics.median(bare):.0f} messages/s")
    print(
        f"share of that: {statistics.median(rates) / statistics.median(bare):.2f}; aim {AIM_SEND}/s"
    )


def handed_over(port: int, messages: int) -> float:
    """Messages a second that `smtplib` hands over without remembering anything."""
    import smtplib

    raw = b"Message-ID: <x@example.com>\r\nSubject: Halo\r\n\r\nHalo\r\n"
    with smtplib.SMTP("127.0.0.1", port, "example.com") as smtp:
        begun = time.perf_counter()
        for _ in range(messages):
            smtp.sendmail("halo@example.com", ["ana@example.com"], raw)
        return messages / (time.perf_counter() - begun)


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """A server in a process of its own; gives its port."""
    command = [sys.executable, "-m", "tests.support.smtp_server", str(folder / "taken.txt")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert server.stdout
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.communicate()


def sent(lead: LeadView) -> MessageRecord:
    """The first message of the sequence, some days ago."""
    at = NOW - timedelta(days=7)
    return MessageRecord(
        key=f"{lead.email}|welcome|1|1", lead=lead.id, person=lead.email, sequence="welcome",
        step=1, state="sent", message_id=f"<{lead.id}@example.com>", subject="Halo",
        created_at=at, sent_at=at, source="leads", to_name=lead.name, phone=lead.phone,
    )  # fmt: skip


def parts(writer: Writer, templates: TemplateSet, tasks: Sequence[Task]) -> dict[str, float]:
    """CPU seconds of each part alone, on the same leads and templates."""
    from markupsafe import Markup

    from sheetcrm.core.followup import footer, markdown, mime, render

    choices = [writer._choose(one) for one in tasks]
    letters = [writer._letter(one, choice) for one, choice in zip(tasks, choices, strict=True)]
    contexts = [
        render.context_of(one.lead, writer._setting(one, choice))
        for one, choice in zip(tasks, choices, strict=True)
    ]
    chosen = [choice.template for choice in choices]
    both = list(zip(chosen, contexts, strict=True))
    bodies = [template.body.render(context) for template, context in both]
    page = {"subject": "x", "preheader": "x", "language": "id"}
    footers = [
        footer.footer_html(RULES.sender, choice.language, letter.way_out)
        for choice, letter in zip(choices, letters, strict=True)
    ]
    layouts = [
        {**context, **page, "content": Markup(markdown.convert(body)[0]), "footer": foot}
        for context, body, foot in zip(contexts, bodies, footers, strict=True)
    ]
    pages = [templates.layout.render(context) for context in layouts]
    work: dict[str, tuple[Callable[..., object], Sequence[object]]] = {
        "choosing the template": (writer._choose, tasks),
        "values of the lead": (lambda pair: render.context_of(*pair),
                               [(one.lead, writer._setting(one, choice))
                                for one, choice in zip(tasks, choices, strict=True)]),
        "Jinja: subject and body": (
            lambda pair: [part.render(pair[1]) for part in (pair[0].subject, pair[0].body)],
            both,
        ),
        "Markdown to HTML and text": (markdown.convert, bodies),
        "Jinja: layout": (templates.layout.render, layouts),
        "inlining of styles": (render._inliner().inline, pages),
        "MIME": (lambda one: mime.compose(one, RULES.sender, NOW), letters),
    }  # fmt: skip
    return {name: timed(function, items)[1] for name, (function, items) in work.items()}


def timed(function: Callable[..., object], items: Sequence[object]) -> tuple[float, float]:
    """Wall and CPU seconds for all items."""
    wall, cpu = time.perf_counter(), time.process_time()
    for item in items:
        function(item)
    return time.perf_counter() - wall, time.process_time() - cpu


def task(number: int) -> Task:
    chance = random.Random(number)
    language, country = chance.choice([("id", "ID"), ("es", "ES"), ("en", "ID")])
    name = f"{chance.choice(['Budi', 'Siti', 'Lucía', 'James'])} {number}"
    lead = LeadView(
        number=number,
        id=f"L-{number}",
        name=name,
        first_name=name.split(maxsplit=1)[0],
        email=f"lead{number}@example.com",
        phone=f"+628{number:09d}",
        language=language,
        location=chance.choice(["Jakarta", "Bogor", "Sevilla", ""]),
        interests=(chance.choice(["solar", "battery", "EV charger"]),),
        stage="Lead",
        values={"budget": float(chance.randrange(10**7, 10**8))},
    )
    days = Workdays(country=country, zone=NOW.tzinfo, sending=RULES.sending)
    moment = Moment(now=NOW, days=days, stage="Lead", since=NOW, ready=days.slot(NOW))
    return Task(
        lead=lead,
        sequence=WELCOME,
        step=1,
        generation="1",
        moment=moment,
        due_on=NOW.date(),
        segment=f"{lead.location} · {lead.interests[0]}",
    )


if __name__ == "__main__":
    main()
