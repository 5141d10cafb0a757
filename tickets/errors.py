"""What tickets refuse: each with a stable code and a Chinese sentence."""

from typing import Any

from core.errors import Conflict, Invalid, NotFound, Refused


class TicketNotFound(NotFound):
    """No such ticket, or none that this person may see."""

    code = "ticket_not_found"
    message = "没有这张工单：{ticket}"


class DraftNotFound(NotFound):
    """No such draft, or somebody else's."""

    code = "draft_not_found"
    message = "没有这份草稿：{draft_id}"


class TopicNotFound(NotFound):
    """No such topic."""

    code = "topic_not_found"
    message = "没有这个分类：{topic_id}"


class PlaceNotFound(NotFound):
    """No such place."""

    code = "place_not_found"
    message = "没有这个地点：{place_id}"


class MoveRefused(Conflict):
    """The life-cycle table has no such move."""

    code = "move_refused"
    message = "工单当前为“{state}”，不能{action}"


class RoleRefused(Refused):
    """The table has the move, but not for this role."""

    code = "role_refused"
    message = "您的岗位不能{action}"


class VersionConflict(Conflict):
    """Somebody else saved in between; carries what stands now and what was sent, so that no word is lost."""

    code = "version_conflict"
    message = "{name}已被他人修改，请对照后再保存"

    def __init__(self, *, name: str, version: int, current: dict[str, Any], yours: dict[str, Any]) -> None:
        super().__init__(name=name)
        self.more = {"version": version, "current": current, "yours": yours}


class DraftClosed(Conflict):
    """The draft has become a ticket, or was thrown away."""

    code = "draft_closed"
    message = "草稿当前为“{state}”，不能再改"


class ClaimedByOther(Conflict):
    """Another dispatcher works on this ticket."""

    code = "claimed_by_other"
    message = "{name} 正在处理"


class VisitNotFound(NotFound):
    """No such visit of this ticket."""

    code = "visit_not_found"
    message = "没有这次走访：{visit_id}"


class NotDrawn(Conflict):
    """Only automatic dispatches that were drawn are checked."""

    code = "not_drawn"
    message = "该工单未被抽检"


class CheckedByOther(Conflict):
    """Another person's word on a drawn dispatch stands; one's own may be corrected."""

    code = "checked_by_other"
    message = "{name} 已抽检过该工单"


class CallerSealed(Refused):
    """The caller asked for secrecy: a unit never learns who it was."""

    code = "caller_sealed"
    message = "来电人要求保密，承办单位不能查看"


class ReasonRequired(Conflict):
    """Sending a ticket elsewhere than the catalogue says needs a reason."""

    code = "reason_required"
    message = "派往目录以外的单位须写明理由"


class NoCitizenPhone(Conflict):
    """Nobody can be called."""

    code = "no_citizen_phone"
    message = "诉求人没有留下电话"


class RecallReasonRequired(Conflict):
    """The unit has been told, so taking the ticket back needs a reason."""

    code = "recall_reason_required"
    message = "已通知承办单位，撤回须写明原因"


class RepeatWithoutFact(Conflict):
    """The same person with the same matter again: no unit is troubled twice without something new."""

    code = "repeat_without_fact"
    message = "同一人重复诉求，派出前须写明新情况"


class UnitCannotHold(Conflict):
    """The hotline itself, or a unit that was closed, cannot be sent a ticket."""

    code = "unit_cannot_hold"
    message = "不能派给“{unit}”"


class NotBelow(Conflict):
    """A unit sends down its own tree only."""

    code = "not_below"
    message = "“{unit}”不是本单位的下级"


class AlreadyAHelper(Conflict):
    """One open part for each helping unit."""

    code = "already_a_helper"
    message = "“{unit}”已在协办"


class UrgedLately(Conflict):
    """The citizen has asked for haste within a day."""

    code = "urged_lately"
    message = "已经催办过，{again_at} 以后可以再次催办"


class NoContactClaimed(Conflict):
    """No answer that the citizen has says that somebody spoke with them."""

    code = "no_contact_claimed"
    message = "答复中没有“已联系”的记录，如有疑问请拨打 12345"


