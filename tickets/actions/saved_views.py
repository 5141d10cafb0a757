"""Arranging one's own ticket list: views are kept, renamed and forgotten; columns are chosen."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.errors import SavedViewNotFound, SavedViewsFull, SavedViewTaken
from tickets.model import ChosenColumns, SavedView

#: more do not fit above the list
MOST = 20


def save_view(session: Session, *, name: str, query: str, by: Actor) -> SavedView:
    """Keep a view under a name of one's own.  Raises SavedViewTaken, SavedViewsFull."""
    kept = session.scalar(select(func.count()).where(SavedView.person_id == by.person_id)) or 0
    if kept >= MOST:
        raise SavedViewsFull(most=MOST)
    _refuse_taken(session, name, by)
    view = SavedView(person_id=by.person_id, name=name, query=query)
    session.add(view)
    session.flush()
    return view


def change_view(session: Session, view_id: int, *, name: str, query: str, by: Actor) -> SavedView:
    """Another name, or another list under it.  Raises SavedViewNotFound, SavedViewTaken."""
    view = _own_view(session, view_id, by)
    if name != view.name:
        _refuse_taken(session, name, by)
    view.name, view.query = name, query
    return view


def forget_view(session: Session, view_id: int, *, by: Actor) -> None:
    """Raises SavedViewNotFound."""
    session.delete(_own_view(session, view_id, by))


def choose_columns(session: Session, columns: Sequence[str], *, by: Actor) -> ChosenColumns:
    """The latest choice counts."""
    chosen = session.get(ChosenColumns, by.person_id)
    if chosen is None:
        chosen = ChosenColumns(person_id=by.person_id)
        session.add(chosen)
    chosen.columns = list(columns)
    return chosen


def _own_view(session: Session, view_id: int, by: Actor) -> SavedView:
    view = session.get(SavedView, view_id, with_for_update=True)
    if view is None or view.person_id != by.person_id:
        raise SavedViewNotFound(view_id=view_id)
    return view


def _refuse_taken(session: Session, name: str, by: Actor) -> None:
    same = select(SavedView.id).where(SavedView.person_id == by.person_id, SavedView.name == name)
    if session.scalar(same) is not None:
        raise SavedViewTaken(name=name)
