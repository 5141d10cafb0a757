"""One's own arrangement of the ticket list: saved views and chosen columns."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from tickets.actions.saved_views import change_view, choose_columns, forget_view, save_view
from tickets.model import ChosenColumns, SavedView
from tickets.queries.saved_views import columns_of, saved_views_of
from web.api import ANYONE, Api, Body, Request, RowId, View

api = Api()

#: as it is typed, without blanks around it
Name = Annotated[str, StringConstraints(min_length=1, max_length=20)]


class Column(StrEnum):
    """A column of the list besides number and title, which are always there."""

    PLACE = "place"
    TOPIC = "topic"
    UNIT = "unit"
    STATE = "state"
    DUE = "due"
    REGISTERED = "registered"
    TYPE = "type"
    URGENCY = "urgency"
    CALLER = "caller"
    UNIT_DUE = "unit_due"


def _once_each(columns: list[Column]) -> list[Column]:
    return list(dict.fromkeys(columns))


class SavedViewView(View):
    """A named list: the query string of its address."""

    id: int
    name: str
    query: str

    @classmethod
    def of(cls, view: SavedView) -> Self:
        return cls.model_validate(view)


def saved_view_views(views: Sequence[SavedView]) -> list[SavedViewView]:
    return [SavedViewView.of(view) for view in views]


class NamedList(Body):
    """A name, and the query string of the list without its question mark."""

    name: Name
    query: str = Field("", max_length=1000)


@api.get("/saved-views", role=ANYONE)
async def show_views(request: Request) -> list[SavedViewView]:
    """List one's own views."""
    found: list[SavedViewView] = await request.read(saved_views_of, by=request.actor, view=saved_view_views)
    return found


@api.post("/saved-views", role=ANYONE, status=201, idempotent=True, also=(409,))
async def add_view(request: Request, body: NamedList) -> SavedViewView:
    """Keep the list as it stands."""
    kept: SavedViewView = await request.write(
        save_view, name=body.name, query=body.query, by=request.actor, view=SavedViewView.of
    )
    return kept


@api.put("/saved-views/{view_id}", role=ANYONE, also=(404, 409))
async def replace_view(request: Request, view_id: RowId, body: NamedList) -> SavedViewView:
    """Rename a view, or keep another list under its name."""
    kept: SavedViewView = await request.write(
        change_view, view_id, name=body.name, query=body.query, by=request.actor, view=SavedViewView.of
    )
    return kept


@api.delete("/saved-views/{view_id}", role=ANYONE, also=(404,))
async def remove_view(request: Request, view_id: RowId) -> None:
    """Forget a view."""
    await request.write(forget_view, view_id, by=request.actor)


class Columns(Body):
    """The columns in their order; none: as the page comes."""

    columns: Annotated[list[Column], Field(max_length=20), AfterValidator(_once_each)]


class ColumnsView(View):
    """The columns that were chosen; none: nobody has chosen."""

    columns: list[Column]

    @classmethod
    def of(cls, columns: ChosenColumns | list[str]) -> Self:
        names = columns if isinstance(columns, list) else columns.columns
        return cls(columns=[Column(name) for name in names if name in set(Column)])


@api.get("/ticket-columns", role=ANYONE)
async def show_columns(request: Request) -> ColumnsView:
    """Say which columns one has chosen."""
    found: ColumnsView = await request.read(columns_of, by=request.actor, view=ColumnsView.of)
    return found


@api.put("/ticket-columns", role=ANYONE)
async def set_columns(request: Request, body: Columns) -> ColumnsView:
    """Choose the columns of the ticket list."""
    chosen: ColumnsView = await request.write(
        choose_columns, [column.value for column in body.columns], by=request.actor, view=ColumnsView.of
    )
    return chosen
