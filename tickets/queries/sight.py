"""What somebody may see, as a condition of a list: in the shape that costs least for how much it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from staff.queries import units_within
from staff.rules import Actor
from tickets.model import Holding, Ticket
from tickets.queries.access import (
    asked_of_each,
    not_kept_from,
    sees_own_unit_only,
    shown_in_order,
    shown_to_unit,
    visible_to,
)
from tickets.queries.paging import counted
from tickets.queries.search import is_sqlite

#: of who may see more than so many tickets each ticket is asked; of fewer they are listed first.  A twentieth of a
#: million: then some twenty tickets are asked for one that is shown
WIDE = 50_000
#: of so many tickets that a unit may see SQLite looks each one up
_LOOKED_UP = 2_000


@dataclass(frozen=True)
class Sight:
    """Of one person; `wide` is what counts as very many."""

    session: Session
    by: Actor
    wide: int = WIDE

    @property
    def is_of_unit(self) -> bool:
        return sees_own_unit_only(self.by)

    @cached_property
    def is_wide(self) -> bool:
        """Whether this is a unit that, with those below it, held very many."""
        if not self.is_of_unit:
            return False
        held = select(Holding.ticket_id).where(Holding.unit_id.in_(self._unit_ids))
        return counted(self.session, held, to=self.wide) > self.wide

    @cached_property
    def condition(self) -> ColumnElement[bool]:
        """visible_to, for a list in whatever order."""
        return asked_of_each(self.by, self._unit_ids) if self.is_wide else visible_to(self.by)

    @property
    def in_order(self) -> ColumnElement[bool]:
        """The same for a list that stands in order in an index: all that a unit may see is not to be read and sorted.

        SQLite has to be told; where there are few it does well to read them.
        """
        if not self.is_of_unit or self.is_wide or not is_sqlite(self.session):
            return self.condition
        shown = shown_to_unit(self.by)
        # the plus keeps the ids in hand, instead of looking each of them up
        is_long = counted(self.session, shown, to=_LOOKED_UP) > _LOOKED_UP
        return literal_column("+tickets.id").in_(shown) if is_long else self.condition

    @property
    def led(self) -> ColumnElement[bool]:
        """A part of what a unit may see that stands in an index: what it, or one below it, answers for now."""
        return and_(Ticket.unit_id.in_(self._unit_ids), not_kept_from(self.by))

    def newest(
        self, conditions: Sequence[ColumnElement[bool]], below: int | None, at_most: int
    ) -> CompoundSelect[int] | Select[int]:
        """The newest ids under these conditions that a unit's officer may see, below one of them, at most so many."""
        if not conditions and len(self._unit_ids) == 1:
            return shown_in_order(self.by, self._unit_ids[0], below=below, at_most=at_most)
        ticket_id: ColumnElement[int] | InstrumentedAttribute[int]
        if is_sqlite(self.session):
            ticket_id, wanted = Ticket.id, select(Ticket.id).where(self.condition)
        else:  # PostgreSQL has to be given the list in that order
            ids = shown_to_unit(self.by).order_by(text("id DESC")).subquery("shown")
            ticket_id, wanted = ids.c.id, select(ids.c.id).join(Ticket, Ticket.id == ids.c.id)
        if below is not None:
            wanted = wanted.where(ticket_id < below)
        return wanted.where(*conditions).order_by(ticket_id.desc()).limit(at_most)

    @cached_property
    def _unit_ids(self) -> list[int]:
        return [unit.id for unit in units_within(self.session, self.by.unit_id or 0)]
