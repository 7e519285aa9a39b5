"""Changes, made for good: checked, prepared, written beside the file, verified, renamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import BinaryIO

from sheetcrm.adapters.excel.deflated import Deflated
from sheetcrm.adapters.excel.package import Package
from sheetcrm.adapters.excel.save import Snapshot, check_writable, replace_file
from sheetcrm.adapters.excel.update import Change, Update, prepare
from sheetcrm.adapters.excel.verify import check


def write_changes(
    package: Package,
    changes: Sequence[Change],
    *,
    snapshot: Snapshot,
    out: Path | None = None,
    before: Callable[[], None] = lambda: None,
) -> Update:
    """Make changes, each of another sheet, in the workbook itself, or in a copy at `out`.

    Nothing is written where every cell says already what it should; otherwise `before` is
    called first.

    Raises:
        Refusal: it cannot be made safely.
        SourceBusyError: somebody has the workbook open.
        SourceChangedError: it is no longer what `snapshot` says.
    """
    path = out or package.path

    def write(file: BinaryIO) -> None:
        package.archive.copy(file, update.parts)

    def verify(temporary: Path) -> None:
        check(package, changes, update, temporary)

    with ExitStack() as stack:

        def keep(part: Deflated) -> Deflated:
            return stack.enter_context(closing(part))

        update = prepare(package, changes, keep)
        if update.is_read and any(change.recalculate for change in changes):
            from sheetcrm.adapters.excel.recalculated import recalculated  # noqa: PLC0415

            update = recalculated(package, changes, update, keep)
        if update.cells:
            if out is None:
                check_writable(path)
            before()
            known = snapshot if out is None else None
            replace_file(path, known, write, verify, like=package.path)
    return update
