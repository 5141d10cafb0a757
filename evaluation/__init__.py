"""Service evaluation (好差评): invitations, ratings and the ledger."""
