"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _runs_and_sources()
    _people_and_leads()
    _cells()
    _history()
    _messages()
    _mail()


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, MOMENT, nullable=nullable)


def _refers(column: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(column, ID, sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _runs_and_sources() -> None:
    op.create_table(
        "runs",
        _id(),
        _text("key"),
        _text("kind"),
        _moment("started"),
        _moment("finished", nullable=True),
        _text("outcome"),
        _text("counts"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "sources",
        _id(),
        _text("key"),
        _text("locator"),
        _refers("run_id", "runs", nullable=True),
        _moment("seen_at", nullable=True),
        sa.UniqueConstraint("key"),
    )


def _people_and_leads() -> None:
    op.create_table(
        "people",
        _id(),
        _text("email_norm", nullable=True),
        _text("phone_e164", nullable=True),
        sa.CheckConstraint("email_norm IS NOT NULL OR phone_e164 IS NOT NULL", name="reachable"),
        sa.UniqueConstraint("email_norm"),
    )
    op.create_index("ix_people_phone_e164", "people", ["phone_e164"])
    op.create_table(
        "leads",
        _id(),
        _refers("source_id", "sources"),
        _text("key"),
        _refers("person_id", "people", nullable=True),
        _text("fingerprint"),
        _text("name"),
        _text("language"),
        _moment("first_seen"),
        _moment("last_seen", nullable=True),
        _moment("gone_at", nullable=True),
        sa.UniqueConstraint("source_id", "key"),
    )
    op.create_index("ix_leads_person_id", "leads", ["person_id"])


def _cells() -> None:
    op.create_table(
        "written",
        sa.Column("lead_id", ID, sa.ForeignKey("leads.id"), primary_key=True, autoincrement=False),
        _text("cells"),
        _refers("run_id", "runs"),
    )
    op.create_table(
        "overrides",
        sa.Column("lead_id", ID, sa.ForeignKey("leads.id"), primary_key=True, autoincrement=False),
        sa.Column("output", sa.Text(), primary_key=True),
        _text("value"),
        _text("computed"),
        _text("by"),
        _moment("since"),
    )
    op.create_table(
        "edits",
        _id(),
        _refers("run_id", "runs"),
        _refers("source_id", "sources"),
        _text("lead"),
        _text("cells"),
        _refers("undone_by", "runs", nullable=True),
    )
    op.create_index("ix_edits_run_id_source_id", "edits", ["run_id", "source_id"])


def _history() -> None:
    op.create_table(
        "scores",
        _id(),
        _refers("lead_id", "leads"),
        _refers("run_id", "runs"),
        sa.Column("score", sa.Float()),
        _text("parts"),
        _text("stage"),
        _text("why"),
        _refers("undone_by", "runs", nullable=True),
    )
    op.create_index("ix_scores_lead_id", "scores", ["lead_id"])
    op.create_table(
        "stage_moves",
        _id(),
        _refers("lead_id", "leads"),
        _refers("run_id", "runs"),
        _text("from_stage"),
        _text("to_stage"),
        _moment("at"),
        _text("why"),
        _text("by"),
        _refers("undone_by", "runs", nullable=True),
    )
    op.create_index("ix_stage_moves_lead_id", "stage_moves", ["lead_id"])


def _messages() -> None:
    op.create_table(
        "messages",
        _id(),
        _text("key"),
        _refers("lead_id", "leads"),
        _refers("person_id", "people", nullable=True),
        _refers("run_id", "runs"),
        *(_text(name) for name in ("state", "person", "sequence")),
        sa.Column("step", sa.Integer(), nullable=False),
        *(_text(name) for name in ("template", "language", "segment", "why", "to_name", "to_addr")),
        *(_text(name) for name in ("subject", "text", "html")),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        *(_text(name) for name in ("sha256", "message_id")),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("place"),
        _moment("created_at"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("message_id"),
    )
    for column in ("lead_id", "person_id", "state"):
        op.create_index(f"ix_messages_{column}", "messages", [column])
    op.create_table(
        "message_events",
        _id(),
        _refers("message", "messages"),
        _text("kind"),
        _moment("at"),
        _text("evidence"),
    )
    op.create_index("ix_message_events_message", "message_events", ["message"])


def _mail() -> None:
    op.create_table(
        "suppressions",
        _id(),
        _text("pattern"),
        _text("reason"),
        _moment("at"),
        sa.UniqueConstraint("pattern"),
    )
    op.create_table(
        "intake",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        _moment("polled_at"),
    )
