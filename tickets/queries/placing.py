"""Where a matter plays that came in words only: the one place of the tree that they name, or nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.places import Gazetteer, PlaceKind
from nlp.places import Place as Named
from tickets.forms import TicketForm
from tickets.model import Place

_KINDS = (PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.COMMUNITY)
_REASON_MOST, _NAMES_SHOWN = 100, 3


def placed(session: Session, form: TicketForm) -> TicketForm:
    """With the place that its words name; where they name several, or one that stands twice, the form says so.

    What stands in the field for the place goes before the text.
    """
    if form.place_id is not None:
        return form
    gazetteer, ids = _gazetteer(session)
    for words in (form.place_text, form.text):
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


def _gazetteer(session: Session) -> tuple[Gazetteer, dict[str, int]]:
    rows = session.execute(select(Place.id, Place.parent_id, Place.code, Place.name, Place.path)).all()
    codes = {row.id: row.code for row in rows}
    named = (
        Named(row.code, row.name, _KINDS[min(row.path.count("/") - 2, 2)], codes.get(row.parent_id)) for row in rows
    )
    return Gazetteer(named), {row.code: row.id for row in rows}
