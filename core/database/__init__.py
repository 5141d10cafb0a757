"""Reading and writing: plain functions over a Session, run in one transaction each."""

from core.database.errors import DatabaseAway, DatabaseUnreachable, Overloaded, ReadTooLong, SecondServer, StorageFull
from core.database.runner import Database, Listener
from core.database.serving import ServingDatabase
from core.database.settings import DatabaseSettings
from core.database.writer import Lane

__all__ = [
    "Database",
    "DatabaseAway",
    "DatabaseSettings",
    "DatabaseUnreachable",
    "Lane",
    "Listener",
    "Overloaded",
    "ReadTooLong",
    "SecondServer",
    "ServingDatabase",
    "StorageFull",
]
