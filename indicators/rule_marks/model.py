"""What is stored of rules that stand in the settings or in the program: a line whenever a server starts with others."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from indicators.rule_marks.rules import RuleKind


class RuleLine(Model):
    """The rule of this kind as it was first seen at `noted_at`.  Append-only."""

    __tablename__ = "rule_lines"
    __table_args__ = (Index("ix_rule_lines_kind_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[RuleKind]
    rule: Mapped[dict[str, Any]]
    noted_at: Mapped[datetime]
