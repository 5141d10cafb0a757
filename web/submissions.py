"""数据上报: records on their way to the provincial exchange, what became of each, and the five scores of a month."""

from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.submissions.actions import resend_all, resend_submission, set_aside_submission
from evaluation.submissions.model import Submission, SubmissionLine
from evaluation.submissions.queries import (
    Wanted,
    awaited_by,
    counts_of,
    lines_of,
    queue_head,
    submission_by_number,
    submissions_page,
)
from evaluation.submissions.rules import PASSED, RESENDABLE, Happening, RecordKind, SubmissionState
from evaluation.submissions.scores import Missing, Score, Scored, count_missing, missing, scores
from evaluation.submissions.settings import SubmissionOffice
from indicators.periods import Period, shanghai_day
from staff.rules import Actor, Role
from web.api import Api, Body, Day, Moment, Request, RowId, View
from web.indicators import PeriodQuery

api = Api()
READERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
SENDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
RecordNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{2,12}-[TPZ][0-9]{1,18}$")]
Note = Annotated[str, Field(min_length=2, max_length=200)]


class SubmissionsQuery(PeriodQuery):
    """By state, kind, days on which it happened, the beginning of a number, or what a score lacks (`missed`).

    Without days, of any.
    """

    state: SubmissionState | None = None
    record: RecordKind | None = None
    search: str = Field("", max_length=60)
    missed: Score | None = None
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)

    def wanted(self, request: Request) -> Wanted:
        """Raises PeriodBackwards, PeriodTooFar."""
        states = (self.state,) if self.state is not None else ()
        if self.first is None and self.last is None:
            return Wanted(states, self.record, self.search, missed=self.missed)
        period = self.period(shanghai_day(request.now))
        return Wanted(states, self.record, self.search, period.begins_at, period.ends_at, self.missed)


class SubmissionRow(View):
    """One record; `why` and `words` say of a stuck one what is wrong, `receipt` of one that has arrived."""

    id: int
    number: str
    kind: RecordKind
    kind_name: str
    serial: str
    happened_at: Moment
    state: SubmissionState
    state_name: str
    attempts: int
    due_at: Moment
    sent_at: Moment | None
    accepted_at: Moment | None
    receipt: str
    why: str
    words: str

    @classmethod
    def of(cls, submission: Submission) -> Self:
        names = {"kind_name": submission.kind.name_zh, "state_name": submission.state.name_zh}
        return cls(**{name: getattr(submission, name) for name in cls.model_fields if name not in names}, **names)


class SubmissionPage(View):
    rows: list[SubmissionRow]
    next: int | None


class SubmissionHeadView(View):
    """Whether anything goes up, how many are in each state, and since when the oldest on its way waits."""

    is_on: bool
    counts: dict[SubmissionState, int]
    oldest_at: Moment | None


class SubmissionFieldView(View):
    field: str
    name: str
    value: str


class SubmissionFaultView(View):
    field: str
    reason: str


class SubmissionLineView(View):
    """One line of its story."""

    id: int
    at: Moment
    what: Happening
    what_name: str
    why: str
    words: str
    actor: str

    @classmethod
    def of(cls, line: SubmissionLine) -> Self:
        same = {name: getattr(line, name) for name in ("id", "at", "what", "why", "words")}
        return cls(**same, what_name=line.what.name_zh, actor=line.actor_label)


class SubmissionView(SubmissionRow):
    """With its fields as they were sent, masked; `waits_for` is the earlier record of the same matter."""

    is_about_ticket: bool
    is_resendable: bool
    waits_for: str | None
    fields: list[SubmissionFieldView]
    faults: list[SubmissionFaultView]
    lines: list[SubmissionLineView]


def _shown(session: Session, submission: Submission) -> SubmissionView:
    awaited = None if submission.state in PASSED else awaited_by(session, submission)
    return SubmissionView(
        **SubmissionRow.of(submission).model_dump(),
        is_about_ticket=submission.ticket_id is not None,
        is_resendable=submission.state in RESENDABLE,
        waits_for=awaited.number if awaited else None,
        fields=[SubmissionFieldView(**row) for row in submission.shown],
        faults=[SubmissionFaultView(**fault) for fault in submission.faults],
        lines=[SubmissionLineView.of(line) for line in lines_of(session, submission.id)],
    )


@api.get("/submissions", role=READERS)
async def list_submissions(request: Request, query: SubmissionsQuery) -> SubmissionPage:
    """List records, newest first."""
    wanted = query.wanted(request)

    def read(session: Session) -> SubmissionPage:
        found = submissions_page(
            session, wanted, by=request.actor, now=request.now, before=query.after, limit=query.limit + 1
        )
        rows = [SubmissionRow.of(submission) for submission in found[: query.limit]]
        return SubmissionPage(rows=rows, next=rows[-1].id if len(found) > query.limit else None)

    return await request.read(read)


