"""Guards of the life-cycle table: conditions beyond state and role, judged by the facts of the situation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from staff.rules import is_within
from tickets.clocks import local_day, moment_zh
from tickets.kinds import InnerState, RequestKind

#: reopening an answer given on the spot; the number is left to the city, seven days is our assumption
REOPEN_WINDOW = timedelta(days=7)
#: a citizen may object to a termination until the end of the seventh day, likewise our assumption
OBJECTION_DAYS = 7
#: the dispute after which only a ruling helps (the second dispute is ruled on)
RETURNS_BEFORE_CONFERENCE = 1


@dataclass(frozen=True)
class Situation:
    """What the guards judge by: the moment, the actor's unit, and the facts of the present holding."""

    now: datetime
    actor_unit_path: str = ""
    actor_is_hotline: bool = False
    holder_path: str = ""
    return_until: datetime | None = None
    is_ruled: bool = False
    return_count: int = 0
    ended_at: datetime | None = None
    unit_due_at: datetime | None = None
    #: the unit that works on it now, how far it is with what was sent down to it, and who sent it down
    working_path: str = ""
    inner_state: InnerState | None = None
    upper_paths: tuple[str, ...] = ()
    working_name: str = ""
    #: helping units whose part is not done: path → name
    open_parts: Mapping[str, str] = field(default_factory=dict)
    pending: frozenset[RequestKind] = frozenset()
    was_extended: bool = False
    #: a paper of the ladder waits for the unit's receipt
    has_papers: bool = False
    #: 审签: whether the unit asks for it, whether a reply waits, and whether the actor wrote that one
    needs_release: bool = False
    waits_for_release: bool = False
    is_own_reply: bool = False
    #: 退回补正: something is missing, and somebody asks the citizen for it
    is_incomplete: bool = False
    #: other callers under this ticket, and whether its own has taken the matter back
    others: int = 0
    has_withdrawn: bool = False
    #: a person has to tell the citizen that it was terminated
    is_end_untold: bool = False
    #: something that was promised with the answer is still to be done
    is_promised: bool = False
    #: the last day to object to a termination; None: nobody has told the citizen yet
    object_until: date | None = None


@dataclass(frozen=True)
class Guard:
    """A condition beyond state and role: `check` answers None, or the Chinese reason why not now.

    A quiet one asks whether the act makes any sense now: the page leaves it out instead of showing it grey.
    """

    code: str
    check: Callable[[Situation], str | None]
    is_quiet: bool = False


def _held_by_own_unit(situation: Situation) -> str | None:
    own = situation.actor_unit_path and situation.actor_unit_path == situation.holder_path
    if own:
        return None
    is_below = situation.actor_unit_path and situation.actor_unit_path == situation.working_path
    return "由主办单位统一办理" if is_below else "工单不在您的单位"


def _window_is_open(situation: Situation) -> str | None:
    if situation.return_until is None:
        return "退单期限尚未算出"
    if situation.now < situation.return_until:
        return None
    return f"退单期限已过：{moment_zh(situation.return_until)}"


def _is_not_ruled(situation: Situation) -> str | None:
    return "已经裁定，不得再退" if situation.is_ruled else None


def _is_first_dispute(situation: Situation) -> str | None:
    return "再次争议，须提交会商裁定" if situation.return_count > RETURNS_BEFORE_CONFERENCE else None


def _is_other_unit(situation: Situation) -> str | None:
    own = situation.holder_path and is_within(situation.actor_unit_path, situation.holder_path)
    return "不能审核本单位的答复" if own else None


def _may_reopen(situation: Situation) -> str | None:
    if situation.ended_at is not None and situation.now < situation.ended_at + REOPEN_WINDOW:
        return None
    return f"超过 {REOPEN_WINDOW.days} 天，请另行登记"


def last_day_to_object(told_at: datetime) -> date:
    """The day in Shanghai until whose 24:00 a citizen who is told now may object to a termination."""
    return local_day(told_at) + timedelta(days=OBJECTION_DAYS)


