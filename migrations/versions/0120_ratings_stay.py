"""好差评: a rating stays as it was given; only that it counts may end, by a correction, and its words be erased."""

from alembic import op

revision = "0120"
down_revision = "0117"

#: all columns but is_current
GIVEN = (
    "id",
    "subject",
    "invitation_id",
    "ticket_id",
    "call_id",
    "matter_id",
    "window_id",
    "unit_id",
    "person_id",
    "channel",
    "level",
    "is_solved",
    "is_real_name",
    "source",
    "corrects_id",
    "receipt",
    "recorded_at",
)
FUNCTION = """
CREATE FUNCTION keep_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.is_current AND NOT NEW.is_current
            AND to_jsonb(OLD) - 'is_current' = to_jsonb(NEW) - 'is_current' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'ratings stay as they were given';
END $$
"""
REFUSE = "BEGIN SELECT RAISE(ABORT, 'ratings stay as they were given'); END"
#: of rating_words: what a receipt is found in the ledger by
FOUND_BY = "rating_id, entry_id, receipt_salt"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FUNCTION)
        for name, verbs, unit in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER ratings_no_{name} BEFORE {verbs} ON ratings "
                f"FOR EACH {unit} EXECUTE FUNCTION keep_rating()"
            )
        op.execute(
            f"CREATE TRIGGER rating_words_no_change BEFORE UPDATE OF {FOUND_BY} OR DELETE ON rating_words "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    same = " AND ".join(f"OLD.{name} IS NEW.{name}" for name in GIVEN)
    put_aside = f"OLD.is_current = 1 AND NEW.is_current = 0 AND {same}"
    op.execute(f"CREATE TRIGGER ratings_no_update BEFORE UPDATE ON ratings WHEN NOT ({put_aside}) {REFUSE}")
    op.execute(f"CREATE TRIGGER ratings_no_delete BEFORE DELETE ON ratings {REFUSE}")
    op.execute(f"CREATE TRIGGER rating_words_no_update BEFORE UPDATE OF {FOUND_BY} ON rating_words {REFUSE}")
    op.execute(f"CREATE TRIGGER rating_words_no_delete BEFORE DELETE ON rating_words {REFUSE}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER rating_words_no_change ON rating_words")
        op.execute("DROP TRIGGER ratings_no_change ON ratings")
        op.execute("DROP TRIGGER ratings_no_truncate ON ratings")
        op.execute("DROP FUNCTION keep_rating()")
    else:
        op.execute("DROP TRIGGER rating_words_no_update")
        op.execute("DROP TRIGGER rating_words_no_delete")
        op.execute("DROP TRIGGER ratings_no_update")
        op.execute("DROP TRIGGER ratings_no_delete")
