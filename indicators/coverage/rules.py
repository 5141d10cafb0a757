"""Where a closed matter is lost on the way to a rating, what looks bent, and from when on it does."""

import math
from datetime import timedelta

from tickets.kinds import Named

#: an invitation is a job of the same transaction as the audit; so long one may wait in the queue before it is missing
QUEUE_TIME = timedelta(hours=1)
#: carriers report for up to three days (validity period of a message); afterwards there is no receipt
RECEIPT_TIME = timedelta(days=3)
#: the outcome of a call is asked for in its wrap-up and may be entered later the same day (补录)
OUTCOME_TIME = timedelta(hours=24)
#: the message has two sentences: nobody has read them and typed an answer within so many seconds
TOO_FAST_S = 15
#: before the rating; earlier calls of the unit are part of its work
CALL_BEFORE = timedelta(hours=24)
#: a device's question has five answers: nobody has read them and pressed within so many seconds
COUNTER_FAST_S = 3
#: a citizen takes longer than that to stand up and the next to sit down
SERIES_GAP_S = 15
#: so many of either at one window in a period; fewer are a slip
COUNTER_LEAST = 3
#: matters of a hall are heard of within so long after they were done, over a weekend too
HEARD_WITHIN = timedelta(days=3)
#: so many matters of one phone rated in a period; fewer are a citizen with several matters
MANY_RATINGS = 5
#: a matter ended within so long before its limit was nearly answered
ENDED_BEFORE = timedelta(hours=24)
#: of a unit whose answers are all good: fewer closed matters or answers say nothing either way
PERFECT_CLOSED, PERFECT_ANSWERED = 30, 3
#: it has few answers when its share of answers is below this part of everybody else's
FEW_ANSWERS = 0.5
#: whoever leaves out fewer cannot be told from chance or from a single slip
LEFT_OUT_LEAST = 3
#: the chance that any of all units compared is flagged though nobody chose whom to ask
CHANCE = 0.05


class Stage(Named):
    """How far a closed matter came; each holds all that came farther."""

    CLOSED = "closed", "办结"
    OWED = "owed", "应邀"
    INVITED = "invited", "已邀"
    DELIVERED = "delivered", "送达"
    RATED = "rated", "参评"


class Fate(Named):
    """What became of a closed matter's present question; every matter has exactly one, so the account adds up.

    `AT_ONCE`: answered by the hotline itself while the city did not ask about such answers; `NO_TEMPLATE`: while no
    provider had approved the words of that question.
    """

    AT_ONCE = "at_once", "直接答复，按当时规定不邀请"
    NO_TEMPLATE = "no_template", "直接答复，评价短信模板未过审"
    DECIDED = "decided", "主管决定办结，未经审核答复"
    TAKEN_BACK = "taken_back", "诉求人已撤销本人诉求"
    FROM_WINDOW = "from_window", "窗口差评来单，热线没有评价人的号码"
    QUEUED = "queued", "刚答复，邀请排队中"
    UNINVITED = "uninvited", "无邀请，也无理由"
    ROUND_UNINVITED = "round_uninvited", "重办后无邀请，也无理由"
    NOT_BY_SMS = "not_by_sms", "短信不可达，转人工"
    ON_ITS_WAY = "on_its_way", "短信在途"
    NO_RECEIPT = "no_receipt", "短信无送达回执"
    NEVER_SENT = "never_sent", "已邀请，却没有短信，也无理由"
    WAITING = "waiting", "评价期内，未答"
    SILENT = "silent", "逾期未评"
    REFUSED = "refused", "拒绝评价"
    VOIDED = "voided", "邀请已作废"
    RATING_GONE = "rating_gone", "已评价，却没有评价记录"
    RATED_BEFORE = "rated_before", "前次答复的评价计入"
    RATED = "rated", "已评价"

    @property
    def stage(self) -> Stage:
        """The farthest one it came to."""
        return _STAGE_OF[self]

    @property
    def is_finding(self) -> bool:
        """A loss that nobody can give a reason for."""
        return self in UNEXPLAINED


