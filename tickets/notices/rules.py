"""What a notice may say, and when: of a ticket nothing but number, urgency and limit gets in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sms.templates import Template
from tickets.kinds import Named, Urgency

#: a dispatcher may take a dispatch back for so long, and nobody has been told yet
UNDO = timedelta(seconds=10)
#: a unit is told at most once in so long by each way; what comes meanwhile is joined into the next notice
JOIN = timedelta(minutes=1)
NO_LIMIT, NOTHING_TO_DO, STANDS_STILL = "未设时限", "无须再办", "暂停计时"
_MOST_SHOWN = 999


class NoticeKind(Named):
    """Why a unit is told."""

    NEW = "new", "待签收"
    SENT_BACK = "sent_back", "退回重办"
    SOON_DUE = "soon_due", "即将到期"
    OVERDUE = "overdue", "已超期"
    SUPERVISED = "supervised", "催办督办"
    UNSIGNED = "unsigned", "紧急未签收"
    HELP = "help", "待协办"
    TO_RELEASE = "to_release", "待审签"
    #: what the unit said was missing was added, or cannot be had
    COMPLETED = "completed", "已补正"
    WITHDRAWN = "withdrawn", "诉求已撤销"
    #: 撤回派单, 收回, 不再需要协办: the ticket goes on without the unit
    TAKEN_BACK = "taken_back", "任务已收回"
    #: 催办通知书, told to the leader as well
    COPIED = "copied", "催办抄送"
    MADE_URGENT = "made_urgent", "转为紧急"
    #: of work that was sent down, to the unit below and to the one above that waits for its report
    INNER_SOON_DUE = "inner_soon_due", "内部将到期"
    INNER_OVERDUE = "inner_overdue", "内部已超期"
    REPORTED = "reported", "下级已上报"
    #: 首次处置: its end comes near, or is over
    FIRST_SOON_DUE = "first_soon_due", "待首次处置"
    FIRST_OVERDUE = "first_overdue", "未首次处置"
    #: 强制签收
    RETURN_REFUSED = "return_refused", "退单被驳回"
    EXTENDED = "extended", "延期已批准"
    PARKED = "parked", "已挂账"
    RESUMED = "resumed", "恢复办理"
    TERMINATED = "terminated", "已终止"
    REQUEST_REFUSED = "request_refused", "申请被驳回"
    #: the day by which the rest should be done is over, and the unit has not said that it is
    PROMISE_OVER = "promise_over", "承诺已过期"
    #: of a bad rating: the unit has to speak with its citizen; a limit of that comes near, or is over
    REPAIR_OPENED = "repair_opened", "差评待整改"
    REPAIR_SOON_DUE = "repair_soon_due", "整改将到期"
    REPAIR_OVERDUE = "repair_overdue", "整改已超期"


class NoticeWay(Named):
    """By which way a unit is told."""

    SMS = "sms", "短信"
    WEBHOOK = "webhook", "政务微信"
    EMAIL = "email", "邮件"
    PHONE = "phone", "值班电话"


class NoticeState(Named):
    """How far a notice is."""

    WAITING = "waiting", "待发"
    HANDING = "handing", "发送中"
    SENT = "sent", "已发出"
    JOINED = "joined", "已并入"
    DROPPED = "dropped", "不再需要"
    FAILED = "failed", "失败"
    UNKNOWN = "unknown", "结果未知"


#: the unit has been told, or may have been
LEFT = frozenset({NoticeState.HANDING, NoticeState.SENT, NoticeState.JOINED, NoticeState.UNKNOWN})
#: a person may send these again
RESENDABLE = frozenset({NoticeState.FAILED, NoticeState.UNKNOWN})

#: what stands where the limit would, when there is none any longer
_SAID_INSTEAD = {
    NoticeKind.WITHDRAWN: NOTHING_TO_DO,
    NoticeKind.TERMINATED: NOTHING_TO_DO,
    NoticeKind.TAKEN_BACK: NOTHING_TO_DO,
    NoticeKind.PARKED: STANDS_STILL,
}

#: to staff, so neither the quiet hours nor the daily limit of citizens hold
UNIT_NOTICE = Template(
    "unit_notice",
    "您单位有{n}件{kind}(尾号{ticket},{urgency},{limit}),请登录平台办理",
    {"n": 3, "kind": 5, "ticket": 4, "urgency": 2, "limit": 6},
    is_for_staff=True,
)


@dataclass(frozen=True)
class Told:
    """All that a notice knows of one ticket."""

    number: str
    urgency: Urgency
    due_at: datetime | None


@dataclass(frozen=True)
class Wording:
    """What a notice says: how many, and of the most pressing one its tail, urgency and limit."""

    kind: NoticeKind
    n: int
    tail: str
    urgency: Urgency
    limit: str

    @property
    def values(self) -> dict[str, str]:
        """For the registered template."""
        return {
            "n": str(min(self.n, _MOST_SHOWN)),
            "kind": self.kind.name_zh,
            "ticket": self.tail,
            "urgency": self.urgency.name_zh,
            "limit": self.limit,
        }

    @property
    def text(self) -> str:
        return UNIT_NOTICE.text.format(**self.values)


def wording(kind: NoticeKind, told: Sequence[Told], *, now: datetime) -> Wording:
    """One sentence for all of them (at least one)."""
    first = min(told, key=_pressing)
    limit = _SAID_INSTEAD.get(kind) or limit_words(first.due_at, now=now)
    return Wording(kind, len(told), first.number[-4:], first.urgency, limit)


def _pressing(told: Told) -> tuple[int, bool, float]:
    due = told.due_at
    return -told.urgency.degree, due is None, due.timestamp() if due else 0.0


def limit_words(due_at: datetime | None, *, now: datetime) -> str:
    """30分钟内 for what is left, 超3小时 for what is over: at most six characters."""
    if due_at is None:
        return NO_LIMIT
    left = due_at - now
    return f"{_span(left)}内" if left > timedelta(0) else f"超{_span(-left)}"


def _span(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes}分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60}小时"
    return f"{min(minutes // (24 * 60), _MOST_SHOWN)}天"


def warned_at(began_at: datetime, due_at: datetime, ahead: timedelta) -> datetime:
    """`ahead` of the end, but never before half of the time has passed."""
    return max(due_at - ahead, began_at + (due_at - began_at) / 2)
