"""CPU seconds of processes and of those that they started (Linux)."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

from sheetcrm.cluster.database import Connection


def own_cpu() -> float:
    """Seconds of this process and of those that it started and that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def cpu_of(process: subprocess.Popen[bytes]) -> float:
    """Seconds of a process and of its children that ended (Linux)."""
    return sum(map(int, stat(process.pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def server_cpu(connection: Connection) -> float:
    """Seconds of the server and of all its processes, those that ended included (Linux)."""
    server = int(stat(connection.info.backend_pid)[1])
    ticks = sum(map(int, stat(server)[11:15]))
    for path in Path("/proc").glob("[0-9]*"):
        fields = stat(int(path.name))
        if fields and int(fields[1]) == server:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def stat(process: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, from the state on; none where it ended."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
