"""One template file: what it is for, by its name and header, and its parts ready to render."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from babel import Locale, UnknownLocaleError
from jinja2 import Template as JinjaTemplate
from jinja2 import TemplateSyntaxError, nodes

from sheetcrm.core.followup.enclosing import Files
from sheetcrm.core.followup.enclosure import Enclosure
from sheetcrm.core.followup.header import FOR, Split, split_header
from sheetcrm.core.followup.lint import SNIPPETS, Fault, Reference, included, lint, references
from sheetcrm.core.followup.needs import needs
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.followup.sandbox import Dialect, TemplateEnvironment, produce
from sheetcrm.core.table.names import fold

ROOTS = frozenset({"lead", "sender", "today"})
SOURCE_LIMIT = 64 * 1024

_FILE = re.compile(
    r"(?P<step>[^.]+?)(?:--(?P<label>[^.]+))?(?P<whatsapp>\.whatsapp)?(?:\.(?P<language>[^.]+))?\.md"
)
_AUTOLINK = re.compile(r"<\s*\{\{")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What a file's place and name say: ``welcome/01-intro--jakarta-solar.id.md``."""

    sequence: str
    step: str
    label: str = ""  #: for people; only the ``For-…`` lines decide
    whatsapp: bool = False
    language: str = ""  #: "" is the workspace's


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A ``For-…`` line: the lead goes by one of these names on this axis."""

    axis: str  #: folded
    names: frozenset[str]  #: folded
    label: str  #: the axis as written
    text: str  #: the names as written
    line: int = 0

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def spelled(self, rules: FollowUps) -> Condition:
        """The same, as the values of the sheet are after cleaning."""
        axis = rules.axis(self.axis)
        names = frozenset(rules.value(axis, name) for name in self.names)
        return replace(self, axis=axis, names=names)


class Part:
    """A piece of Jinja of one file, checked; compiled when it is first rendered."""

    def __init__(self, environment: TemplateEnvironment, tree: nodes.Template, path: str) -> None:
        self.references: tuple[Reference, ...] = references(tree)
        self._environment = environment
        self._tree = tree
        self._path = path

    def render(self, context: Mapping[str, object]) -> str:
        """The text, without blank lines around it.

        Raises:
            TemplateError: a value is missing, or something is refused, with its line.
        """
        return produce(self._compiled, context, self._path).strip("\n")

    @cached_property
    def needs(self) -> tuple[Reference, ...]:
        """The fields of the lead without which it cannot be rendered."""
        return needs(self._tree)

    @cached_property
    def _compiled(self) -> JinjaTemplate:
        code = self._environment.compile(self._tree, self._path, self._path)
        return JinjaTemplate.from_code(self._environment, code, {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A message template, checked."""

    path: str
    kind: Kind
    body: Part
    subject: Part | None = None
    preheader: Part | None = None
    subject_text: str = ""  #: as written
    subject_line: int = 0
    conditions: tuple[Condition, ...] = ()
    attachments: tuple[Enclosure, ...] = ()
    ready: bool = True

    @property
    def references(self) -> list[Reference]:
        """Every field that it reads."""
        return [reference for part in self._parts for reference in part.references]

    @property
    def needs(self) -> list[Reference]:
        """The fields of the lead without which it cannot be rendered, apart from snippets'."""
        return [reference for part in self._parts for reference in part.needs]

    @property
    def _parts(self) -> list[Part]:
        return [part for part in (self.subject, self.preheader, self.body) if part]


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """What is needed to make parts: a sandbox for each dialect, the snippets, and files to send."""

    environments: Mapping[Dialect, TemplateEnvironment]
    snippets: Mapping[str, str]
    files: Files

    def part(
        self,
        source: str,
        path: str,
        dialect: Dialect,
        *,
        language: str = "",
        roots: Collection[str] = ROOTS,
    ) -> tuple[Part | None, list[Fault]]:
        """Parse and check a piece of Jinja."""
        environment = self.environments[dialect]
        snippets = () if path.startswith(SNIPPETS) else self.snippets
        try:
            tree = environment.parse(source, path, path)
            self._choose_snippets(tree, language)
            faults = lint(tree, roots, snippets)
        except TemplateSyntaxError as error:
            return None, [Fault(message=str(error.message), line=error.lineno)]
        except RecursionError:
            return None, [Fault(message="too many things inside each other", line=0)]
        return (None, faults) if faults else (Part(environment, tree, path), [])

    def _choose_snippets(self, tree: nodes.Template, language: str) -> None:
        """``_snippets/signature`` is ``signature.id.md`` in an Indonesian template."""
        plain = language.partition("-")[0]
        for node in tree.find_all(nodes.Include):
            name = included(node)
            for suffix in (f".{language}.md", f".{plain}.md", ".md"):
                if name not in self.snippets and f"{name}{suffix}" in self.snippets:
                    node.template = nodes.Const(f"{name}{suffix}", lineno=node.lineno)
                    break


