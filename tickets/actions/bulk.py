"""批量: one act on the tickets that somebody has picked, and what would be refused before anything is done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.orm import Session

from core.errors import Invalid
from tickets.actions.completing import MISSING_MOST, ask_completion
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.notes import add_note, urge_ticket
from tickets.actions.piles import Outcome, do_each, rehearse
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


@dataclass(frozen=True)
class BulkWish:
    """The act with what it needs: words for all, and of a dispatch the unit and what is new in each repeat."""

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
    if wish.act is BulkAct.DISPATCH:
        if wish.unit_id is None:
            raise Invalid([(("body", "unit_id"), "unit_missing", "请选择承办单位")])
        return partial(_dispatch, session, wish.unit_id, wish, course)
    needed(wish.words, "words", "请填写内容")
    if wish.act is BulkAct.ASK_COMPLETION:
        if len(wish.words) > MISSING_MOST:
            raise Invalid([(("body", "words"), "words_too_long", f"缺什么，最多写 {MISSING_MOST} 个字")])
        return partial(ask_completion, session, by=course.by, now=course.now, missing=wish.words)
    if wish.act is BulkAct.URGE:
        return partial(urge_ticket, session, by=course.by, now=course.now, reason=wish.words)
    return partial(add_note, session, by=course.by, now=course.now, text=wish.words)


def _dispatch(session: Session, unit_id: int, wish: BulkWish, course: Course, number: str) -> Ticket:
    new_fact, by, office, now = wish.new_facts.get(number, ""), course.by, course.office, course.now
    return dispatch_ticket(
        session, number, unit_id=unit_id, by=by, office=office, now=now, reason=wish.words, new_fact=new_fact
    )
