"""People, roles and units; who may log in and what they may do."""
