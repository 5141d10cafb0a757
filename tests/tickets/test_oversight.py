"""The ladder of supervision: papers with numbers, a receipt, and the steps that the rule takes by itself."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.errors import Invalid
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.ending import rework_ticket
from tickets.actions.handling import approve_return, reply_ticket, return_ticket, sign_ticket
from tickets.actions.oversight import climb_ladder, issue_paper, overdue_ticket_ids, receive_papers
from tickets.actions.papers import Paper, paper_number
from tickets.errors import MoveRefused, RoleRefused
from tickets.guard_errors import NothingToReceive
from tickets.kinds import OversightKind, OversightTrigger
from tickets.model import Oversight, Ticket
from tickets.profiles import load_clocks
from tickets.queries.oversight import clues, oversight_head, papers, triggers_of
from tickets.queries.page import history_of
from tickets.queries.sharing import sharing_of
from tickets.queries.situations import unreceived_papers
from web.ticket_rows import flags_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


#: five working days end on 10-20 24:00
BEGAN = at("2026-10-13T09:00")
ORDER = Paper(OversightKind.ORDER, "群众多次反映，请三日内办结。")


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def climb(session: Session, when: str) -> int:
    session.flush()
    now = at(when)
    ids = overdue_ticket_ids(session, now=now)
    return climb_ladder(session, ids, office=OFFICE, now=now)


def kinds(session: Session, ticket: Ticket) -> list[OversightKind]:
    session.flush()
    return list(session.scalars(select(Oversight.kind).where(Oversight.ticket_id == ticket.id).order_by(Oversight.id)))


def test_papers_are_numbered_by_kind_and_year(session: Session, city: City) -> None:
    first, second = city.signed(BEGAN), city.signed(BEGAN)

    papers = [issue_paper(session, one.id, ORDER, by=city.escalation, now=BEGAN) for one in (first, second)]
    other = issue_paper(session, first.id, Paper(OversightKind.INTERVIEW, "请来面谈"), by=city.escalation, now=BEGAN)

    assert [paper_number(paper) for paper in (*papers, other)] == ["督〔2026〕1号", "督〔2026〕2号", "约〔2026〕1号"]


def test_a_paper_has_the_number_of_its_shanghai_year(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    paper = issue_paper(session, ticket.id, ORDER, by=city.escalation, now=at("2027-01-01T00:30"))

    assert paper_number(paper) == "督〔2027〕1号"


def test_the_unit_signs_for_its_papers_once(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    paper = issue_paper(session, ticket.id, ORDER, by=city.escalation, now=BEGAN)

    receive_papers(session, ticket.id, answer="今日派人处理", by=city.officer, now=BEGAN)

    assert (paper.received_at, paper.received_by) == (BEGAN, city.officer.label)
    with pytest.raises(NothingToReceive):
        receive_papers(session, ticket.id, answer="", by=city.officer, now=BEGAN)


def test_an_instruction_names_its_leader(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    with pytest.raises(Invalid, match="批示人"):
        issue_paper(session, ticket.id, Paper(OversightKind.INSTRUCTION, "请核实"), by=city.escalation, now=BEGAN)


def test_an_agent_issues_no_papers(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    with pytest.raises(RoleRefused):
        issue_paper(session, ticket.id, ORDER, by=city.agent, now=BEGAN)


def test_the_rule_climbs_from_notice_to_circular_and_no_step_twice(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    assert climb(session, "2026-10-20T23:59") == 0
    assert climb(session, "2026-10-21T08:30") == 1
    assert climb(session, "2026-10-22T08:30") == 0
    assert climb(session, "2026-10-27T23:59") == 0
    assert climb(session, "2026-10-28T08:30") == 1
    assert climb(session, "2026-11-20T08:30") == 0
    assert kinds(session, ticket) == [OversightKind.URGE_NOTICE, OversightKind.CIRCULAR]
    assert ticket.oversight is OversightKind.CIRCULAR


def test_a_paper_by_hand_does_not_keep_the_rule_from_its_notice(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    issue_paper(session, ticket.id, ORDER, by=city.escalation, now=BEGAN)

    climb(session, "2026-10-21T08:30")

    assert kinds(session, ticket) == [OversightKind.ORDER, OversightKind.URGE_NOTICE]


def test_a_leader_s_instruction_is_told_by_name_and_does_not_keep_the_rule_from_its_notice(
    session: Session, city: City
) -> None:
    ticket = city.signed(BEGAN)
    instruction = Paper(OversightKind.INSTRUCTION, "请核实并于本周内办结", leader="李副市长")
    issue_paper(session, ticket.id, instruction, by=city.escalation, now=BEGAN)

    climb(session, "2026-10-21T08:30")

    assert kinds(session, ticket) == [OversightKind.INSTRUCTION, OversightKind.URGE_NOTICE]
    line = history_of(session, ticket.number, by=city.officer)[-2]
    assert (line.reason, line.particulars["leader"]) == ("请核实并于本周内办结", "李副市长")
    assert "instructed" in flags_of(ticket)


def test_what_is_answered_climbs_no_further(session: Session, city: City) -> None:
    ticket = city.replied(BEGAN)

    climb(session, "2026-10-28T08:30")

    assert kinds(session, ticket) == []


def found(session: Session, city: City, when: str, trigger: OversightTrigger | None = None) -> list[str]:
    session.flush()
    listed = clues(session, by=city.escalation, now=at(when), trigger=trigger)
    return [ticket.number for ticket in listed.tickets]


def test_each_reason_of_the_statutes_leads_to_the_officers_list(session: Session, city: City) -> None:
    unsigned, late, urged, many = city.dispatched(BEGAN), *(city.signed(BEGAN) for _ in range(3))
    again = city.answered(BEGAN)
    rework_ticket(session, again.id, by=city.callback, office=OFFICE, now=BEGAN, reason="还是不热")
    sign_ticket(session, again.id, by=city.officer, now=BEGAN)
    urged.urged_count, many.people_count = 3, 38
    for ticket in (urged, many, again):
        ticket.unit_due_at = at("2026-12-31T00:00")
    when = "2026-10-21T08:30"

    by_trigger = {trigger: found(session, city, when, trigger) for trigger in OversightTrigger}

    assert by_trigger == {
        OversightTrigger.NOT_TAKEN: [unsigned.number],
        OversightTrigger.OVERDUE: [unsigned.number, late.number],
        OversightTrigger.UNSOLVED: [again.number],
        OversightTrigger.BAD_EFFECT: [many.number],
        OversightTrigger.REPEATED: [urged.number],
    }
    head = oversight_head(session, by=city.escalation, now=at(when))
    assert head.clues == {trigger: len(numbers) for trigger, numbers in by_trigger.items()}
    assert triggers_of(unsigned, at(when)) == [OversightTrigger.NOT_TAKEN, OversightTrigger.OVERDUE]
    assert len(found(session, city, when)) == 5


def test_what_is_supervised_is_a_clue_no_more_but_for_the_notice_that_the_rule_sends(
    session: Session, city: City
) -> None:
    ticket = city.signed(BEGAN)
    climb(session, "2026-10-21T08:30")
    assert found(session, city, "2026-10-21T09:00") == [ticket.number]

    paper = Paper(OversightKind.ORDER, "请三日内办结。", trigger=OversightTrigger.OVERDUE)
    issued = issue_paper(session, ticket.id, paper, by=city.escalation, now=at("2026-10-21T09:00"))

    assert found(session, city, "2026-10-21T09:01") == []
    assert issued.trigger is OversightTrigger.OVERDUE


def test_papers_are_found_by_kind_unit_and_receipt(session: Session, city: City) -> None:
    first, second = city.signed(BEGAN), city.signed(BEGAN)
    order = Paper(OversightKind.ORDER, "请办理", answer_by=at("2026-10-14T09:00"))
    issue_paper(session, first.id, order, by=city.escalation, now=BEGAN)
    issue_paper(session, second.id, Paper(OversightKind.INTERVIEW, "请来面谈"), by=city.escalation, now=BEGAN)
    receive_papers(session, second.id, answer="知悉", by=city.officer, now=BEGAN)
    session.flush()

    def numbers(**wanted: Any) -> list[str]:
        return [paper_number(paper) for paper in papers(session, by=city.escalation, **wanted)]

    assert numbers() == ["约〔2026〕1号", "督〔2026〕1号"]
    assert numbers(kind=OversightKind.INTERVIEW) == ["约〔2026〕1号"]
    assert numbers(is_waiting=True) == ["督〔2026〕1号"]
    assert numbers(unit_id=city.roads.id) == []
    assert numbers(digits=second.number) == ["约〔2026〕1号"]
    head = oversight_head(session, by=city.escalation, now=at("2026-10-14T10:00"))
    assert (head.without_receipt, head.late) == (1, 1)


INSTRUCTION = Paper(OversightKind.INSTRUCTION, "请速办，三日内报结果。", leader="李市长")


def test_a_leaders_instruction_goes_with_the_ticket_to_whoever_gets_it_next(session: Session, city: City) -> None:
    ticket = city.dispatched(BEGAN)
    issue_paper(session, ticket.id, ORDER, by=city.escalation, now=BEGAN)
    issue_paper(session, ticket.id, INSTRUCTION, by=city.escalation, now=BEGAN)
    receive_papers(session, ticket.id, answer="收到", by=city.officer, now=BEGAN)

    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=BEGAN)
    approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=BEGAN)
    flag_between = ticket.oversight
    dispatch_ticket(
        session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=BEGAN, reason="权属在城管"
    )
    receive_papers(session, ticket.id, answer="已阅", by=city.roads_officer, now=BEGAN)

    assert flag_between is OversightKind.INSTRUCTION
    copy = session.scalars(select(Oversight).order_by(Oversight.id.desc())).first()
    assert copy is not None
    assert (copy.unit_id, copy.leader, copy.text, copy.answer) == (city.roads.id, "李市长", INSTRUCTION.text, "已阅")
    assert kinds(session, ticket) == [OversightKind.ORDER, OversightKind.INSTRUCTION, OversightKind.INSTRUCTION]
    lines = {line.action: line for line in history_of(session, ticket.number, by=city.supervisor)}
    passed_on = lines["instruction_passed_on"]
    assert (passed_on.reason, passed_on.particulars["number"]) == (INSTRUCTION.text, paper_number(copy))


def test_an_instruction_that_comes_before_any_unit_has_the_ticket_goes_to_the_one_that_gets_it(
    session: Session, city: City
) -> None:
    ticket = city.listed(BEGAN)
    early = issue_paper(session, ticket.id, INSTRUCTION, by=city.escalation, now=BEGAN)
    head = oversight_head(session, by=city.escalation, now=BEGAN)
    shown = sharing_of(session, ticket, load_clocks(session, OFFICE.profile), by=city.supervisor).papers

    dispatch_ticket(session, ticket.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=BEGAN)

    assert (early.unit_id, paper_number(early), head.without_receipt) == (None, "批〔2026〕1号", 0)
    assert shown == [early]
    assert ticket.oversight is OversightKind.INSTRUCTION
    (waiting,) = unreceived_papers(session, ticket)
    assert (waiting.unit_id, waiting.leader, paper_number(waiting)) == (city.heating.id, "李市长", "批〔2026〕2号")


def test_a_unit_whose_answer_is_being_audited_signs_for_what_a_leader_instructs_then(
    session: Session, city: City
) -> None:
    ticket = city.signed(BEGAN)
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=BEGAN)

    issue_paper(session, ticket.id, INSTRUCTION, by=city.escalation, now=BEGAN)
    with pytest.raises(MoveRefused):
        issue_paper(session, ticket.id, ORDER, by=city.escalation, now=BEGAN)
    receive_papers(session, ticket.id, answer="收到", by=city.officer, now=BEGAN)

    assert unreceived_papers(session, ticket) == []


def test_steps_of_the_ladder_stay_with_the_unit_that_they_were_for(session: Session, city: City) -> None:
    ticket = city.dispatched(BEGAN)
    issue_paper(session, ticket.id, ORDER, by=city.escalation, now=BEGAN)

    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=BEGAN)
    approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=BEGAN)

    assert ticket.oversight is None


def test_a_unit_that_has_signed_for_an_instruction_is_not_asked_again_for_the_rework(
    session: Session, city: City
) -> None:
    ticket = city.signed(BEGAN)
    issue_paper(session, ticket.id, INSTRUCTION, by=city.escalation, now=BEGAN)
    receive_papers(session, ticket.id, answer="收到", by=city.officer, now=BEGAN)
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=BEGAN)

    rework_ticket(session, ticket.id, by=city.auditor, office=OFFICE, now=BEGAN, reason="未解决")

    assert ticket.oversight is OversightKind.INSTRUCTION
    assert kinds(session, ticket) == [OversightKind.INSTRUCTION]


def test_a_unit_that_gets_the_ticket_back_is_not_asked_again_for_what_it_has_signed(
    session: Session, city: City
) -> None:
    ticket = city.dispatched(BEGAN)
    issue_paper(session, ticket.id, INSTRUCTION, by=city.escalation, now=BEGAN)
    receive_papers(session, ticket.id, answer="收到", by=city.officer, now=BEGAN)
    for unit_id in (city.roads.id, city.heating.id):
        recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=BEGAN, reason="换单位")
        dispatch_ticket(
            session, ticket.id, unit_id=unit_id, by=city.dispatcher, office=OFFICE, now=BEGAN, reason="换单位"
        )

    units = session.scalars(select(Oversight.unit_id).order_by(Oversight.id)).all()
    assert units == [city.heating.id, city.roads.id]
