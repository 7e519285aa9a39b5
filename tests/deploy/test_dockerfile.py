"""What the Dockerfile promises, read from it; no engine is needed for that."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]


def stages():
    """Each stage's instructions as (name, text), comments and line breaks gone."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    found: list[list[tuple[str, str]]] = []
    for line in filter(None, (line.strip() for line in joined.splitlines())):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest))
    return found


def only(stage, name):
    (rest,) = (rest for found, rest in stage if found == name)
    return rest


def settings(stage):
    return dict(part.split("=", 1) for part in shlex.split(only(stage, "ENV")))


def test_it_has_two_stages_of_one_python():
    build, final = stages()
    assert only(build, "FROM") == f"{only(final, 'FROM')} AS build"
    version = re.search(r"python:(\d+)\.(\d+)-slim", only(final, "FROM"))
    assert version
    assert (int(version[1]), int(version[2])) >= (3, 11)


def test_nobody_is_root_and_only_the_workspace_is_a_volume():
    final = stages()[1]
    assert only(final, "USER") == "1000:1000"
    assert [name for name, _ in final].index("USER") > [name for name, _ in final].index("RUN")
    assert only(final, "VOLUME") == only(final, "WORKDIR") == "/workspace"
    assert settings(final)["SHEETCRM_WORKSPACE"] == "/workspace"
    assert settings(final)["HOME"] == "/tmp"
    assert settings(final)["PYTHONDONTWRITEBYTECODE"] == "1"


def test_the_last_stage_takes_nothing_from_the_folder_but_a_script():
    final = stages()[1]
    copied = [rest for name, rest in final if name in {"COPY", "ADD"}]
    assert copied == [
        "--from=build /opt/sheetcrm /opt/sheetcrm",
        "--chmod=755 deploy/run-every /usr/local/bin/run-every",
    ]
    assert settings(final)["PATH"].startswith("/opt/sheetcrm/bin:")


def test_it_is_healthy_and_runs_by_a_script_that_it_has():
    final = stages()[1]
    check = only(final, "HEALTHCHECK")
    assert json.loads(check[check.index("[") :]) == ["run-every", "--healthy"]
    assert json.loads(only(final, "CMD")) == ["run-every", "60"]
    assert (ROOT / "deploy" / "run-every").stat().st_mode & 0o111


def test_no_secret_is_named():
    text = "\n".join(rest for stage in stages() for _, rest in stage)
    assert not re.search(r"(?i)secret|password|token|api_?key|credential", text)


def test_what_is_built_from_is_let_in_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        word
        for stage in stages()
        for name, rest in stage
        if name == "COPY" and "--from" not in rest
        for word in rest.split()[:-1]
        if not word.startswith("--")
    }
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert not any(fnmatch("secrets", rule) or fnmatch(".git", rule) for rule in let_in)


def test_the_build_stage_has_what_the_project_is_built_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    needed |= {*wheel["packages"], *wheel["force-include"]}
    copied = [rest.split()[:-1] for name, rest in stages()[0] if name == "COPY"]
    assert needed == {word for words in copied for word in words}
