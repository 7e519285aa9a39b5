"""`load`: from the files of a workspace to a checked `Config`, or to every fault at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sheetcrm.config import (
    activities,
    cluster,
    columns,
    frameworks,
    leads,
    mail,
    outreach,
    scoring,
    segments,
    stages,
    unattended,
)
from sheetcrm.config.files import config_files, read_files
from sheetcrm.config.formulas import check_formulas
from sheetcrm.config.inspection import Inspection, key_text
from sheetcrm.config.model import Config
from sheetcrm.config.shapes import Table
from sheetcrm.core.qualify.rules import Qualification
from sheetcrm.errors import ConfigError

TOPICS = (
    leads,
    activities,
    columns,
    scoring,
    frameworks,
    stages,
    segments,
    outreach,
    mail,
    cluster,
    unattended,
)
WHOLE = Table({name: key for topic in TOPICS for name, key in topic.KEYS.items()})


def load(
    root: str | Path,
    *,
    environ: Mapping[str, str] | None = None,
    instead: Sequence[Path] = (),
) -> Config:
    """Read and check all `config/*.toml` under `root`.

    Args:
        root: the workspace's folder.
        environ: what ``${NAME}`` reads; the process's environment by default.
        instead: files and folders that are read in the place of those of `root`.

    Raises:
        ConfigError: with every fault of every file, sorted by place.
    """
    folder = Path(root).absolute()
    files = read_files(folder, instead)
    run = Inspection(
        root=folder,
        environ=os.environ if environ is None else environ,
        places=files.places,
        complete=files.complete,
        faults=files.faults,
    )
    tree = WHOLE.check(files.values, (), run)
    for topic in TOPICS:
        topic.relate(tree, run)
    check_formulas(run)
    if run.faults:
        faults = sorted(run.faults, key=lambda fault: (fault.file, fault.line))
        raise ConfigError(faults, hint=_advice(folder) if files.complete and not instead else "")
    return _build(tree, run)


def describe_place(config: Config, key: str) -> str:
    """Where the value with a key path (``stage[2].when``) stands: ``config/stages.toml:14``.

    For a key that was left out, where the table around it begins; ``config`` if that is unknown.
    """
    while key and key not in config.places:
        key = key[: max(key.rfind("."), key.rfind("["), 0)]
    file, line = config.places.get(key, ("config", 0))
    return f"{file}:{line}" if line else file


def _advice(root: Path) -> str:
    """What to do where the faults are those of another version's config."""
    from sheetcrm.config.upgrades import advice  # noqa: PLC0415  which needs what is here

    return advice({name: path.read_bytes().decode() for name, path in config_files(root).items()})


def _build(tree: dict[str, Any], run: Inspection) -> Config:
    root = str(run.root)
    workspace = tree.get("workspace") or leads.WORKSPACE.defaults()
    qualification = Qualification(
        parameters=scoring.parameters(tree),
        scores=scoring.scores(tree, run),
        frameworks=frameworks.frameworks(tree, run),
        grade=scoring.grade(tree),
        stages=stages.stages(tree),
        moves=stages.moves(tree),
        formula_seconds=workspace["formula_seconds"],
    )
    fields = columns.fields(tree, run)
    followups = replace(
        outreach.followups(tree),
        formula_seconds=workspace["formula_seconds"],
        synonyms=segments.synonyms(fields),
        spellings=segments.spellings(fields),
    )
    return Config(
        root=root,
        locale=leads.locale(workspace),
        ledger=leads.ledger_address(root, workspace["ledger"]),
        outbox=leads.inside(root, workspace["outbox"]),
        sources=leads.sources(tree),
        tables=leads.tables(tree),
        fields=fields,
        outputs=columns.outputs(tree),
        qualification=qualification,
        followups=followups,
        places={key_text(path): place for path, place in run.places.items()},
        notes=tuple(run.notes),
        references=tuple(sorted(run.references)),
        backups=leads.backups(tree),
        cluster=cluster.cluster(tree),
        looks=columns.looks(tree),
        log_tab=columns.log_tab(tree),
        activities=activities.activities(tree),
        retention=leads.retention(tree),
        imap=mail.imap(tree),
        smtp=mail.smtp(tree),
        unattended=unattended.unattended(tree, root),
    )
