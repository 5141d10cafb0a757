"""定类: whether a matter could be solved at all, decided by a third party before its rating is known."""
