"""A copy of a workbook as it was before the first write of a day."""

from __future__ import annotations

import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path


def keep(path: Path, folder: Path, today: date) -> str:
    """Copy the workbook into `folder` unless that was done today; say where, or "".

    Workbooks of one name in different folders are told apart by a digest of their folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = sha256(str(path.parent).encode()).hexdigest()[:6]
    kept = folder / f"{path.stem}.{today:%Y%m%d}-{place}.bak{path.suffix}"
    if kept.exists():
        return ""
    started = kept.with_name(kept.name + ".part")
    try:
        shutil.copy2(path, started)
        started.replace(kept)
    finally:
        started.unlink(missing_ok=True)
    return str(kept)
