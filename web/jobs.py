"""What the web layer does behind the pages: every night it forgets what nobody can need again."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.jobs import Work, enqueue, job
from tickets.actions.lookup import forget_failures
from tickets.intake.forms import forget_forms
from tickets.mail.actions import forget_mails
from tickets.photos.jobs import sweep_photos
from web.api.idempotency import forget_old_answers

NIGHTLY_AT_H = 3


@job()
def clean_up(work: Work) -> None:
    """Forget old answers, and come again tomorrow."""
    work.finish(_clean_up, now=work.now())


def _clean_up(session: Session, *, now: datetime) -> None:
    forget_old_answers(session, now=now)
    forget_failures(session, now=now)
    forget_forms(session, now=now)
    forget_mails(session, now=now)
    enqueue(session, sweep_photos, now=now)
    plan_clean_up(session, now=now)


def plan_clean_up(session: Session, *, now: datetime) -> None:
    """Once for the coming night, however often it is asked for."""
    local = now.astimezone(SHANGHAI)
    tonight = local.replace(hour=NIGHTLY_AT_H, minute=0, second=0, microsecond=0)
    due = tonight if tonight > local else tonight + timedelta(days=1)
    enqueue(session, clean_up, now=now, due_at=due, idempotency_key=f"web.clean_up {due:%Y-%m-%d}")
