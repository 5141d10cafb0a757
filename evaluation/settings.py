"""What a site decides about evaluation."""

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from core.settings import Section
from evaluation.classes.rules import EXCLUSIONS, ExclusionRule, MatterClass
from evaluation.formulas import Formula
from evaluation.plan import Pace


class EvaluationSettings(Section):
    """Asking and waiting."""

    open_days: int = Field(
        7, ge=2, le=60, description="Days within which an invitation may be answered; at least twice sms.open_hours."
    )
    remind_days: int = Field(
        3, ge=0, le=30, description="Days of silence after the SMS until the one reminder; 0: none."
    )
    call_days: int = Field(
        2, ge=0, le=30, description="Days of silence after that until a person calls; 0: nobody calls the silent."
    )
    page_minutes: int = Field(
        30, ge=5, le=240, description="How long the rating page stays open once a code opened it."
    )
    unclear_asked: bool = Field(True, description="Ask once by SMS when a reply could mean two things.")
    bad_read_back: bool = Field(True, description="Read a bad level back by SMS and ask why; many take 1 for the best.")
    direct_asked: bool = Field(
        True, description="Ask about what the hotline itself answered (直接答复); if not, the audit says so of each."
    )
    excluded_classes: list[MatterClass] = Field(
        sorted(EXCLUSIONS.classes),
        description="Classes that the figure of reasonable matters leaves out; the headline leaves out none.",
    )
    excluded_percent: int = Field(
        int(EXCLUSIONS.cap * 100),
        ge=0,
        le=20,
        description="Most that it leaves out of the answers about one unit in one period, in per cent.",
    )
    reported_formula: Formula | None = Field(
        None, description="Formula that is reported upward and shown beside the headline; none: no such block."
    )
    three_rate_weights: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = (
        Field((20, 40, 40), description="Weights of response, solution and satisfaction in the formula of three rates.")
    )

    @property
    def pace(self) -> Pace:
        return Pace(self.remind_days, self.call_days)

    @property
    def exclusions(self) -> ExclusionRule:
        return ExclusionRule(frozenset(self.excluded_classes), Fraction(self.excluded_percent, 100))
