"""The recount of every night."""

from datetime import timedelta

from core.jobs import Work, job
from evaluation.office import EvaluationOffice
from indicators.coverage.keeping import count_soon
from indicators.periods import shanghai_day, statistical_month
from indicators.recount import recount
from indicators.recounts import actions
from indicators.recounts.ledger import against_ledger


@job()
def recount_month(work: Work) -> None:
    """The statistical month of yesterday; tomorrow is planned first, whatever becomes of this night."""
    now = work.now()
    work.note(actions.plan_recount, now=now)
    period = statistical_month(shanghai_day(now - timedelta(days=1)))
    found = work.database.read_at_length(recount, period, work.service(EvaluationOffice).settings.exclusions)
    found += against_ledger(work.database.read_at_length)
    work.note(count_soon, period, now=now)
    work.finish(actions.note_recount, period, found, now=now)
