"""Everything that changes a ticket: plain functions over a Session, no commit, no I/O."""
