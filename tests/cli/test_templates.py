"""What people see of their templates."""

from __future__ import annotations

import json


def test_the_matrix(sample, run):
    said = run("--workspace", sample, "templates")
    assert said.code == 0
    assert "jakarta-solar.id" in said.out
    assert "FALLBACK" in said.out
    assert "HOLE" not in said.out
    assert max(map(len, said.out.splitlines())) <= 120
    every = run("--workspace", sample, "templates", "--all").out
    assert len(every.splitlines()) > len(said.out.splitlines())
    report = json.loads(run("--workspace", sample, "templates", "--json").out)
    assert {"matrix", "holes", "unused", "errors"} == report.keys()
    intro = [one for one in report["matrix"] if one["step"] == "01-intro"]
    assert sum(one["leads"] for one in intro) == 60


def test_holes_and_files_that_no_lead_gets_are_named(sample, run):
    folder = sample / "templates" / "welcome"
    for path in folder.glob("02-case-study*.md"):
        text = path.read_text(encoding="utf-8")
        head = "---\nFor-location: Jakarta\n" + text.removeprefix("---\n")
        if not text.startswith("---\n"):
            head = f"---\nFor-location: Jakarta\n---\n{text}"
        path.write_text(head, encoding="utf-8")
    (folder / "09-old.id.md").write_text("---\nSubject: x\n---\nx", encoding="utf-8")
    said = run("--workspace", sample, "templates").out
    assert "HOLE welcome/02-case-study: " in said
    assert "no step has this template" in said


def test_why(sample, run):
    said = run("--workspace", sample, "templates", "--explain", "Dewi Kartika", "01-intro")
    assert said.code == 0
    assert "does not match For-location" in said.out
    found = json.loads(
        run("--workspace", sample, "templates", "--explain", "Dewi Kartika", "--json").out
    )
    assert found[0]["candidates"][0]["fits"] is True
    assert run("--workspace", sample, "templates", "01-intro").code == 2
