from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetcrm.cli.main import main


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys):
    """Run a command line in this process, as a cron job would: no terminal."""

    def command(*arguments: object) -> Said:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(code, said.out, said.err)

    return command


@pytest.fixture
def sample(tmp_path, run) -> Path:
    """A workspace with the sample workbook."""
    root = tmp_path / "demo"
    assert run("init", "--sample", root).code == 0
    return root


@pytest.fixture(scope="session")
def synced_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, synced; to be copied."""
    root = tmp_path_factory.mktemp("synced") / "demo"
    assert main(["init", "--sample", str(root)]) == 0
    assert main(["--workspace", str(root), "sync"]) == 0
    return root


@pytest.fixture
def synced_sample(synced_once: Path, tmp_path: Path) -> Path:
    """A workspace with the sample workbook, synced."""
    return Path(shutil.copytree(synced_once, tmp_path / "demo"))
