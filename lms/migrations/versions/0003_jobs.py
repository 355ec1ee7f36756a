"""Procrastinate's own tables and functions, in `public`, from the file it ships.

When a later release of it changes its schema, its migrations become a revision of ours; that
revision must pass over what a database made fresh from the newer file already has.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Several statements in one text go to the driver as they are.
    raw = op.get_bind().connection.driver_connection
    assert raw is not None
    raw.execute(SchemaManager.get_schema())