@api.get("/submissions/head", role=READERS)
async def show_submission_head(request: Request, query: SubmissionsQuery) -> SubmissionHeadView:
    """Count what each state holds of what the other filters leave."""
    wanted, is_on = query.wanted(request), request.service(SubmissionOffice).exchange is not None

    def read(session: Session) -> SubmissionHeadView:
        counts = counts_of(session, wanted, by=request.actor, now=request.now)
        return SubmissionHeadView(is_on=is_on, counts=counts, oldest_at=queue_head(session).oldest_at)

    return await request.read(read)


class SubmissionScoreView(View):
    """`rate` is 0…1, null where there is nothing to count."""

    score: Score
    name: str
    numerator: int
    n: int
    rate: float | None

    @classmethod
    def of(cls, scored: Scored) -> Self:
        return cls(
            score=scored.score, name=scored.score.name_zh, numerator=scored.numerator, n=scored.n, rate=scored.rate
        )


class ScoresView(View):
    """Of the days from `first` to `last`; `missing` of 数据完整 are not even in the queue."""

    first: Day
    last: Day
    scores: list[SubmissionScoreView]
    missing: int
    timely_minutes: int


@api.get("/submissions/scores", role=READERS)
async def show_submission_scores(request: Request, query: PeriodQuery) -> ScoresView:
    """Show the five scores of some days, by default of the present statistical month."""
    period = query.period(shanghai_day(request.now))
    timely = request.service(SubmissionOffice).timely

    def read(session: Session) -> ScoresView:
        found = scores(session, period.begins_at, period.ends_at, now=request.now)
        return ScoresView(
            first=period.first,
            last=period.last,
            scores=[SubmissionScoreView.of(scored) for scored in found],
            missing=count_missing(session, period.begins_at, period.ends_at),
            timely_minutes=int(timely.total_seconds() // 60),
        )

    return await request.read(read)


class MissingView(View):
    """Something that owes a record and is not in the queue."""

    kind: RecordKind
    kind_name: str
    serial: str
    at: Moment

    @classmethod
    def of(cls, row: Missing) -> Self:
        return cls(kind=row.kind, kind_name=row.kind.name_zh, serial=row.serial, at=row.at)


def _missing(session: Session, period: Period, by: Actor) -> list[MissingView]:
    return [MissingView.of(row) for row in missing(session, period.begins_at, period.ends_at, by=by)]


@api.get("/submissions/missing", role=READERS)
async def list_missing_submissions(request: Request, query: PeriodQuery) -> list[MissingView]:
    """List the oldest hundred tickets and ratings of some days that are not in the queue."""
    shown: list[MissingView] = await request.read(_missing, query.period(shanghai_day(request.now)), request.actor)
    return shown


@api.get("/submissions/{number}", role=READERS, also=(404,))
async def show_submission(request: Request, number: RecordNumber) -> SubmissionView:
    """Show one record with its fields as they were sent, masked, and its story."""

    def read(session: Session) -> SubmissionView:
        return _shown(session, submission_by_number(session, number, request.actor))

    return await request.read(read)


class Act(Body):
    """What was done about it, or why it may be let go; it stands in the audit log."""

    note: Note


@api.post("/submissions/{number}/resend", role=SENDERS, also=(404, 409))
async def resend(request: Request, number: RecordNumber, body: Act) -> SubmissionView:
    """Put a stuck record together anew and send it again."""
    by, now = request.actor, request.now

    def act(session: Session) -> SubmissionView:
        submission_by_number(session, number, by)
        return _shown(session, resend_submission(session, number, note=body.note, by=by, now=now))

    return await request.write(act)


@api.post("/submissions/{number}/set-aside", role=SENDERS, also=(404, 409))
async def set_aside(request: Request, number: RecordNumber, body: Act) -> SubmissionView:
    """Let a stuck record go, so that later ones of its matter pass."""
    by, now = request.actor, request.now

    def act(session: Session) -> SubmissionView:
        submission_by_number(session, number, by)
        return _shown(session, set_aside_submission(session, number, note=body.note, by=by, now=now))

    return await request.write(act)


class ResendAll(Act):
    """All that are stuck in one way."""

    state: SubmissionState


class ResentView(View):
    n: int


@api.post("/submissions/resend-all", role=SENDERS)
async def resend_all_stuck(request: Request, body: ResendAll) -> ResentView:
    """Send again everything that is stuck in one way; of any other state nothing."""

    def act(session: Session) -> ResentView:
        return ResentView(n=resend_all(session, body.state, note=body.note, by=request.actor, now=request.now))

    return await request.write(act)
