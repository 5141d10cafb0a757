"""Tickets, ratings and repairs go up once each, in order, however the exchange behaves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from evaluation.actions.erasing import erase_words
from evaluation.model import RatingWords
from evaluation.repairs.actions import contacting, mending
from evaluation.rules import Channel
from evaluation.submissions.actions import (
    queue_owed,
    queue_reading,
    resend_submission,
    set_aside_submission,
)
from evaluation.submissions.errors import SubmissionNotFound, SubmissionNotStuck
from evaluation.submissions.exchange import Envelope
from evaluation.submissions.owed import owed_between, read_owed
from evaluation.submissions.rules import Happening, RecordKind, SubmissionState
from staff.rules import Role
from tests.evaluation.city import make_ticket
from tests.evaluation.mending import contact, words
from tests.submissions.exchange_twin import Direct, Mood, TwinServer
from tests.submissions.province import Province
from tests.tickets.making import OFFICE
from tickets.actions.registration import register_ticket
from tickets.kinds import Source
from tickets.model import HistoryLine, Ticket
from tickets.rules import State

K, S = RecordKind, SubmissionState
NOTE = "已与省平台核对编码"


def test_a_ticket_goes_up_when_it_is_registered_and_when_it_is_closed(province: Province, server: TwinServer) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 5)
    province.minute(2)

    assert province.states() == [(K.ACCEPTED, S.ACCEPTED), (K.RATING, S.ACCEPTED), (K.DONE, S.ACCEPTED)]
    serial = province.records()[0].serial
    assert province.twin.order_of(serial) == ["11", "21", "12"]
    assert [record.receipt for record in province.records()] == list(province.twin.receipts.values())


def test_what_goes_up_is_what_happened(province: Province) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 4, channel=Channel.SMS)
    province.minute(2)

    accepted, rated, done = province.twin.taken.values()
    assert (accepted["affairCode"], accepted["departmentCode"]) == ("T1.1", "heating")
    assert accepted["affairApplyTime"] == "20261013090000"
    assert (accepted["userName"], accepted["contactPhone"], accepted["certificateNo"]) == ("张*", "138****5678", "")
    assert (rated["satisfaction"], rated["channel"], rated["isDefault"], rated["isRealName"]) == ("4", "05", "0", "1")
    assert done["affairDoneTime"] >= accepted["affairApplyTime"]


def test_a_bad_rating_its_repair_and_the_second_rating_go_up(province: Province) -> None:
    town = province.town
    number = town.badly_rated()
    town.call(number)
    town.act(contacting.note_contact, number, contact())
    town.act(mending.fix_at_once, number, words())
    town.act(mending.complete_repair, number, words())
    province.minute(2)

    assert province.kinds() == [K.ACCEPTED, K.RATING, K.REPAIR, K.REPAIR]
    told = [record["rectifyStatus"] for record in province.twin.taken.values() if record["recordType"] == "31"]
    assert told == ["1", "3"]
    assert {record.state for record in province.records()} == {S.ACCEPTED}


def test_a_rating_of_a_direct_answer_goes_up_as_such_and_as_the_hotlines(province: Province) -> None:
    ticket_id = province.town.at_once()
    province.town.rate(ticket_id, 4)
    province.minute(2)

    (rated,) = (record for record in province.twin.taken.values() if record["recordType"] == "21")
    assert (rated["evaluationObject"], rated["departmentCode"], rated["satisfaction"]) == ("2", "hotline", "4")


def test_a_correction_names_the_rating_that_it_corrects(province: Province) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 1)
    province.town.wait(minutes=1)
    province.town.rate(ticket_id, 5)
    province.minute(2)

    first, second = (r for r in province.twin.taken.values() if r["recordType"] in {"21", "22"})
    assert (second["recordType"], second["relatedEvaluationNo"]) == ("22", first["evaluationNo"])


def test_what_was_before_the_first_start_is_not_told_by_itself(province: Province) -> None:
    province.database.write(lambda session: session.execute(text("DELETE FROM submission_marks")))
    province.registered()
    province.minute(2)
    assert province.records() == []

    province.registered()
    province.minute()
    assert province.kinds() == [K.ACCEPTED]


def test_a_ticket_from_before_the_start_goes_up_whole(province: Province) -> None:
    province.database.write(lambda session: session.execute(text("DELETE FROM submission_marks")))
    ticket_id = province.town.answered()
    province.minute(2)
    province.town.rate(ticket_id, 5)
    province.minute(2)

    assert province.kinds() == [K.ACCEPTED, K.RATING, K.DONE]


def test_a_backfill_tells_what_a_day_owes_once(province: Province) -> None:
    province.database.write(lambda session: session.execute(text("DELETE FROM submission_marks")))
    province.registered()
    begins_at = province.town.clock.now() - timedelta(hours=1)
    owed = province.database.read(owed_between, begins_at, begins_at + timedelta(days=1))
    queued = [
        province.database.write(queue_owed, owed, office=province.office, now=province.town.clock.now())
        for _ in range(2)
    ]

    assert queued == [1, 0]
    assert province.database.read(owed_between, begins_at, begins_at + timedelta(days=1)) == []


def test_the_queue_filled_twice_holds_each_row_once(province: Province) -> None:
    province.registered()
    reading = province.database.read(read_owed)
    assert reading is not None
    for _ in range(2):
        province.database.write(queue_reading, reading, office=province.office, now=province.town.clock.now())

    assert province.kinds() == [K.ACCEPTED]


@pytest.mark.parametrize("template", ["postgresql"], indirect=True)
def test_a_row_that_is_committed_late_is_not_lost(province: Province) -> None:
    """PostgreSQL numbers rows before they are committed; what shows up below the mark owes a record all the same."""
    town, now = province.town.town, province.town.clock.now()
    with Session(province.database.writing) as slow:
        form = town.form(phone="13700000001")
        late = register_ticket(slow, form, source=Source.WEB, by=town.agent, office=OFFICE, now=now)
        late_number = late.number
        slow.flush()
        _registered_elsewhere(province)
        province.minute()
        assert len(province.records()) == 1
        slow.commit()
    province.minute()

    assert [record.serial for record in province.records()][-1] == late_number
    assert {record.state for record in province.records()} == {S.ACCEPTED}


def _registered_elsewhere(province: Province) -> None:
    """By other hands, so that it does not wait for the day's number."""
    now = province.town.clock.now()

    def register(session: Session) -> None:
        ticket = make_ticket(session, now=now, state=State.REGISTERED)
        line = HistoryLine(
            ticket_id=ticket.id, at=now, action="register", from_state=State.DRAFT, to_state=State.REGISTERED,
            actor_label="系统", version=1,
        )  # fmt: skip
        session.add(line)

    province.database.write(register)


