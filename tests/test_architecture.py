"""What matters about the shape of the code is checked by a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "sheetcrm"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_MODULE, MAX_FUNCTION = 400, 50


def test_layers_are_kept():
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small_and_say_what_they_are(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= MAX_MODULE
    assert ast.get_docstring(tree) or not tree.body, "a module opens by saying what it is"
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 <= MAX_FUNCTION, node.name


def test_no_dumping_grounds():
    names = {path.stem for path in MODULES} | {
        path.name for path in PACKAGE.rglob("*") if path.is_dir()
    }
    assert not names & {"utils", "util", "helpers", "helper", "common", "base", "misc"}


def test_only_output_prints():
    printing = re.compile(r"\bprint\(|click\.echo|sys\.stdout\.write")
    guilty = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.name != "output.py"
        and printing.search(path.read_text(encoding="utf-8").replace(".print(", ""))
    ]
    assert guilty == []


def test_every_dependency_is_explained():
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"]
    for group in project["dependency-groups"].values():
        wanted += [entry for entry in group if isinstance(entry, str)]
    names = [re.split(r"[<>=\[ ]", entry)[0] for entry in wanted]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_help_answers_before_anything_heavy_is_imported():
    code = (
        "import sys; from sheetcrm.cli.main import main; main(['--help']);"
        "heavy = {'polars', 'sqlalchemy', 'formualizer', 'jinja2', 'openpyxl', 'gspread', 'babel'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