def _may_object(situation: Situation) -> str | None:
    if situation.object_until is None or local_day(situation.now) <= situation.object_until:
        return None
    return f"超过 {OBJECTION_DAYS} 天，请另行登记"


def _is_end_untold(situation: Situation) -> str | None:
    return None if situation.is_end_untold else "不需要人工告知"


def _is_nobody_to_tell(situation: Situation) -> str | None:
    return "请先电话告知诉求人" if situation.is_end_untold else None


def _works_here(situation: Situation) -> str | None:
    here = situation.actor_unit_path and situation.actor_unit_path == situation.working_path
    return None if here else f"现由{situation.working_name or '热线'}办理"


def _nothing_is_below(situation: Situation) -> str | None:
    if situation.inner_state is None:
        return None
    done = situation.inner_state is InnerState.REPORTED
    return "下级已上报，请先审核" if done else f"已转{situation.working_name}办理，请等上报或收回"


def _is_signed_here(situation: Situation) -> str | None:
    match situation.inner_state:
        case InnerState.SENT:
            return "请先签收"
        case InnerState.REPORTED:
            return "下级已上报，请先审核"
    return None


def _waits_to_be_signed(situation: Situation) -> str | None:
    return None if situation.inner_state is InnerState.SENT else "已签收"


def _was_sent_down(situation: Situation) -> str | None:
    return None if situation.inner_state is InnerState.SIGNED else "不是上级转来的，请直接答复"


def _has_report(situation: Situation) -> str | None:
    return None if situation.inner_state is InnerState.REPORTED else "下级尚未上报"


def _sent_it_down(situation: Situation) -> str | None:
    return None if situation.actor_unit_path in situation.upper_paths else "没有转给下级"


def _parts_are_done(situation: Situation) -> str | None:
    return f"协办单位尚未反馈：{'、'.join(situation.open_parts.values())}" if situation.open_parts else None


def _has_parts(situation: Situation) -> str | None:
    return None if situation.open_parts else "没有等待中的协办"


def _leads_or_is_the_hotline(situation: Situation) -> str | None:
    """For acts that the hotline and the unit that leads share: other units keep out."""
    is_hotlines = situation.actor_is_hotline
    own = situation.actor_unit_path and situation.actor_unit_path == situation.holder_path
    return None if is_hotlines or own else "由主办单位或热线决定"


def _helps(situation: Situation) -> str | None:
    return None if situation.actor_unit_path in situation.open_parts else "贵单位没有待反馈的协办"


def _nothing_is_asked(situation: Situation) -> str | None:
    names = "、".join(sorted(kind.name_zh for kind in situation.pending))
    return f"已有申请待批：{names}" if names else None


def _is_asked(situation: Situation) -> str | None:
    return None if situation.pending else "没有待批的申请"


def _was_never_extended(situation: Situation) -> str | None:
    return "只能延期一次" if situation.was_extended else None


def _is_before_due(situation: Situation) -> str | None:
    if situation.unit_due_at is None:
        return "办理时限尚未算出"
    if situation.now < situation.unit_due_at:
        return None
    return f"已超过办理时限：{moment_zh(situation.unit_due_at)}"


def _has_papers(situation: Situation) -> str | None:
    return None if situation.has_papers else "没有待签收的督办件"


def _is_released_by_nobody(situation: Situation) -> str | None:
    return "本单位的答复须经第二人审签" if situation.needs_release else None


def _is_to_be_released(situation: Situation) -> str | None:
    return None if situation.needs_release else "本单位的答复无须审签"


def _nothing_waits(situation: Situation) -> str | None:
    return "已有答复待审签" if situation.waits_for_release else None


def _waits(situation: Situation) -> str | None:
    return None if situation.waits_for_release else "没有待审签的答复"


def _is_second_person(situation: Situation) -> str | None:
    return "须由本单位另一人审签" if situation.is_own_reply else None


def _is_complete(situation: Situation) -> str | None:
    return "待补正，请先补充或说明无法补正" if situation.is_incomplete else None


def _is_incomplete(situation: Situation) -> str | None:
    return None if situation.is_incomplete else "没有待补正的事项"


