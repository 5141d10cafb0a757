"""What evaluation/repairs/ refuses."""

from typing import ClassVar

from core.errors import Conflict, HotlineError, NotFound, Refused
from evaluation.repairs.guards import CONTACT_NOT_OWED, NOT_APPEALED, OTHER_BODY, OWN_UNIT, STILL_BAD, TRIED_ENOUGH


class RepairNotFound(NotFound):
    code: ClassVar[str] = "repair_not_found"
    message: ClassVar[str] = "没有这个整改单"


class RepairMoveRefused(Conflict):
    code: ClassVar[str] = "repair_move_refused"
    message: ClassVar[str] = "整改单现在是“{state}”，不能{act}"


class RepairRoleRefused(Refused):
    code: ClassVar[str] = "repair_role_refused"
    message: ClassVar[str] = "您的角色不能{act}"


class RepairOfOtherUnit(Refused):
    code: ClassVar[str] = "repair_of_other_unit"
    message: ClassVar[str] = "{reason}"


class OwnAppeal(Refused):
    code: ClassVar[str] = "repair_own_appeal"
    message: ClassVar[str] = "{reason}"


class ContactOwed(Conflict):
    code: ClassVar[str] = "repair_contact_owed"
    message: ClassVar[str] = "{reason}"


class TriedTooLittle(Conflict):
    code: ClassVar[str] = "repair_tried_too_little"
    message: ClassVar[str] = "{reason}"


class AppealedBefore(Conflict):
    code: ClassVar[str] = "repair_appealed_before"
    message: ClassVar[str] = "{reason}"


class RatingNotBad(Conflict):
    code: ClassVar[str] = "repair_rating_not_bad"
    message: ClassVar[str] = "{reason}"


GUARD_ERRORS: dict[str, type[HotlineError]] = {
    OWN_UNIT.code: RepairOfOtherUnit,
    OTHER_BODY.code: OwnAppeal,
    CONTACT_NOT_OWED.code: ContactOwed,
    TRIED_ENOUGH.code: TriedTooLittle,
    NOT_APPEALED.code: AppealedBefore,
    STILL_BAD.code: RatingNotBad,
}
