"""The workspace's configuration as frozen values; the rules themselves are core values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sheetcrm.config.unattended import Unattended
from sheetcrm.core.followup.rules import FollowUps
from sheetcrm.core.memory import Retention
from sheetcrm.core.qualify.rules import ParameterValue, Qualification
from sheetcrm.core.table.fields import Field, Locale


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConfig:
    """One lead tab: exactly one of `excel`, `csv` and `google` is given."""

    name: str
    tab: str = ""  #: "" for the first visible tab
    excel: str = ""  #: path, absolute or relative to the workspace
    csv: str = ""  #: the same
    google: str = ""  #: URL or id
    credentials: str = ""  #: path of a key file, or its contents; "" for what `login` stored
    write: bool | str = True  #: or "beside": into a workbook of ours beside it
    write_protected: bool = False
    recalculate: bool = False
    schedule: str = ""  #: when workers sync it (cron); "" for what the cluster's says


@dataclass(frozen=True, kw_only=True, slots=True)
class TableConfig:
    """Reference data for lookups: a tab, a CSV file or rows written in TOML."""

    name: str
    tab: str = ""
    excel: str = ""
    google: str = ""
    credentials: str = ""
    csv: str = ""
    rows: tuple[Mapping[str, ParameterValue], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityConfig:
    """One tab of dated activities."""

    table: TableConfig  #: where it is; without `rows`
    kind: str = ""  #: what all of them are, where the tab does not say
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupConfig:
    """How many backups of each file stay; the newest always does."""

    keep: int = 30
    days: int = 365
    megabytes: int = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class LooksConfig:
    """What new columns of ours get in Google Sheets."""

    protect: bool = False  #: a warning for whoever is about to change a cell
    style: bool = False  #: a colour for each stage


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapConfig:
    """The mailbox in which answers arrive."""

    host: str
    port: int
    security: str  #: ``tls``, ``starttls`` or ``none``
    user: str
    password: str = field(repr=False)  #: or an access token
    auth: str  #: ``password`` or ``xoauth2``
    folders: tuple[str, ...]  #: in which answers arrive
    sent: str = ""  #: "" for the folder that the server says
    drafts: str = ""  #: the same


@dataclass(frozen=True, kw_only=True, slots=True)
class ClusterConfig:
    """What workers do with the workspace."""

    schedule: str = "H/15 * * * *"  #: when sources are synced that have no schedule (cron)
    mail: str = "H/5 * * * *"  #: when answers are read and messages sent


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpConfig:
    """The server that sends our mails."""

    host: str
    port: int
    security: str  #: ``tls``, ``starttls`` or ``none``
    user: str
    password: str = field(repr=False)  #: or an access token; "" for no login
    auth: str  #: ``password`` or ``xoauth2``
    bounces: str  #: the envelope's sender, in which ``{token}`` may stand


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """A whole workspace, checked: nothing in it can be malformed."""

    root: str  #: the workspace's folder, absolute
    locale: Locale
    ledger: str  #: absolute path of a SQLite file, or a ``postgresql://`` URL
    outbox: str  #: absolute path of a folder
    sources: tuple[SourceConfig, ...]
    tables: tuple[TableConfig, ...]
    fields: tuple[Field, ...]  #: starter fields, the user's own over them
    outputs: Mapping[str, str]  #: what (``score``, ``score.Fit``, ``stage`` …) → header
    qualification: Qualification
    followups: FollowUps
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Key path (``stage[2].when``) → file and line, for messages about formulas."""
    notes: Sequence[str] = ()
    unattended: Unattended = field(default_factory=Unattended)
    references: tuple[str, ...] = ()
    """``NAME`` and ``file:path`` that values were taken from, those of passwords left out."""
    backups: BackupConfig = BackupConfig()
    cluster: ClusterConfig = ClusterConfig()
    looks: LooksConfig = LooksConfig()
    log_tab: str = ""  #: title of the tab in which stage moves are logged; "" for none
    activities: tuple[ActivityConfig, ...] = ()
    retention: Retention = field(default_factory=Retention)
    imap: ImapConfig | None = None
    smtp: SmtpConfig | None = None
