"""What is stored about an import: the file until it has been read, how far it is, and which rows were refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from core.model import Id, Model
from tickets.importing.rules import ImportState


class CatalogueImport(Model):
    """One file.  `refused` are [row, column, reason]; `content` is dropped when it is done."""

    __tablename__ = "catalogue_imports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    state: Mapped[ImportState] = mapped_column(default=ImportState.WAITING)
    started_at: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(80))
    ended_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[list[Any]] = mapped_column(default=list)
    error: Mapped[str] = mapped_column(String(200), default="")
