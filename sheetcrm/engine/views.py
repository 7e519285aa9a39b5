"""Each lead as the follow-ups see it: cleaned values under the names that templates use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from sheetcrm.core.followup import LeadView
from sheetcrm.core.table.language import language_code, language_of_country
from sheetcrm.core.table.leads import Leads
from sheetcrm.core.table.values import CellError, CellValue

UNREADABLE = "the e-mail address cannot be read"


def texts(leads: Leads, field: str) -> list[str]:
    """One field of every lead as text; "" where it is blank, unreadable or not in the tab."""
    values = leads.columns.get(field)
    if values is None:
        return [""] * leads.height
    return ["" if v is None or isinstance(v, CellError) else str(v) for v in values]


def languages(leads: Leads) -> list[str]:
    """The language of every lead: its own, else its country's, else ""."""
    spoken = zip(texts(leads, "language"), texts(leads, "country"), strict=True)
    return [language_code(own) or language_of_country(country) for own, country in spoken]


def lead_views(leads: Leads, ids: Sequence[str], stages: Sequence[str]) -> list[LeadView]:
    """One view for each lead, in the tab's order."""
    columns = leads.columns
    given, emails, phones = (texts(leads, name) for name in ("first_name", "email", "phone"))
    names, cities, regions = (texts(leads, name) for name in ("name", "city", "region"))
    raw_emails = columns.get("email") or [None] * leads.height
    interests, spoken, told = texts(leads, "interest"), languages(leads), _told(leads)
    return [
        LeadView(
            number=i,
            row=leads.tab.rows[i],
            id=ids[i],
            name=names[i],
            first_name=given[i] or first_name(names[i]),
            email=emails[i],
            email_problem=UNREADABLE if isinstance(raw_emails[i], CellError) else "",
            phone=phones[i],
            language=spoken[i],
            location=cities[i] or regions[i],
            interests=split_interests(interests[i]),
            stage=stages[i],
            values=RowValues(told, i),
        )
        for i in range(leads.height)
    ]


def _told(leads: Leads) -> Mapping[str, Sequence[CellValue]]:
    """The columns as a letter may tell them.

    An amount in another currency is what stands in its cell: the number alone would be told in
    ours, and ``USD 120,000`` become ``$120,000`` of pesos.
    """
    told: dict[str, Sequence[CellValue]] = dict(leads.columns)
    for name, amounts in leads.foreign.items():
        values = [amounts.get(index, value) for index, value in enumerate(leads.columns[name])]
        told |= dict.fromkeys(told.keys() & {name, leads.found[name]}, values)
    return told


class RowValues(Mapping[str, CellValue]):
    """The values of one lead by name, looked up in the columns: few of them are ever asked for."""

    __slots__ = ("_columns", "_index")

    def __init__(self, columns: Mapping[str, Sequence[CellValue]], index: int) -> None:
        self._columns = columns
        self._index = index

    def __getitem__(self, name: str) -> CellValue:
        return self._columns[name][self._index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@lru_cache(maxsize=4096)
def split_interests(text: str) -> tuple[str, ...]:
    """``"solar; EV charger"`` → the two of them."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


_NO_NAME = re.compile(r"[<>{}|\\@]|\]\(|^\s*=")

TITLES = frozenset(
    (
        "bapak",
        "ibu",
        "pak",
        "bu",
        "bpk",
        "sdr",
        "sdri",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "drs",
        "ir",
        "h",
        "hj",
        "sr",
        "sra",
        "srta",
        "don",
        "doña",
        "prof",
        "profa",
        "dra",
        "lic",
        "licda",
        "ing",
        "arq",
        "mtro",
        "mtra",
        "cp",
    )
)


_BETWEEN = frozenset(("de", "del", "la", "las", "los", "DE", "DEL", "LAS", "LOS"))


def first_name(name: str) -> str:
    """What a friendly letter calls somebody: ``"Bpk. Budi Santoso"`` → ``"Budi"``.

    Who was typed in capitals alone is not shouted at: ``"SITI AMINAH"`` → ``"Siti"``.
    What is cut short is called out by nobody where a whole word follows: ``"Ma. del Rosario"``.
    Markup, code and addresses are nobody's name, whatever words stand in them.
    """
    if _NO_NAME.search(name):
        return ""
    given = [
        word
        for word in name.replace(",", " ").split()
        if word.replace(".", "").casefold() not in TITLES
        and word not in _BETWEEN
        and any(map(str.isalpha, word))
    ]
    word = next((word for word in given if not word.endswith(".")), given[0] if given else "")
    return word.title() if name.isupper() or name.islower() else word
