"""What every list of tickets can be narrowed to, by a request's query string."""

from collections.abc import Sequence

from pydantic import Field

from tickets.kinds import TicketType, Urgency
from tickets.queries.lists import DueFilter, Filters
from web.api import Moment, Query, RowId


class TicketFilters(Query):
    """Words, a number or the end of one, and facts of the ticket; each narrows further."""

    q: str = Field("", max_length=60)
    type: list[TicketType] = Field(default_factory=list)
    urgency: list[Urgency] = Field(default_factory=list)
    topic_id: RowId | None = None
    due: DueFilter | None = None
    since: Moment | None = None
    until: Moment | None = None

    def narrowed_to(self, words: Sequence[str]) -> Filters:
        """`words`: those of `q`, see web/cutting."""
        return Filters(
            text=self.q,
            words=words,
            types=self.type,
            urgencies=self.urgency,
            topic_id=self.topic_id,
            due=self.due,
            since=self.since,
            until=self.until,
        )
