"""What follows from bad ratings: repairs, what units are told of them, and their limits."""

from datetime import datetime

from core.jobs import Work, job
from evaluation.office import EvaluationOffice
from evaluation.repairs import notices
from evaluation.repairs.actions import asking, following, timing
from tickets.notices.rules import NoticeKind
from tickets.notices.settings import NoticeOffice
from tickets.settings import TicketOffice

_LIMITS = {limit.value: limit for limit in notices.RepairLimit}
_KINDS = {kind.value: kind for kind in NoticeKind}


@job()
def follow_rating(work: Work, *, rating_id: int) -> None:
    """A rating counts now: open, take back or bring back what it means for its unit."""
    profile = work.service(TicketOffice).profile
    work.finish(following.follow_rating, rating_id, profile=profile, now=work.now())


@job()
def tell_of_repair(work: Work, *, repair_id: int, version: int) -> None:
    """Tell the unit of a bad rating."""
    office = work.service(NoticeOffice)
    work.finish(notices.tell_of_repair, repair_id, version=version, office=office, now=work.now())


@job()
def watch_repair(work: Work, *, repair_id: int) -> None:
    """Plan the warnings of its limits."""
    work.finish(notices.watch_repair, repair_id, office=work.service(NoticeOffice), now=work.now())


@job()
def look_at_repair(work: Work, *, repair_id: int, limit: str, kind: str, due: str) -> None:
    """A limit comes near, or is over."""
    told = {"due": datetime.fromisoformat(due), "office": work.service(NoticeOffice), "now": work.now()}
    work.finish(notices.look_at_repair, repair_id, _LIMITS[limit], _KINDS[kind], **told)


@job()
def time_repairs(work: Work) -> None:
    """The calendar, or the city's limits, are others than before: a batch in each transaction."""
    profile, last = work.service(TicketOffice).profile, 0
    while ids := work.database.read(timing.timed_repair_ids, after=last):
        work.note(timing.time_repairs, ids, profile=profile, now=work.now())
        last = ids[-1]
    work.finish(lambda _session: None)


@job()
def ask_again(work: Work, *, repair_id: int) -> None:
    """The unit says that it is done: ask the citizen once more."""
    work.finish(asking.ask_again, repair_id, office=work.service(EvaluationOffice), now=work.now())


@job()
def note_second_answer(work: Work, *, invitation_id: int) -> None:
    """The second question is over, and the repair with it."""
    work.finish(following.note_second_answer, invitation_id, now=work.now())
