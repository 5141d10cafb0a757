"""Keeping the rules that stand in the settings, as they change."""

from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.settings import EvaluationSettings
from indicators.rule_marks.model import RuleLine
from indicators.rule_marks.queries import newest_line
from indicators.rule_marks.rules import rules_in_force


def note_rules(session: Session, *, settings: EvaluationSettings, now: datetime) -> None:
    """When a server starts: a line for each rule that is not the one kept last."""
    for kind, values in rules_in_force(settings).items():
        last = newest_line(session, kind)
        if last is None or last.rule != values:
            session.add(RuleLine(kind=kind, rule=values, noted_at=now))
