"""indicators/ keeps no table yet: every figure is counted from the rows of the trade."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing is stored."""


def downgrade() -> None:
    """Nothing was stored."""