class AddedTooOften(Conflict):
    """The citizen has added as often as a day allows."""

    code = "added_too_often"
    message = "今天已补充 {most} 次，请明天再补充，或拨打 12345"


class LookupWrong(Refused):
    """The same words for an unknown number, a wrong tail and too many tries: nobody learns which."""

    code = "lookup_wrong"
    message = "工单号与电话后四位不符，请核对后再试；多次错误后须等一小时"


class RulingNotFound(NotFound):
    """No such ruling."""

    code = "ruling_not_found"
    message = "没有这份裁定：{ruling_id}"


class LegalBasisNotFound(NotFound):
    """No such entry of the list of legal bases."""

    code = "legal_basis_not_found"
    message = "没有这条法定依据：{basis_id}"


class LegalBasisRetired(Conflict):
    """Somebody else has retired it, or put another in its place."""

    code = "legal_basis_retired"
    message = "“{name}”已经停用"


class RulingWithoutTopic(Conflict):
    """Only what has a topic can become a line of the catalogue."""

    code = "ruling_without_topic"
    message = "该工单没有分类，不能列入派单目录"


class RulingInCatalogue(Conflict):
    """It is a line of the catalogue already."""

    code = "ruling_in_catalogue"
    message = "{number} 已列入派单目录"


class UnitAccused(Conflict):
    """A secret ticket never goes to the unit that it accuses."""

    code = "unit_accused"
    message = "“{unit}”是被反映单位，保密工单不能交其办理"


class MergeRefused(Conflict):
    """These two cannot be one matter."""

    code = "merge_refused"
    message = "{reason}"


class IncidentNotFound(NotFound):
    """No mass incident is handled under this ticket, or none that this person may see."""

    code = "incident_not_found"
    message = "工单 {ticket} 不是群体事件"


class IncidentEnded(Conflict):
    """It was closed; whoever needs it again declares it again."""

    code = "incident_ended"
    message = "群体事件“{name}”已结束"


class LeaderMissing(Invalid):
    """An instruction names the leader who gave it."""

    code = "leader_missing"
    message = "领导批示须写明批示人"

    def __init__(self) -> None:
        super().__init__([(("body", "leader"), self.code, self.message)])


class SummaryMissing(Conflict):
    """The wrap-up cannot end before somebody says what came of the call."""

    code = "summary_missing"
    message = "请先选择通话结果"


class ListTooLong(Conflict):
    """A spreadsheet cannot hold so many rows."""

    code = "list_too_long"
    message = "共 {n} 件，一张工作表最多 {most} 行，请加筛选条件或导出 CSV"


class SavedViewTaken(Conflict):
    """One has a view of that name already."""

    code = "saved_view_taken"
    message = "已有名为“{name}”的视图"


class SavedViewsFull(Conflict):
    """As many views as fit above the list."""

    code = "saved_views_full"
    message = "最多保存 {most} 个视图，请先删除不用的"


class SavedViewNotFound(NotFound):
    """There is no such view, or it is somebody else's."""

    code = "saved_view_not_found"
    message = "没有这个视图"


class BadCursor(Invalid):
    """A cursor that we did not give out."""

    code = "ticket_cursor_invalid"
    message = "翻页标记无效，请从第一页重新开始"

    def __init__(self) -> None:
        super().__init__([(("query", "after"), self.code, self.message)])


class NumberStaysHidden(Refused):
    """A number in the text is looked at with a purpose, one person at a time; it is never shown to all."""

    code = "number_stays_hidden"
    message = "号码和账号始终隐去；需要时请用“查看”"


class SavedReplyNotFound(NotFound):
    """No such saved reply, or another unit's."""

    code = "saved_reply_not_found"
    message = "没有这条常用答复：{reply_id}"


class SavedReplyTaken(Conflict):
    """Two with one name could not be told apart."""

    code = "saved_reply_taken"
    message = "已有名为“{name}”的常用答复"


class SavedRepliesFull(Conflict):
    """A list that long helps nobody."""

    code = "saved_replies_full"
    message = "常用答复最多 {most} 条，请先删去不用的"
