"""Where the leads are: ``[workspace]``, ``[[source]]`` and the reference data of ``[[table]]``."""

from __future__ import annotations

import os
import re
import zoneinfo
from typing import Any

from sheetcrm.config.cluster import SCHEDULE
from sheetcrm.config.inspection import Inspection
from sheetcrm.config.kinds import Choice, Date, Number, Text, WrongValueError, YesNo, meant
from sheetcrm.config.model import BackupConfig, SourceConfig, TableConfig
from sheetcrm.config.shapes import Either, Key, ListOf, MapOf, Table
from sheetcrm.core.memory import Retention
from sheetcrm.core.table.fields import Locale
from sheetcrm.core.table.language import language_code
from sheetcrm.core.table.names import fold
from sheetcrm.core.table.spreadsheets import NoSpreadsheetError, spreadsheet_link

_DATABASE = re.compile(r"postgresql(\+\w+)?://\S+")
_TABLE_NAME = re.compile(r"[^\W\d][\w.]*")


def timezone(text: str) -> str:
    """A zone of the IANA database."""
    try:
        return zoneinfo.ZoneInfo(text).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        hint = meant(text, zoneinfo.available_timezones(), '"{}"')
        hint = hint or 'write region and city, such as "Asia/Jakarta"'
        raise WrongValueError(f'no time zone is called "{text}"', hint) from None


def country(text: str) -> str:
    """An ISO 3166 alpha-2 code that CLDR knows."""
    if text.upper() not in _babel("territory_currencies"):
        raise WrongValueError(
            f'no country has the code "{text}"', 'write its two letters, such as "ID" or "MX"'
        )
    return text.upper()


def currency(text: str) -> str:
    """An ISO 4217 code that CLDR knows."""
    if text.upper() not in _babel("all_currencies"):
        raise WrongValueError(
            f'no currency has the code "{text}"', 'write its three letters, such as "IDR" or "USD"'
        )
    return text.upper()


def language(text: str) -> str:
    """A language tag such as ``id``, ``es`` or ``es-MX``, from a tag or the language's name."""
    code = language_code(text)
    if not code or not _has_language(code):
        raise WrongValueError(
            f'no language is called "{text}"', 'write its code, such as "id", "es" or "en"'
        )
    return code


def ledger(text: str) -> str:
    """A path, or the URL of a PostgreSQL database."""
    if text.startswith("postgres://"):
        raise WrongValueError("a database URL begins with postgresql://")
    if "://" in text and not _DATABASE.fullmatch(text):
        raise WrongValueError(
            "neither a path nor a PostgreSQL address",
            'write "var/ledger.db" or "postgresql://user:${DATABASE_PASSWORD}@host/name"',
        )
    return text


def spreadsheet(text: str) -> str:
    """The URL or id of a Google spreadsheet."""
    try:
        spreadsheet_link(text)
    except NoSpreadsheetError as error:
        raise WrongValueError(str(error), error.hint) from None
    return text


def one_table_name(text: str) -> str:
    """A name that formulas can write before ``[``."""
    if not _TABLE_NAME.fullmatch(text):
        raise WrongValueError(
            f'formulas cannot name a table "{text}"',
            "begin with a letter; letters, digits, _ and . may follow",
        )
    return text


_CELL = Either((Number(), Text(blank=True), YesNo(), Date()))

GOOGLE = Key(Text(reads=spreadsheet), "Google spreadsheet: the address in the browser, or its id.")

CREDENTIALS = Key(
    Text(private=r"^(?![^{}]+\.json$)(.+)$", examples=("secrets/service-account.json",)),
    "Key file of a Google service account; left out: whoever `sheetcrm login` logged in.",
)

