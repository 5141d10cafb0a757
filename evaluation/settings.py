"""What a site decides about evaluation."""

from fractions import Fraction

from pydantic import Field

from core.settings import Section
from evaluation.classes.rules import ExclusionRule, MatterClass


class EvaluationSettings(Section):
    """Asking and waiting."""

    open_days: int = Field(
        7, ge=2, le=60, description="Days within which an invitation may be answered; at least twice sms.open_hours."
    )
    page_minutes: int = Field(
        30, ge=5, le=240, description="How long the rating page stays open once a code opened it."
    )
    unclear_asked: bool = Field(True, description="Ask once by SMS when a reply could mean two things.")
    bad_read_back: bool = Field(True, description="Read a bad level back by SMS and ask why; many take 1 for the best.")
    excluded_classes: list[MatterClass] = Field(
        [MatterClass.NO_POLICY, MatterClass.UNREASONABLE],
        description="Classes that the figure of reasonable matters leaves out; the headline leaves out none.",
    )
    excluded_percent: int = Field(
        5, ge=0, le=20, description="Most that it leaves out of the answers about one unit in one period, in per cent."
    )

    @property
    def exclusions(self) -> ExclusionRule:
        return ExclusionRule(frozenset(self.excluded_classes), Fraction(self.excluded_percent, 100))
