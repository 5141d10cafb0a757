"""What stands reaches whoever comes later."""

from core.errors import Unavailable
from core.jobs import Work, job
from tickets.bulletins.actions import give_standing_bulletins


@job(retry=(Unavailable,))
def give_bulletins(work: Work, *, unit_id: int) -> None:
    """A unit was added, or hangs under another."""
    work.finish(give_standing_bulletins, unit_id, now=work.now())
