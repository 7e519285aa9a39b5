from __future__ import annotations

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
