"""The ledger's tables, one definition for SQLite and PostgreSQL.

Ids of the outside (a source's name, a lead's id, a run's id) stand in a column `key`; tables
refer to each other by small integers. Personal data stands in `people`, `leads`, `messages`,
`unclear`, and where a cell's value is kept (`written`, `overrides`, `edits`). `message_events`,
`suppressions`, `pauses`, `logged`, `marks` and `intake` belong to sending and hearing back.

Every change here needs a migration; `HEAD` names the newest.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

HEAD = "0005"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: zoned times go in, UTC comes out, and a naive one is refused.

    SQLite, which has no times, keeps it as text that sorts by time:
    ``2026-11-22T09:30:00.000000+00:00``.
    """

    impl = DateTime(timezone=True).with_variant(Text(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """To UTC, as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be remembered: {value}")
        return _as_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | str | None,
        dialect: Dialect,  # noqa: ARG002  # SQLAlchemy's signature
    ) -> datetime | None:
        """Back to a zoned time in UTC."""
        if isinstance(value, str):
            return _from_text(value)
        return value.astimezone(UTC) if value else None


@lru_cache(maxsize=16)  # thousands of rows of one transaction share their time
def _as_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=1024)
def _from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)


_Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only an INTEGER by itself


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True)


def _refers(column: str, table: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(column, _Id, ForeignKey(f"{table}.id"), nullable=nullable, index=index)


runs = Table(
    "runs",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # 20261122-093000-k3f
    Column("kind", Text, nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("outcome", Text, nullable=False, default=""),
    Column("counts", Text, nullable=False, default="{}"),  # JSON
    Column("details", Text, nullable=False, default="{}", server_default="{}"),  # JSON
)

sources = Table(
    "sources",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("locator", Text, nullable=False),
    # The newest run that was committed: what later ones intended may stand in the sheet or not.
    _refers("run_id", "runs", nullable=True),
    # When its tab was last seen: the `last_seen` of every lead that is not gone.
    Column("seen_at", UtcDateTime),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("email_norm", Text, unique=True),
    Column("phone_e164", Text, index=True),
    CheckConstraint("email_norm IS NOT NULL OR phone_e164 IS NOT NULL", name="reachable"),
)

leads = Table(
    "leads",
    metadata,
    _id(),
    _refers("source_id", "sources"),
    Column("key", Text, nullable=False),
    _refers("person_id", "people", nullable=True, index=True),
    Column("fingerprint", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("last_seen", UtcDateTime),  # set when it goes; until then it is the source's
    Column("gone_at", UtcDateTime),
    UniqueConstraint("source_id", "key"),
)

# One row for each lead, not one for each cell: only whole tabs are ever merged, and it makes a
# run over 100,000 leads several times faster.
written = Table(
    "written",
    metadata,
    Column("lead_id", _Id, ForeignKey("leads.id"), primary_key=True, autoincrement=False),
    Column("cells", Text, nullable=False),  # header, value, header, value …
    _refers("run_id", "runs"),
)

overrides = Table(
    "overrides",
    metadata,
    Column("lead_id", _Id, ForeignKey("leads.id"), primary_key=True, autoincrement=False),
    Column("output", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("computed", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    _id(),
    _refers("lead_id", "leads", index=True),
    _refers("run_id", "runs"),
    Column("score", Float),
    Column("parts", Text, nullable=False),  # JSON: name of the score → points
    Column("stage", Text, nullable=False),
    Column("why", Text, nullable=False),
    _refers("undone_by", "runs", nullable=True),
)

stage_moves = Table(
    "stage_moves",
    metadata,
    _id(),
    _refers("lead_id", "leads", index=True),
    _refers("run_id", "runs"),
    Column("from_stage", Text, nullable=False),
    Column("to_stage", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    _refers("undone_by", "runs", nullable=True),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),  # person, sequence, step, generation
    _refers("lead_id", "leads", index=True),
    _refers("person_id", "people", nullable=True, index=True),
    _refers("run_id", "runs"),
    Column("state", Text, nullable=False, index=True),
    Column("person", Text, nullable=False),
    Column("sequence", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("template", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("segment", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("to_name", Text, nullable=False),
    Column("to_addr", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("message_id", Text, nullable=False, unique=True),  # RFC 5322, 3.6.4
    Column("due_on", Date, nullable=False),
    Column("place", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("digest", Text, nullable=False, server_default=""),
    Column("approved_by", Text, nullable=False, server_default=""),
    Column("approved_at", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("expires", UtcDateTime),
    Column("country", Text, nullable=False, server_default=""),  # of the lead, for its hours
    Column("zone", Text, nullable=False, server_default=""),
    Column("account", Text, nullable=False, server_default=""),  # that it goes out from
    Column("claimed_by", Text, nullable=False, server_default=""),
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("tried_at", UtcDateTime),  # the last time that its bytes began to go out
    Column("sent_at", UtcDateTime),
    Column("reply", Text, nullable=False, server_default=""),  # the server's last word
    Index(None, "account", "tried_at"),
)

# Apart from `messages`, whose rows change several times while a message goes out.
bodies = Table(
    "bodies",
    metadata,
    Column("message", _Id, ForeignKey("messages.id"), primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)

message_events = Table(
    "message_events",
    metadata,
    _id(),
    _refers("message", "messages", index=True),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("evidence", Text, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    _id(),
    Column("pattern", Text, nullable=False, unique=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# What the rules of sequences said of leads last, for those sequences that need to know since when.
enrolments = Table(
    "enrolments",
    metadata,
    Column("lead_id", _Id, ForeignKey("leads.id"), primary_key=True, autoincrement=False),
    Column("sequence", Text, primary_key=True),
    Column("holds", Boolean, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# What is paused: "" for all sending, "account|…", "domain|…" or "person|…".
pauses = Table(
    "pauses",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
)

# Digests of messages that went out as `sent.log` says, whatever this ledger knows of them.
logged = Table(
    "logged",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Small things that are known by a name, such as up to where `sent.log` has been compared.
marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# A row is those edits of one lead that share their fate. `lead` is its key and not a reference:
# an edit is noted before its lead is known, so that a crash in between leaves no half-known lead.
edits = Table(
    "edits",
    metadata,
    _id(),
    _refers("run_id", "runs"),
    _refers("source_id", "sources"),
    Column("lead", Text, nullable=False),
    Column("cells", Text, nullable=False),  # header, before, after, reason, header …
    _refers("undone_by", "runs", nullable=True),
    Index(None, "run_id", "source_id"),
)

intake = Table(
    "intake",
    metadata,
    Column("account", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("polled_at", UtcDateTime, nullable=False),
)

# Mails of which it is not sure what they are about. Once somebody has decided, only the id stays.
unclear = Table(
    "unclear",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("verdict", Text, nullable=False, server_default=""),
)
