"""What many workspaces cost on workers that share a PostgreSQL: jobs, take-over, sizes.

    python benchmarks/cluster.py [--workbooks 400] [--queue 300 2000 10000] [--pairs 3]
                                 [--takeover 10] [--only waiting queue …]

One server with the usual durability (fsync on) and worker processes, all on this machine. Times
of a busy machine are noisy: CPU seconds and ratios within one run are what counts. So one and two
workers take turns, and how much faster two are is the median of the pairs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.cpu import cpu_of, own_cpu, server_cpu  # noqa: E402
from benchmarks.sync import made_up  # noqa: E402
from sheetcrm.adapters.ledger import open_ledger  # noqa: E402
from sheetcrm.bootstrap import create_workspace  # noqa: E402
from sheetcrm.cluster import duties, handing  # noqa: E402
from sheetcrm.cluster.database import Connection, Shared, rows, shared  # noqa: E402
from sheetcrm.cluster.duties import Duty, Planned  # noqa: E402
from sheetcrm.cluster.tables import prepare  # noqa: E402
from sheetcrm.cluster.work import sync  # noqa: E402
from tests.support.postgres import Server, running  # noqa: E402
from tests.support.workers import start, stopped, until, with_mail, workers, workspace  # noqa: E402

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
}
LEADS = ("leads", "people", "written", "scores", "stage_moves", "edits")
MESSAGES = ("messages", "bodies", "message_events", "enrolments")
LETTER = """---
Subject: {{ lead.name }}, berapa tagihan listrik rumah Anda tahun depan?
---
Halo {{ lead.name }},

terima kasih sudah bertanya tentang **panel surya** untuk rumah Anda. Tarif listrik naik hampir
setiap tahun; atap yang sama bisa menghasilkan sekitar separuh dari yang Anda pakai.

Tiga hal yang paling sering ditanyakan tetangga Anda:

- berapa lama modal kembali: rata-rata enam sampai delapan tahun
- apakah bisa dicicil: ya, sampai lima tahun tanpa uang muka
- siapa yang mengurus izin ke PLN: kami, dari awal sampai meteran terpasang

