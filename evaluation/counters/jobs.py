"""What follows from what is said at windows."""

from core.jobs import Work, job
from evaluation.counters import referring
from tickets.settings import TicketOffice


@job()
def refer_rating(work: Work, *, rating_id: int) -> None:
    """A matter was rated: a bad one becomes a ticket of its unit."""
    work.finish(referring.refer_rating, rating_id, office=work.service(TicketOffice), now=work.now())
