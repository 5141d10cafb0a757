"""Enumerations of the trade: what a ticket, a reply and a call can be, with their Chinese names."""

from enum import StrEnum
from typing import Self


class Named(StrEnum):
    """A code for programs and a Chinese name for people: `CONSULT = "consult", "咨询"`."""

    name_zh: str

    def __new__(cls, code: str, name_zh: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.name_zh = name_zh
        return member


class TicketType(Named):
    """What the citizen wants (诉求类型)."""

    CONSULT = "consult", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报"
    SUGGESTION = "suggestion", "建议"
    PRAISE = "praise", "表扬"
    OTHER = "other", "其他"


class Urgency(Named):
    """How fast somebody must act."""

    NORMAL = "normal", "一般"
    URGENT = "urgent", "紧急"
    CRITICAL = "critical", "特急"

    @property
    def degree(self) -> int:
        """The higher, the more pressing."""
        return list(Urgency).index(self)


class Secrecy(Named):
    """Who must not learn who called."""

    NONE = "none", "不需要"
    FROM_ACCUSED = "from_accused", "对被反映方保密"
    SEALED = "sealed", "全程密件"


class Source(Named):
    """Where a ticket came from."""

    PHONE = "phone", "电话"
    WEB = "web", "网页"
    MOBILE = "mobile", "手机"
    SMS = "sms", "短信"
    EMAIL = "email", "邮件"
    PLATFORM = "platform", "其他平台"
    RATING = "rating", "好差评"


class CallerKind(Named):
    """Whether a person or a company asks."""

    PERSON = "person", "个人"
    COMPANY = "company", "企业"


class Salutation(Named):
    """How the citizen wants to be addressed."""

    UNKNOWN = "unknown", "不详"
    MR = "mr", "先生"
    MS = "ms", "女士"


class ContactTime(Named):
    """When the citizen can be reached."""

    ANY = "any", "任意"
    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"
    EVENING = "evening", "晚间"


class ReplyWay(Named):
    """How the citizen wants the answer."""

    PHONE = "phone", "电话"
    SMS = "sms", "短信"
    QUERY = "query", "只需查询"


class PhoneKind(Named):
    """Whether an SMS can reach the number."""

    MOBILE = "mobile", "手机"
    LANDLINE = "landline", "固话"
    OTHER = "other", "其他"
    NONE = "none", "未留"


class ReplyResult(Named):
    """What a unit says came of it (办理结果)."""

    SOLVED = "solved", "已解决"
    PARTLY = "partly", "部分解决"
    NEEDS_TIME = "needs_time", "未解决需时"
    NO_POLICY = "no_policy", "政策不支持"
    UNTRUE = "untrue", "情况不实"
    DUPLICATE = "duplicate", "重复"

    @property
    def leaves_rest(self) -> bool:
        """Something is still to be done: the citizen is told what, and by which day (DOMAIN 1.2)."""
        return self in {ReplyResult.PARTLY, ReplyResult.NEEDS_TIME}


class ContactMade(Named):
    """How the unit says it reached the citizen before answering."""

    CALL = "call", "系统通话"
    VISIT = "visit", "现场走访"
    NONE = "none", "未联系"


class CallOutcome(Named):
    """What came of a call; one is required before the wrap-up ends."""

    TICKET = "ticket", "新单"
    ANSWERED = "answered", "直接答复"
    PROGRESS = "progress", "查进度"
    URGE = "urge", "催办"
    SUPPLEMENT = "supplement", "补充"
    TRANSFER = "transfer", "转接"
    REJECTED = "rejected", "不予受理"
    VOID = "void", "无效"


class VoidReason(Named):
    """Why a call or a draft is no matter at all."""

    SILENCE = "silence", "无声"
    WRONG_NUMBER = "wrong_number", "错拨"
    HARASSMENT = "harassment", "骚扰"
    DUPLICATE_DRAFT = "duplicate_draft", "重复草稿"


class RejectReason(Named):
    """Matters the hotline must refuse, with the right channel named (Jinan, Beijing, Weifang statutes)."""

    LITIGATION = "litigation", "诉讼、仲裁"
    DISCIPLINE = "discipline", "纪检监察"
    RECONSIDERATION = "reconsideration", "行政复议"
    DISCLOSURE = "disclosure", "政府信息公开"
    PETITION = "petition", "已在信访程序"
    SECRET = "secret", "涉及国家秘密、商业秘密、个人隐私"
    MORALS = "morals", "违背公序良俗"
    DECIDED = "decided", "已依法处理终结"
    REPEAT = "repeat", "重复且无新情况"


class TerminationReason(Named):
    """Why a matter ends without an answer: its citizen does not cooperate, or the hotline must refuse it.

    At most six characters each: an SMS says the same word.
    """

    UNCOOPERATIVE = "uncooperative", "诉求人不配合"
    UNREACHABLE = "unreachable", "多次联系不上"
    LITIGATION = "litigation", "已诉讼或仲裁"
    RECONSIDERATION = "reconsideration", "已行政复议"
    PETITION = "petition", "已在信访程序"
    DISCIPLINE = "discipline", "属纪检监察"
    DISCLOSURE = "disclosure", "属信息公开"
    SECRET = "secret", "涉秘密或隐私"
    MORALS = "morals", "违背公序良俗"
    DECIDED = "decided", "已依法终结"
    REPEAT = "repeat", "重复无新情况"

    @property
    def has_channel(self) -> bool:
        """Whether another house takes the matter, which the citizen has to be told."""
        return self in _TAKEN_ELSEWHERE


_TAKEN_ELSEWHERE = frozenset({
    TerminationReason.LITIGATION, TerminationReason.RECONSIDERATION, TerminationReason.PETITION,
    TerminationReason.DISCIPLINE, TerminationReason.DISCLOSURE,
})  # fmt: skip


class EndTold(Named):
    """How far a citizen has been told that the matter was terminated."""

    WAITING = "waiting", "待告知"
    SENT = "sent", "短信已发出"
    TOLD = "told", "已告知"
    TO_CALL = "to_call", "待电话告知"
    BY_CHANNEL = "by_channel", "随来件渠道告知"
    NO_WAY = "no_way", "未留联系方式"
    #: who took the own part back, or has objected already
    NOT_NEEDED = "not_needed", "无须告知"


class ReturnBasis(Named):
    """On what a unit founds its request to return a ticket (退单依据)."""

    CATALOGUE = "catalogue", "派单目录"
    DUTY_TEXT = "duty_text", "三定方案条款"
    RULING = "ruling", "既往裁定"
    OTHER = "other", "其他法定依据"


class CompletionBy(Named):
    """Who asks the citizen for what is missing (退回补正)."""

    AGENT = "agent", "话务员"
    CALLBACK = "callback", "回访员"


class CompletionState(Named):
    """What came of asking; it lapses when the ticket goes another way."""

    OPEN = "open", "待补正"
    DONE = "done", "已补正"
    UNABLE = "unable", "无法补正"
    LAPSED = "lapsed", "不再需要"


class SaidBy(Named):
    """Who took a matter back, in a role and never by name: units read it."""

    SELF = "self", "诉求人本人"
    RELATIVE = "relative", "家属或代办人"
    REPRESENTATIVE = "representative", "群体代表"


class RequestKind(Named):
    """What a unit may ask of the hotline while its clock runs on: none of them is a state."""

    EXTENSION = "extension", "延期"
    PARKING = "parking", "挂账"
    TERMINATION = "termination", "终止"


class RequestState(Named):
    """How far a request is; it lapses when the ticket leaves the unit's hands undecided."""

    PENDING = "pending", "待批"
    GRANTED = "granted", "已批准"
    REFUSED = "refused", "已驳回"
    LAPSED = "lapsed", "已失效"


class ToldBy(Named):
    """How a citizen was told of an extension: it may not be asked for behind their back (Beijing 2021)."""

    CALL = "call", "电话告知"
    SMS = "sms", "短信告知"
    VISIT = "visit", "当面告知"


class InnerState(Named):
    """How far a unit below is with what was sent down to it; the unit above alone answers to the hotline."""

    SENT = "sent", "待下级签收"
    SIGNED = "signed", "下级办理中"
    REPORTED = "reported", "本级待审"
    ACCEPTED = "accepted", "本级已审"
    PULLED = "pulled", "已收回"


class PartState(Named):
    """How far a helping unit is with its own part (协办)."""

    OPEN = "open", "协办中"
    DONE = "done", "已反馈"
    EXCUSED = "excused", "不再等待"


class OversightKind(Named):
    """The ladder of supervision, lowest step first (Jinan and Weifang statutes)."""

    URGE_NOTICE = "urge_notice", "催办通知书"
    ORDER = "order", "督办单"
    CIRCULAR = "circular", "通报"
    INTERVIEW = "interview", "约谈通知书"
    LISTED = "listed", "挂牌督办单"
    DISCIPLINE = "discipline", "移送建议书"
    INSTRUCTION = "instruction", "领导批示件"


class OversightTrigger(Named):
    """Why a matter is to be supervised (Jinan 2018, Weifang 2021)."""

    NOT_TAKEN = "not_taken", "拒不签收"
    OVERDUE = "overdue", "逾期未办结"
    UNSOLVED = "unsolved", "能解决未解决"
    BAD_EFFECT = "bad_effect", "影响较大"
    REPEATED = "repeated", "反复投诉"


class CloseReason(Named):
    """What closed a ticket."""

    RATED = "rated", "群众已评价"
    WINDOW_END = "window_end", "评价期满未评价"
    CALLBACK = "callback", "回访办结"
    DECISION = "decision", "主管决定办结"


class SuggestionVerdict(Named):
    """What followed from the classifier's suggestion."""

    AUTO = "auto", "自动派出"
    LIST = "list", "转派单台"
    ABSTAINED = "abstained", "系统不确定"


class Step(Named):
    """Steps that have a limit in a city's profile."""

    DISPATCH = "dispatch", "派单"
    SIGN = "sign", "签收"
    RETURN = "return", "退单"
    RESULT = "result", "答复"
    FIRST_ACTION = "first_action", "首次处置"
    EXTENSION = "extension", "延期"
    AUDIT = "audit", "审核"
    CALLBACK = "callback", "回访"
    REWORK = "rework", "重办"
    RATING = "rating", "评价期"
    ARCHIVE = "archive", "归档"
    CIRCULAR = "circular", "通报"
    #: after so long unsigned the next duty phone of the unit rings
    RING = "ring", "值班电话"
    #: so long before its end a unit is warned
    WARN = "warn", "到期提醒"
    #: after a bad rating: the citizen is spoken with, and what was wrong is mended
    REPAIR_CONTACT = "repair_contact", "差评联系"
    REPAIR_FIX = "repair_fix", "差评整改"


class Measure(Named):
    """In what a limit is counted."""

    WORKING_DAYS = "working_days", "个工作日"
    #: calendar days that end at 24:00; none is the same day
    DAYS = "days", "天"
    HOURS = "hours", "小时"
    MINUTES = "minutes", "分钟"
    OFFICE_HOURS = "office_hours", "个工作小时"