Kami bisa datang hari Sabtu untuk mengukur atap, sekitar tiga puluh menit dan tanpa biaya.
[Pilih jam yang cocok](https://example.com/jadwal), atau balas saja surat ini.

Jam berapa yang paling enak untuk Anda?
"""
HEAD = """a second | worker ms CPU each | PostgreSQL ms CPU each |
| --- | --- | --- | --- |"""
SOME = 250  # of many that wait
IDLER = """
import sys
from pathlib import Path
from sheetcrm.cluster.database import shared
from sheetcrm.cluster.fleet import Fleet
from sheetcrm.cluster.work import Outcome
from sheetcrm.cluster.worker import Worker, serve
fleet = Fleet(base=Path("/nowhere"), pattern="*")
work = {"sync": lambda *_: Outcome(said="done")}
serve(Worker(shared=shared(sys.argv[1]), fleet=fleet, work=work), lambda text, **figures: None)
"""  # a worker that does nothing: what is left is the queue


class Measured(NamedTuple):
    """Jobs a second, and milliseconds of CPU of each."""

    rate: float
    worker: float
    server: float

    def __str__(self) -> str:
        return f"{self.rate:.1f} | {self.worker:.1f} | {self.server:.1f} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--workbooks", type=int, default=400)
    options.add_argument("--queue", type=int, nargs="+", default=[300, 2000, 10_000])
    options.add_argument("--pairs", type=int, default=3)
    options.add_argument("--takeover", type=float, default=10)
    options.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    chosen = options.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as folder, running(**DURABLE) as server:
        for part in chosen.only:
            print(flush=True)
            PARTS[part](server, Path(folder), chosen)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


def waiting(server: Server, work: Path, chosen: argparse.Namespace) -> None:
    """What a job costs while many wait: the first that one worker does, in turns."""
    print(f"| jobs that do nothing, of so many | {HEAD}")
    for count in chosen.queue * chosen.pairs:
        place = filled(server, count)
        crew = [start(url_of(place), log=work / "log", code=IDLER)]
        print(f"| {count:,} | {measured(place, crew, min(count, SOME))}", flush=True)


def queue(server: Server, work: Path, chosen: argparse.Namespace) -> None:
    """As few jobs that do nothing as wait first of all, by one worker and by two."""
    print(f"| jobs that do nothing | {HEAD}")

    def crew(processes: int) -> Measured:
        place = filled(server, chosen.queue[0])
        log = work / "log"
        crew = [start(url_of(place), log=log, code=IDLER) for _ in range(processes)]
        return measured(place, crew, chosen.queue[0])

    pairs(crew, chosen.pairs)


def syncs(server: Server, work: Path, chosen: argparse.Namespace) -> None:
    """Whole syncs of workbooks, after the first one of each, by one worker and by two."""
    print(f"| workbooks of 60 leads, ten in a workspace | {HEAD}")
    place, count = made(server), chosen.workbooks
    folder = sample_workspaces(work / "fleet", url_of(place), count // 10, each=10)

    def crew(processes: int) -> Measured:
        with place.connected() as connection:
            connection.execute("UPDATE duties SET due_at = now(), begun_at = NULL, ended_at = NULL")
        arguments = ("worker", "--workspaces", str(folder), "--database", url_of(place))
        return measured(
            place, [start(*arguments, log=work / "log") for _ in range(processes)], count
        )

    print(f"| the first, 2 workers | {crew(2)}", flush=True)
    pairs(crew, chosen.pairs)


def pairs(crew: Callable[[int], Measured], count: int) -> None:
    """One worker and two in turn, and how much faster two are."""
    ratios = []
    for _ in range(count):
        found = []
        for processes in (1, 2):
            found.append(crew(processes))
            print(f"| {processes} worker{'s' * (processes > 1)} | {found[-1]}", flush=True)
        ratios.append(found[1].rate / found[0].rate)
    said = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(
        f"\nTwo workers are {statistics.median(ratios):.2f} x as fast as one ({said})", flush=True
    )


def costs(server: Server, work: Path, _: argparse.Namespace) -> None:
    """One source in a workspace, in a process that is warm, as a worker is."""
    print("| CPU seconds of a sync, + PostgreSQL's | first | again | nothing new |")
    print("| --- | --- | --- | --- |")
    place = made(server)
    sample = sample_workspaces(work / "costs", url_of(place), 2, each=1)
    sync(sample / "team0000", "leads0")
    with place.connected() as connection:
        print(f"| 60 leads, the sample's rules | {cost(connection, sample / 'team0001', 'leads0')}")
        for leads in (1000, 9240):
            root = work / "costs" / f"education{leads}"
            shutil.copytree(ROOT / "examples" / "x-education", root)
            made_up(root / "x_education_leads.xlsx", leads)
            for path in root.glob("config/*.toml"):
                text = path.read_text(encoding="utf-8")
                ledger = f'[workspace]\nledger = "{url_of(place)}?schema=education{leads}"'
                path.write_text(text.replace("[workspace]", ledger), encoding="utf-8")
            print(f"| {leads:,} leads, 37 columns | {cost(connection, root, 'x-education')}")


def cost(connection: Connection, root: Path, source: str) -> str:
    """The first sync; one more, which finds out that it may be left out; one that is left out."""
    found = []
    for _ in range(3):
        before = server_cpu(connection), own_cpu()
        sync(root, source)
        used = own_cpu() - before[1], server_cpu(connection) - before[0]
        found.append(" + ".join(f"{seconds:.2f}" for seconds in used))
    return " | ".join(found) + " |"


def measured(place: Shared, crew: Sequence[subprocess.Popen[bytes]], count: int) -> Measured:
    """From when all of them have begun until so many jobs are done: how fast, and at what cost."""
    with place.connected() as connection:
        until(lambda: at_work(connection) == len(crew), seconds=600)
        first, begun = finished(connection), time.monotonic()
        spent = sum(map(cpu_of, crew)), server_cpu(connection)
        while (last := finished(connection)) < count:
            time.sleep(0.25)
        seconds, jobs = time.monotonic() - begun, last - first
        workers_cpu = sum(map(cpu_of, crew)) - spent[0]
        server = server_cpu(connection) - spent[1]
    for process in crew:
        stopped(process)
    return Measured(jobs / seconds, 1000 * workers_cpu / jobs, 1000 * server / jobs)


def takeovers(server: Server, work: Path, chosen: argparse.Namespace) -> None:
    seconds = chosen.takeover
    print(f"A worker killed in the middle of a sync, --takeover {seconds:.0f}:")
    for number in range(3):
        print(f"- taken over after {takeover(server, work / f'killed{number}', seconds):.1f} s")


def takeover(server: Server, work: Path, seconds: float) -> float:
    place, log = made(server), work / "log"
    url = url_of(place)
    root = workspace(work / "team", f"{url}?schema=team", leads=20_000)
    arguments = ("--workspaces", str(root), "--database", url, "--takeover", str(seconds))
    with workers(1, *arguments, log=log) as [victim], place.connected() as connection:
        until((root / "var" / "run.json").exists)
        victim.send_signal(signal.SIGSTOP)  # so that it is still at it when the other one is up
        with workers(1, *arguments, log=log):
            until(lambda: log.read_text().count("at work on") == 2, seconds=60)
            victim.kill()
            waited = until(lambda: "takes over" in log.read_text(), seconds=120)
            until(lambda: finished(connection) == 1, seconds=120)
    return waited


def handing_out(server: Server, _: Path, __: argparse.Namespace) -> None:
    place = made(server)
    fill(place, workspaces=1000, each=10)
    with place.connected() as connection:
        begun, cpu, jobs = time.monotonic(), time.process_time(), 0
        while made_now := handing.hand_out(connection):
            jobs += made_now
    print(
        f"{jobs} sources due at once: handed out in {time.monotonic() - begun:.1f} s, "
        f"{time.process_time() - cpu:.1f} s CPU beside PostgreSQL's"
    )


def sizes(server: Server, work: Path, _: argparse.Namespace) -> None:
    print("| PostgreSQL, a ledger | bytes |\n| --- | --- |")
    place = made(server)
    url = url_of(place)
    before = database_size(place)
    for number in range(20):
        open_ledger(f"{url}?schema=empty{number}").close()
    print(f"| an empty one | {(database_size(place) - before) // 20:,} |")
    leads = 20_000
    folder = work / "sizes"
    workspace(folder / "team", f"{url}?schema=team", leads=leads)
    with (
        workers(1, "--workspaces", str(folder), "--database", url, log=work / "log"),
        place.connected() as connection,
    ):
        until(lambda: finished(connection) == 1, seconds=600)
    print(f"| each lead, one score and a stage | {size_of(place, LEADS) // leads:,} |")
    raw, message = message_size(server, work)
    print(f"| each message of {raw:,} bytes | {message:,} |")


def message_size(server: Server, work: Path) -> tuple[int, int]:
    """Bytes of a message as it goes out, and what it takes here with its text and its HTML."""
    place, count = made(server), 2000
    url = url_of(place)
    root = workspace(work / "mails" / "team", f"{url}?schema=team", leads=count + 2)
    with_mail(root, 9)  # where nobody listens, so that nothing is sent
    (root / "templates" / "welcome" / "01-intro.md").write_text(LETTER, encoding="utf-8")
    with (
        workers(1, "--workspaces", str(root), "--database", url, log=work / "log"),
        place.connected() as connection,
    ):
        until(lambda: finished(connection) == 2, seconds=600)
        query = "SELECT count(*), avg(length(raw))::int FROM team.bodies"
        [(messages, raw)] = rows(connection, query)
    return int(raw), size_of(place, MESSAGES) // int(messages)


def filled(server: Server, count: int) -> Shared:
    """With jobs that wait, ten in a workspace."""
    place = made(server)
    fill(place, workspaces=count // 10, each=10)
    with place.connected() as connection:
        while handing.hand_out(connection):
            pass
    return place


def made(server: Server) -> Shared:
    place = shared(server.fresh())
    with place.connected() as connection:
        prepare(place, connection)
    return place


def fill(place: Shared, *, workspaces: int, each: int) -> None:
    with place.connected() as connection, connection.transaction():
        for number in range(workspaces):
            name = f"team{number:05}"
            connection.execute("INSERT INTO workspaces VALUES (%s, '', '')", (name,))
            planned = [
                Planned(
                    duty=Duty(workspace=name, kind="sync", name=f"s{i}"),
                    schedule="0 0 1 1 *",
                    zone="UTC",
                )
                for i in range(each)
            ]
            duties.keep(connection, name, planned)


def sample_workspaces(folder: Path, url: str, count: int, *, each: int) -> Path:
    """Workspaces like that of `init --sample`, with more workbooks."""
    source = '[[source]]\nname = "{0}"\nexcel = "{0}.xlsx"\ntab = "Leads"\nschedule = "0 0 1 1 *"\n'
    for number in range(count):
        root = folder / f"team{number:04}"
        create_workspace(root, sample=True)
        path = root / "config" / "sheetcrm.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        kept, inside = [], False
        for line in lines:
            inside = line.startswith("[[source]]") or (inside and not line.startswith("["))
            if line.startswith("ledger"):
                kept.append(f'ledger = "{url}?schema=team{number:04}"')
            elif not inside:
                kept.append(line)
        names = [f"leads{i}" for i in range(each)]
        path.write_text("\n".join([*kept, *map(source.format, names)]), encoding="utf-8")
        book = (root / "leads.xlsx").read_bytes()
        for name in names:
            (root / f"{name}.xlsx").write_bytes(book)
    return folder


def finished(connection: Connection) -> int:
    [(count,)] = rows(connection, "SELECT count(*) FROM duties WHERE ended_at IS NOT NULL")
    return int(count)


def at_work(connection: Connection) -> int:
    """How many workers have begun something."""
    query = "SELECT count(DISTINCT holder) FROM duties WHERE begun_at IS NOT NULL"
    [(count,)] = rows(connection, query)
    return int(count)


def database_size(place: Shared) -> int:
    with place.connected() as connection:
        connection.execute("CHECKPOINT")
        [(size,)] = rows(connection, "SELECT pg_database_size(current_database())")
        return int(size)


def size_of(place: Shared, tables: Sequence[str]) -> int:
    """Bytes of these tables of the ledger `team`, with their indexes."""
    query = "SELECT sum(pg_total_relation_size('team.' || name)) FROM unnest(%s::text[]) AS name"
    with place.connected() as connection:
        [(size,)] = rows(connection, query, list(tables))
        return int(size)


def url_of(place: Shared) -> str:
    with psycopg.connect(place.conninfo) as connection:
        info = connection.info
        return f"postgresql://{info.user}@{info.host}:{info.port}/{info.dbname}"


PARTS = {
    "waiting": waiting,
    "queue": queue,
    "syncs": syncs,
    "costs": costs,
    "takeovers": takeovers,
    "handing": handing_out,
    "sizes": sizes,
}

if __name__ == "__main__":
    main()
