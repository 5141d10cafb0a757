"""The second way to every figure: raw rows, plain Python, nothing shared with what the pages read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.periods import Period
from sms.rules import SHANGHAI

#: an answer may be corrected for so long; said here again, so that the two ways do not share it
_CORRECTED_WITHIN = timedelta(hours=24)
_CHUNK = 5_000


@dataclass(frozen=True)
class Word:
    """One answer: of which round, when that round was rated first, when this was said, what, by which way, and of whose
    work; unit 0 is none.
    """

    round_no: int
    began: datetime
    at: datetime
    level: int
    channel: str
    unit_id: int


@dataclass
class Matter:
    """One ticket or call that could have been rated, and what was said about it."""

    said: list[Word]

    def level(self) -> int | None:
        word = self.last_word()
        return word.level if word else None

    def is_rated_in(self, period: Period) -> bool:
        word = self.last_word()
        return word is not None and _is_in(word.at, period)

    def last_word(self) -> Word | None:
        """That of the last round; later ones count if they came within a day of its first."""
        if not self.said:
            return None
        last_round = max(word.round_no for word in self.said)
        return [w for w in self.said if w.round_no == last_round and w.at - w.began < _CORRECTED_WITHIN][-1]

    def words(self) -> Iterator[Word]:
        """The last one of every round."""
        for round_no in {word.round_no for word in self.said}:
            yield [w for w in self.said if w.round_no == round_no and w.at - w.began < _CORRECTED_WITHIN][-1]


def closed_tickets(session: Session, period: Period, subject: Subject) -> dict[int, Matter]:
    """Closed in the period; or not closed, and last rated in it."""
    matters: dict[int, Matter] = {}
    open_ones: dict[int, Matter] = {}
    query = "SELECT id, state, close_reason, answered_at, closed_at FROM tickets"
    for ticket_id, state, close_reason, answered_at, closed_at in _rows(session, query):
        is_handled = close_reason is not None
        is_direct = not is_handled and answered_at is not None and state in {"answered", "archived"}
        if not (is_handled if subject is Subject.HANDLING else is_direct):
            open_ones[ticket_id] = Matter([])
        elif closed_at is not None and _is_in(closed_at, period):
            matters[ticket_id] = Matter([])
    query = (
        "SELECT r.ticket_id, i.rework_no, r.recorded_at, r.level, r.channel, r.unit_id FROM ratings r "
        "JOIN invitations i ON i.id = r.invitation_id WHERE r.subject = :subject ORDER BY r.id"
    )
    _hear(matters | open_ones, _rows(session, query, subject=subject.value))
    return matters | {number: matter for number, matter in open_ones.items() if matter.is_rated_in(period)}


def matters_rated_in(session: Session, period: Period, subject: Subject) -> dict[int, Matter]:
    """Whatever became of the ticket: its last word was said in the period."""
    matters = {ticket_id: Matter([]) for (ticket_id,) in _rows(session, "SELECT id FROM tickets")}
    query = (
        "SELECT r.ticket_id, i.rework_no, r.recorded_at, r.level, r.channel, r.unit_id FROM ratings r "
        "JOIN invitations i ON i.id = r.invitation_id WHERE r.subject = :subject ORDER BY r.id"
    )
    _hear(matters, _rows(session, query, subject=subject.value))
    return {number: matter for number, matter in matters.items() if matter.is_rated_in(period)}


def classes(session: Session) -> dict[tuple[int, int], tuple[str, datetime]]:
    """(ticket, round) → the class that stands and when it was decided."""
    query = "SELECT ticket_id, rework_no, matter_class, decided_at FROM matter_classes ORDER BY id"
    return {(one, no): (name, _moment(at)) for one, no, name, at in _rows(session, query)}


def upheld(session: Session) -> set[tuple[int, int, datetime, int]]:
    """(ticket, round, moment, level) of each answer whose appeal was upheld."""
    query = (
        "SELECT r.ticket_id, i.rework_no, r.recorded_at, r.level FROM repair_appeals a JOIN ratings r "
        "ON r.id = a.rating_id JOIN invitations i ON i.id = r.invitation_id WHERE a.is_upheld"
    )
    return {(one, no, _moment(at), level) for one, no, at, level in _rows(session, query)}


def responded(session: Session) -> set[int]:
    """Tickets whose last reply says that the citizen was reached, and which were answered within the limit."""
    replied = _rows(session, "SELECT ticket_id, contact FROM replies ORDER BY id")
    contacts = {ticket_id: contact for ticket_id, contact in replied}  # noqa: C416  no dict() of rows
    query = "SELECT id, answered_at, citizen_due_at FROM tickets"
    return {
        ticket_id
        for ticket_id, answered_at, due_at in _rows(session, query)
        if answered_at
        and due_at
        and _moment(answered_at) < _moment(due_at)
        and contacts.get(ticket_id, "none") != "none"
    }


def solved(session: Session, subject: Subject) -> dict[int, bool | None]:
    """Of each ticket whether the answer that counts says that it is solved; None where it does not say."""
    query = (
        "SELECT r.ticket_id, i.rework_no, r.recorded_at, r.is_solved FROM ratings r "
        "JOIN invitations i ON i.id = r.invitation_id WHERE r.subject = :subject ORDER BY r.id"
    )
    found: dict[int, tuple[int, datetime, bool | None]] = {}
    for ticket_id, round_no, recorded_at, is_solved in _rows(session, query, subject=subject.value):
        at, said = _moment(recorded_at), None if is_solved is None else bool(is_solved)
        before = found.get(ticket_id)
        if before is None or round_no > before[0]:
            found[ticket_id] = round_no, at, said
        elif round_no == before[0] and at - before[1] < _CORRECTED_WITHIN:
            found[ticket_id] = round_no, before[1], said
    return {ticket_id: said for ticket_id, (_, _, said) in found.items()}


def rated_calls(session: Session, period: Period) -> dict[int, Matter]:
    """Calls that somebody answered, with the keys pressed afterwards."""
    matters = {
        call_id: Matter([])
        for call_id, ended_at in _rows(session, "SELECT id, ended_at FROM calls WHERE result = 'answered'")
        if ended_at is not None and _is_in(ended_at, period)
    }
    query = "SELECT call_id, 0, recorded_at, level, channel, unit_id FROM ratings WHERE subject = 'agent' ORDER BY id"
    _hear(matters, _rows(session, query))
    return matters


def counter_matters(session: Session, period: Period) -> dict[int, Matter]:
    """Done at a window in the period; or not done yet, and last rated in it."""
    matters: dict[int, Matter] = {}
    open_ones: dict[int, Matter] = {}
    for matter_id, done_at in _rows(session, "SELECT id, done_at FROM counter_matters"):
        if done_at is None:
            open_ones[matter_id] = Matter([])
        elif _is_in(done_at, period):
            matters[matter_id] = Matter([])
    query = (
        "SELECT matter_id, 0, recorded_at, level, channel, unit_id FROM ratings "
        "WHERE subject = 'counter' AND matter_id IS NOT NULL ORDER BY id"
    )
    _hear(matters | open_ones, _rows(session, query))
    return matters | {number: matter for number, matter in open_ones.items() if matter.is_rated_in(period)}


def alone_rated_in(session: Session, period: Period, subject: Subject) -> dict[int, Matter]:
    """Answered calls, or matters at windows, of which the last word was said in the period."""
    is_call = subject is Subject.AGENT
    every = "SELECT id FROM calls WHERE result = 'answered'" if is_call else "SELECT id FROM counter_matters"
    matters = {matter_id: Matter([]) for (matter_id,) in _rows(session, every)}
    pressed = (
        "SELECT call_id, 0, recorded_at, level, channel, unit_id FROM ratings WHERE subject = :subject ORDER BY id"
    )
    at_windows = (
        "SELECT matter_id, 0, recorded_at, level, channel, unit_id FROM ratings "
        "WHERE subject = :subject AND matter_id IS NOT NULL ORDER BY id"
    )
    query = pressed if is_call else at_windows
    _hear(matters, _rows(session, query, subject=subject.value))
    return {number: matter for number, matter in matters.items() if matter.is_rated_in(period)}


def alone_owners(session: Session, subject: Subject) -> dict[int, int]:
    """Who answered each call, 0 where that is not known; or the unit of each matter at a window."""
    is_call = subject is Subject.AGENT
    query = "SELECT id, person_id FROM calls" if is_call else "SELECT id, unit_id FROM counter_matters"
    return {matter_id: owner_id or 0 for matter_id, owner_id in _rows(session, query)}


def asked_at_windows(session: Session) -> set[int]:
    """Matters of which a device put the question."""
    return {matter_id for (matter_id,) in _rows(session, "SELECT id FROM counter_matters WHERE asked_at IS NOT NULL")}


def _hear(matters: dict[int, Matter], rows: Iterable[Any]) -> None:
    first: dict[tuple[int, int], datetime] = {}
    for matter_id, round_no, recorded_at, level, channel, unit_id in rows:
        if matter_id not in matters:
            continue
        at = _moment(recorded_at)
        began = first.setdefault((matter_id, round_no), at)
        matters[matter_id].said.append(Word(round_no, began, at, level, channel, unit_id or 0))


def calls(session: Session, period: Period, *, fast: bool) -> dict[str, int]:
    asked = counted = left_out = 0
    query = "SELECT began_at, queued_at, answered_at, result, waited_s FROM calls"
    for began_at, queued_at, answered_at, result, waited_s in _rows(session, query):
        if not _is_in(began_at, period):
            continue
        waited_for_a_person = queued_at is not None or answered_at is not None
        if not waited_for_a_person or result not in {"answered", "abandoned", "not_answered"}:
            left_out += 1
            continue
        asked += 1
        if result == "answered" and (not fast or (waited_s is not None and waited_s <= 15)):
            counted += 1
    return {"n": asked, "numerator": counted, "excluded": left_out}


def due_tickets(session: Session, period: Period) -> Iterator[tuple[int, str]]:
    """(ticket, in_time or late) of what fell due.  A limit that ends at 24:00 is of the day that ends then."""
    gone = {"draft", "answered", "rejected", "transferred", "withdrawn", "void", "terminated"}
    query = "SELECT id, state, citizen_due_at, answered_at, close_reason FROM tickets WHERE citizen_due_at IS NOT NULL"
    for ticket_id, state, due_at, answered_at, close_reason in _rows(session, query):
        has_gone = close_reason is None and (state in gone or state == "archived")
        if has_gone or not _is_in(_moment(due_at) - timedelta(microseconds=1), period):
            continue
        is_in_time = answered_at is not None and _moment(answered_at) < _moment(due_at)
        yield ticket_id, "in_time" if is_in_time else "late"


def checks(session: Session, period: Period) -> dict[str, int]:
    """From the history: what the system sent and drew, and the last word on each."""
    counted = {"sent": 0, "drawn": 0, "n": 0, "numerator": 0}
    words: dict[int, bool] = {}
    query = "SELECT ticket_id, particulars FROM ticket_history WHERE action = 'checked' ORDER BY id"
    for ticket_id, particulars in _rows(session, query):
        words[ticket_id] = _plain(particulars)["is_right"]
    query = "SELECT ticket_id, at, particulars FROM ticket_history WHERE action = 'dispatch' AND actor_label = '系统'"
    for ticket_id, at, particulars in _rows(session, query):
        if not _is_in(at, period):
            continue
        is_drawn = bool(_plain(particulars).get("is_drawn"))
        counted["sent"] += 1
        counted["drawn"] += is_drawn
        if is_drawn and ticket_id in words:
            counted["n"] += 1
            counted["numerator"] += not words[ticket_id]
    return counted


def _plain(stored: Any) -> dict[str, Any]:
    """JSON as the driver gives it: SQLite keeps text."""
    found: dict[str, Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found


def standing_tickets(session: Session, period: Period) -> Iterator[tuple[int, str]]:
    """(ticket, where it stands) of what was registered."""
    named = {"closed", "merged", "rejected", "terminated", "parked", "transferred", "withdrawn"}
    query = "SELECT ticket_id, from_state FROM ticket_history WHERE to_state = 'archived' ORDER BY id"
    before = {ticket_id: from_state for ticket_id, from_state in _rows(session, query)}  # noqa: C416  no dict() of rows
    query = "SELECT id, state, registered_at, close_reason, answered_at FROM tickets"
    for ticket_id, state, registered_at, close_reason, answered_at in _rows(session, query):
        if state in {"draft", "void"} or not _is_in(registered_at, period):
            continue
        stood = state
        if state == "archived":
            stood = "closed" if close_reason or answered_at else before.get(ticket_id)
        place = "closed" if stood == "answered" else stood
        yield ticket_id, place if place in named else "open"


def repairs(session: Session, period: Period) -> dict[str, int]:
    """From what was written down about each: valid ones, mended ones, in time; and those left out."""
    told = _told_of_repairs(session)
    counted = dict.fromkeys(("n", "fixed", "in_time", "withdrawn", "upheld"), 0)
    query = "SELECT id, opened_at, fix_due_at, is_real_name FROM repairs"
    for repair_id, opened_at, due_at, is_real_name in _rows(session, query):
        if not _is_in(opened_at, period):
            continue
        state, done, is_proven = told.get(repair_id, ("open", None, True))
        left_out = {"withdraw": "withdrawn", "uphold": "upheld"}.get(state)
        counted[left_out or "n"] += 1
        if left_out is None and done is not None:
            counted["fixed"] += 1
            is_spoken = is_proven or not is_real_name
            counted["in_time"] += is_spoken and (due_at is None or done < _moment(due_at))
    return counted


def _told_of_repairs(session: Session) -> dict[int, tuple[str, datetime | None, bool]]:
    """State, when it was done, and whether the contact was borne out, by the lines alone."""
    told: dict[int, tuple[str, datetime | None, bool]] = {}
    query = "SELECT repair_id, act, at, particulars FROM repair_lines ORDER BY id"
    for repair_id, act, at, particulars in _rows(session, query):
        state, done, is_proven = told.get(repair_id, ("open", None, True))
        if act in {"withdraw", "uphold"}:
            state = act
        elif act == "reopen":
            state, done, is_proven = "open", None, True
        elif act in {"explain", "complete"}:
            done = _moment(at)
        elif act in {"contact", "give_up"}:
            said = json.loads(particulars) if isinstance(particulars, str) else particulars
            is_proven = said.get("is_proven", True)
        told[repair_id] = state, done, is_proven
    return told


def owners(session: Session) -> dict[int, tuple[int, int]]:
    """(unit, topic) of every ticket, 0 where there is none."""
    query = "SELECT id, unit_id, topic_id FROM tickets"
    return {ticket_id: (unit_id or 0, topic_id or 0) for ticket_id, unit_id, topic_id in _rows(session, query)}


def silent_of(session: Session, subject: Subject) -> dict[int, int]:
    """Of whom a ticket would be silent: the unit that was asked about in its present round, else the one it is at."""
    rounds: dict[int, int] = {}
    units: dict[int, int] = {}
    for ticket_id, unit_id, round_no in _rows(session, "SELECT id, unit_id, rework_no FROM tickets"):
        units[ticket_id], rounds[ticket_id] = unit_id or 0, round_no
    query = "SELECT ticket_id, rework_no, unit_id FROM invitations WHERE subject = :subject ORDER BY id"
    asked = {
        ticket_id: unit_id
        for ticket_id, round_no, unit_id in _rows(session, query, subject=subject.value)
        if rounds.get(ticket_id) == round_no
    }
    return units | {ticket_id: unit_id for ticket_id, unit_id in asked.items() if unit_id is not None}


def questions(session: Session, subject: Subject) -> dict[int, tuple[str, bool]]:
    """(state, whether it arrived) of the question behind the answer that counts, of every ticket that has one.

    Closed, it is the last one about the very answer with which it was closed; else the one that was rated.
    """
    asked = _answered_questions(session, subject)
    present = _present_answers(session, subject)
    for ticket_id in present:
        asked.pop(ticket_id, None)
    query = (
        "SELECT ticket_id, rework_no, invited_at, state, delivered_at FROM invitations "
        "WHERE subject = :subject ORDER BY id"
    )
    for ticket_id, round_no, invited_at, state, delivered_at in _rows(session, query, subject=subject.value):
        answer = present.get(ticket_id)
        if answer is None:
            continue
        is_of_it = round_no == answer if isinstance(answer, int) else _moment(invited_at) >= answer
        if is_of_it:
            asked[ticket_id] = state, delivered_at is not None
    return asked


def _present_answers(session: Session, subject: Subject) -> dict[int, int | datetime]:
    """Of each ticket that is closed in this way: the round of its unit, or when it was answered at once."""
    query = "SELECT id, state, close_reason, answered_at, rework_no FROM tickets"
    found: dict[int, int | datetime] = {}
    for ticket_id, state, close_reason, answered_at, round_no in _rows(session, query):
        if subject is Subject.HANDLING and close_reason is not None:
            found[ticket_id] = round_no
        elif subject is Subject.DIRECT and close_reason is None and answered_at and state in {"answered", "archived"}:
            found[ticket_id] = _moment(answered_at)
    return found


def _answered_questions(session: Session, subject: Subject) -> dict[int, tuple[str, bool]]:
    """The question of the last round that was rated."""
    query = (
        "SELECT r.ticket_id, i.state, i.delivered_at FROM ratings r JOIN invitations i ON i.id = r.invitation_id "
        "WHERE r.subject = :subject ORDER BY i.rework_no"
    )
    rows = _rows(session, query, subject=subject.value)
    return {ticket_id: (state, delivered_at is not None) for ticket_id, state, delivered_at in rows}


def _rows(session: Session, query: str, **values: str) -> Iterable[Any]:
    return session.execute(text(query), values, execution_options={"yield_per": _CHUNK})


def _moment(stored: Any) -> datetime:
    """A moment as the driver gives it: SQLite keeps text in UTC."""
    moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_in(stored: Any, period: Period) -> bool:
    local = _moment(stored).astimezone(SHANGHAI).date()
    return period.first <= local <= period.last