WORKSPACE = Table(
    {
        "timezone": Key(
            Text(reads=timezone, examples=("Asia/Jakarta", "America/Mexico_City")),
            "Time zone of TODAY(), of sending hours, and of leads whose place is unknown.",
            default="Asia/Jakarta",
        ),
        "language": Key(
            Text(reads=language, examples=("id", "es", "en")),
            "Language of follow-ups and questions, for a lead that has none of its own.",
            default="id",
        ),
        "country": Key(
            Text(reads=country, pattern="^[A-Za-z]{2}$", examples=("ID", "MX")),
            "Two letters: how phone numbers, money and dates in cells are read.",
            default="ID",
        ),
        "currency": Key(
            Text(reads=currency, pattern="^[A-Za-z]{3}$", examples=("IDR", "MXN")),
            "Three letters: the currency of amounts that name none.",
            default="IDR",
        ),
        "ledger": Key(
            Text(reads=ledger, private=r"://[^/@:]*:(.*)@|[?&]password=([^&]*)"),
            "What sheetcrm remembers: a file, or the postgresql:// address of a database.",
            default="var/ledger.db",
        ),
        "outbox": Key(
            Text(),
            "Folder in which drafts of follow-ups lie as .eml files.",
            default="var/outbox",
        ),
        "formula_seconds": Key(
            Number(above=0, most=86_400),
            "How long formulas that are computed together may take, before the run gives up.",
            default=60,
        ),
    }
)

SOURCE = Table(
    {
        "name": Key(
            Text(), "What the source is called in messages and in --source.", required=True
        ),
        "excel": Key(
            Text(examples=("leads.xlsx",)),
            "Path of the workbook: .xlsx or .xlsm; .xls, .xlsb and .ods can only be read.",
        ),
        "csv": Key(Text(examples=("leads.csv",)), "Path of a CSV file."),
        "google": GOOGLE,
        "tab": Key(
            Text(blank=True, examples=("Leads", "Leads!B4:M")),
            "A tab, an Excel table, a defined name, or Tab!B4:M; left out: the first tab.",
        ),
        "credentials": CREDENTIALS,
        "write": Key(
            Either((YesNo(), Choice(("beside",)))),
            'Whether scores are written into the sheet; "beside": into NAME.scores.xlsx beside it.',
            default=True,
        ),
        "write_protected": Key(
            YesNo(), "Whether we may write to a tab whose sheet is protected.", default=False
        ),
        "recalculate": Key(
            YesNo(),
            "Whether formulas of the workbook that read our columns get their new values at once.",
            default=False,
        ),
        "schedule": SCHEDULE,
    },
    either=(("excel",), ("csv",), ("google",)),
)

TABLE = Table(
    {
        "name": Key(
            Text(reads=one_table_name, examples=("Cities",)),
            "What formulas call it: Cities[Points].",
            required=True,
        ),
        "excel": Key(Text(), "Path of the workbook that holds it."),
        "google": GOOGLE,
        "credentials": CREDENTIALS,
        "tab": Key(Text(blank=True), "Its tab in there; left out: the first tab."),
        "csv": Key(Text(), "Path of a CSV file, its first line the headers."),
        "rows": Key(
            ListOf(MapOf(_CELL), least=1), "The rows themselves: { City = …, Points = … }."
        ),
    },
    either=(("excel",), ("google",), ("csv",), ("rows",)),
)

BACKUPS = Table(
    {
        "keep": Key(Number(whole=True, least=1), "How many of each file stay.", default=30),
        "days": Key(Number(whole=True, least=1), "For how many days they stay.", default=365),
        "megabytes": Key(
            Number(whole=True, least=1), "How big those of one file may be together.", default=2000
        ),
    }
)

_DAYS = Number(whole=True, least=1)
_KEPT = Retention()

RETENTION = Table(
    {
        "runs_days": Key(
            _DAYS, "Runs of which nothing else is known any more.", default=_KEPT.runs_days
        ),
        "edits_days": Key(
            _DAYS, "Cells that were changed: for so long can be undone.", default=_KEPT.edits_days
        ),
        "scores_days": Key(_DAYS, "Scores that others have followed.", default=_KEPT.scores_days),
        "messages_days": Key(
            _DAYS,
            "Words of messages that are settled; that they were sent is kept for good.",
            default=_KEPT.messages_days,
        ),
    }
)

KEYS = {
    "workspace": Key(WORKSPACE, "How cells are read, and where sheetcrm keeps its things."),
    "source": Key(ListOf(SOURCE, named=True), "The lead tabs; at least one is needed."),
    "table": Key(ListOf(TABLE, named=True), "Reference data for lookups in formulas."),
    "backups": Key(
        BACKUPS,
        "Copies in var/backups of files before a day's first sync; the newest always stays.",
    ),
    "retention": Key(RETENTION, "For how many days the ledger keeps what is over."),
}


