"""What must hold of a ticket whatever is done to it: the law, its history, its owner, and two slow clocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff.model import Unit
from staff.rules import SYSTEM, Actor
from tests.tickets import law
from tests.tickets.making import OFFICE, topic_of
from tests.tickets.oracle import REWORK, SHANGHAI, URGENT_TOPICS, Clock, days_between, is_worked, limit_of
from tickets.actions import due_times
from tickets.kinds import CompletionState, InnerState, RequestState
from tickets.model import Completion, HelperPart, HistoryLine, Holding, InnerHolding, Ticket, TicketRequest
from tickets.queries.access import one_visible_to, visible_to
from tickets.queries.lists import Filters, list_tickets
from tickets.queries.sight import WIDE
from tickets.rules import Action, State

#: what the hotline may do whenever the law says so, whatever else is the case
UNCONDITIONAL = {
    Action.ANSWER, Action.REJECT, Action.OBJECT, Action.TRANSFER, Action.ACKNOWLEDGE, Action.DISPATCH,
    Action.SEND_BACK, Action.CONFER, Action.RULE, Action.PARK, Action.TERMINATE, Action.RESUME,
    Action.CLOSE, Action.REWORK, Action.SPLIT, Action.SUPERVISE, Action.INSTRUCT, Action.URGE, Action.SUPPLEMENT,
    Action.CORRECT, Action.NOTE, Action.REDACT, Action.ARCHIVE, Action.ANSWER_CHILD,
}  # fmt: skip
BESIDE = {"merged_in", "split_off", "child_withdrawn", "rated", "said_after", "repair", "urgency_raised",
          "instruction_passed_on"}  # no act of the table: others join and leave, and the citizen says # fmt: skip
#: a unit has it, or the hotline has; nobody needs to have what is over
AT_A_UNIT = {"dispatched", "in_progress", "return_review", "replied", "to_callback", "parked"}
AT_THE_HOTLINE = {"registered", "to_dispatch", "arbitration", "transferred"}
A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Extension:
    """More minutes, or more working days."""

    more: int
    in_minutes: bool
    is_of_rework: bool


#: from which state, what, to which
Done = tuple[str, str, str]


class Judge:
    """Remembers one ticket by itself; `told` is what must stand in its history, line by line."""

    def __init__(self, session: Session, ticket: Ticket, now: datetime) -> None:
        self.session, self.ticket, self.now = session, ticket, now
        self.children: list[Ticket] = []
        self.extensions: list[Extension] = []
        self.told: list[tuple[str, str | None, str | None, str, datetime, int]] = []
        self.done: set[Done] = set()
        self.last_line = self.reworks = self.returns = 0
        self.is_ruled = self.is_extended = self.is_incomplete = self.has_left = False
        self.is_unsolved = self.is_promised = False
        self.citizen = Clock(now, self.limit)
        self.unit: Clock | None = None
        self.held_since = now
        self.writer_id: int | None = None
        self.parked_at: datetime | None = None

    @property
    def limit(self) -> tuple[int, int]:
        return limit_of(self.ticket.type.value, self.ticket.urgency.value, topic_of(self.session, self.ticket))

    @property
    def others(self) -> bool:
        """Somebody else's matter lies under this one."""
        return any(child.parent_id == self.ticket.id for child in self.children)

    def must_succeed(self, action: Action, by: Actor) -> bool:
        """Whether nothing but the law stands in the way, for somebody whom the law lets."""
        is_own = by.unit_id == self.ticket.unit_id
        if action is Action.RETURN:
            is_fresh = self.ticket.state is State.DISPATCHED and self.now < self.held_since + A_DAY
            return is_own and is_fresh and not self.is_ruled
        if action in {Action.LIST, Action.COMPLETE}:
            return self.is_incomplete == (action is Action.COMPLETE)
        if action is Action.WITHDRAW:
            return self.ticket.state is not State.TO_CALLBACK and not self.others
        if action is Action.WITHDRAW_PART:
            return self.others and not self.has_left
        if action is Action.OBJECT:
            return self.may_object()
        if action is Action.ARCHIVE:
            return not self.is_promised
        own_audit = action is Action.REWORK and is_own
        return action in UNCONDITIONAL and "unit_officer" not in as_words(by) and not own_audit

    def may_object(self) -> bool:
        """Always to a rejection; to a termination until the end of the seventh day after."""
        ended = self.told[-1][4] if self.told else self.now
        for line in reversed(self.told):
            if line[2] != self.ticket.state:
                break
            ended = line[4]
        days = (self.now.astimezone(SHANGHAI).date() - ended.astimezone(SHANGHAI).date()).days
        return self.ticket.state is not State.TERMINATED or days <= 7

    def check_conditions(self, before: State, action: Action, by: Actor) -> None:
        """What else the trade asks of an act that was done, by what the judge remembers."""
        match action:
            case Action.RETURN:
                assert not self.is_ruled
                assert self.now < self.held_since + A_DAY
            case Action.RECALL:
                assert not self.is_ruled
            case Action.APPROVE_RETURN | Action.REFUSE_RETURN:
                assert self.returns == 1
            case Action.ASK_EXTENSION:
                due = self.unit.ends() if self.unit else None
                assert due is not None
                assert self.now < due
                assert not self.is_extended
            case Action.PASS_AUDIT | Action.FAIL_AUDIT:
                assert by.unit_id != self.ticket.unit_id
            case Action.REWORK if before is State.REPLIED:
                assert by.unit_id != self.ticket.unit_id
            case Action.REPLY | Action.SUBMIT_REPLY | Action.RELEASE_REPLY:
                self.check_answer(action, by)
            case _:
                self.check_asking(action)

    def check_asking(self, action: Action) -> None:
        """What is missing is asked for before it goes on; one caller of many takes back the own part, once."""
        match action:
            case Action.LIST | Action.COMPLETE:
                assert self.is_incomplete == (action is Action.COMPLETE)
            case Action.ASK_COMPLETION:
                assert not self.is_incomplete
                assert self.unit is not None
            case Action.WITHDRAW:
                assert not self.others
            case Action.WITHDRAW_PART:
                assert self.others
                assert not self.has_left
            case Action.FULFIL | Action.ARCHIVE:
                assert self.is_promised == (action is Action.FULFIL)

    def check_answer(self, action: Action, by: Actor) -> None:
        """Helpers are done, and where the unit asks for it, two people of it had the answer in hand."""
        assert self.ticket.open_parts == 0
        needs_release = self.session.get_one(Unit, by.unit_id).needs_release
        assert needs_release == (action is not Action.REPLY)
        if action is Action.SUBMIT_REPLY:
            self.writer_id = by.person_id
        elif action is Action.RELEASE_REPLY:
            assert by.person_id != self.writer_id

    def read_on(self, action: Action | None, *by: Actor) -> None:
        """The new lines: each follows from the one before, and says who and when; one of them is of this act."""
        self.session.flush()
        newest = select(HistoryLine).where(HistoryLine.ticket_id == self.ticket.id, HistoryLine.id > self.last_line)
        lines = self.session.scalars(newest.order_by(HistoryLine.id)).all()
        assert action is None or str(action) in [line.action for line in lines]
        for line in lines:
            self.check_line(line, by)
            self.told.append(as_told(line))
            self.done.add((line.from_state or "", line.action, line.to_state or ""))
            self.wind(line)
        self.last_line = lines[-1].id if lines else self.last_line
        assert self.told[-1][2] == self.ticket.state
        assert self.told[-1][5] == self.ticket.version == len(self.told)
        self.check()

    def check_line(self, line: HistoryLine, by: tuple[Actor, ...]) -> None:
        before = self.told[-1][2] if self.told else "draft"
        assert (line.from_state, line.at, line.version) == (before, self.now, len(self.told) + 1)
        labels = {one.label: one for one in (SYSTEM, *by)}
        if line.action in BESIDE:
            assert line.to_state == line.from_state
        else:
            assert line.to_state == law.leads_to(before or "", line.action, as_words(labels[line.actor_label]))

    def wind(self, line: HistoryLine) -> None:
        """Remember what has happened, and tell the slow clocks."""
        match line.action:
            case "dispatch" | "rule":
                self.hold(line)
                self.correct()
            case "approve_return" | "recall" | "confer" | "rework":
                self.unit = None
            case "object":
                self.unit = None
            case "step_aside":
                self.unit, self.is_ruled = None, False
            case "return":
                self.returns += 1
            case "correct":
                self.correct()
            case "extend":
                self.extend()
        self.wind_asking(line)
        self.wind_promise(line)
        self.shelve(is_parked=line.to_state is State.PARKED)

    def wind_asking(self, line: HistoryLine) -> None:
        """Whether somebody asks the citizen for something, and whether the citizen still asks."""
        self.has_left = (self.has_left or line.action == "withdraw_part") and line.action not in {"object", "reopen"}
        if line.action in {"send_back", "ask_completion"}:
            self.is_incomplete = True
        elif line.action == "complete" or (line.to_state is not line.from_state and line.action != "sign"):
            self.is_incomplete = False
        if line.action == "withdraw" and line.from_state is not State.TO_CALLBACK:
            self.unit = None

    def wind_promise(self, line: HistoryLine) -> None:
        """An answer that passed and leaves a rest leaves something to do, until that is done or the answer is void."""
        match line.action:
            case "reply" | "release_reply":
                self.is_unsolved = line.particulars["result"] in {"partly", "needs_time"}
            case "pass_audit":
                self.is_promised = self.is_unsolved and not self.has_left
            case "fulfil" | "rework":
                self.is_promised = False

    def hold(self, line: HistoryLine) -> None:
        """Another unit has it from now on, or the same one again."""
        self.reworks += line.from_state is State.REWORK
        self.unit = Clock(self.now, REWORK if self.reworks else self.limit, pauses=self.citizen.pauses)
        self.held_since, self.is_extended = self.now, False
        self.is_ruled = self.is_ruled or line.action == "rule"

    def shelve(self, *, is_parked: bool) -> None:
        """Both clocks stand still as long as it is on the shelf."""
        if is_parked:
            self.parked_at = self.parked_at or self.now
        elif self.parked_at is not None:
            self.citizen.pauses.append((self.parked_at, self.now))
            self.parked_at = None

    def correct(self) -> None:
        """Another limit; what was granted in days is gone when minutes are counted from now on, and the reverse."""
        if bool(self.limit[0]) != bool(self.citizen.limit[0]):
            self.extensions = [one for one in self.extensions if one.is_of_rework]
            if self.unit is not None and not self.reworks:
                self.unit.more = 0
        self.citizen.limit = self.limit
        if self.unit is not None and not self.reworks:
            self.unit.limit = self.limit
        self.lengthen()

    def extend(self) -> None:
        assert self.unit is not None
        more = self.granted(self.unit)
        self.unit.more += more
        self.extensions.append(Extension(more, bool(self.unit.limit[0]), self.reworks > 0))
        self.is_extended = True
        self.lengthen()

    def lengthen(self) -> None:
        """The citizen's clock by what was granted in its own measure."""
        in_minutes = bool(self.citizen.limit[0])
        self.citizen.more = sum(one.more for one in self.extensions if one.in_minutes == in_minutes)

    def granted(self, clock: Clock) -> int:
        """How much longer until the end of the day that was asked for, counted by hand."""
        newest = (
            select(TicketRequest).where(TicketRequest.ticket_id == self.ticket.id).order_by(TicketRequest.id.desc())
        )
        request, ends = self.session.scalars(newest).first(), clock.ends()
        assert request is not None
        assert request.until_on is not None
        assert ends is not None
        old = ends.astimezone(SHANGHAI)
        if clock.limit[0]:
            midnight = datetime(request.until_on.year, request.until_on.month, request.until_on.day, tzinfo=SHANGHAI)
            return min(int((midnight + timedelta(days=1) - old).total_seconds() // 60), clock.limit[0])
        assert is_worked(request.until_on)
        return days_between((old - timedelta(minutes=1)).date(), request.until_on)

    def check(self) -> None:
        """What must hold at every moment."""
        self.check_owner()
        self.check_sharing()
        self.check_children()
        self.check_citizen()
        self.check_clocks()
        is_gas = topic_of(self.session, self.ticket) in URGENT_TOPICS
        assert not is_gas or self.ticket.urgency.value != "normal"

    def check_owner(self) -> None:
        """A unit, the hotline, or the parent has it, until it is over."""
        ticket, state = self.ticket, self.ticket.state.value
        assert (ticket.unit_id is not None) == (ticket.holding_id is not None)
        live = self.session.scalars(
            select(Holding).where(Holding.ticket_id == ticket.id, Holding.ended_at.is_(None))
        ).all()
        assert [held.id for held in live] == ([ticket.holding_id] if ticket.holding_id else [])
        for held in live:
            assert (held.unit_id, held.due_at) == (ticket.unit_id, ticket.unit_due_at)
        if state in AT_A_UNIT:
            assert ticket.working_unit_id is not None
        elif state in AT_THE_HOTLINE:
            assert ticket.working_unit_id is ticket.unit_id is None
            assert state in {"arbitration", "transferred"} or ticket.step_due_at or ticket.waits_for_calendar
        elif state == "merged":
            above = self.session.get_one(Ticket, ticket.parent_id)
            assert above.state.value in law.UNANSWERED
            assert above.state is not State.MERGED
        else:
            assert state in {"answered", "rejected", "terminated", "closed", *law.ENDS}

    def check_sharing(self) -> None:
        """What stands on the ticket about others is what their own rows say."""
        ticket = self.ticket
        below = self.session.scalars(
            select(InnerHolding)
            .where(InnerHolding.ticket_id == ticket.id, InnerHolding.ended_at.is_(None))
            .order_by(InnerHolding.id)
        ).all()
        assert ticket.inner_id == (below[-1].id if below else None)
        assert ticket.inner_state == (below[-1].state if below else None)
        if below:
            assert ticket.state is State.IN_PROGRESS
            last = below[-1]
            reported = last.state is InnerState.REPORTED
            assert ticket.working_unit_id == (last.from_unit_id if reported else last.unit_id)
        else:
            assert ticket.working_unit_id == ticket.unit_id
        parts = select(func.count()).where(HelperPart.ticket_id == ticket.id, HelperPart.ended_at.is_(None))
        asked = select(func.count()).where(
            TicketRequest.ticket_id == ticket.id, TicketRequest.state == RequestState.PENDING
        )
        open_parts, pending = self.session.execute(select(parts.scalar_subquery(), asked.scalar_subquery())).one()
        assert (ticket.open_parts, int(ticket.has_request)) == (open_parts, pending)
        assert not pending or ticket.state is State.IN_PROGRESS

    def check_children(self) -> None:
        """Who was put under this one waits while it is open, and is answered or free once it is over."""
        for child in self.children:
            if child.state is State.MERGED:
                assert (child.parent_id, self.ticket.state.value in law.UNANSWERED) == (self.ticket.id, True)
            elif child.state is State.TO_CALLBACK:
                assert child.reply_id not in {None, self.ticket.reply_id}
            else:
                assert child.state in {State.TO_DISPATCH, State.WITHDRAWN}
                assert (child.parent_id, child.unit_id) == (None, None)
        assert self.ticket.child_count == sum(child.parent_id == self.ticket.id for child in self.children)

    def check_citizen(self) -> None:
        """Somebody is asked for what is missing as long as it is, and nothing is asked of who has left."""
        asked = select(func.count()).where(
            Completion.ticket_id == self.ticket.id, Completion.state == CompletionState.OPEN
        )
        assert self.session.scalar(asked) == int(self.is_incomplete) == int(self.ticket.missing != "")
        over = self.has_left or self.ticket.state is State.WITHDRAWN
        assert (self.ticket.caller_withdrew_at is not None) == over
        assert not self.has_left or self.ticket.state is not State.TO_CALLBACK
        assert (self.ticket.promise_due_at is not None) == self.is_promised

    def check_clocks(self) -> None:
        """Both clocks say what the slow ones say, on the shelf nothing; computed again they say the same."""
        ticket = self.ticket
        if self.parked_at is not None:
            assert (ticket.citizen_due_at, ticket.unit_due_at) == (None, None)
            return
        assert ticket.citizen_due_at == self.citizen.ends()
        assert ticket.unit_due_at == (self.unit.ends() if self.unit is not None else None)
        assert ticket.rework_no == self.reworks
        if ticket.state.value in law.UNANSWERED and len(self.told) % 5 == 0:
            step = ticket.step_due_at
            due_times.compute_due_times(self.session, [ticket.id], office=OFFICE, now=self.now)
            assert ticket.version == len(self.told), "computed again, a due time is another one"
            assert ticket.step_due_at == step

    def check_sight(self, officers: Sequence[Actor]) -> None:
        """A unit finds in its list what it finds by its number, and nothing else."""
        for officer in officers:
            listed, found = (
                set(self.session.scalars(select(Ticket.id).where(condition)))
                for condition in (visible_to(officer), one_visible_to(officer))
            )
            assert listed == found, officer.label
            for wide in (0, WIDE):
                page = list_tickets(
                    self.session, Filters(), by=officer, phone_key=b"", now=self.now, limit=200, wide=wide
                )
                assert [ticket.id for ticket in page.tickets] == sorted(listed, reverse=True), officer.label

    def check_history(self) -> None:
        """At the end of the walk: no line is lost, and none was changed."""
        every = select(HistoryLine).where(HistoryLine.ticket_id == self.ticket.id).order_by(HistoryLine.id)
        self.session.expire_all()
        assert [as_told(line) for line in self.session.scalars(every)] == self.told


def as_words(by: Actor) -> frozenset[str]:
    return frozenset(role.value for role in by.roles)


def as_told(line: HistoryLine) -> tuple[str, str | None, str | None, str, datetime, int]:
    return line.action, line.from_state, line.to_state, line.actor_label, line.at, line.version
