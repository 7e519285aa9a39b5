"""The templates that a workspace begins with, whatever the team sells: every message, as read."""

from __future__ import annotations

import re
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetcrm.adapters.mail.templates import FolderTemplates
from sheetcrm.adapters.starter import create
from sheetcrm.cli.commands.init import TRADES
from sheetcrm.core.followup.rules import Sequence, Step
from tests.core.followup.letters import read
from tests.core.followup.world import lead, plan

ROOT = Path(__file__).parents[2]
NAMES = {"id": ("Siti Rahmawati", "Jakarta"), "es": ("María José", "Ciudad de México")}
ENGLISH = {
    *("the", "and", "you", "your", "with", "for", "this", "that", "we", "our", "from", "is", "are"),
    *("of", "it", "will", "have", "been", "hello", "price", "reply", "thank", "welcome"),
}
INDONESIAN = {"yang", "dan", "kami", "anda", "untuk", "dengan", "tidak", "halo"}
SPANISH = {"que", "los", "con", "para", "una", "usted", "le", "nos", "hola", "por"}
FOREIGN = {
    "id": ENGLISH | SPANISH,
    "es": ENGLISH | INDONESIAN,
    "en": INDONESIAN | SPANISH - {"con"},
}


@pytest.fixture(scope="module", params=TRADES)
def workspace(request, tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("trade") / "w"
    create(root, trade="" if request.param == "solar" else request.param)
    return root


def steps(root: Path):
    """Every step that there is, as (sequence, step)."""
    paths = (root / "templates").glob("[!_]*/*.md")
    return sorted({(p.parent.name, re.split(r"--|\.", p.name)[0]) for p in paths})


def messages(root: Path, sequence: str, step: str, who):
    """The message and the chat of a step."""
    series = Sequence(name=sequence, when='=[@Stage]="MQL"', steps=(Step(template=step),))
    every = FolderTemplates(root / "templates").sources()
    texts = {p: text for p, text in every.items() if p.startswith((f"{sequence}/{step}", "_"))}
    # A message without a subject answers an earlier one, which the test leaves out.
    mails = [p for p in texts if p.startswith(sequence) and ".whatsapp" not in p]
    texts |= {p: with_subject(texts[p]) for p in mails}
    found = plan([who], sequences=[series], texts=texts, Budget=[1.0])
    assert not found.held, found.held
    (draft,) = found.drafts
    return draft, found.whatsapp[0]


def with_subject(text: str) -> str:
    return text if "\nSubject:" in text else text.replace("---\n", "---\nSubject: Re: Halo\n", 1)


@pytest.mark.parametrize("language", ["id", "es", "en"])
@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_every_message_is_whole_and_in_its_language(workspace, language, full):
    name, city = NAMES.get(language, ("Charlotte Tan", "Kuala Lumpur"))
    parts = {"name": name, "location": city, "interests": ("solar",)} if full else {"name": ""}
    who = lead(language=language, phone="+6281234567890", values={"budget": 9e7 if full else None})
    who = (
        who._replace(first_name="", **parts)
        if not full
        else who._replace(**parts, first_name=name.split()[0])
    )
    there = steps(workspace)
    assert {"welcome", "price", "demo", "not-now", "birthday", "reactivation"} == {
        s for s, _ in there
    }
    for sequence, step in there:
        draft, link = messages(workspace, sequence, step, who)
        assert draft.language == language, draft.template
        assert len(draft.subject) <= 70, draft.subject
        message = read(draft.raw)
        assert_sound(message, draft.text, draft.subject, draft.template)
        words = words_of(draft.subject + " " + draft.text)
        assert not words & FOREIGN[language], (draft.template, words & FOREIGN[language])
        if link:
            chat = unquote(link.partition("?text=")[2])
            assert_sound(message, chat, "", f"{draft.template} (chat)")
            assert len(chat) < 500
            assert not words_of(chat) & FOREIGN[language], chat


def assert_sound(message: EmailMessage, text: str, subject: str, where: str) -> None:
    for part in (subject, text):
        assert not {"  ", " ,", " .", " ?", " !", "{{", "()", "¿ ", "¡ "} & {
            a + b for a, b in pairwise(part)
        }, (where, part)
        assert "None" not in part
        assert "\n\n\n" not in part
    assert message["Subject"]
    assert text.count("?") >= 1 or "birthday" in where, where  # one question, or a wish
    assert 60 <= len(text) <= 2200, (where, len(text))


def words_of(text: str) -> set[str]:
    """The words apart from names, which stand in capitals, and addresses."""
    plain = re.sub(r"\S+@\S+|https?://\S+|“[^”]*”", " ", text)
    return {word.lower() for word in re.findall(r"(?<![\w'’])[a-záéíóúñü]+(?![\w'’])", plain)}


@pytest.mark.parametrize("trade", TRADES)
def test_all_of_them_pass_check_with_the_fields_of_the_sample(trade, tmp_path, run):
    workspace = tmp_path / "w"
    assert run("init", "--sample", "--templates", trade, workspace).code == 0
    config = workspace / "config" / "followups.toml"
    text = config.read_text(encoding="utf-8")
    series, sender, rest = text.partition("[sender]")
    series = re.sub(r"^# (?=\[|[a-z_]+ = )", "", series, flags=re.MULTILINE)
    assert series.count("[[sequence]]") == 6
    config.write_text(series + sender + rest, encoding="utf-8")
    said = run("--workspace", workspace, "check")
    assert said.code == 0, said.err
    if trade == TRADES[0]:
        assert run("--workspace", workspace, "sync").code in {0, 1}


def test_each_trade_has_templates_of_its_own():
    folders = {path.name for path in (ROOT / "examples" / "templates").iterdir()}
    assert folders == set(TRADES[1:])


def test_a_trade_leaves_nothing_of_another_behind(workspace):
    texts = FolderTemplates(workspace / "templates").sources()
    panels = re.compile(r"\b(panel surya|paneles|solar)\b", re.IGNORECASE)
    found = {path for path, text in texts.items() if panels.search(text) and path != "README.md"}
    assert bool(found) == (workspace / "templates/welcome/01-intro--jakarta-solar.id.md").exists()


def test_what_there_is_no_trade_for_is_said(run, tmp_path):
    said = run("init", "--templates", "zeppelins", tmp_path / "w")
    assert said.code == 2
    assert "property" in said.err