def _nothing_is_missing(situation: Situation) -> str | None:
    return "已请求补正，请等热线答复" if situation.is_incomplete else None


def _stands_alone(situation: Situation) -> str | None:
    return f"该工单并有其他群众的诉求 {situation.others} 件，只能撤销本人的部分" if situation.others else None


def _has_others(situation: Situation) -> str | None:
    return None if situation.others else "没有并入的其他诉求，请撤销整件"


def _still_asks(situation: Situation) -> str | None:
    return "本人的部分已撤销" if situation.has_withdrawn else None


def _has_withdrawn(situation: Situation) -> str | None:
    return None if situation.has_withdrawn else "诉求人没有撤销，须请其评价"


def _is_promised(situation: Situation) -> str | None:
    return None if situation.is_promised else "没有待办的承诺事项"


def _nothing_is_owed(situation: Situation) -> str | None:
    return "承诺事项尚未办结" if situation.is_promised else None


OWN_UNIT = Guard("not_own_unit", _held_by_own_unit)
RETURN_WINDOW = Guard("return_window_over", _window_is_open)
NOT_RULED = Guard("already_ruled", _is_not_ruled)
FIRST_DISPUTE = Guard("conference_required", _is_first_dispute)
OTHER_UNIT = Guard("own_audit", _is_other_unit)
REOPENABLE = Guard("reopen_window_over", _may_reopen)
OBJECTABLE = Guard("objection_window_over", _may_object)
END_UNTOLD = Guard("nothing_to_tell", _is_end_untold, is_quiet=True)
NOBODY_TO_TELL = Guard("end_untold", _is_nobody_to_tell)
WORKS_HERE = Guard("works_elsewhere", _works_here)
NOTHING_BELOW = Guard("sent_down", _nothing_is_below)
SIGNED_HERE = Guard("not_signed", _is_signed_here)
UNSIGNED_HERE = Guard("already_signed", _waits_to_be_signed, is_quiet=True)
SENT_DOWN_HERE = Guard("not_sent_down", _was_sent_down, is_quiet=True)
REPORTED = Guard("not_reported", _has_report, is_quiet=True)
SENT_IT_DOWN = Guard("nothing_below", _sent_it_down, is_quiet=True)
PARTS_DONE = Guard("parts_open", _parts_are_done)
HAS_PARTS = Guard("no_open_parts", _has_parts, is_quiet=True)
LEADS = Guard("not_the_lead", _leads_or_is_the_hotline)
HELPS = Guard("not_a_helper", _helps, is_quiet=True)
NOTHING_ASKED = Guard("request_pending", _nothing_is_asked)
ASKED = Guard("no_request", _is_asked, is_quiet=True)
HAS_PAPERS = Guard("nothing_to_receive", _has_papers, is_quiet=True)
NO_RELEASE = Guard("release_needed", _is_released_by_nobody, is_quiet=True)
RELEASE_ASKED = Guard("release_not_needed", _is_to_be_released, is_quiet=True)
NONE_WAITS = Guard("reply_waits", _nothing_waits, is_quiet=True)
REPLY_WAITS = Guard("no_reply_waits", _waits, is_quiet=True)
SECOND_PERSON = Guard("own_release", _is_second_person)
COMPLETE = Guard("still_missing", _is_complete, is_quiet=True)
INCOMPLETE = Guard("nothing_missing", _is_incomplete, is_quiet=True)
NOTHING_MISSING = Guard("completion_asked", _nothing_is_missing)
ALONE = Guard("others_wait", _stands_alone, is_quiet=True)
WITH_OTHERS = Guard("no_others", _has_others, is_quiet=True)
STILL_ASKS = Guard("part_withdrawn", _still_asks)
HAS_LEFT = Guard("part_stands", _has_withdrawn, is_quiet=True)
ONE_EXTENSION = Guard("extension_used", _was_never_extended)
BEFORE_DUE = Guard("extension_too_late", _is_before_due)
PROMISED = Guard("nothing_promised", _is_promised, is_quiet=True)
NOTHING_OWED = Guard("promise_open", _nothing_is_owed)
