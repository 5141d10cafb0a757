"""The ledger played again: whether ratings and invitations, which every figure reads, are what its lines say."""