FATES: dict[str, Fate] = {fate.value: fate for fate in Fate}
#: lost without a reason
UNEXPLAINED = (Fate.UNINVITED, Fate.ROUND_UNINVITED, Fate.NEVER_SENT, Fate.RATING_GONE)
_BY_STAGE = {
    Stage.CLOSED: (Fate.AT_ONCE, Fate.NO_TEMPLATE, Fate.DECIDED, Fate.TAKEN_BACK, Fate.FROM_WINDOW),
    Stage.OWED: (Fate.QUEUED, Fate.UNINVITED, Fate.ROUND_UNINVITED),
    Stage.INVITED: (Fate.NOT_BY_SMS, Fate.ON_ITS_WAY, Fate.NO_RECEIPT, Fate.NEVER_SENT),
    Stage.DELIVERED: (Fate.WAITING, Fate.SILENT, Fate.REFUSED, Fate.VOIDED, Fate.RATING_GONE),
    Stage.RATED: (Fate.RATED_BEFORE, Fate.RATED),
}
_STAGE_OF = {fate: stage for stage, fates in _BY_STAGE.items() for fate in fates}
#: owed a question and not asked, for whatever reason: whose share of these is high has chosen whom to ask
LEFT_OUT = (Fate.DECIDED, Fate.TAKEN_BACK, Fate.UNINVITED, Fate.ROUND_UNINVITED, Fate.NEVER_SENT)


class Flag(Named):
    """What somebody has to look at; the first three are findings by themselves, the others may have a good reason."""

    UNEXPLAINED = "unexplained", "无理由流失"
    NUMBER_MISSING = "number_missing", "编号缺失"
    CALL_UNACCOUNTED = "call_unaccounted", "通话无结果"
    SELECTIVE = "selective", "有选择邀请"
    SELECTIVE_SEAT = "selective_seat", "坐席有选择请评"
    CALLBACK_UNPROVEN = "callback_unproven", "回访未证实"
    CALLED_BEFORE = "called_before", "评前单位致电"
    TOO_FAST = "too_fast", "数秒即评"
    ONE_PHONE = "one_phone", "一号多评"
    PHONE_CHANGED = "phone_changed", "改号后评"
    OTHER_PHONE = "other_phone", "评价号码非来电号码"
    COUNTER_FAST = "counter_fast", "窗口数秒即评"
    COUNTER_PHONE = "counter_phone", "窗口一号多评"
    COUNTER_SERIES = "counter_series", "窗口连续评价"
    COUNTER_LATE = "counter_late", "窗口补报办结"
    COUNTER_REWRITTEN = "counter_rewritten", "办件改报"
    COUNTER_RAISED = "counter_raised", "窗口实名改高"
    ENDED_BEFORE = "ended_before", "临评前终止/挂账"
    PERFECT_FEW = "perfect_few", "100 % 而参评少"
    MOVED_AFTER_BAD = "moved_after_bad", "差评后改派他单位"

    @property
    def is_finding(self) -> bool:
        """A loss without a reason; whatever else is flagged is only odd."""
        return self in {Flag.UNEXPLAINED, Flag.NUMBER_MISSING, Flag.CALL_UNACCOUNTED}


def lost_after(stage: Stage) -> tuple[Fate, ...]:
    """What became of those that came to this stage and no farther."""
    return _BY_STAGE[stage]


def reaching(stage: Stage) -> tuple[Fate, ...]:
    """The fates of all that came at least so far."""
    stages = list(Stage)
    return tuple(fate for fate in Fate if stages.index(fate.stage) >= stages.index(stage))


def is_beyond_chance(left_out: int, of: int, elsewhere: int, of_elsewhere: int, *, compared: int) -> bool:
    """Whether leaving out so many is more than chance allows among `compared` units, were this one like the others.

    The one-sided binomial tail with the others' share (half a matter added, so that it is never 0), by Bonferroni.
    """
    if left_out < LEFT_OUT_LEAST or not of_elsewhere:
        return False
    share = (elsewhere + 0.5) / (of_elsewhere + 1)
    return left_out / of > share and binomial_tail(left_out, of, share) < CHANCE / max(compared, 1)


def binomial_tail(least: int, of: int, share: float) -> float:
    """How probable `least` or more of `of` are, each with the chance `share`, which is strictly within 0 and 1."""
    log_term = (
        math.lgamma(of + 1)
        - math.lgamma(least + 1)
        - math.lgamma(of - least + 1)
        + least * math.log(share)
        + (of - least) * math.log1p(-share)
    )
    term = total = math.exp(log_term)
    for count in range(least, of):
        term *= (of - count) / (count + 1) * share / (1 - share)
        total += term
        if term < total * 1e-12:
            break
    return min(total, 1.0)


def has_perfect_few(
    closed: int, answered: int, satisfied: int, *, closed_elsewhere: int, answered_elsewhere: int
) -> bool:
    """All satisfied, while far fewer answer than elsewhere."""
    if closed < PERFECT_CLOSED or answered < PERFECT_ANSWERED or satisfied < answered or not closed_elsewhere:
        return False
    return answered / closed < FEW_ANSWERS * answered_elsewhere / closed_elsewhere
