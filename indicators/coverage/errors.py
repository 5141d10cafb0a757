"""What an audit refuses."""

from typing import ClassVar

from core.errors import NotFound


class NotFlagged(NotFound):
    code: ClassVar[str] = "coverage_not_flagged"
    message: ClassVar[str] = "本期没有这一条异常，请刷新后再试"
