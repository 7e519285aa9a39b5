"""Mails that a person must look at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    words = ("kind", "sender", "subject", "said", "person", "key")
    op.create_table(
        "unclear",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("verdict", sa.Text(), nullable=False, server_default=""),
    )
