"""Every act of the life cycle as somebody does it, with particulars drawn by chance; the walker judges what comes."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Conflict
from staff.rules import CITIZEN, SYSTEM, Actor, Role
from tests.tickets.law import BY_LAW
from tests.tickets.making import OFFICE, City, reply_form, topic_of
from tests.tickets.oracle import SHANGHAI, URGENT_TOPICS
from tickets.actions import (
    completing,
    correcting,
    dispatching,
    ending,
    handling,
    helping,
    merging,
    notes,
    oversight,
    parking,
    promising,
    redacting,
    releasing,
    requests,
    ruling,
    sending_down,
    side_paths,
    telling_ends,
    withdrawing,
)
from tickets.actions.catalogue import add_catalogue_line, add_topic
from tickets.actions.papers import Paper
from tickets.actions.side_paths import Course, End
from tickets.actions.withdrawing import Word
from tickets.forms import ReplyForm, RequestForm
from tickets.kinds import (
    CloseReason,
    CompletionBy,
    EndTold,
    OversightKind,
    RejectReason,
    ReplyResult,
    RequestKind,
    RequestState,
    Secrecy,
    TerminationReason,
    TicketType,
    ToldBy,
    Urgency,
)
from tickets.model import Ticket, TicketRequest
from tickets.queries.situations import newest_ending
from tickets.rules import Action, State

ORDER = Paper(OversightKind.ORDER, "请抓紧办理")
INSTRUCTION = Paper(OversightKind.INSTRUCTION, "速办", leader="李市长")

TYPES = (TicketType.CONSULT, TicketType.HELP, TicketType.COMPLAINT)
Deed = Callable[[Ticket, Actor, datetime], Any]


class Crowd:
    """A city, and somebody in every role; an auditor sits in the heating company too."""

    def __init__(self, session: Session) -> None:
        self.city = city = City(session)
        city.roads.needs_release = True
        gas = add_topic(session, code="T1.3", name="燃气泄漏", parent_id=city.topic.parent_id)
        add_catalogue_line(session, topic_id=city.road_topic.id, unit_id=city.roads.id, limit_class="complex")
        add_catalogue_line(
            session,
            topic_id=gas.id,
            place_id=city.chaoyang.id,
            unit_id=city.heating.id,
            urgency=Urgency.URGENT,
        )
        self.topics = [city.topic, city.topic, city.road_topic, gas]
        others = (Role.SPECIALIST, Role.SHIFT_LEADER, Role.QUALITY, Role.ADMINISTRATOR, Role.INSPECTOR)
        self.officers = [
            city.officer, city.roads_officer, city.person("roads-2", Role.UNIT_OFFICER, unit=city.roads),
            city.district_officer, city.street_officer, city.community_officer,
        ]  # fmt: skip
        self.people = [
            city.agent, city.dispatcher, city.auditor, city.callback, city.supervisor, city.escalation, *self.officers,
            *(city.person(role.value, role) for role in others),
            city.person("heating-2", Role.AUDITOR, unit=city.heating), SYSTEM, CITIZEN,
        ]  # fmt: skip
        self.leads = [city.heating.id, city.roads.id, city.district.id, city.district.id]
        self.below = [city.street.id, city.community.id]


class Deeds:
    """`by_action` has a deed for each act on a registered ticket; other tickets that these need are made on the way."""

    def __init__(self, session: Session, crowd: Crowd, dice: random.Random) -> None:
        self.session, self.crowd, self.dice = session, crowd, dice
        self.parent: Ticket | None = None
        #: who was asked to help last
        self.helper_id = crowd.city.roads.id
        self.by_action: dict[Action, Deed] = {
            **self._of_dispatchers(), **self._of_the_hotline(), **self._of_units(), **self._below_units(),
            **self._on_a_course(), **self._that_stay(), **self._of_several(),
        }  # fmt: skip

    def _of_dispatchers(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.LIST: lambda t, by, now: dispatching.list_for_dispatch(s, t.id, by=by, now=now),
            Action.DISPATCH: lambda t, by, now: dispatching.dispatch_ticket(
                s,
                t.id,
                unit_id=self._lead(),
                topic_id=self.dice.choice([None, self.dice.choice(self.crowd.topics).id]),
                by=by,
                office=OFFICE,
                now=now,
                reason="随机",
            ),
            Action.SEND_BACK: lambda t, by, now: completing.send_back_for_completion(
                s, t.id, missing="门牌号", asks=self.dice.choice(list(CompletionBy)), by=by, now=now
            ),
            Action.COMPLETE: lambda t, by, now: completing.complete_ticket(
                s, t.id, completing.Supplement("三号楼", is_unable=self.dice.random() < 0.2), by=by, now=now
            ),
            Action.RECALL: lambda t, by, now: dispatching.recall_ticket(
                s, t.id, by=by, office=OFFICE, now=now, reason="派错"
            ),
            Action.CONFER: lambda t, by, now: dispatching.confer(s, t.id, by=by, now=now, reason="争议"),
            Action.RULE: lambda t, by, now: ruling.rule(
                s, t.id, unit_id=self._lead(), by=by, office=OFFICE, now=now, reason="裁定"
            ),
            Action.APPROVE_RETURN: lambda t, by, now: handling.approve_return(s, t.id, by=by, office=OFFICE, now=now),
            Action.REFUSE_RETURN: lambda t, by, now: handling.refuse_return(s, t.id, by=by, now=now, reason="否"),
        }

    def _of_the_hotline(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.PASS_AUDIT: lambda t, by, now: ending.pass_audit(s, t.id, by=by, office=OFFICE, now=now),
            Action.FAIL_AUDIT: lambda t, by, now: ending.fail_audit(s, t.id, by=by, now=now, note="不清"),
            Action.REWORK: lambda t, by, now: ending.rework_ticket(
                s, t.id, by=by, office=OFFICE, now=now, reason="未办"
            ),
            Action.CLOSE: lambda t, by, now: ending.close_ticket(
                s, t.id, by=by, office=OFFICE, now=now, reason=CloseReason.CALLBACK
            ),
            Action.SUPERVISE: lambda t, by, now: oversight.issue_paper(s, t.id, ORDER, by=by, now=now),
            Action.INSTRUCT: lambda t, by, now: oversight.issue_paper(s, t.id, INSTRUCTION, by=by, now=now),
            Action.ARCHIVE: lambda t, by, now: ending.archive_ticket(s, t.id, ended_at=t.closed_at or now, now=now),
        }

    def _lead(self) -> int:
        return self.dice.choice(self.crowd.leads)

    def _of_units(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.SIGN: lambda t, by, now: handling.sign_ticket(s, t.id, by=by, now=now),
            Action.RETURN: lambda t, by, now: handling.return_ticket(
                s, t.id, self.crowd.city.return_form(), by=by, now=now
            ),
            Action.REPLY: lambda t, by, now: handling.reply_ticket(
                s, t.id, self._reply(now), by=by, office=OFFICE, now=now
            ),
            Action.SUBMIT_REPLY: lambda t, by, now: releasing.submit_reply(s, t.id, self._reply(now), by=by, now=now),
            Action.RELEASE_REPLY: lambda t, by, now: releasing.release_reply(s, t.id, by=by, office=OFFICE, now=now),
            Action.SEND_REPLY_BACK: lambda t, by, now: releasing.send_reply_back(
                s, t.id, reason="请补充", by=by, now=now
            ),
            Action.FULFIL: lambda t, by, now: promising.fulfil_promise(
                s, t.id, text="管网改造已经全部完成。", by=by, office=OFFICE, now=now
            ),
            Action.INTERIM: lambda t, by, now: notes.report_interim(s, t.id, text="正在抢修", by=by, now=now),
            Action.ASK_COMPLETION: lambda t, by, now: completing.ask_completion(
                s, t.id, missing="房间号", by=by, now=now
            ),
            Action.RECEIVE: lambda t, by, now: oversight.receive_papers(s, t.id, answer="收到", by=by, now=now),
            Action.ASK_EXTENSION: self._asking(RequestKind.EXTENSION),
            Action.ASK_PARKING: self._asking(RequestKind.PARKING),
            Action.ASK_TERMINATION: self._asking(RequestKind.TERMINATION),
        }

    def _reply(self, now: datetime) -> ReplyForm:
        """Solved, or with something left to do by a day."""
        if self.dice.random() < 0.6:
            return reply_form()
        finish_on = (now.astimezone(SHANGHAI) + timedelta(days=self.dice.randint(0, 20))).date()
        return reply_form(
            result=self.dice.choice([ReplyResult.PARTLY, ReplyResult.NEEDS_TIME]),
            measures="改造管网",
            finish_on=finish_on,
        )

    def _asking(self, kind: RequestKind) -> Deed:
        def ask(ticket: Ticket, by: Actor, now: datetime) -> None:
            extends = kind is RequestKind.EXTENSION
            begins = ticket.unit_due_at if extends and ticket.unit_due_at is not None else now
            later = (begins.astimezone(SHANGHAI) + timedelta(days=self.dice.randint(0, 4))).date()
            form = RequestForm(
                kind=kind,
                reason="管网改造需要更多时间",
                until_on=later if extends else None,
                told_by=ToldBy.CALL if extends else None,
                told_note="10-13 上午电话告知" if extends else "",
                plan="列入明年改造" if kind is RequestKind.PARKING else "",
                review_on=later if kind is RequestKind.PARKING else None,
                termination_reason=TerminationReason.UNREACHABLE if kind is RequestKind.TERMINATION else None,
            )
            requests.ask_for(self.session, ticket.id, form, by=by, office=OFFICE, now=now)

        return ask

    def _below_units(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.SEND_DOWN: lambda t, by, now: sending_down.send_down(
                s, t.id, sending_down.Down(self.dice.choice(self.crowd.below)), by=by, now=now
            ),
            Action.REPORT_UP: lambda t, by, now: sending_down.report_up(
                s, t.id, report="已上门查看，阀门已修复。", by=by, now=now
            ),
            Action.ACCEPT_REPORT: lambda t, by, now: sending_down.accept_report(s, t.id, by=by, now=now),
            Action.SEND_BACK_DOWN: lambda t, by, now: sending_down.send_back_down(
                s, t.id, reason="没有照片", by=by, now=now
            ),
            Action.PULL_BACK: lambda t, by, now: sending_down.pull_back(s, t.id, reason="自办", by=by, now=now),
            Action.ASK_HELP: self._ask_help,
            Action.REPORT_PART: lambda t, by, now: helping.report_part(
                s, t.id, result="路面已经开挖并恢复。", by=by, now=now
            ),
            Action.EXCUSE_PART: lambda t, by, now: helping.excuse_part(
                s, t.id, unit_id=self.helper_id, reason="不再需要", by=by, now=now
            ),
        }

    def _ask_help(self, ticket: Ticket, by: Actor, now: datetime) -> None:
        self.helper_id = self._lead()
        helping.ask_help(self.session, ticket.id, unit_id=self.helper_id, task="配合开挖路面", by=by, now=now)

    def _on_a_course(self) -> dict[Action, Deed]:
        def deed(act: Callable[..., Any], **told: Any) -> Deed:
            return lambda t, by, now: act(self.session, t.id, course=Course(by, OFFICE, now), **told)

        def park(ticket: Ticket, by: Actor, now: datetime) -> None:
            review_on = (now.astimezone(SHANGHAI) + timedelta(days=40)).date()
            course = Course(by, OFFICE, now)
            parking.park_ticket(self.session, ticket.id, plan="列入明年计划", review_on=review_on, course=course)

        return {
            Action.ANSWER: deed(side_paths.answer_ticket, answer="已经当场答复清楚了，请放心。", article=""),
            Action.REJECT: deed(side_paths.reject_ticket, reason=RejectReason.LITIGATION, channel="法院"),
            Action.TRANSFER: deed(side_paths.transfer_ticket, to="110", accepted_by="王警官"),
            Action.ACKNOWLEDGE: deed(side_paths.acknowledge_transfer, accepted_by="王警官"),
            Action.WITHDRAW: deed(withdrawing.withdraw_ticket, word=Word("已自行解决")),
            Action.WITHDRAW_PART: deed(withdrawing.withdraw_part, word=Word("不再追究")),
            Action.TERMINATE: deed(side_paths.terminate_ticket, end=End(TerminationReason.UNCOOPERATIVE, "不配合")),
            Action.TELL_END: self._tell_end,
            Action.PARK: park,
            Action.RESUME: deed(parking.resume_ticket, reason="到期复查"),
            Action.REOPEN: deed(side_paths.reopen_ticket, reason="群众不认可"),
            Action.OBJECT: deed(side_paths.object_to_end, reason="群众异议"),
            Action.EXTEND: self._extend,
            Action.REFUSE_REQUEST: deed(requests.refuse_request, reason="理由不充分"),
        }

    def _extend(self, ticket: Ticket, by: Actor, now: datetime) -> None:
        """The other kinds are granted by parking and terminating."""
        waiting = select(TicketRequest.kind).where(
            TicketRequest.ticket_id == ticket.id, TicketRequest.state == RequestState.PENDING
        )
        if self.session.scalar(waiting) in {RequestKind.PARKING, RequestKind.TERMINATION}:
            raise Conflict
        requests.grant_request(self.session, ticket.id, note="", course=Course(by, OFFICE, now))

    def _tell_end(self, ticket: Ticket, by: Actor, now: datetime) -> None:
        """A landline, as far as this goes: no SMS could say it."""
        ended = newest_ending(self.session, ticket)
        if ended is not None:
            ended.told = EndTold.TO_CALL
        telling_ends.tell_end(self.session, ticket.id, note="已电话告知", by=by, now=now)

    def _that_stay(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.URGE: lambda t, by, now: notes.urge_ticket(s, t.id, by=by, now=now, reason="催"),
            Action.SUPPLEMENT: lambda t, by, now: notes.supplement_ticket(s, t.id, text="还漏水", by=by, now=now),
            Action.NOTE: lambda t, by, now: notes.add_note(s, t.id, text="备注", by=by, now=now),
            Action.REDACT: lambda t, by, now: redacting.redact_ticket(
                s, t.id, begins=0, ends=self.dice.randint(1, 6), is_hidden=True, by=by, now=now
            ),
            Action.CORRECT: lambda t, by, now: correcting.correct_ticket(
                s,
                t.id,
                self._words(t),
                version=t.version,
                by=by,
                office=OFFICE,
                now=now,
            ),
        }

    def _words(self, ticket: Ticket) -> dict[str, Any]:
        """Of some topics nobody makes a ticket less than urgent."""
        is_gas = topic_of(self.session, ticket) in URGENT_TOPICS
        urgencies = [Urgency.URGENT, Urgency.CRITICAL] if is_gas else list(Urgency)
        words = {"urgency": self.dice.choice(urgencies), "type": self.dice.choice(TYPES)}
        return words | self.dice.choice([{}, {"topic_id": self.dice.choice(self.crowd.topics).id}])

    def _of_several(self) -> dict[Action, Deed]:
        s = self.session
        return {
            Action.MERGE: lambda t, by, now: merging.merge_ticket(s, t.id, parent=self._above(t), by=by, now=now),
            Action.SPLIT: lambda t, by, now: merging.split_ticket(
                s, t.id, by=by, office=OFFICE, now=now, reason="另一件事"
            ),
            Action.ANSWER_CHILD: self._answer_children,
            Action.STEP_ASIDE: self._be_accused,
        }

    def _be_accused(self, ticket: Ticket, _by: Actor, now: datetime) -> None:
        """It comes out that the ticket accuses whoever has it; later, that it was nobody's secret."""
        if ticket.unit_id is None or (ticket.state.value, Action.STEP_ASIDE.value) not in BY_LAW:
            return
        self._correct(ticket, {"secrecy": Secrecy.FROM_ACCUSED, "accused_unit_id": ticket.unit_id}, now)
        self._correct(ticket, {"secrecy": Secrecy.NONE}, now)

    def _correct(self, ticket: Ticket, changes: dict[str, Any], now: datetime) -> None:
        agent = self.crowd.city.agent
        correcting.correct_ticket(
            self.session, ticket.id, changes, version=ticket.version, by=agent, office=OFFICE, now=now
        )

    def make_ready(self, ticket: Ticket, action: Action, now: datetime) -> None:
        """What others have done before, so that this act can be: a matter to merge into, or an answer to it."""
        if action is Action.MERGE and self.parent is None:
            self.parent = self.crowd.city.listed(now)
        if action is Action.ANSWER_CHILD and ticket.state is State.MERGED and ticket.parent_id is not None:
            self._answer(ticket.parent_id, now)
            self.parent = None

    def _answer(self, parent_id: int, now: datetime) -> None:
        """Dispatched, signed, answered and audited."""
        s, city = self.session, self.crowd.city
        unit_id = city.heating.id
        dispatching.dispatch_ticket(
            s, parent_id, unit_id=unit_id, by=city.dispatcher, office=OFFICE, now=now, reason="随机"
        )
        handling.sign_ticket(s, parent_id, by=city.officer, now=now)
        handling.reply_ticket(s, parent_id, reply_form(), by=city.officer, office=OFFICE, now=now)
        ending.pass_audit(s, parent_id, by=city.auditor, office=OFFICE, now=now)

    def _above(self, ticket: Ticket) -> int:
        """Mostly one that may be merged into, sometimes the ticket itself."""
        itself = self.parent is None or self.dice.random() < 0.1
        return ticket.id if itself or self.parent is None else self.parent.id

    def _answer_children(self, ticket: Ticket, _by: Actor, now: datetime) -> None:
        """The system tells every child of the ticket's parent."""
        merging.answer_children(self.session, ticket.parent_id or ticket.id, office=OFFICE, now=now)
