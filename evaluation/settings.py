"""What a site decides about evaluation."""

from pydantic import Field

from core.settings import Section


class EvaluationSettings(Section):
    """Asking and waiting."""

    open_days: int = Field(
        7, ge=2, le=60, description="Days within which an invitation may be answered; at least twice sms.open_hours."
    )
    page_minutes: int = Field(
        30, ge=5, le=240, description="How long the rating page stays open once a code opened it."
    )
    unclear_asked: bool = Field(True, description="Ask once by SMS when a reply could mean two things.")
    bad_read_back: bool = Field(True, description="Read a bad level back by SMS, as many take 1 for the best.")
