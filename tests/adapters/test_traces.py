"""Files of ours that name a person: which ones, and what is left of them."""

from __future__ import annotations

import html
import json
import shutil
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetcrm.adapters.ledger import open_ledger
from sheetcrm.adapters.traces import FolderTraces
from sheetcrm.core.memory import PersonFile
from sheetcrm.ports import TraceKind
from tests.adapters.ledger_contract import plan, record, run

SARI = PersonFile(
    names=("Sari O'Neil-Wuläñdari", "Al"),
    addresses=("sari@example.com",),
    phones=("+628111222333",),
    leads=(("expo", "L-7K3M9QD"),),
    tables={"messages": [{"message_id": "<sc.abc@example.com>"}]},
)


def found(folder: Path, person: PersonFile = SARI) -> dict[str, TraceKind]:
    traces = FolderTraces([folder], ledger="elsewhere.db").find(person)
    return {Path(place).name: kind for kind, place in traces}


def erase(folder: Path, person: PersonFile = SARI) -> None:
    traces = FolderTraces([folder], ledger="elsewhere.db")
    traces.erase(traces.find(person), person)


@pytest.mark.parametrize(
    "text",
    [
        "to sari@example.com.",
        "TO: <SARI@Example.com>",
        "mailto:sari%40example.com?subject=x",
        "sari@example.com|welcome|1|1",
        "https://wa.me/628111222333?text=Halo",
        "phone +628111222333",
        "no number: “0811-1222-333”",
        "call (0811) 1222 333 or +62 811.1222.333",
        "8111222333",  # as Excel keeps it
        json.dumps({"why": "refused:\nsari@example.com"}),
        "https://example.org/?to%3Dsari%40example.com",
        "(L-7K3M9QD)",
        "Sari O'Neil-Wuläñdari",
        html.escape("Sari O'Neil-Wuläñdari"),
        json.dumps({"name": "Sari O'Neil-Wuläñdari"}),
        "In-Reply-To: <sc.abc@example.com>",
    ],
)
def test_what_names_them(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(f"first\n{text}\nlast")
    assert found(tmp_path) == {"a.log": TraceKind.TEXT}
    erase(tmp_path)
    assert found(tmp_path) == {}


@pytest.mark.parametrize(
    "text",
    [
        "rosari@example.com",
        "sari@example.com.mx",
        "sari@example.community",
        "x.sari@example.com",
        "6281112223334",
        "16281112223334",
        "L-7K3M9QDX",
        "Al dente, Alba, Sari",  # a name of two letters is none to look for
        "",
    ],
)
def test_what_names_somebody_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text)
    assert found(tmp_path) == {}


def test_a_log_loses_the_words_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    lines = [json.dumps({"to": "sari@example.com", "at": 1}), json.dumps({"to": "budi"}), "\xff"]
    log.write_bytes("\n".join(lines).encode("latin-1"))
    with log.open("a", encoding="latin-1") as open_meanwhile:
        erase(tmp_path)
        open_meanwhile.write("\nmore")
    text = log.read_bytes().decode("latin-1").splitlines()
    assert json.loads(text[0]) == {"to": "[forgotten]", "at": 1}
    assert text[1:] == [*lines[1:], "more"]


def test_a_message_goes_if_it_is_to_them_and_stays_if_it_names_them(tmp_path: Path) -> None:
    for name, to, body in (
        ("hers", "Sari <sari@example.com>", "Halo"),
        ("upper", "SARI@EXAMPLE.COM", "Halo"),
        ("his", "budi@example.com", "Sari O'Neil-Wuläñdari, sari@example.com"),
    ):
        text = f"To: {to}\nMessage-ID: <{name}@example.com>\n\n{body}"
        (tmp_path / f"{name}.eml").write_text(text)
    erase(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["his.eml"]


def test_what_is_the_teams_is_found_inside_of_archives(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "leads.bak.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", "<t>Sari O&apos;Neil-Wuläñdari</t>")
    with zipfile.ZipFile(tmp_path / "other.bak.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", "<t>Budi</t>")
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04 sari@example.com")
    assert found(tmp_path) == dict.fromkeys(("leads.bak.xlsx", "cut.xlsx"), TraceKind.BACKUP)


def test_a_table_in_utf_16_is_found(tmp_path: Path) -> None:
    (tmp_path / "leads.bak.csv").write_text("Name\tEmail\nSari\tsari@example.com\n", "utf-16")
    (tmp_path / "other.bak.csv").write_text("Name\tEmail\nBudi\tbudi@example.com\n", "utf-16")
    assert found(tmp_path) == {"leads.bak.csv": TraceKind.BACKUP}


def test_a_ledger_that_was_put_aside_is_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db.damaged1"
    with closing(open_ledger(str(path))) as ledger:
        run(ledger, plan(leads=[record("L1", email="sari@example.com")]))
        shutil.copy(f"{path}-wal", tmp_path / "kept")
    shutil.copy(tmp_path / "kept", f"{path}-wal")
    (tmp_path / "kept").unlink()
    assert found(tmp_path) == {path.name: TraceKind.BACKUP}
    erase(tmp_path)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"])), st.text("ab.@-_ \n\"'<>|(){}0+", max_size=9)
)
def test_nothing_of_them_is_left_between_whatever_words(
    tmp_path: Path, before: str, after: str
) -> None:
    """Where a text names them, as this tells it, it does not once it is blackened."""
    log = tmp_path / "a.log"
    log.write_text(f"{before}sari@example.com{after} and sari@example.com\n", newline="")
    assert found(tmp_path)
    erase(tmp_path)
    assert found(tmp_path) == {}
