"""Markdown → HTML and → plain text, from the same tokens.

CommonMark without raw HTML; links go to ``https:``, ``http:``, ``mailto:`` and ``tel:`` only.
A paragraph that is nothing but a bold link is a button. A picture lies on a server (``https:``) or
is one of the files that travel with the message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from sheetcrm.core.followup.enclosing import bare_name
from sheetcrm.core.followup.enclosure import PICTURES, Enclosure
from sheetcrm.core.table.spoken import Spoken

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NO_PICTURES: Mapping[str, Enclosure] = MappingProxyType({})
SCHEMES = ("https:", "http:", "mailto:", "tel:")


class UnknownPictureError(ValueError):
    """A text shows a picture that is none of its files."""


def convert(source: str, pictures: Mapping[str, Enclosure] = NO_PICTURES) -> tuple[str, str]:
    """HTML and text of a message's body.

    Args:
        source: Markdown.
        pictures: name → picture; the HTML names them by their ``cid:``.

    Raises:
        UnknownPictureError: one that is shown is not among them.
    """
    parser = _parser()
    tokens = parser.parse(source)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_resolved(token.children or [], pictures))
    _mark_buttons(tokens)
    html = str(parser.renderer.render(tokens, parser.options, {}))
    return html, to_text(tokens)


def to_text(tokens: Sequence[Token]) -> str:
    """The same words for a reader without HTML; one paragraph is one line."""
    page = _Page()
    for token in tokens:
        page.take(token)
    return "\n".join(page.lines).strip("\n")


@dataclass(kw_only=True, slots=True)
class _Page:
    lines: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)  #: one for each quote or item around
    counters: list[int | None] = field(default_factory=list)  #: of each list around; None: dots
    bullet: str = ""  #: stands before the next line
    gap: bool = False
    before: str = ""  #: what stood before the last line

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self._write(inline_text(token.children or []))
        elif kind in {"fence", "code_block"}:
            self._write("\n".join(f"    {line}" for line in token.content.splitlines()))
        elif kind == "hr":
            self._write("* * *")
        elif kind == "blockquote_open":
            self.prefixes.append("> ")
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            first = int(token.attrGet("start") or 1)
            self.counters.append(first if kind == "ordered_list_open" else None)
        elif kind == "list_item_open":
            self._open_item()
        elif kind in {"list_item_close", "blockquote_close"}:
            self.prefixes.pop()
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            self.counters.pop()
            self.gap = True
        if kind in _BLOCK_ENDS and not token.hidden:
            self.gap = True

    def _open_item(self) -> None:
        number = self.counters[-1]
        mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.counters[-1] = number + 1
        self.bullet += mark
        self.prefixes.append(" " * len(mark))

    def _write(self, text: str) -> None:
        around = "".join(self.prefixes)
        if self.gap and self.lines:
            quoted = around if self.before.startswith(around) else self.before
            self.lines.append(quoted.rstrip() if around.startswith(quoted) else "")
        self.gap, self.before = False, around
        first = around[: len(around) - len(self.bullet)] + self.bullet
        for number, line in enumerate(text.split("\n")):
            self.lines.append((around if number else first) + line)
        self.bullet = ""


_BLOCK_ENDS = frozenset({"paragraph_close", "heading_close", "fence", "code_block", "hr"})


def inline_text(children: Sequence[Token]) -> str:
    """The words of a line; a link shows where it goes unless its text says so already."""
    parts: list[str] = []
    opened: list[tuple[int, str]] = []
    for token in children:
        if token.type in {"text", "code_inline", "text_special"}:
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(f"[{token.content}]" if token.content else "")
        elif token.type == "link_open":
            opened.append((len(parts), str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            start, href = opened.pop()
            shown = "".join(parts[start:])
            target = _shown(href)
            if target not in shown:
                parts.append(f": {target}" if _alone(children) else f" ({target})")
    return "".join(parts)


def _shown(href: str) -> str:
    """Where a link goes, as people write it: an address without ``mailto:`` and subject."""
    if href.startswith("mailto:"):
        return href.removeprefix("mailto:").partition("?")[0]
    return href.removeprefix("tel:")


def _mark_buttons(tokens: Sequence[Token]) -> None:
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and token.type == "inline" and _is_button(token):
            before.attrSet("class", "button")


def _is_button(token: Token) -> bool:
    types = [child.type for child in token.children or [] if child.type != "text" or child.content]
    return types[:2] == ["strong_open", "link_open"] and types[-2:] == [
        "link_close",
        "strong_close",
    ]


def _alone(children: Sequence[Token]) -> bool:
    return sum(1 for token in children if token.type == "link_open") == 1 and (
        children[0].type in {"link_open", "strong_open"}
        or (not children[0].content and len(children) > 1)
    )


def _resolved(children: Sequence[Token], pictures: Mapping[str, Enclosure]) -> Iterator[Token]:
    """Pictures by their ``cid:``; what would be a link to a file of ours stays text."""
    opened: list[bool] = []
    for token in children:
        if token.type == "link_open":
            opened.append(_leads_out(str(token.attrGet("href") or "")))
            if opened[-1]:
                yield token
        elif token.type == "link_close":
            if opened.pop():
                yield token
        else:
            if token.type == "image":
                token.attrSet("src", _source(str(token.attrGet("src") or ""), pictures))
            yield token


def _source(src: str, pictures: Mapping[str, Enclosure]) -> str:
    if src.lower().startswith("https:"):
        return src
    picture = pictures.get(bare_name(src))
    if picture is None:
        raise UnknownPictureError(Spoken("there is no picture “{}”", src))
    return f"cid:{picture.cid}"


def _leads_out(url: str) -> bool:
    return url.lower().lstrip().startswith(SCHEMES)


def _is_sound_link(url: str) -> bool:
    """Whether it leads out, or may be the name of a picture of ours."""
    ending = url.rpartition(".")[2].lower()
    return _leads_out(url) or (ending in PICTURES and ":" not in url)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  in most runs no message is due

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.disable(["html_block", "html_inline"])  # they would be asked at every line, and say no
    parser.validateLink = _is_sound_link  # type: ignore[method-assign]
    return parser
