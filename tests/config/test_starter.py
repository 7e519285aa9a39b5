"""The starter config: what `sheetcrm init` copies, and what a team reads first."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetcrm.config import Config, columns, load
from sheetcrm.core.followup.rules import Stop
from sheetcrm.core.formula import Frame, evaluate, parse
from sheetcrm.errors import ConfigError

ROOT = Path(__file__).parents[2]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("config/*.toml"))}


def test_it_loads_without_fault_and_notes_only_whose_mails_they_are():
    config = load(ROOT)
    (note,) = config.notes
    assert re.fullmatch(
        r"config/followups.toml:\d+: sender: is still the sample's: Surya Atap <halo@example.com>",
        note,
    )
    assert [source.excel for source in config.sources] == ["leads.xlsx"]
    assert [table.name for table in config.tables] == ["Cities"]


def test_its_files_are_those_of_the_readme():
    assert list(TEXTS) == ["followups.toml", "scoring.toml", "sheetcrm.toml", "stages.toml"]


def test_everything_can_be_seen_in_the_sheet():
    _, _, below = TEXTS["sheetcrm.toml"].partition("[write]")
    offered = set(re.findall(r'^# (\w+) = "', below, re.MULTILINE))
    seen = set(columns.SIMPLE) | {"framework.BANT", "log_tab"}
    assert seen == set(load(ROOT).outputs) | offered


def test_its_rules():
    rules = load(ROOT).qualification
    assert [(score.name, score.max, score.decay is not None) for score in rules.scores] == [
        ("Fit", 50, False),
        ("Engagement", 50, True),
    ]
    assert [(f.name, f.needs, len(f.criteria)) for f in rules.frameworks] == [
        ("BANT", 3, 4),
        ("Prospect", 3, 3),
    ]
    assert [stage.name for stage in rules.stages] == [
        "Contact",
        "Lead",
        "MQL",
        "SQL",
        "Prospect",
        "Customer",
        "Repeat customer",
        "Disqualified",
    ]


def test_its_follow_ups():
    follow = load(ROOT).followups
    (welcome,) = follow.sequences
    assert [(step.template, step.after_days) for step in welcome.steps] == [
        ("01-intro", 0),
        ("02-case-study", 3),
    ]
    assert {Stop.REPLY, Stop.BOUNCE, Stop.UNSUBSCRIBE} <= set(welcome.stop)
    assert follow.sender.address.endswith("@example.com")
    assert follow.sending.approve == "person"


def test_every_word_that_its_rules_ask_of_a_status_holds_in_three_languages():
    (status,) = (field for field in load(ROOT).fields if field.name == "status")
    asked = {word for t in TEXTS.values() for word in re.findall(r'\[@Status\]="([^"]+)"', t)}
    assert {"Interested", "Not interested", "Quote sent", "Not now"} == asked
    assert all(len(status.aliases[word]) >= 4 for word in asked)


@pytest.mark.parametrize(
    "activity", ["Price", "minta harga", "Katalog", "Pidió precio", "Visita técnica", "Cotizacion"]
)
def test_its_rule_for_activities_knows_three_languages(activity):
    scores = load(ROOT).qualification.scores
    (asked,) = (r.when for s in scores for r in s.rules if r.name == "asked for price or demo")
    assert evaluate([parse(asked)], Frame({"Last activity": [activity, "Newsletter"]})) == [
        [True, False]
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_commented_out_works_when_it_is_switched_on(tmp_path, name):
    """A line ``# key = value`` or ``# [table]`` is an example, so it has to be right."""
    text = TEXTS[name].replace("decay = { since = '=[@[Last contact]]', half", "# decay half")
    example = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)
    switched_on = {**TEXTS, name: example.sub("", text)}
    config = written(tmp_path, switched_on)
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "mail-password").write_text("rahasia", encoding="utf-8")
    assert load(config)


@pytest.mark.parametrize("name", TEXTS)
def test_lines_are_short_and_plain(name):
    for line in TEXTS[name].splitlines():
        assert len(line) <= 120
        assert line == line.rstrip()
        assert "\t" not in line


VALUES = """\
1 | -1 | 0 | true | 1e400 | nan | inf | -0.0 | 99999999999999999999999999 | bad | | [] | {} | '' | "x"
[[1]] | [{}] | [1, "a"] | { a = 1 } | { when = '=1' } | { when = '=1', ask = { id = 'a' } }
'=1' | '=[@X' | '=' | '=[@Score]' | { since = '=1', lose = 1 } | 'mon-fri' | "${HOME}" | "${X"
"${file:.}" | "\\u0000" | "\\n" | 1979-05-27 | 1979-05-27T07:32:00Z | 07:32:00
"Fit" | "Stage" | "id" | "Contact" | "welcome" | "leads" | "BANT" | "Lead ID"
"""
HEADINGS = """\
[[stage]] | [stage] | [[score]] | [[score.rule]] | [score.rule] | [workspace] | [[workspace]] | [write]
[fields.email] | [fields] | [[framework]] | [framework.criteria] | [[source]] | [[table]] | [sender]
[[sequence]] | [[sequence.step]] | [sending] | [moves] | [parameters] | [[segment]] | [x] | [[x.y]] | [
"""


def words(text):
    return st.sampled_from([word.strip() for line in text.splitlines() for word in line.split("|")])


@st.composite
def mutations(draw):
    """The starter's texts, a few lines of them changed."""
    texts = {name: text.split("\n") for name, text in TEXTS.items()}
    for _ in range(draw(st.integers(1, 6))):
        lines = texts[draw(st.sampled_from(sorted(texts)))]
        filled = [i for i, line in enumerate(lines) if line and not line.startswith("#")]
        if not filled:
            continue
        i = draw(st.sampled_from(filled))
        kind = draw(st.integers(0, 6))
        key, equals, _ = lines[i].partition(" = ")
        if kind <= 2 and equals:
            lines[i] = f"{key} = {draw(words(VALUES))}"
        elif kind == 3:
            lines[i] = draw(words(HEADINGS))
        elif kind == 4:
            del lines[i]
        elif kind == 5:
            lines.insert(draw(st.sampled_from(filled)), lines[i])
        else:
            at = draw(st.integers(0, len(lines[i])))
            garbage = draw(st.text(st.sampled_from("[]{}'\"=.,#@$ \\aé\n\0\u2028"), max_size=4))
            lines[i] = lines[i][:at] + garbage + lines[i][at + draw(st.integers(0, 2)) :]
    return {name: "\n".join(lines) for name, lines in texts.items()}


@given(mutations())
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_somebody_writes_is_read_or_refused_with_places(tmp_path, texts):
    root = written(tmp_path, texts)
    try:
        config = load(root, environ={"HOME": "/home/x"})
    except ConfigError as error:
        for fault in error.faults:
            assert fault.message
            assert fault.file == "config" or fault.file.removeprefix("config/") in texts
            if fault.line:
                text = texts[fault.file.removeprefix("config/")]
                assert fault.line <= text.count("\n") + 1
    else:
        assert isinstance(config, Config)


def written(root, texts):
    """A workspace with these files."""
    shutil.rmtree(root / "config", ignore_errors=True)
    (root / "config").mkdir()
    for name, text in texts.items():
        (root / "config" / name).write_text(text, encoding="utf-8", newline="")
    return root
