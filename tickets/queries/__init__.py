"""Every read of tickets: one ticket, lists of them, the dispatch list, a unit's inbox, the desk."""