def test_a_later_record_waits_for_the_receipt_of_the_earlier(province: Province) -> None:
    ticket_id = province.town.answered()
    province.will(Mood.REFUSE)
    province.town.rate(ticket_id, 5)
    province.minute(3)
    assert province.states() == [(K.ACCEPTED, S.REFUSED), (K.RATING, S.WAITING), (K.DONE, S.WAITING)]

    province.act(resend_submission, province.records()[0].number, note=NOTE)
    province.minute(2)
    assert {state for _, state in province.states()} == {S.ACCEPTED}


def test_a_refused_record_shows_code_and_words_and_is_sent_again_by_a_person(province: Province) -> None:
    province.registered()
    province.will(Mood.REFUSE)
    province.minute(3)
    refused = province.only()
    assert (refused.state, refused.why, refused.words) == (S.REFUSED, "E2003", "实施清单编码不存在")
    assert province.twin.seen[refused.number] == 1

    province.act(resend_submission, refused.number, note=NOTE)
    province.minute()
    taken = province.only()
    assert (taken.state, taken.is_first_pass) == (S.ACCEPTED, False)
    assert province.story(taken) == [Happening.REFUSED, Happening.RESENT, Happening.ACCEPTED]
    wanted = select(AuditRow).filter_by(object_kind="submission")
    audited = province.database.read(lambda session: session.scalars(wanted).all())
    assert [(row.action, row.object_id, row.purpose) for row in audited] == [("resend_submission", taken.number, NOTE)]


def test_one_that_was_set_aside_holds_up_nothing(province: Province) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 5)
    province.will(Mood.TAKE, Mood.REFUSE)
    province.minute(2)
    refused = province.records()[1]
    assert refused.state is S.REFUSED

    province.act(set_aside_submission, refused.number, note=NOTE)
    province.minute()
    assert [state for _, state in province.states()] == [S.ACCEPTED, S.SET_ASIDE, S.ACCEPTED]


def test_what_has_arrived_or_is_on_its_way_is_not_sent_again(province: Province) -> None:
    province.registered()
    province.minute()
    with pytest.raises(SubmissionNotStuck):
        province.act(resend_submission, province.only().number, note=NOTE)
    with pytest.raises(SubmissionNotFound):
        province.act(resend_submission, "220300-T0", note=NOTE)


def test_an_unknown_outcome_is_sent_again_under_the_same_number(province: Province, server: TwinServer) -> None:
    province.registered()
    province.will(Mood.SILENT)
    province.minute()
    unsure = province.only()
    assert (unsure.state, unsure.receipt) == (S.UNKNOWN, "")
    body = unsure.body

    province.minute(3)
    taken = province.only()
    assert (taken.state, taken.receipt) == (S.ACCEPTED, province.twin.receipts[taken.number])
    assert (province.twin.seen[taken.number], len(province.twin.taken)) == (2, 1)
    assert body is not None
    assert taken.body is None


