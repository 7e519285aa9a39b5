"""Makes the pictures of the sample sheet, before and after a sync, and of the page of drafts.

    python tools/make_pictures.py

Needs LibreOffice (soffice), pdftoppm and Chromium; run it again when the sample or the starter
changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LAST_ROW = 20
SHOWN = {
    "Name", "Company", "Role", "City", "Interest", "Budget", "Last contact", "Status",
    "Score", "BANT", "Stage", "Why", "Next question", "Email status",
}  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        workspace = work / "demo"
        sheetcrm("init", "--sample", str(workspace))
        render(workspace / "leads.xlsx", work, PICTURES / "before.png", dpi=110, inches=4.25)
        sheetcrm("--workspace", str(workspace), "sync")
        render(workspace / "leads.xlsx", work, PICTURES / "after.png", dpi=190, inches=2.0)
        page = drafts_page(work / "english")
        shoot(page, PICTURES / "drafts.png", "1400,1060")
        shoot(page, PICTURES / "drafts-phone.png", "500,930")


def drafts_page(workspace: Path) -> Path:
    """The page of the sample's drafts, in English as the documentation is."""
    sheetcrm("init", "--sample", str(workspace))
    config = workspace / "config" / "sheetcrm.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('\nlanguage = "id"', '\nlanguage = "en"'), encoding="utf-8")
    sheetcrm("--workspace", str(workspace), "sync")
    sheetcrm("--workspace", str(workspace), "preview")
    return workspace / "var" / "preview" / "index.html"


def sheetcrm(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "sheetcrm", *arguments], check=True)


def render(workbook: Path, work: Path, picture: Path, *, dpi: int, inches: float) -> None:
    """The telling columns of the first leads as a PNG: the others are hidden in a copy."""
    shown = work / "shown.xlsx"
    only_telling_columns(workbook, shown)
    profile = f"-env:UserInstallation=file://{work / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, shown],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    page = work / "page"
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", "1", "-l", "1", "-singlefile", "-png",
         "-x", str(dpi // 7), "-y", str(dpi // 7),
         "-W", str(round(11.42 * dpi)), "-H", str(round(inches * dpi)), work / "shown.pdf", page],
        check=True,
    )  # fmt: skip
    picture.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(f"{page}.png", picture)


def shoot(page: Path, picture: Path, size: str) -> None:
    """A page as a browser window of this size shows it."""
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--window-size={size}", f"--screenshot={picture}", page.as_uri()],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def only_telling_columns(workbook: Path, shown: Path) -> None:
    """A copy with the columns of `SHOWN`, for the picture only."""
    book = openpyxl.load_workbook(workbook, data_only=True)
    sheet = book["Leads"]
    for cell in sheet[4]:
        sheet.column_dimensions[cell.column_letter].hidden = cell.value not in SHOWN
    sheet.print_area = f"A4:{sheet.cell(4, sheet.max_column).column_letter}{LAST_ROW}"
    sheet.print_title_rows = None
    sheet.oddFooter.left.text = sheet.oddFooter.right.text = sheet.oddFooter.center.text = ""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.top = 0.2
    book.save(shown)


if __name__ == "__main__":
    main()
