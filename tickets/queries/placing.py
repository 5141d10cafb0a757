"""Where a matter plays that came in words only: the one place of the tree that they name, or nothing."""

from functools import reduce

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from nlp.places import ENDINGS, SHORTEST_ALIAS, Gazetteer, PlaceKind
from nlp.places import Place as Named
from nlp.text import normalise
from tickets.forms import TicketForm
from tickets.model import Place
from tickets.queries.search import is_sqlite

_KINDS = (PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY)
_REASON_MOST, _NAMES_SHOWN = 100, 3
_PLACES = select(Place.id, Place.parent_id, Place.code, Place.name, Place.path)


def placed(session: Session, form: TicketForm) -> TicketForm:
    """With the place that its words name; where they name several, or one that stands twice, the form says so.

    What stands in the field for the place goes before the text.
    """
    if form.place_id is not None:
        return form
    for words in filter(None, (form.place_text, form.text)):
        gazetteer, ids = _gazetteer(session, words)
        names = gazetteer.find(words)
        found = gazetteer.locate(words)
        on_path = {place.code for place in found.path}
        if found.place and not found.candidates and all(on_path & {one.code for one in name.places} for name in names):
            return form.model_copy(update={"place_id": ids[found.place.code], "no_place_reason": ""})
        if names:
            return form if form.place_text else _unclear(form, list(dict.fromkeys(name.text for name in names)))
    return form


def _unclear(form: TicketForm, names: list[str]) -> TicketForm:
    reason = f"{form.no_place_reason}；不能确定是哪一处：{'、'.join(names[:_NAMES_SHOWN])}"
    return form.model_copy(update={"no_place_reason": reason.lstrip("；")[:_REASON_MOST]})


def _gazetteer(session: Session, words: str) -> tuple[Gazetteer, dict[str, int]]:
    """Of the places that the words may name, and what lies around those: a city has thousands, a text names a few."""
    named = session.execute(_PLACES.where(_may_be_in(session, words))).all()
    around = {int(part) for row in named for part in row.path.strip("/").split("/")} - {row.id for row in named}
    rows = [*named, *session.execute(_PLACES.where(Place.id.in_(around)))]
    codes = {row.id: row.code for row in rows}
    places = (
        Named(row.code, row.name, _KINDS[min(row.path.count("/") - 2, 2)], codes.get(row.parent_id)) for row in rows
    )
    return Gazetteer(places), {row.code: row.id for row in rows}


def _may_be_in(session: Session, words: str) -> ColumnElement[bool]:
    """Whole names, and names without the ending that a speaker leaves out."""
    # on SQLite LIKE takes twice as long
    position = func.instr if is_sqlite(session) else func.strpos
    said, name = literal(normalise(words)), func.upper(Place.name)
    short = reduce(lambda rest, ending: func.replace(rest, ending, ""), ENDINGS, name)
    return or_(position(said, name) > 0, and_(func.length(short) >= SHORTEST_ALIAS, position(said, short) > 0))
