"""What the rules of sequences said of leads last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "enrolments",
        sa.Column("lead_id", ID, sa.ForeignKey("leads.id"), primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Text(), primary_key=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
    )
