"""Where the database is: section [database] of config.toml."""

from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.settings import Section


class DatabaseSettings(Section):
    """One SQLite file for a small site, PostgreSQL for everything else."""

    url: str = Field(
        "sqlite:///var/hotline.db",
        description="sqlite:///path/to/file.db, or postgresql://user@host/name (password best in the environment).",
    )
    readers: int = Field(4, ge=1, le=64, description="Threads that read at the same time on SQLite.")
    connections: int = Field(
        12,
        ge=3,
        le=200,
        description="Connections to PostgreSQL for pages and calls (two of them for calls); jobs take up to 8 more.",
    )
    read_limit_s: float = Field(
        5.0,
        gt=0,
        description="A single read that takes longer is stopped and answered 503 (on PostgreSQL never before 30 s).",
    )
    queue_wait_s: float = Field(2.0, gt=0, description="A page's request waits so long for the database, then 503.")
    queue_length: int = Field(2000, ge=10, description="Writes that may wait on SQLite; further ones get 503 at once.")

    @field_validator("url")
    @classmethod
    def _is_ours(cls, url: str) -> str:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise ValueError("not a database URL") from error
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ValueError("only sqlite:/// and postgresql:// are supported")
        if parsed.get_backend_name() == "sqlite" and parsed.database in {None, "", ":memory:"}:
            raise ValueError("SQLite needs a file")
        return url

    @cached_property
    def parsed(self) -> URL:
        """The URL with the driver that we use."""
        url = make_url(self.url)
        return url if self.is_sqlite else url.set(drivername="postgresql+psycopg")

    @cached_property
    def is_sqlite(self) -> bool:
        return make_url(self.url).get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.parsed.database or "")
