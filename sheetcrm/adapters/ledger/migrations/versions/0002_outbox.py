"""The outbox: who claims a message and when it went out; bodies stand apart."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _bodies()
    for column in _columns():
        op.add_column("messages", column)
    op.create_index("ix_messages_account_tried_at", "messages", ["account", "tried_at"])
    _pauses()
    op.create_table(
        "logged",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )


def _bodies() -> None:
    op.create_table(
        "bodies",
        sa.Column(
            "message", ID, sa.ForeignKey("messages.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
    )
    op.execute(
        "INSERT INTO bodies (message, text, html, raw) SELECT id, text, html, raw FROM messages"
    )
    for name in ("text", "html", "raw"):
        op.drop_column("messages", name)


def _columns() -> list[sa.Column[Any]]:
    words = ("digest", "approved_by", "country", "zone", "account", "claimed_by", "reply")
    moments = ("approved_at", "not_before", "expires", "lease_until", "tried_at", "sent_at")
    return [
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in words),
        *(sa.Column(name, MOMENT) for name in moments),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
    ]


def _pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
    )
