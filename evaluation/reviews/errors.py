"""What a review is refused for."""

from typing import ClassVar

from core.errors import Conflict, Refused


class NotRated(Conflict):
    code: ClassVar[str] = "review_not_rated"
    message: ClassVar[str] = "该工单没有评价，无从复核"


class AlreadyReviewed(Conflict):
    code: ClassVar[str] = "already_reviewed"
    message: ClassVar[str] = "该工单在这次抽样中已复核：{found}"


class ReviewerTookPart(Refused):
    """Whoever recorded the rating, or had a hand in the matter, asks nobody whether it is true."""

    code: ClassVar[str] = "reviewer_took_part"
    message: ClassVar[str] = "您经手过该工单或记录过这次评价，须由他人复核"


class AlreadyDrawn(Conflict):
    code: ClassVar[str] = "sample_already_drawn"
    message: ClassVar[str] = "这个种子在本期已抽取 {n} 件，请沿用或另选种子"


class NotDrawn(Conflict):
    """Only who was drawn by an announced lot is asked again in its name."""

    code: ClassVar[str] = "review_not_drawn"
    message: ClassVar[str] = "该工单不在这个种子已公布的抽样中"
