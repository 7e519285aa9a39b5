"""All drafts on one page, as they look on a desktop and on a phone.

The page is one file without scripts, and its policy forbids everything but its own styles and
pictures inside it; each message sits in a sandboxed frame. So a hostile message can neither run
nor call home while a person looks at it.
"""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from email.message import EmailMessage
from html import escape

from sheetcrm.core.followup.gallery_files import (
    SHOWN_LIMIT,
    Inside,
    inside,
    with_pictures,
)
from sheetcrm.core.followup.gallery_style import STYLE
from sheetcrm.core.followup.gallery_words import Texts, Words
from sheetcrm.core.memory import MessageDraft

FRAMES_LIMIT = 150
"""So many messages are shown as they look; of more, the first ones of every template."""

CHIPS_LIMIT = 12  #: of one kind; the commonest ones

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"
_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To")
_MACHINE = ("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID")


def gallery(drafts: Sequence[MessageDraft], words: Words) -> str:
    """One self-contained HTML page.

    Args:
        drafts: what to show, in this order.
        words: the language of what stands around them.
    """
    texts = words.texts
    title = words.counted(texts.title, len(drafts))
    framed = {draft.key for draft in _most_telling(drafts)[:FRAMES_LIMIT]}
    axes = {
        "language": _choices(draft.language for draft in drafts),
        "step": _choices(_step(draft) for draft in drafts),
        "segment": _choices(draft.segment or texts.no_segment for draft in drafts),
    }
    cards = []
    room = SHOWN_LIMIT
    for number, draft in enumerate(drafts, 1):
        files = inside(draft.raw)
        room -= files.size
        shown = files if room >= 0 else replace(files, pictures={})
        cards.append(_card(number, draft, axes, shown, words, framed=draft.key in framed))
    return f"""<!doctype html>
<html lang="{words.code}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{STYLE}{_filter_rules(axes)}</style>
</head>
<body>
<header class="top">
<h1>{escape(title)}</h1>
<p>{texts.unsent} {_way_on(drafts, texts)}</p>
{_chips(axes, texts) if drafts else ""}
</header>
<div class="page">
{_contents(drafts, axes, texts)}
<main>
{"".join(cards) or f'<p class="none">{texts.none.format(sync=_command("sync"))}</p>'}
</main>
</div>
</body>
</html>
"""


def _way_on(drafts: Sequence[MessageDraft], texts: Texts) -> str:
    """How a draft goes out: from where it was put, or by a person's word."""
    if any(draft.place for draft in drafts):
        return texts.goes_by_hand
    return texts.goes_by_command.format(approve=_command("approve"), send=_command("send"))


def _command(name: str) -> str:
    return f"<code>sheetcrm {name}</code>"


def _most_telling(drafts: Sequence[MessageDraft]) -> list[MessageDraft]:
    """The first message of every template before the second one of any."""
    seen: Counter[str] = Counter()
    ranked = []
    for number, draft in enumerate(drafts):
        ranked.append((seen[draft.template], number, draft))
        seen[draft.template] += 1
    return [draft for _, _, draft in sorted(ranked, key=lambda entry: entry[:2])]


def _choices(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda choice: (-choice[1], choice[0]))


def _step(draft: MessageDraft) -> str:
    return f"{draft.sequence} {draft.step}"


def _chips(axes: dict[str, list[tuple[str, int]]], texts: Texts) -> str:
    rows = []
    legends = {"language": texts.language, "step": texts.step, "segment": texts.segment}
    for axis, choices in axes.items():
        if len(choices) < 2:
            continue
        every = sum(count for _, count in choices)
        chips = [_chip(axis, "all", texts.all, every, checked=True)]
        shown = enumerate(choices[:CHIPS_LIMIT], 1)
        chips += [_chip(axis, str(i), value, count) for i, (value, count) in shown]
        if len(choices) > CHIPS_LIMIT:
            more = len(choices) - CHIPS_LIMIT
            chips.append(f"<small>{texts.more.format(more)}</small>")
        rows.append(f"<fieldset><legend>{legends[axis]}</legend>{''.join(chips)}</fieldset>")
    return f'<form class="filters">{"".join(rows)}</form>' if rows else ""


def _chip(axis: str, value: str, label: str, count: int, *, checked: bool = False) -> str:
    mark = " checked" if checked else ""
    return (
        f'<label><input type="radio" name="{axis}" id="{axis}-{value}"{mark}>'
        f"<span>{escape(label)} <small>{count}</small></span></label>"
    )


def _filter_rules(axes: dict[str, list[tuple[str, int]]]) -> str:
    """Choosing a chip hides the cards of every other value, without a script."""
    rules = [
        f"body:has(#{axis}-{i}:checked) [data-{axis}]:not([data-{axis}='{i}']){{display:none}}"
        for axis, choices in axes.items()
        for i in range(1, min(len(choices), CHIPS_LIMIT) + 1)
    ]
    return "\n".join(rules)


