"""The wheel and the sdist, built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKED = (".git", ".venv*", ".ci-*", "demo", "demo-google", "var", ".*_cache", ".hypothesis")


@dataclass(frozen=True)
class Built:
    """What `pip install` and people who package get."""

    wheel: Path
    sdist: Path
    again: Path  #: the wheel that the sdist builds


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Built:
    """Without the network: the build program is one of the developer's packages."""
    folder = tmp_path_factory.mktemp("built")
    source = shutil.copytree(ROOT, folder / "source", ignore=left_out)
    sdist = build(source, folder / "first", "sdist")
    wheel = build(source, folder / "first", "wheel")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    return Built(wheel=wheel, sdist=sdist, again=build(unpacked, folder / "second", "wheel"))


@pytest.fixture(scope="session")
def installed(built, tmp_path_factory) -> Path:
    """The program of a clean environment, in which the wheel is and nothing can be compiled.

    What the wheel depends on is lent by this environment, as tests have no network.
    """
    home = tmp_path_factory.mktemp("clean") / "env"
    python = home / "bin" / "python"
    call(sys.executable, "-m", "venv", "--without-pip", home)
    call(
        sys.executable,
        "-m",
        "pip",
        f"--python={python}",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--disable-pip-version-check",
        built.wheel,
        environment={"CC": "/bin/false"},
    )
    (own,) = home.glob("lib/python*/site-packages")
    (own / "lent.pth").write_text(f"{packages()}\n", encoding="utf-8")
    return home / "bin" / "sheetcrm"


def left_out(folder: str, names: list[str]) -> set[str]:
    """What is no source: everywhere what Python compiled, and at the top what work leaves there."""
    patterns = ("__pycache__", *(WORKED if Path(folder) == ROOT else ()))
    return {name for name in names if any(fnmatch(name, pattern) for pattern in patterns)}


def packages() -> Path:
    """Where this environment's packages lie."""
    return next(Path(path) for path in sys.path if path.endswith("site-packages"))


def build(source: Path, target: Path, what: str) -> Path:
    call(sys.executable, "-m", "hatchling", "build", "-t", what, "-d", target, cwd=source)
    (found,) = target.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return found


def call(*words, cwd=None, environment=None):
    """Run a program that has to succeed, in an environment of its own."""
    settings = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    kept = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    result = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**settings, **kept, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{words}\n{result.stdout}\n{result.stderr}"
    return result.stdout
