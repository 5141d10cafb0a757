"""What may be rated, by which way, on which scale, and when an answer counts, corrects or comes too late."""

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Literal, get_args

from tickets.kinds import Named
from tickets.rules import SATISFIED_FROM

#: same verified number or link: the latest counts, both stay
CORRECTION_WINDOW = timedelta(hours=24)
#: who is asked has at least so long to answer; an SMS that could leave only later is not sent, and a person asks
ANSWER_LEAST = timedelta(hours=24)
#: wrong phone tails after which a code opens nothing any more
TAIL_TRIES = 5
#: so many that opened nothing from one address within so long, and none from there opens anything
CODE_TRIES, CODE_TRIES_WITHIN = 30, timedelta(hours=1)
#: in a ticket's history: what was written once it was rated, and was no rating
SAID_AFTER = "said_after"


class Level(IntEnum):
    """The five levels of 国办发〔2019〕51号, stored as 5 … 1."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    FAIRLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1

    @property
    def name_zh(self) -> str:
        return LEVEL_NAMES[self]

    @property
    def is_satisfied(self) -> bool:
        return self >= SATISFIED_FROM


LEVEL_NAMES = {
    Level.VERY_SATISFIED: "非常满意",
    Level.SATISFIED: "满意",
    Level.FAIRLY_SATISFIED: "基本满意",
    Level.DISSATISFIED: "不满意",
    Level.VERY_DISSATISFIED: "非常不满意",
}


class Subject(Named):
    """What is rated.  Each has its own headline; they are never added up."""

    HANDLING = "handling", "转办件办理"
    DIRECT = "direct", "直接答复"
    AGENT = "agent", "坐席服务"
    COUNTER = "counter", "窗口事项"
    #: the second question, about how a bad rating was mended; no headline counts it
    REPAIR = "repair", "差评整改"


#: those with a headline; the second word on what was mended has none
Headline = Literal[Subject.HANDLING, Subject.DIRECT, Subject.AGENT, Subject.COUNTER]
HEADLINES: tuple[Headline, ...] = get_args(Headline)


class Channel(Named):
    """The way an answer came."""

    SMS = "sms", "短信"
    PAGE = "page", "网页"
    KEY = "key", "按键"
    CALLBACK = "callback", "回访"
    DEVICE = "device", "评价器"
    QR = "qr", "二维码"
    APP = "app", "手机应用"
    MINI = "mini", "小程序"
    KIOSK = "kiosk", "自助终端"
    PC = "pc", "电脑端"


class BadReason(Named):
    """Why a citizen was not satisfied: asked for the two bad levels only, several may be chosen."""

    UNSOLVED = "unsolved", "未解决"
    OVERDUE = "overdue", "超时"
    NO_CONTACT = "no_contact", "无人联系"
    PASSED_ON = "passed_on", "推诿"
    ATTITUDE = "attitude", "态度"
    ANSWER_UNCLEAR = "answer_unclear", "答复不清"
    ANSWER_UNTRUE = "answer_untrue", "答复与事实不符"
    OTHER = "other", "其他"


#: what the letters of the SMS that asks for reasons stand for, in its own words
LETTERS = {
    "a": BadReason.UNSOLVED,
    "b": BadReason.NO_CONTACT,
    "c": BadReason.ANSWER_UNCLEAR,
    "d": BadReason.ATTITUDE,
    "e": BadReason.OTHER,
}
#: by these only a verified number answers, so that whoever did can be called back about it
REAL_NAME_CHANNELS = frozenset({Channel.SMS, Channel.PAGE, Channel.CALLBACK})


class InvitationState(Named):
    """What became of the one question that every closed matter owes its citizen."""

    INVITED = "invited", "已邀请"
    ANSWERED = "answered", "已评价"
    REFUSED = "refused", "拒绝评价"
    EXPIRED = "expired", "逾期未评"
    UNDELIVERED = "undelivered", "未送达"
    TO_CALL = "to_call", "转人工回访"
    VOIDED = "voided", "已作废"


#: what the citizen reads of the newest question; of one that was refused or voided nothing
ASKED_WORDS = {
    InvitationState.INVITED: "热线已请您评价这次{what}，{until} 前有效。请按短信或邮件中的说明评价。",
    InvitationState.UNDELIVERED: "回访员会打电话请您评价这次{what}。",
    InvitationState.TO_CALL: "回访员会打电话请您评价这次{what}。",
    InvitationState.ANSWERED: "您已评价这次{what}，谢谢。",
    InvitationState.EXPIRED: "这次{what}的评价期限已过。",
}
#: `what` in these words
ASKED_ABOUT = {Subject.HANDLING: "办理", Subject.DIRECT: "答复"}
#: asked, and neither answered, refused nor over
UNANSWERED = frozenset({InvitationState.INVITED, InvitationState.UNDELIVERED, InvitationState.TO_CALL})


#: with a person, who calls
CALLED_STATES = frozenset({InvitationState.UNDELIVERED, InvitationState.TO_CALL})


class Reason(Named):
    """Why an invitation is with a person now, could not go by SMS, or is void."""

    NO_PHONE = "no_phone", "无联系电话"
    SEALED = "sealed", "密件"
    LANDLINE = "landline", "固定电话"
    NO_MOBILE = "no_mobile", "非手机号码"
    OPTED_OUT = "opted_out", "已退订短信"
    DAILY_LIMIT = "daily_limit", "超过每日条数"
    QUIET_HOURS = "quiet_hours", "静默时段"
    TOO_LATE = "too_late", "短信未能及时发出"
    NOT_APPROVED = "not_approved", "短信模板未审核通过"
    DELIVERY_FAILED = "delivery_failed", "短信发送失败"
    UNCLEAR_TWICE = "unclear_twice", "两次回复均不明确"
    REWORKED = "reworked", "工单重办"
    REOPENED = "reopened", "重新受理"
    SILENT = "silent", "短信后多日未回复"
    CALLS_MADE = "calls_made", "三次回访未得到评价"
    CORRECTED = "corrected", "差评已更正"


REASONS: dict[str, Reason] = {reason.value: reason for reason in Reason}


class LedgerKind(Named):
    """What a line of the ledger says."""

    INVITATION = "invitation", "邀请"
    ANSWER = "answer", "评价"
    CORRECTION = "correction", "更正"
    REFUSAL = "refusal", "拒评"
    EXPIRY = "expiry", "过期"
    VOIDING = "voiding", "作废"
    RULING = "ruling", "裁定"
    REVIEW = "review", "复核"
    CHECKPOINT = "checkpoint", "检查点"


def may_correct(first_answered_at: datetime, now: datetime) -> bool:
    """Within 24 hours of the first answer, the last moment excluded."""
    return now < first_answered_at + CORRECTION_WINDOW
