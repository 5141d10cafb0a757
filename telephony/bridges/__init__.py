"""Calls that staff make: one's own telephone rings first, then the citizen's, and neither sees the other's number."""
