"""Makes the README's pictures of the sample sheet, before and after a sync.

    python tools/make_pictures.py

Needs LibreOffice (soffice) and pdftoppm; run it again when the sample or the starter changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        workspace = work / "demo"
        sheetcrm("init", "--sample", str(workspace))
        render(workspace / "leads.xlsx", work, PICTURES / "before.png")
        sheetcrm("--workspace", str(workspace), "sync")
        render(workspace / "leads.xlsx", work, PICTURES / "after.png")


def sheetcrm(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "sheetcrm", *arguments], check=True)


def render(workbook: Path, work: Path, picture: Path) -> None:
    """The first page of the first tab as a PNG."""
    profile = f"-env:UserInstallation=file://{work / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, workbook],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    page = work / "page"
    subprocess.run(
        ["pdftoppm", "-r", "110", "-f", "1", "-l", "1", "-singlefile", "-png",
         work / f"{workbook.stem}.pdf", page],
        check=True,
    )  # fmt: skip
    picture.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(f"{page}.png", picture)


if __name__ == "__main__":
    main()
