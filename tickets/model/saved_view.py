"""What a person has arranged for the ticket list: named views, and the columns."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model


class SavedView(Model):
    """A list somebody looks at often: its name, and the query string of the list's address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(1000))


class ChosenColumns(Model):
    """The columns of the ticket list that somebody wants to see, in their order."""

    __tablename__ = "chosen_columns"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    columns: Mapped[list[str]]
