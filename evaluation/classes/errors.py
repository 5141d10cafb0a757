"""Why a class is not decided."""

from typing import ClassVar

from core.errors import Conflict, Refused


class NotThirdParty(Refused):
    code: ClassVar[str] = "not_third_party"
    message: ClassVar[str] = "承办过此件的单位及其上下级不能定类，请交热线审核员"


class MatterNotAnswered(Conflict):
    code: ClassVar[str] = "matter_not_answered"
    message: ClassVar[str] = "承办单位答复后、归档前才能定类"


class ClassDecided(Conflict):
    """It may be changed until the citizen has rated."""

    code: ClassVar[str] = "class_decided"
    message: ClassVar[str] = "群众已评价，此前所定的“{name}”不再改"
