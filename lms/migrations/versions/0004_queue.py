"""A course's queue: points, offers with deadlines, pairs and stored decisions."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
