"""The one table of calls: what caller and seats do, and what call must come of it, on either exchange."""

from dataclasses import dataclass
from typing import Literal

from telephony.rules import CallResult, EndedBy, RatingState

#: Not in service: 199 with a block that no carrier has, so recordings hold nobody's number.
CALLER = "19900000001"

Moment = Literal["seat rings", "talking", "ended"]


@dataclass(frozen=True)
class Does:
    """One step of the caller: wait, then press a key or hang up (None: only wait)."""

    after_s: float
    key: str | None = None
    hangs_up: bool = False


@dataclass(frozen=True)
class SeatPlan:
    """What a seat does when it rings.  `hangs_up_after_s` None: it stays until the caller goes."""

    number: str
    answers: Literal["answers", "ignores", "rejects"] = "answers"
    hangs_up_after_s: float | None = None
    #: 0.7 s after the answer it holds the caller, for 0.7 s
    holds: bool = False
    #: 1.5 s after the answer it passes the caller on to this telephone, without asking there
    passes_on_to: str | None = None
    #: joins the queue when the seat before it rings, so that Asterisk cannot choose between two
    joins: Literal["before the call", "while the other rings", "never"] = "before the call"


@dataclass(frozen=True)
class Expected:
    """The call as the call layer must have it; times in seconds as (least, most)."""

    result: CallResult
    ended_by: EndedBy | None
    answered_seat: str | None = None
    ring_attempts: int = 0
    rating: RatingState = RatingState.NOT_ASKED
    rating_key: int | None = None
    line: str = "hotline"
    dialled: str = "12345"
    waited_s: tuple[float, float] | None = None
    talk_s: tuple[float, float] | None = None
    hold_s: tuple[float, float] | None = None


@dataclass(frozen=True)
class Scenario:
    """One call."""

    name: str
    says: str
    caller: tuple[Does, ...]
    expected: Expected
    seats: tuple[SeatPlan, ...] = ()
    dials: str = "12345"
    #: our call layer is killed at the first moment and started again at the second
    killed: tuple[Moment, Moment] | None = None
    #: the demo has no key to pass a call on, so the built-in exchange cannot either
    is_on_built_in: bool = True


# The scenario exchange greets for one second, lets a seat ring for three and waits two seconds for a rating key.
# A seat answers half a second after it rings, so the caller talks from about 1.6 s on.
HANGS_UP_TALKING = (Does(3.6, hangs_up=True),)
STAYS = Does(20)
FIRST = SeatPlan("8101", hangs_up_after_s=2)
LATER = SeatPlan("8101", hangs_up_after_s=2, joins="while the other rings")

SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "answered",
        "市民说完先挂机，不请评价",
        caller=HANGS_UP_TALKING,
        seats=(SeatPlan("8101"),),
        expected=Expected(
            CallResult.ANSWERED, EndedBy.CALLER, "PJSIP/8101", ring_attempts=1, waited_s=(0.2, 3), talk_s=(0.8, 3.5)
        ),
    ),
    Scenario(
        "rated",
        "话务员先挂机，市民按 5",
        caller=(Does(4.8, key="5"), STAYS),
        seats=(FIRST,),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.RATED,
            rating_key=5,
            waited_s=(0.2, 3),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "rating_refused",
        "请评价时市民不按键",
        caller=(STAYS,),
        seats=(FIRST,),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.REFUSED,
            waited_s=(0.2, 3),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "hung_up_when_asked",
        "请评价时市民挂机",
        caller=(Does(4.6, hangs_up=True),),
        seats=(FIRST,),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.ASKED,
            waited_s=(0.2, 3),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "wrong_key_then_right",
        "先按 9，再按 2",
        caller=(Does(4.8, key="9"), Does(2, key="2"), STAYS),
        seats=(FIRST,),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.RATED,
            rating_key=2,
            waited_s=(0.2, 3),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "abandoned",
        "没有坐席，排队时挂机",
        caller=(Does(3.5, hangs_up=True),),
        expected=Expected(CallResult.ABANDONED, EndedBy.CALLER, waited_s=(2, 4)),
    ),
    Scenario(
        "abandoned_while_ringing",
        "振铃时市民挂机",
        caller=(Does(3, hangs_up=True),),
        seats=(SeatPlan("8102", "ignores"),),
        expected=Expected(CallResult.ABANDONED, EndedBy.CALLER, ring_attempts=1, waited_s=(1, 3.5)),
    ),
    Scenario(
        "no_answer_then_next",
        "第一个坐席不接，转下一个",
        caller=(Does(8.3, key="4"), STAYS),
        seats=(SeatPlan("8102", "ignores"), LATER),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=2,
            rating=RatingState.RATED,
            rating_key=4,
            waited_s=(3, 6),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "rejected",
        "第一个坐席拒接，转下一个",
        caller=(Does(7.3, key="3"), STAYS),
        seats=(SeatPlan("8103", "rejects"), LATER),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=2,
            rating=RatingState.RATED,
            rating_key=3,
            waited_s=(2, 5),
            talk_s=(1.3, 4),
        ),
    ),
    Scenario(
        "hung_up_in_greeting",
        "听提示语时挂机",
        caller=(Does(0.4, hangs_up=True),),
        expected=Expected(CallResult.HUNG_UP_IN_GREETING, EndedBy.CALLER),
    ),
    Scenario(
        "nobody_in_time",
        "等到上限，话务员全忙",
        caller=(STAYS,),
        expected=Expected(CallResult.NOT_ANSWERED, EndedBy.SYSTEM, waited_s=(9, 12)),
    ),
    Scenario(
        "merged_line",
        "拨打归并的 12319",
        caller=HANGS_UP_TALKING,
        seats=(SeatPlan("8101"),),
        dials="12319",
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.CALLER,
            "PJSIP/8101",
            ring_attempts=1,
            line="heating",
            dialled="12319",
            waited_s=(0.2, 3),
            talk_s=(0.8, 3.5),
        ),
    ),
    Scenario(
        "held",
        "通话中话务员保持，再恢复",
        caller=(Does(4.6, hangs_up=True),),
        seats=(SeatPlan("8101", holds=True),),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.CALLER,
            "PJSIP/8101",
            ring_attempts=1,
            waited_s=(0.2, 3),
            talk_s=(2, 4),
            hold_s=(0.4, 1.2),
        ),
    ),
    Scenario(
        "passed_on",
        "话务员盲转给另一部话机，结束后仍请评价",
        caller=(Does(6.7, key="4"), STAYS),
        seats=(SeatPlan("8101", passes_on_to="8102"), SeatPlan("8102", hangs_up_after_s=2, joins="never")),
        is_on_built_in=False,
        expected=Expected(
            CallResult.ANSWERED,
            None,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.RATED,
            rating_key=4,
            waited_s=(0.2, 3),
            talk_s=(0.8, 3.5),
        ),
    ),
    Scenario(
        "killed_while_talking",
        "通话中我们的进程被杀，挂机后重启",
        caller=(Does(4.8, key="1"), STAYS),
        seats=(FIRST,),
        killed=("talking", "ended"),
        expected=Expected(
            CallResult.ANSWERED,
            EndedBy.SEAT,
            "PJSIP/8101",
            ring_attempts=1,
            rating=RatingState.RATED,
            rating_key=1,
            waited_s=(0, 2),
            talk_s=(0.8, 3.5),
        ),
    ),
)

#: Played with the call layer listening from ring to end.
WHOLE = tuple(one for one in SCENARIOS if one.killed is None)
#: Those of them that the built-in exchange can play; they are recorded for it.
ON_BOTH = tuple(one for one in WHOLE if one.is_on_built_in)


def scenario(name: str) -> Scenario:
    """The scenario of this name."""
    return next(one for one in SCENARIOS if one.name == name)
