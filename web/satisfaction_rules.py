"""Which rules changed within the course of satisfaction, to be marked on it."""

from sqlalchemy.orm import Session

from indicators.periods import Period, shanghai_day
from indicators.rule_marks.queries import rule_marks
from indicators.rule_marks.rules import RuleKind, RuleMark
from web.api import Api, Moment, Request, View
from web.ledger import READERS
from web.satisfaction import SatisfactionQuery, trend_periods

api = Api()


class RuleMarkView(View):
    """`words`: from what to what, or what was put in."""

    at: Moment
    kind: RuleKind
    name: str
    words: str

    @classmethod
    def of(cls, mark: RuleMark) -> "RuleMarkView":
        return cls(**vars(mark), name=mark.kind.name_zh)


class RuleMarks(View):
    """Oldest first."""

    rows: list[RuleMarkView]


@api.get("/satisfaction/rules", role=READERS)
async def show_rule_marks(request: Request, query: SatisfactionQuery) -> RuleMarks:
    """Changes of limits, hours, calendar, asking, exclusions and formulas in the periods that the page shows."""

    def view(session: Session) -> RuleMarks:
        periods = trend_periods(query.slice(shanghai_day(request.now), query.units(session)))
        marks = rule_marks(session, Period(periods[0].first, periods[-1].last))
        return RuleMarks(rows=[RuleMarkView.of(mark) for mark in marks])

    return await request.read(view)
