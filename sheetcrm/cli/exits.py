"""Every exception becomes one message and one exit code; no traceback ever reaches a user.

0 fine · 1 finished, a person should look · 2 usage or config · 3 a bug · 75 try again later ·
130 interrupted. 75 is EX_TEMPFAIL of BSD's sysexits.h.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from sheetcrm import __version__
from sheetcrm.cli import output
from sheetcrm.errors import (
    ConfigError,
    FormulaError,
    SheetCrmError,
    TransientError,
    UsageError,
)

FINE, LOOK, USAGE, BUG, LATER, INTERRUPTED = 0, 1, 2, 3, 75, 130


def run(command: Callable[[], object], workspace: Sequence[str] = ()) -> int:
    """Run a command and say what went wrong, if anything did.

    Args:
        command: does it.
        workspace: once it runs, the folder that was named, "" for none; a bug is noted there.
    """
    try:
        result = command()
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    except KeyboardInterrupt:
        output.complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except SheetCrmError as error:
        explain(error)
        return exit_code(error)
    except Exception:  # noqa: BLE001  a bug: keep the traceback, show one line
        return bug(traceback.format_exc(), "".join(workspace))
    return result if isinstance(result, int) else FINE


def leave(code: int) -> None:
    """End the process now where a formula still computes that took too long.

    Python would wait for its thread, which may be in the middle of a long step.
    """
    if any(thread.name.startswith("formula") for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def exit_code(error: SheetCrmError) -> int:
    """The exit code of an error."""
    if isinstance(error, UsageError):
        return USAGE
    return LATER if isinstance(error, TransientError) else LOOK


def explain(error: SheetCrmError) -> None:
    """Say what happened, where, and what to do next."""
    if isinstance(error, ConfigError):
        for fault in error.faults:
            output.complain(str(fault))
    output.complain(error.message)
    if isinstance(error, FormulaError):
        output.complain(error.pointer)
    if error.hint:
        output.advise(error.hint)


def bug(text: str, workspace: str = "") -> int:
    """Keep the traceback of a bug in its workspace, and show one line with its place."""
    from sheetcrm.bootstrap import crash_log, find_root

    root: Path | None
    try:
        root = find_root(workspace)
    except SheetCrmError:
        root = None
    path = crash_log(root, f"sheetcrm {__version__}, Python {sys.version}\n\n{text}")
    last = text.strip().splitlines()[-1]
    output.complain(f"this is a bug in sheetcrm, sorry: {last}")
    output.advise(f"what happened is written down in {path}; please report it")
    return BUG
