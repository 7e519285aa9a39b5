"""A link that unsubscribes by one click: signed with a secret that the workspace keeps."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

from sheetcrm.core.followup.leaving import verify


def headers(root: Path):
    for path in (root / "var" / "outbox").glob("*.eml"):
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_links_are_signed_by_a_key_that_is_made_once(sample, run):
    config = sample / "config" / "followups.toml"
    text = config.read_text(encoding="utf-8")
    given = 'unsubscribe = "https://mail.example.com/u/{token}"'
    config.write_text(text.replace("[sender]\n", f"[sender]\n{given}\n"), encoding="utf-8")
    key = sample / "var" / "unsubscribe.key"
    assert run("--workspace", sample, "sync").code == 0
    secret = key.read_text(encoding="ascii").strip()
    messages = list(headers(sample))
    assert messages
    for message in messages:
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = re.search(r"https://mail\.example\.com/u/([^>]+)>", message["List-Unsubscribe"])
        token = verify(link[1], secret)
        assert message["Message-ID"].startswith(f"<sc.{token}@")
    assert run("--workspace", sample, "sync").code == 0
    assert key.read_text(encoding="ascii").strip() == secret