def relate(tree: dict[str, Any], run: Inspection) -> None:
    """Check what one entry means for another."""
    if run.complete and ("source",) not in run.places:
        run.fault(
            ("source",), "required, but missing", 'write [[source]], name = "…", excel = "….xlsx"'
        )
    first: dict[tuple[Any, ...], int] = {}
    for i, source in enumerate(tree.get("source", ())):
        kinds = [source.get("excel"), source.get("csv"), _spreadsheet_tab(source)]
        here = (*kinds, source.get("tab", "").casefold())
        if any(kinds) and first.setdefault(here, i) != i:
            run.fault(("source", i), f"the same tab as source[{first[here] + 1}]")
        if source.get("tab") and "csv" in source:
            run.fault(("source", i, "tab"), "only a workbook has tabs", "remove the line")
        if source.get("recalculate") and any(kinds):
            said = "" if "excel" in source else "only an Excel workbook is calculated anew"
            if source.get("write", True) is not True:
                said = "nothing is written there that formulas could read"
            if said:
                run.fault(("source", i, "recalculate"), said, "remove the line")
        if source.get("write") == "beside" and "google" in source:
            said = "nothing lies beside a Google spreadsheet"
            run.fault(("source", i, "write"), said, "write = false writes nothing at all")
        if "credentials" in source and "google" not in source and any(kinds):
            run.fault(("source", i, "credentials"), "a workbook needs none", "remove the line")
    parameters = {fold(name) for name in tree.get("parameters", ())}
    for i, table in enumerate(tree.get("table", ())):
        if fold(table.get("name", "")) in parameters:
            run.fault(("table", i, "name"), "a parameter has this name, too", "rename one of them")
        if table.get("tab") and not {"excel", "google"} & table.keys() and len(table) > 1:
            run.fault(("table", i, "tab"), "only a workbook has tabs", "remove the line")
        if "credentials" in table and {"excel", "csv", "rows"} & table.keys():
            run.fault(("table", i, "credentials"), "it needs none", "remove the line")


def locale(tree: dict[str, Any]) -> Locale:
    """How cells are read."""
    given = {key: tree[key] for key in ("country", "currency", "language", "timezone")}
    return Locale(**given)


def sources(tree: dict[str, Any]) -> tuple[SourceConfig, ...]:
    """The lead tabs."""
    return tuple(SourceConfig(**source) for source in tree.get("source", ()))


def backups(tree: dict[str, Any]) -> BackupConfig:
    """How many copies of files are kept."""
    return BackupConfig(**(tree.get("backups") or {}))


def retention(tree: dict[str, Any]) -> Retention:
    """How long the ledger keeps what is over."""
    return Retention(**(tree.get("retention") or {}))


def tables(tree: dict[str, Any]) -> tuple[TableConfig, ...]:
    """The reference data."""
    return tuple(
        TableConfig(**{**table, "rows": tuple(table.get("rows", ()))})
        for table in tree.get("table", ())
    )


def _spreadsheet_tab(source: dict[str, Any]) -> Any:
    """What tells a Google source from another: its spreadsheet, and the tab of the address."""
    if "google" not in source:
        return None
    link = spreadsheet_link(source["google"])
    return link if not source.get("tab") else link.id


def ledger_address(root: str, text: str) -> str:
    """The ledger's absolute path, or its URL."""
    return text if _DATABASE.fullmatch(text) else inside(root, text)


def inside(root: str, path: str) -> str:
    """A path relative to the workspace as an absolute one."""
    return os.path.normpath(os.path.join(root, path))  # noqa: PTH118  pathlib keeps the ".."


def _babel(key: str) -> Any:
    """CLDR data; loaded late, as it takes a while."""
    from babel.core import get_global  # noqa: PLC0415

    return get_global(key)  # type: ignore[arg-type]


def _has_language(code: str) -> bool:
    from babel import localedata  # noqa: PLC0415

    return localedata.exists(code.partition("-")[0])
