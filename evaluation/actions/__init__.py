"""Everything that changes invitations and ratings; each act leaves its line in the ledger."""