def test_the_second_try_says_what_the_first_said(province: Province) -> None:
    ticket_id, _ = province.registered()
    bodies: list[bytes] = []

    class Ear(Direct):
        def carry(self, envelope: Envelope) -> str:
            bodies.append(envelope.body)
            return super().carry(envelope)

    province.carry_by(Ear(province.twin))
    province.will(Mood.SILENT)
    province.minute()
    province.database.write(lambda session: setattr(session.get(Ticket, ticket_id), "caller_name", "李四"))
    province.minute(2)

    assert len(bodies) == 2
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("mood", [Mood.LOST, Mood.BUSY, Mood.BROKEN, Mood.GARBLED, Mood.SILENT])
def test_whatever_is_no_answer_is_tried_again(province: Province, server: TwinServer, mood: Mood) -> None:
    province.registered()
    province.will(mood)
    province.minute()
    assert province.only().state in {S.WAITING, S.UNKNOWN}

    province.minute(3)
    assert province.only().state is S.ACCEPTED
    assert len(province.twin.taken) == 1


def test_a_wrong_key_is_no_fault_of_the_record(province: Province, server: TwinServer) -> None:
    province.connect(server, key=b"another key")
    province.registered()
    province.minute(2)
    assert (province.only().state, province.only().words) == (S.WAITING, "HTTP 401")

    province.connect(server)
    province.minute(5)
    assert province.only().state is S.ACCEPTED


def test_nobody_there_is_certainly_not_sent(province: Province, server: TwinServer) -> None:
    server.close()
    province.registered()
    province.minute()
    assert (province.only().state, province.story(province.only())) == (S.WAITING, [Happening.NOT_REACHED])


def test_after_a_day_without_an_answer_it_is_given_up_and_says_so(province: Province) -> None:
    province.registered()
    province.will(*[Mood.LOST] * 2000)
    province.minute(2)
    for _ in range(26):
        province.town.clock.move_on(timedelta(hours=1))
        province.minute()
    given_up = province.only()
    assert given_up.state is S.GIVEN_UP
    assert province.story(given_up)[-1] is Happening.GIVEN_UP
    tries = len(province.story(given_up))
    province.minute(3)
    assert len(province.story(given_up)) == tries

    province.twin.moods.clear()
    province.act(resend_submission, given_up.number, note=NOTE)
    province.minute()
    assert province.only().state is S.ACCEPTED


def test_while_the_exchange_is_away_the_rest_is_left_alone(province: Province) -> None:
    for n in range(8):
        province.registered(phone=f"1390000000{n}")
    province.will(*[Mood.LOST] * 3)
    province.minute()

    assert [record.attempts for record in province.records()] == [1, 1, 1, 0, 0, 0, 0, 0]


def test_what_fails_our_own_check_does_not_leave(province: Province) -> None:
    province.registered()
    province.database.write(lambda session: session.execute(text("UPDATE tickets SET number = ''")))
    province.minute()

    invalid = province.only()
    assert (invalid.state, invalid.is_complete) == (S.INVALID, False)
    assert invalid.faults == [{"field": "affairSerialNo", "reason": "必填，没有内容"}]
    assert province.twin.seen == {}


def test_erased_words_do_not_leave_with_a_second_try(province: Province) -> None:
    ticket_id = province.town.answered()
    invited_words = "维修师傅很辛苦"
    province.town.rate(ticket_id, 5)

    def say(session: Session) -> None:
        session.scalars(select(RatingWords)).one().words = invited_words

    province.database.write(say)
    province.will(Mood.TAKE, Mood.LOST)
    province.minute()
    assert any(invited_words in (record.body or "") for record in province.records())

    number = province.records()[0].serial
    by = replace(province.supervisor, roles=frozenset({Role.ADMINISTRATOR}))
    province.act(erase_words, number, by=by, reason="群众要求")
    province.minute(3)

    assert all(invited_words not in str(record) for record in province.twin.taken.values())
    assert {state for _, state in province.states()} == {S.ACCEPTED}


def test_while_it_is_off_nothing_is_queued(province: Province) -> None:
    province.carry_by(None)
    province.registered()
    province.minute(2)
    assert province.records() == []


def test_no_receipt_of_a_citizen_goes_up(province: Province) -> None:
    ticket_id = province.town.answered()
    province.town.rate(ticket_id, 5)
    province.minute(2)
    (rating,) = province.town.ratings(ticket_id)
    assert rating.receipt not in str(province.twin.taken)
