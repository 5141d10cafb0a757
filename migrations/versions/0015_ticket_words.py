"""The search index over tickets: FTS5 on SQLite, a tsvector of ready words with GIN on PostgreSQL."""

from alembic import op

revision = "0015"
down_revision = "0014"

#: the words come cut, so the tokenizer has only to keep them; `detail=none`: no question asks where in a text
_SQLITE = """
CREATE VIRTUAL TABLE ticket_words USING fts5(
    words, detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0'
)
"""
_POSTGRESQL = "CREATE TABLE ticket_words (ticket_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
#: without a pending list every search costs the same
_GIN = "CREATE INDEX ix_ticket_words_words ON ticket_words USING gin (words) WITH (fastupdate = off)"
#: what is there already is indexed by a job, in batches
_QUEUE = """
INSERT INTO jobs (kind, arguments, due_at, created_at, tries, idempotency_key)
SELECT 'tickets.index_tickets', '{"after": 0}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 0, 'index tickets 0015'
WHERE EXISTS (SELECT 1 FROM tickets)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE)
    else:
        op.execute(_POSTGRESQL)
        op.execute(_GIN)
    op.execute(_QUEUE)


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind IN ('tickets.index_tickets', 'tickets.index_ticket')")
    op.execute("DROP TABLE ticket_words")
