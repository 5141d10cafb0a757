"""批量: one act on the tickets that somebody has picked, and what would be refused before anything is done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from core.errors import Invalid
from tickets.actions.completing import MISSING_MOST, ask_completion
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.notes import add_note, urge_ticket
from tickets.actions.piles import Outcome, do_each, rehearse
from tickets.actions.sending_down import Down, send_down
from tickets.actions.side_paths import Course
from tickets.forms import needed
from tickets.kinds import Named
from tickets.model import Ticket


class BulkAct(Named):
    """What can be done to many at once; whether to each one, its own state and the person's roles say."""

    URGE = "urge", "催办"
    DISPATCH = "dispatch", "派出"
    NOTE = "note", "内部备注"
    ASK_COMPLETION = "ask_completion", "请求补正"
    SIGN = "sign", "签收"
    SEND_DOWN = "send_down", "转下级"


TO_A_UNIT = (BulkAct.DISPATCH, BulkAct.SEND_DOWN)
#: nothing can be done without saying something
IN_WORDS = (BulkAct.URGE, BulkAct.NOTE, BulkAct.ASK_COMPLETION)
#: acts whose words are shorter than others: what they are called, and how long they may be
SHORT = {BulkAct.ASK_COMPLETION: ("缺什么", MISSING_MOST), BulkAct.SIGN: ("经办人", 40)}


@dataclass(frozen=True)
class BulkWish:
    """The act with what it needs: words for all (of 签收 the handler), the unit, and what is new in repeats."""

    act: BulkAct
    words: str = ""
    unit_id: int | None = None
    new_facts: Mapping[str, str] = field(default_factory=dict)


def do_to_all(session: Session, numbers: Iterable[str], wish: BulkWish, *, course: Course) -> list[Outcome]:
    """Each on its own.  Raises Invalid when the wish itself lacks something."""
    return do_each(session, numbers, _act(session, wish, course))


def preview_for_all(session: Session, numbers: Iterable[str], wish: BulkWish, *, course: Course) -> list[Outcome]:
    """What do_to_all would say; nothing stays, and nobody is told.  Raises Invalid."""
    return rehearse(session, numbers, _act(session, wish, course))


def _act(session: Session, wish: BulkWish, course: Course) -> Callable[[str], Ticket]:
    """What is done to one of them.  Raises Invalid when the wish itself lacks something."""
    unit_id = _judged(wish)
    by, now, words = course.by, course.now, wish.words
    match wish.act:
        case BulkAct.DISPATCH:
            return partial(_dispatch, session, unit_id, wish, course)
        case BulkAct.SEND_DOWN:
            # each with an inner date of its own, after 60 % of the time that it has left
            return partial(send_down, session, down=Down(unit_id, note=words), by=by, now=now)
        case BulkAct.SIGN:
            return partial(sign_ticket, session, handler=words, by=by, now=now)
        case BulkAct.ASK_COMPLETION:
            return partial(ask_completion, session, missing=words, by=by, now=now)
        case BulkAct.URGE:
            return partial(urge_ticket, session, reason=words, by=by, now=now)
        case BulkAct.NOTE:
            return partial(add_note, session, text=words, by=by, now=now)


def _dispatch(session: Session, unit_id: int, wish: BulkWish, course: Course, number: str) -> Ticket:
    new_fact, by, office, now = wish.new_facts.get(number, ""), course.by, course.office, course.now
    return dispatch_ticket(
        session, number, unit_id=unit_id, by=by, office=office, now=now, reason=wish.words, new_fact=new_fact
    )


def _judged(wish: BulkWish) -> int:
    """The unit, 0 where the act has none.  Raises Invalid."""
    if wish.act in TO_A_UNIT and wish.unit_id is None:
        raise Invalid([(("body", "unit_id"), "unit_missing", "请选择承办单位")])
    if wish.act in IN_WORDS:
        needed(wish.words, "words", "请填写内容")
    name, most = SHORT.get(wish.act, ("", len(wish.words)))
    if len(wish.words) > most:
        raise Invalid([(("body", "words"), "words_too_long", f"{name}，最多写 {most} 个字")])
    return wish.unit_id or 0
