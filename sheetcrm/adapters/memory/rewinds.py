"""Back in time, for the ledger in memory; see `Ledger.turned_back` and `Ledger.rewound`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sheetcrm.core.table.merge import same
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.values import CellValue, Edit

Entry: TypeAlias = tuple[str, str, Edit]  #: run, the run that undid it or "", edit
History: TypeAlias = list[Any]  #: pairs of run and value, oldest first
Shelved: TypeAlias = tuple[str, History, tuple[str, Any]]  #: by which run, from where, what

_Cell = tuple[str, str]


def rows_written(journal: Sequence[Entry]) -> dict[str, int]:
    """Run → how many leads its edits name."""
    leads: dict[str, set[str]] = {}
    for run, _, edit in journal:
        leads.setdefault(run, set()).add(edit.lead)
    return {run: len(found) for run, found in leads.items()}


def turned_back(
    journal: Sequence[Entry], written: Mapping[_Cell, CellValue], run: str
) -> list[Edit]:
    """The edits that make `written` what it was just before `run`."""
    earliest: dict[_Cell, tuple[tuple[str, int], CellValue]] = {}
    for wrote, undone_by, edit in journal:
        if wrote >= run:
            event, value = (wrote, 0), edit.before
        elif undone_by >= run:
            event, value = (undone_by, 1), edit.after
        else:
            continue
        cell = (edit.lead, edit.header)
        if cell not in earliest or event < earliest[cell][0]:
            earliest[cell] = (event, value)
    names = {(lead, fold(header)): header for lead, header in written}
    found = []
    for (lead, header), (_, before) in earliest.items():
        name = names.get((lead, fold(header)), header)
        now = written.get((lead, name))
        if not same(now, before):
            found.append(
                Edit(lead=lead, row=0, header=name, before=now, after=before, reason="restore")
            )
    return found


def shelve(shelf: list[Shelved], history: History, by: str, entries: History) -> None:
    """Take entries out of a history, to lie on the shelf."""
    shelf += [(by, history, entry) for entry in entries]
    for entry in entries:
        history.remove(entry)


def unshelve(shelf: list[Shelved], since: str) -> None:
    """Put back what was taken out by that run or a later one, and is older than it."""
    back = [one for one in shelf if one[0] >= since and one[2][0] < since]
    for one in back:
        shelf.remove(one)
        one[1].append(one[2])
        one[1].sort(key=lambda entry: entry[0])
