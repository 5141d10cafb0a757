"""What staff write down of a callback never stands against the citizen's own word, and says which call bears it out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer
from evaluation.actions.calling import answer_by_phone, record_attempt, refuse_by_phone
from evaluation.errors import NotWithPerson, OwnWordStands
from evaluation.model import CallbackAttempt
from evaluation.plan import CallbackOutcome
from evaluation.queries import owed_calls
from evaluation.rules import Channel, InvitationState, Level, Reason
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.queries import flagged
from indicators.coverage.rules import Flag
from staff.rules import Actor
from tests.coverage.making import MONTH
from tests.evaluation.calling import call, make_agent
from tests.evaluation.city import City, make_call
from tickets.model import HistoryLine, Ticket

LANDLINE = "0431-88990000"
REACHED, NO_ANSWER = CallbackOutcome.REACHED, CallbackOutcome.NO_ANSWER


@pytest.fixture
def agent(city: City) -> Actor:
    return city.database.write(make_agent, "B007")


def answer(city: City, invited: int, level: int, by: Actor, entry: str = "entry-01") -> None:
    said = Answer(Level(level), Channel.CALLBACK, f"callback:{invited}:{entry}")
    city.database.write(answer_by_phone, invited, said, by=by, now=city.clock.now())


def attempt(city: City, invited: int, by: Actor, outcome: CallbackOutcome = NO_ANSWER) -> None:
    source = f"attempt:{invited}:{city.clock.now().isoformat()}"
    city.database.write(record_attempt, invited, outcome, source=source, by=by, now=city.clock.now())


def answer_5(city: City, invited: int, by: Actor) -> None:
    answer(city, invited, 5, by)


def refuse(city: City, invited: int, by: Actor) -> None:
    city.database.write(refuse_by_phone, invited, source=f"callback:{invited}:r", by=by, now=city.clock.now())


def attempts(city: City) -> list[CallbackAttempt]:
    return city.database.read(
        lambda session: list(session.scalars(select(CallbackAttempt).order_by(CallbackAttempt.id)))
    )


def unproven(city: City) -> list[FlagRow]:
    wanted = Wanted(MONTH, city.clock.now())
    return [one.row for one in city.database.read(flagged, Flag.CALLBACK_UNPROVEN, wanted)]


class TestWhoseWordStands:
    def test_a_citizens_own_word_is_not_corrected_by_a_callback(self, city: City, agent: Actor) -> None:
        ticket = city.ticket()
        invited = city.invite(ticket)
        city.write("1")
        city.clock.move_on(timedelta(hours=1))

        with pytest.raises(OwnWordStands):
            answer(city, invited, 5, agent)

        assert city.levels(ticket) == [(1, True)]
        assert attempts(city) == []

    @pytest.mark.parametrize("step", [answer_5, attempt, refuse])
    def test_nobody_writes_down_a_callback_while_the_sms_waits_for_its_reply(
        self, city: City, agent: Actor, step: Callable[[City, int, Actor], None]
    ) -> None:
        ticket = city.ticket()
        invited = city.invite(ticket)
        city.clock.move_on(timedelta(seconds=5))

        with pytest.raises(NotWithPerson):
            step(city, invited, agent)

        assert (city.levels(ticket), city.invitation(invited).state) == ([], InvitationState.INVITED)

    def test_the_citizens_own_later_word_outranks_what_staff_wrote_down(self, city: City, agent: Actor) -> None:
        ticket = city.ticket()
        invited = city.invite(ticket)
        for _ in range(5):
            city.clock.move_on(timedelta(days=1))
            city.work()
        assert city.invitation(invited).reason is Reason.SILENT
        answer(city, invited, 5, agent)
        city.clock.move_on(timedelta(hours=3))

        city.write("1")

        assert city.levels(ticket) == [(5, False), (1, True)]
        with pytest.raises(OwnWordStands):
            answer(city, invited, 5, agent, "entry-02")

    def test_what_was_written_down_wrongly_is_corrected_by_another_callback(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        answer(city, invited, 5, agent)

        answer(city, invited, 2, agent, "entry-02")

        assert city.levels(ticket) == [(5, False), (2, True)]


class TestWhichCall:
    def test_the_persons_own_call_bears_the_answer_out(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        bridge = call(city, ticket, agent)

        answer(city, invited, 4, agent)

        (made,) = attempts(city)
        assert (made.is_proven, made.bridge_id, made.call_id) == (True, bridge, None)
        assert unproven(city) == []

    def test_so_does_the_citizens_call_that_the_person_took(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        city.clock.move_on(timedelta(hours=1))

        def ring(session: Session) -> int:
            taken = make_call(session, now=city.clock.now())
            taken.caller, taken.person_id = LANDLINE, agent.person_id
            return taken.id

        taken = city.database.write(ring)
        answer(city, invited, 4, agent)

        (made,) = attempts(city)
        assert (made.is_proven, made.bridge_id, made.call_id) == (True, None, taken)

    @pytest.mark.parametrize(
        "which", ["none", "somebody else's", "another ticket's", "before", "unanswered", "a second"]
    )
    def test_any_other_call_bears_nothing_out_and_the_answer_is_flagged(
        self, city: City, agent: Actor, which: str
    ) -> None:
        ticket, other = city.ticket(phone=LANDLINE), city.ticket(phone=LANDLINE)
        if which == "before":
            call(city, ticket, agent)
            city.clock.move_on(timedelta(minutes=1))
        invited = city.invite(ticket)
        match which:
            case "somebody else's":
                call(city, ticket, city.database.write(make_agent, "B008"))
            case "another ticket's":
                call(city, other, agent)
            case "unanswered":
                call(city, ticket, agent, talk_s=None)
            case "a second":
                call(city, ticket, agent, talk_s=1)

        answer(city, invited, 5, agent)

        assert city.levels(ticket) == [(5, True)]
        number = city.database.read(lambda session: session.get_one(Ticket, ticket).number)
        (row,) = unproven(city)
        assert row.numbers == [number]
        assert row.what == "王芳（B007）记“非常满意”，没有本人与该号码的通话记录"

    def test_tries_end_the_asking_only_when_calls_bear_them_out(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        for _ in range(4):
            city.clock.move_on(timedelta(hours=3))
            attempt(city, invited, agent)
        assert city.invitation(invited).state is InvitationState.TO_CALL
        assert [row.what for row in unproven(city)] == ["王芳（B007）记“无人接”，没有本人与该号码的通话记录"] * 4

        for _ in range(3):
            city.clock.move_on(timedelta(hours=3))
            call(city, ticket, agent, talk_s=None)
            attempt(city, invited, agent)

        found = city.invitation(invited)
        assert (found.state, found.reason) == (InvitationState.EXPIRED, Reason.CALLS_MADE)

    def test_one_call_bears_out_one_try(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        call(city, ticket, agent, talk_s=None)

        for _ in range(3):
            attempt(city, invited, agent)
            city.clock.move_on(timedelta(hours=3))

        assert [made.is_proven for made in attempts(city)] == [True, False, False]

    def test_reached_takes_a_talk(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        call(city, ticket, agent, talk_s=None)

        attempt(city, invited, agent, REACHED)

        assert [made.is_proven for made in attempts(city)] == [False]


class TestRefusals:
    def test_a_refusal_that_no_call_bears_out_is_flagged_by_its_name_and_ends_nothing(
        self, city: City, agent: Actor
    ) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)

        refuse(city, invited, agent)

        assert city.invitation(invited).state is InvitationState.TO_CALL
        assert owed(city, agent) == [invited]
        (row,) = unproven(city)
        assert "拒绝评价" in row.what

    def test_one_in_a_call_is_the_citizens_last_word(self, city: City, agent: Actor) -> None:
        ticket = city.ticket(phone=LANDLINE)
        invited = city.invite(ticket)
        call(city, ticket, agent)

        refuse(city, invited, agent)

        assert city.invitation(invited).state is InvitationState.REFUSED
        assert unproven(city) == []


class TestWordsAfterTheRating:
    def test_what_is_written_after_the_rating_waits_for_a_person_until_they_are_reached(
        self, city: City, agent: Actor
    ) -> None:
        ticket = city.ticket()
        invited = city.invite(ticket)
        city.write("4")
        city.clock.move_on(timedelta(hours=2))
        city.write("今天又坏了，没人来")

        assert owed(city, agent) == [invited]
        assert city.levels(ticket) == [(4, True)]
        said = city.database.read(
            lambda session: session.scalars(select(HistoryLine.reason).filter_by(action="said_after")).all()
        )
        assert said == ["今天又坏了，没人来"]
        attempt(city, invited, agent)
        assert owed(city, agent) == [invited]
        city.clock.move_on(timedelta(hours=2))
        call(city, ticket, agent)
        attempt(city, invited, agent, REACHED)
        assert owed(city, agent) == []

    @pytest.mark.parametrize("text", ["谢谢", "好的", "。。。"])
    def test_thanks_need_nobody(self, city: City, agent: Actor, text: str) -> None:
        city.invite(city.ticket())
        city.write("4")
        city.write(text)

        assert owed(city, agent) == []


def owed(city: City, by: Actor) -> list[int]:
    return [asked.id for asked, _ in city.database.read(owed_calls, by=by)]
