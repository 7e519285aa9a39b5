"""What a run was made of: its phases, and which versions worked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("runs", sa.Column("details", sa.Text(), nullable=False, server_default="{}"))
