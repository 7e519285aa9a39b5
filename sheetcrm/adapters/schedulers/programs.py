"""Calls of the system's own programs, with what went wrong said in words."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping

from sheetcrm.errors import UsageError

_PATIENCE = 60.0  # seconds


def call(
    *words: str, given: bytes | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end; what it says is in English.

    Args:
        words: the program and its arguments.
        given: its standard input.
        environment: all of it; this process's where it is left out.

    Raises:
        UsageError: it is not there, or does not end.
    """
    settings = {**os.environ, "LC_ALL": "C"} if environment is None else dict(environment)
    try:
        return subprocess.run(  # noqa: S603  the programs are ours, the arguments are words
            words,
            input=given or b"",
            capture_output=True,
            env=settings,
            check=False,
            timeout=_PATIENCE,
        )
    except FileNotFoundError as error:
        raise UsageError(
            f"this computer has no {words[0]}", hint="choose another --kind, or install it"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        why = getattr(error, "strerror", None) or f"no answer in {_PATIENCE:.0f} seconds"
        raise UsageError(f"{shlex.join(words)}: {why}", hint="try it by hand") from error


def done(*words: str, given: bytes | None = None, hint: str = "") -> bytes:
    """What a program says that has to succeed.

    Raises:
        UsageError: it did not.
    """
    result = call(*words, given=given)
    if result.returncode:
        raise UsageError(
            f"{shlex.join(words)}: {said(result)}",
            hint=hint or "nothing was changed; try it by hand",
        )
    return result.stdout


def said(result: subprocess.CompletedProcess[bytes]) -> str:
    """The last line of what a program complained of."""
    text = (result.stderr or result.stdout).decode(errors="replace").strip()
    return text.splitlines()[-1].strip() if text else f"exit code {result.returncode}"
