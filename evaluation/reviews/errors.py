"""What a review is refused for."""

from typing import ClassVar

from core.errors import Conflict


class NotRated(Conflict):
    code: ClassVar[str] = "review_not_rated"
    message: ClassVar[str] = "该工单没有评价，无从复核"


class AlreadyReviewed(Conflict):
    code: ClassVar[str] = "already_reviewed"
    message: ClassVar[str] = "该工单在这次抽样中已复核：{found}"
