"""What people install is whole: the wheel, the sdist, and a workspace made by them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from sheetcrm import __version__
from tests.deploy.conftest import ROOT, call, packages

pytestmark = pytest.mark.slow


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_module_and_the_starter(built):
    found = names(built.wheel)
    modules = {str(p.relative_to(ROOT)) for p in (ROOT / "sheetcrm").rglob("*.py")}
    starter = {
        f"sheetcrm/starter/{path.relative_to(ROOT)}"
        for folder in ("config", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert modules | starter <= found
    assert {"sheetcrm/py.typed", "sheetcrm/sample/leads.xlsx"} <= found
    assert not [name for name in found if name.startswith(("tests", "tools", "docs"))]


def test_the_sdist_has_what_developers_need_and_builds_the_same_wheel(built):
    with tarfile.open(built.sdist) as archive:
        found = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "Dockerfile", "deploy/run-every", "tests/conftest.py", ".ci/run"} <= found
    assert not [name for name in found if name.startswith(("var/", ".git/", "secrets/"))]
    assert built.again.name == built.wheel.name
    with zipfile.ZipFile(built.wheel) as first, zipfile.ZipFile(built.again) as second:
        assert names(built.wheel) == names(built.again)
        assert [n for n in first.namelist() if first.read(n) != second.read(n)] == []


def test_a_clean_environment_runs_it(installed, tmp_path):
    assert call(installed, "--version").strip() == f"sheetcrm, version {__version__}"
    work = tmp_path / "my leads"
    call(installed, "init", "--sample", work)
    assert call(installed, "--workspace", work, "sync") == ""
    assert call(installed, "--workspace", work, "run", "--deadline", "10m") == ""
    shown = call(installed, "--workspace", work, "schedule", "--kind", "systemd")
    assert f"ExecStart={installed.parent / 'python'} -m sheetcrm --workspace" in shown
    assert sorted(path.name for path in work.iterdir()) == [
        *(".gitignore", "config", "leads.xlsx", "secrets", "templates", "var")
    ]


READ_ONLY = """\
set -e
mount --rbind / "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount -t tmpfs -o mode=1777 none "$ROOT/tmp"
for folder in $HIDDEN; do mount -t tmpfs -o mode=755 none "$ROOT$folder"; done
for folder in $NEEDED; do
  [ -d "$ROOT$folder" ] || mkdir -p "$ROOT$folder"
  mount --bind "$folder" "$ROOT$folder"
  mount -o remount,bind,ro "$ROOT$folder"
done
mkdir "$ROOT/tmp/workspace"
mount --bind "$WORK" "$ROOT/tmp/workspace"
exec chroot --userspec=1000:1000 "$ROOT" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 \\
  PYTHONDONTWRITEBYTECODE=1 SHEETCRM_WORKSPACE=/tmp/workspace sh -ec '
    ! touch /etc/written "$0.written" 2>/dev/null
    for command in check plan "run --verbose" drafts preview "health --html" "undo last" status; do
      "$0" $command
    done' "$PROGRAM"
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root for mounts of its own"
)
def test_it_writes_nothing_but_the_workspace(installed, tmp_path):
    """As the image runs: not root, the system read-only, a workspace and /tmp."""
    work, root = tmp_path / "work", tmp_path / "root"
    root.mkdir()
    call(installed, "init", "--sample", work)
    for path in (work, *work.rglob("*")):
        shutil.chown(path, 1000, 1000)
    needed = [str(path) for path in (Path(sys.base_prefix), packages(), installed.parents[1])]
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-c", READ_ONLY],
        env={
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "ROOT": str(root),
            "NEEDED": " ".join(needed),
            "HIDDEN": " ".join(sorted({top for path in needed if (top := closed(Path(path)))})),
            "WORK": str(work),
            "PROGRAM": str(installed),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "MQL" in result.stdout


def closed(path):
    """The topmost folder above that others than its owner may not enter; its own /tmp is open."""
    folders = (folder for folder in reversed(path.parents) if folder != Path("/tmp"))
    tops = (folder for folder in folders if not folder.stat().st_mode & 0o001)
    top = next(tops, None)
    return str(top) if top and Path("/tmp") not in top.parents else None
