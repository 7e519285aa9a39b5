from __future__ import annotations

from sheetcrm.core.schedule.job import Job, job_times
from sheetcrm.core.schedule.zones import Here

UTC = Here(zone="Etc/UTC")
ENVIRONMENT = {"PATH": "/opt/crm/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def job(cron="", *, every="1h", workspace="/home/ana/my leads", here=UTC, zone="Asia/Jakarta"):
    times, zoned = job_times(workspace, every=every, cron=cron)
    return Job(
        workspace=workspace,
        program=("/opt/crm/bin/python", "-m", "sheetcrm"),
        times=times,
        zone=zone if zoned else "",
        here=here,
        environment=ENVIRONMENT,
    )
