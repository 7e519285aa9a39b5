"""docs/deploy.md names nothing that is not there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from sheetcrm.cli.main import cli

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = sorted(
    {
        found
        for text in (*re.findall(r"`([^`\n]+)`", TEXT), *"\n".join(BLOCKS).splitlines())
        for found in re.findall(
            r"(?:^|[ /])sheetcrm ((?:--workspace \S+ )?[a-z][a-z-]*(?: .*)?)$", text
        )
        if not re.match(r"(?:/|check$)", found)
    }
)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_there_with_their_options(line):
    words = shlex.split(line.partition("  #")[0])
    if words[0] == "--workspace":
        words = words[2:]
    while words[0] == "sheetcrm":
        words = words[1:]
    command = cli.commands[words[0]]
    known = {option for p in command.params if isinstance(p, click.Option) for option in p.opts}
    assert {word for word in words if word.startswith("--")} <= known


def test_there_are_commands():
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_links_lead_somewhere(link):
    assert (ROOT / "docs" / link).exists()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]+)\)", TEXT))))
def test_anchors_are_headings(anchor):
    headings = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    plain = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchor in plain


def test_units_are_called_what_they_are_called():
    scale = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(sheetcrm[a-z-]*@)leads\.(service|timer)", TEXT))
    named |= set(re.findall(r"(sheetcrm-worker)\.(service)", scale))
    files = {tuple(path.name.split(".")) for path in (ROOT / "deploy" / "systemd").iterdir()}
    assert named == files
