"""Every write to repairs."""
