"""One plan by which a citizen is asked: an SMS, one reminder, then a person, and never by who handles the matter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.calling import answer_by_phone, record_attempt, refuse_by_phone
from evaluation.actions.ending import void_invitations
from evaluation.errors import HandlerMayNotAsk, InvitationNotFound
from evaluation.plan import Asked, CallbackOutcome, Pace, Step, counted_calls, next_step, plan
from evaluation.queries import asked_so_far, owed_calls
from evaluation.rules import Channel, InvitationState, LedgerKind, Level, Reason
from sms.rules import MessageState
from staff.model import Person, Unit
from staff.rules import Actor, Role
from tests.evaluation.calling import call as ring
from tests.evaluation.calling import make_agent, make_hotline
from tests.evaluation.city import City, make_unit
from tests.evaluation.test_asking import ledger
from tests.sms.desk import PHONE
from tickets.kinds import Secrecy
from tickets.model import Recusal, Ticket

PACE = Pace(remind_days=3, call_days=2)
SENT = datetime(2026, 10, 13, 2, tzinfo=UTC)
ASKED = Asked(InvitationState.INVITED, SENT + timedelta(days=7), is_by_sms=True, sent_at=SENT)
NO_ANSWER = CallbackOutcome.NO_ANSWER
Ask = Callable[[int, Actor], None]


def caller(role: Role = Role.CALLBACK, unit_id: int | None = None, person_id: int | None = None) -> Actor:
    return Actor(person_id, "王芳", "B007", frozenset({role}), unit_id)


def pass_days(city: City, days: int) -> None:
    for _ in range(days):
        city.clock.move_on(timedelta(days=1))
        city.work()


def templates(city: City) -> list[str]:
    return [message.template for message in city.sent()]


def call(city: City, invitation_id: int, outcome: CallbackOutcome = NO_ANSWER, *, by: Actor | None = None) -> None:
    source = f"attempt:{invitation_id}:{city.clock.now().isoformat()}"
    city.database.write(record_attempt, invitation_id, outcome, source=source, by=by or caller(), now=city.clock.now())


class TestReminding:
    def test_after_three_days_of_silence_there_is_one_reminder_and_never_a_second(self, city: City) -> None:
        city.invite(city.ticket())

        pass_days(city, 2)
        assert templates(city) == ["rating"]
        pass_days(city, 8)

        assert templates(city) == ["rating", "rating_reminder"]

    def test_a_reply_to_the_reminder_answers_the_same_question(self, city: City) -> None:
        ticket = city.ticket()
        invited = city.invite(ticket)
        pass_days(city, 3)
        assert city.sent()[-1].state is MessageState.SUBMITTED

        city.write("4")

        assert city.levels(ticket) == [(4, True)]
        assert city.invitation(invited).state is InvitationState.ANSWERED

    @pytest.mark.parametrize("reply", ["5", "2", "TD"])
    def test_who_answered_or_refused_is_not_reminded(self, city: City, reply: str) -> None:
        city.invite(city.ticket())
        city.write(reply)

        pass_days(city, 8)

        assert "rating_reminder" not in templates(city)

    def test_what_is_done_again_is_not_reminded_of(self, city: City) -> None:
        ticket = city.ticket()
        city.invite(ticket)
        city.database.write(void_invitations, ticket, rework_no=1, now=city.clock.now())

        pass_days(city, 8)

        assert templates(city) == ["rating"]

    def test_who_wants_no_sms_any_more_is_not_reminded_but_called(self, city: City) -> None:
        first = city.ticket()
        invited = city.invite(first)
        pass_days(city, 2)
        city.write("TD")
        assert city.invitation(invited).state is InvitationState.REFUSED

        second = city.invite(city.ticket())

        assert city.invitation(second).reason is Reason.OPTED_OUT

    def test_nobody_is_reminded_at_night(self, city: City) -> None:
        city.invite(city.ticket())
        city.clock.move_on(timedelta(days=3, hours=12))
        city.work()

        quiet = city.sent()[-1]
        assert (quiet.template, quiet.state) == ("rating_reminder", MessageState.WAITING)

        city.clock.move_on(timedelta(hours=12))
        city.work()
        assert city.sent()[-1].state is MessageState.SUBMITTED

    def test_the_plan_waits_for_an_sms_that_waits_for_its_turn(self, city: City) -> None:
        city.invite(city.ticket())
        second = city.invite(city.ticket())
        assert city.sent()[1].state is MessageState.WAITING

        pass_days(city, 3)

        asked = city.database.read(lambda session: asked_so_far(session, city.invitation(second)))
        assert not asked.is_reminded
        assert city.invitation(second).state is InvitationState.INVITED


class TestCalling:
    def test_two_days_of_silence_after_the_reminder_a_person_calls_and_the_end_stays(self, city: City) -> None:
        invited = city.invite(city.ticket())
        end = city.invitation(invited).expires_at

        pass_days(city, 5)

        found = city.invitation(invited)
        assert (found.state, found.reason, found.expires_at) == (InvitationState.TO_CALL, Reason.SILENT, end)
        assert [one.id for one, _ in city.database.read(owed_calls, by=caller())] == [invited]
        pass_days(city, 2)
        assert city.invitation(invited).state is InvitationState.EXPIRED

    def test_who_is_to_be_called_may_still_answer_by_sms(self, city: City) -> None:
        ticket = city.ticket()
        city.invite(ticket)
        pass_days(city, 5)

        city.write("3")

        assert city.levels(ticket) == [(3, True)]
        assert city.database.read(owed_calls, by=caller()) == []

    def test_after_three_calls_the_asking_ends_as_not_rated_with_its_reason(self, city: City) -> None:
        invited = city.invite(city.ticket(phone="0431-88990000"))

        agent = city.database.write(make_agent, "B009")
        for outcome in (NO_ANSWER, CallbackOutcome.DECLINED, NO_ANSWER):
            assert city.invitation(invited).state is InvitationState.TO_CALL
            city.clock.move_on(timedelta(hours=3))
            ring(city, city.invitation(invited).ticket_id, agent, talk_s=None)
            call(city, invited, outcome, by=agent)

        found = city.invitation(invited)
        assert (found.state, found.reason) == (InvitationState.EXPIRED, Reason.CALLS_MADE)
        kind, body = ledger(city)[-1]
        assert (kind, body["reason"], body["calls"]) == (LedgerKind.EXPIRY, "calls_made", 3)
        assert city.database.read(owed_calls, by=caller()) == []

    def test_three_calls_in_a_row_are_one_attempt(self, city: City) -> None:
        invited = city.invite(city.ticket(phone="0431-88990000"))

        agent = city.database.write(make_agent, "B009")
        for _ in range(5):
            city.clock.move_on(timedelta(minutes=10))
            ring(city, city.invitation(invited).ticket_id, agent, talk_s=None)
            call(city, invited, by=agent)

        assert city.invitation(invited).state is InvitationState.TO_CALL

    def test_an_answer_after_three_calls_counts_until_the_window_is_over(self, city: City) -> None:
        ticket = city.ticket(phone="0431-88990000")
        invited = city.invite(ticket)
        agent = city.database.write(make_agent, "B009")
        for _ in range(3):
            city.clock.move_on(timedelta(hours=3))
            ring(city, city.invitation(invited).ticket_id, agent, talk_s=None)
            call(city, invited, by=agent)
        assert city.invitation(invited).state is InvitationState.EXPIRED

        answer = Answer(Level.DISSATISFIED, Channel.PAGE, "page:later")
        city.database.write(record_answer, invited, answer, now=city.clock.now())

        assert city.levels(ticket) == [(2, True)]
        assert city.invitation(invited).state is InvitationState.ANSWERED

    def test_a_call_told_twice_counts_once(self, city: City) -> None:
        invited = city.invite(city.ticket(phone="0431-88990000"))

        for _ in range(2):
            call(city, invited)

        asked = city.database.read(lambda session: asked_so_far(session, city.invitation(invited)))
        assert len(asked.calls) == 1


class TestWhoMayAsk:
    """Of every way to ask on the phone: the handling unit's own people may none."""

    @pytest.fixture(params=["answer", "refusal", "attempt"])
    def ask(self, request: pytest.FixtureRequest, city: City) -> Ask:
        def answer(invited: int, by: Actor) -> None:
            said = Answer(Level.VERY_SATISFIED, Channel.CALLBACK, f"callback:{invited}:1")
            city.database.write(answer_by_phone, invited, said, by=by, now=city.clock.now())

        def refusal(invited: int, by: Actor) -> None:
            city.database.write(refuse_by_phone, invited, source="callback:1", by=by, now=city.clock.now())

        def attempt(invited: int, by: Actor) -> None:
            call(city, invited, by=by)

        asks: dict[str, Ask] = {"answer": answer, "refusal": refusal, "attempt": attempt}
        return asks[request.param]

    @pytest.mark.parametrize("where", ["own", "above", "below"])
    def test_nobody_of_the_handling_unit_nor_above_nor_below_it(self, city: City, ask: Ask, where: str) -> None:
        ticket = city.ticket(phone="0431-88990000")
        invited = city.invite(ticket)
        unit = city.database.write(related, ticket, where)

        for role in Role:
            with pytest.raises(HandlerMayNotAsk):
                ask(invited, caller(role, unit))

        assert city.levels(ticket) == []
        assert city.invitation(invited).state is InvitationState.TO_CALL

    def test_nobody_who_steps_aside(self, city: City, ask: Ask) -> None:
        ticket = city.ticket(phone="0431-88990000")
        invited = city.invite(ticket)
        person = city.database.write(set_aside, ticket, city.clock.now())

        with pytest.raises(InvitationNotFound):
            ask(invited, caller(person_id=person))

    def test_the_hotlines_own_people_may(self, city: City, ask: Ask) -> None:
        invited = city.invite(city.ticket(phone="0431-88990000"))
        hotline = city.database.write(make_hotline)

        ask(invited, caller(unit_id=hotline))