def _marks(draft: MessageDraft, axes: dict[str, list[tuple[str, int]]], texts: Texts) -> str:
    own = {
        "language": draft.language,
        "step": _step(draft),
        "segment": draft.segment or texts.no_segment,
    }
    positions = {
        axis: next(i for i, (value, _) in enumerate(choices, 1) if value == own[axis])
        for axis, choices in axes.items()
    }
    return " ".join(f'data-{axis}="{i}"' for axis, i in positions.items())


def _contents(
    drafts: Sequence[MessageDraft], axes: dict[str, list[tuple[str, int]]], texts: Texts
) -> str:
    if not drafts:
        return ""
    items = "".join(
        f'<li {_marks(draft, axes, texts)}><a href="#m{number}">'
        f"<b>{escape(draft.to_name or draft.to_address)}</b><i>{escape(draft.language)}</i>"
        f"<span>{escape(draft.subject)}</span></a></li>"
        for number, draft in enumerate(drafts, 1)
    )
    return f'<nav aria-label="{texts.messages}"><ol>{items}</ol></nav>'


def _card(
    number: int,
    draft: MessageDraft,
    axes: dict[str, list[tuple[str, int]]],
    files: Inside,
    words: Words,
    *,
    framed: bool,
) -> str:
    texts = words.texts
    name = escape(draft.to_name or draft.to_address)
    tags = [draft.language, _step(draft), draft.segment, texts.due.format(words.day(draft.due_on))]
    return f"""<article id="m{number}" {_marks(draft, axes, texts)}>
<header>
<p class="to">{name} <small>&lt;{escape(draft.to_address)}&gt;</small></p>
<h2>{escape(draft.subject)}</h2>
<p class="tags">{"".join(f"<span>{escape(tag)}</span>" for tag in tags if tag)}</p>
<p class="why"><b>{texts.why}</b> {escape(draft.why)}</p>
{_file_line(texts.file, escape(_file_name(draft.place))) if draft.place else ""}
{_attachments(files, words)}
</header>
{_frames(draft, files, texts) if framed else f'<p class="unframed">{texts.unframed}</p>'}
<details{"" if framed else " open"}><summary>{texts.text}</summary>
<pre>{escape(draft.text)}</pre></details>
<details><summary>{texts.headers}</summary>{_header_table(draft, texts)}</details>
</article>
"""


def _file_name(place: str) -> str:
    """The last part of a path: the folder is the same for all."""
    return place.replace("\\", "/").rpartition("/")[2]


def _file_line(label: str, files: str) -> str:
    return f'<p class="file"><b>{label}</b> {files}</p>'


def _attachments(files: Inside, words: Words) -> str:
    """The names and sizes of the attachments; "" where there are none."""
    if not files.attachments:
        return ""
    listed = [
        f"{escape(name)} <small>{words.size(size)}</small>" for name, size in files.attachments
    ]
    return _file_line(words.counted(words.texts.enclosed, len(listed)), ", ".join(listed))


def _frames(draft: MessageDraft, files: Inside, texts: Texts) -> str:
    page = with_pictures(draft.html, files.pictures)
    views = "".join(
        _frame(draft, page, kind, label, width)
        for kind, label, width in (("desktop", texts.desktop, 610), ("phone", texts.phone, 375))
    )
    blocked = ""
    if "<img" in draft.html:
        view = _frame(draft, draft.html, "phone", texts.blocked, 375)
        blocked = (
            f"<details><summary>{texts.if_blocked}</summary>"
            f'<div class="views">{view}</div></details>'
        )
    return f'<div class="views">{views}</div>{blocked}'


def _frame(draft: MessageDraft, page: str, kind: str, label: str, width: int) -> str:
    return (
        f'<figure class="{kind}"><figcaption>{label}</figcaption>'
        f'<iframe sandbox loading="lazy" width="{width}" height="{_height(draft, width)}"'
        f' title="{label}" srcdoc="{escape(page)}"></iframe></figure>'
    )


def _height(draft: MessageDraft, width: int) -> int:
    """About the height of the message in pixels, as a frame without scripts cannot tell."""
    letters = (width - 64) // 7.6
    lines = sum(1 + len(line) // letters for line in draft.text.splitlines())
    around = 250 if width > 480 else 170
    pictures = width // 2 * draft.html.count("<img")
    return int(min(1600, max(480, around + 23 * lines + pictures)))


def _header_table(draft: MessageDraft, texts: Texts) -> str:
    headers = _parsed(draft.raw)
    rows = "".join(
        f"<tr><th>{texts.named.get(name, name)}</th>"
        f"<td>{escape(_one_line(headers[name]))}</td></tr>"
        for name in (*_HEADERS, *_MACHINE)
        if headers[name]
    )
    return f"<table>{rows}</table>"


def _one_line(value: object) -> str:
    return " ".join(str(value).split())


def _parsed(raw: bytes) -> EmailMessage:
    head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    message = email.message_from_bytes(head, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
