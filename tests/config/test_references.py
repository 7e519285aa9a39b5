"""``${NAME}``, ``${file:path}``, and secrets that must not stand in clear."""

from __future__ import annotations

import json

import pytest

GOOGLE = "[[source]]\nname = 'g'\ngoogle = '1-aaaaaaaaaaaaaaaaaaaaaa'\n"
KEEP = 'save it as secrets/service-account.json and write "${file:secrets/service-account.json}"'


def test_environment_and_files_are_filled_in(write, loaded):
    root = write("")
    (root / "secrets").mkdir(exist_ok=True)
    (root / "secrets" / "sa.json").write_text('\n{"private_key": "x",\n "a": 1}\n')
    config = loaded(
        GOOGLE + "credentials = '${file:secrets/sa.json}'\n"
        "[sender]\naddress = '${USER_NAME}@${ HOST }'\nname = 'A $ {b}'\n"
        "[workspace]\nledger = 'postgresql://crm:${PASSWORD}@db/crm'\n",
        USER_NAME="halo",
        HOST="example.com",
        PASSWORD="p@ss",
    )
    assert json.loads(config.sources[1].credentials) == {"private_key": "x", "a": 1}
    assert config.followups.sender.address == "halo@example.com"
    assert config.followups.sender.name == "A $ {b}"
    assert config.ledger == "postgresql://crm:p@ss@db/crm"


def test_formulas_are_left_alone(loaded):
    config = loaded("[[segment]]\nname = 'a'\nwhen = '=[@City]=\"${HOME}\"'\n")
    assert config.followups.segments[0].when == '=[@City]="${HOME}"'


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("${NOPE}", "the environment variable NOPE is not set — export NOPE=…"),
        ("${a b}", "cannot understand ${a b} — write ${NAME} or ${file:path}"),
        ("${NAME", "a ${ without its } — write ${NAME} or ${file:path}"),
        (
            "${file:no.txt}",
            "cannot read no.txt: No such file or directory — paths begin at the workspace",
        ),
        ("${file:bad}", "bad is not a text file in UTF-8"),
        ("${file:big}", "big is larger than 1,000,000 bytes"),
        (
            "${file:a\\u0000b}",
            "cannot read a\0b: embedded null byte — paths begin at the workspace",
        ),
        ("${EMPTY}", "is empty"),
    ],
)
def test_what_cannot_be_filled_in(write, faults, written, message):
    root = write("")
    (root / "bad").write_bytes(b"\xff")
    (root / "big").write_bytes(b"a" * 1_000_001)
    found = faults(f'[sender]\naddress = "{written}"', EMPTY="")
    assert found == [f"config/x.toml:2: sender.address: {message}"]


@pytest.mark.parametrize("path", ["secrets/sa.json", "~/keys/sa.json", "C:\\keys\\my sa.json"])
def test_the_path_of_a_key_file_is_no_secret(loaded, path):
    assert loaded(GOOGLE + f"credentials = '{path}'").sources[1].credentials == path


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        (
            GOOGLE + "credentials = 'secrets/sa.pem'",
            "config/x.toml:4: source[2].credentials",
            'for the contents of that file write "${file:secrets/sa.pem}"',
        ),
        (
            GOOGLE + "credentials = 'hunter2'",
            "config/x.toml:4: source[2].credentials",
            'write "${NAME}" for an environment variable or "${file:secrets/name}" for a file',
        ),
        (
            GOOGLE + """credentials = '''{"type": "service_account",\n"private_key": "…"}'''""",
            "config/x.toml:4: source[2].credentials",
            KEEP,
        ),
        (
            "[sender]\naddress = '-----BEGIN PRIVATE KEY-----'",
            "config/x.toml:2: sender.address",
            KEEP,
        ),
        (
            "[workspace]\nledger = 'postgresql://crm:hunter2@db/crm'",
            "config/x.toml:2: workspace.ledger",
            "write postgresql://user:${DATABASE_PASSWORD}@host/name",
        ),
        (
            "[workspace]\nledger = 'postgresql://db/crm?user=a&password=hunter2'",
            "config/x.toml:2: workspace.ledger",
            "write postgresql://user:${DATABASE_PASSWORD}@host/name",
        ),
        (
            "[sender]\naddress = 'a@example.com'\nsecret = 'a secret of a few words'",
            "config/x.toml:3: sender.secret",
            'write "${NAME}" for an environment variable or "${file:secrets/name}" for a file',
        ),
    ],
)
def test_a_secret_in_clear(faults, text, key, hint):
    assert faults(text) == [f"{key}: a secret in clear — {hint}"]


def test_the_secret_of_links_is_long_and_never_shown(loaded, faults):
    text = "[sender]\naddress = 'a@example.com'\npostal_address = 'x'\nsecret = '${KEY}'\n"
    sender = loaded(text, KEY="sixteen letters!").followups.sender
    assert sender.secret == "sixteen letters!"
    assert "sixteen" not in repr(sender)
    (fault,) = faults(text, KEY="hunter2")
    assert "sender.secret: is too short for a secret" in fault
    assert "hunter2" not in fault


def test_a_filled_in_secret_is_never_shown(faults):
    found = faults("[workspace]\nledger = 'mysql://u:${PASSWORD}@h/x'", PASSWORD="hunter2")
    found += faults("[sender]\naddress = '${PASSWORD}'", PASSWORD="hunter2")
    assert len(found) == 2
    assert "hunter2" not in "".join(found)
    assert found[1].endswith("sender.address: what ${PASSWORD} gives is not right here")


def test_a_workbook_needs_no_credentials(faults):
    text = "[[source]]\nname = 'b'\nexcel = 'b.xlsx'\ncredentials = '${KEY}'\n"
    told = "config/x.toml:4: source[2].credentials: a workbook needs none — remove the line"
    assert faults(text, KEY="x") == [told]