def parse_kind(path: str) -> Kind | Fault:
    """What a template's path says, or what is wrong with it."""
    folder, _, file = path.rpartition("/")
    if not folder:
        hint = "put it into the folder of its sequence: templates/welcome/01-intro.id.md"
        return Fault(message="a template lies in the folder of its sequence", line=0, hint=hint)
    if "/" in folder:
        return Fault(message="a sequence's folder has no folders in it", line=0)
    match = _FILE.fullmatch(file)
    if not match:
        hint = "for example 01-intro.id.md, 01-intro--bali.id.md, 01-intro.whatsapp.id.md"
        return Fault(message="the file's name is not understood", line=0, hint=hint)
    language = match["language"] or ""
    if language and not is_language(language):
        hint = "for example .id.md, .es.md, .es-MX.md, .en.md"
        return Fault(message=f"“{language}” is not a language", line=0, hint=hint)
    return Kind(
        sequence=folder,
        step=match["step"],
        label=match["label"] or "",
        whatsapp=bool(match["whatsapp"]),
        language=language,
    )


def is_language(tag: str) -> bool:
    """Whether CLDR knows a language by this tag (``id``, ``es-MX``)."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def parse_template(
    path: str, text: str, kind: Kind, workshop: Workshop
) -> tuple[Template | None, list[Fault]]:
    """Divide, check and prepare one file."""
    if len(text) > SOURCE_LIMIT:
        return None, [Fault(message="larger than 64 KB", line=0)]
    split = split_header(text)
    attachments, faults = _files(split, kind, workshop.files)
    faults = [*split.faults, *faults, *_body_faults(split)]
    dialect = Dialect.PLAIN if kind.whatsapp else Dialect.MARKDOWN
    body, found = workshop.part(split.body, path, dialect, language=kind.language)
    faults += found
    heads: dict[str, Part | None] = {}
    for key in ("Subject", "Preheader"):
        entry = split.entries.get(key)
        if entry and entry.value:
            padded = "\n" * (entry.line - 1) + entry.value
            heads[key], found = workshop.part(padded, path, Dialect.PLAIN)
            faults += found
    if faults or body is None:
        return None, faults
    return Template(
        path=path,
        kind=kind,
        body=body,
        subject=heads.get("Subject"),
        preheader=heads.get("Preheader"),
        subject_text=split.text("Subject"),
        subject_line=split.entries["Subject"].line if "Subject" in split.entries else 0,
        conditions=tuple(_conditions(split)),
        attachments=attachments,
        ready=fold(split.text("Status")) != "draft",
    ), []


def _files(split: Split, kind: Kind, files: Files) -> tuple[tuple[Enclosure, ...], Sequence[Fault]]:
    entry = split.entries.get("Attach")
    if kind.whatsapp:
        message = "a WhatsApp link carries no files"
        hint = "link to the file in the text"
        return (), [Fault(message=message, line=entry.line, hint=hint)] if entry else []
    attached, faults = files.attached(split.items("Attach"), entry.line if entry else 0)
    return attached, [*faults, *files.in_markdown(split.body)]


def _conditions(split: Split) -> Iterator[Condition]:
    for key, entry in split.entries.items():
        if key.startswith(FOR):
            label = key.removeprefix(FOR)
            yield Condition(
                axis=fold(label),
                names=frozenset(fold(name) for name in split.items(key)),
                label=label,
                text=", ".join(split.items(key)),
                line=entry.line,
            )


def _body_faults(split: Split) -> list[Fault]:
    faults = [
        Fault(
            message="a value cannot be a link by itself",
            line=split.body[: match.start()].count("\n") + 1,
            hint="write [some words]({{ … }})",
        )
        for match in _AUTOLINK.finditer(split.body)
    ]
    if not split.body.strip() and not split.faults:
        faults.append(Fault(message="the template has no text", line=0))
    return faults
