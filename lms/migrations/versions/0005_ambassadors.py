"""Ambassadors, their pledges and check-ins, tallies, case studies and meetings."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