def related(session: Session, ticket_id: int, where: str) -> int:
    """The unit that has the ticket, one above or one below it."""
    own = session.get_one(Unit, session.get_one(Ticket, ticket_id).unit_id)
    if where == "own":
        return own.id
    other = make_unit(session, "另一单位")
    if where == "below":
        other.path = f"{own.path}{other.id}/"
    else:
        own.path = f"{other.path}{own.id}/"
    session.flush()
    return other.id


def set_aside(session: Session, ticket_id: int, now: datetime) -> int:
    person = Person(account="lilei", staff_number="B008", name="李雷", unit_id=make_hotline(session))
    session.add(person)
    session.flush()
    session.add(Recusal(ticket_id=ticket_id, person_id=person.id, reason="亲属", recused_at=now, recused_by="A001"))
    session.flush()
    return person.id


class TestThePlanItself:
    def test_ahead_it_names_reminder_call_and_end(self) -> None:
        steps = [(one.step, one.at, one.is_done) for one in plan(ASKED, PACE)]

        assert steps == [
            (Step.SMS, SENT, True),
            (Step.REMINDER, SENT + timedelta(days=3), False),
            (Step.CALL, SENT + timedelta(days=5), False),
            (Step.END, SENT + timedelta(days=7), False),
        ]

    def test_of_an_answered_one_it_names_what_was_done(self) -> None:
        answered = replace(ASKED, state=InvitationState.ANSWERED)

        assert [one.step for one in plan(answered, PACE)] == [Step.SMS]

    def test_where_no_sms_may_go_it_is_a_call(self) -> None:
        landline = Asked(InvitationState.TO_CALL, ASKED.expires_at, is_by_sms=False)

        assert [one.step for one in plan(landline, PACE)] == [Step.CALL, Step.END]

    @given(
        st.sampled_from(InvitationState),
        st.integers(0, 40),
        st.integers(0, 40),
        st.booleans(),
        st.integers(0, 300),
        st.integers(2, 60),
    )
    def test_whatever_was_done_nothing_is_planned_beyond_the_end_and_no_second_reminder(
        self, state: InvitationState, remind: int, call: int, is_reminded: bool, hours: int, open_days: int
    ) -> None:
        reminded_at = SENT + timedelta(hours=hours) if is_reminded else None
        asked = Asked(state, SENT + timedelta(days=open_days), True, SENT, is_reminded, reminded_at)

        coming = next_step(asked, Pace(remind, call))
        ahead = plan(asked, Pace(remind, call))

        assert coming is None or state is InvitationState.INVITED
        assert [one.step for one in ahead].count(Step.REMINDER) <= 1
        assert all(one.is_done or one.at is None or one.at <= asked.expires_at for one in ahead)

    @given(st.lists(st.integers(0, 3_000), max_size=20))
    def test_calls_that_count_are_hours_apart(self, minutes: list[int]) -> None:
        counted = counted_calls(SENT + timedelta(minutes=one) for one in minutes)

        assert all(later - earlier >= timedelta(hours=2) for earlier, later in pairwise(counted))
        assert bool(counted) == bool(minutes)


def test_a_sealed_matter_is_never_asked_about_by_sms(city: City) -> None:
    invited = city.invite(city.ticket(secrecy=Secrecy.SEALED, phone=PHONE))

    pass_days(city, 6)

    assert city.sent() == []
    assert city.invitation(invited).state is InvitationState.TO_CALL
