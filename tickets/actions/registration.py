"""From a ringing call to a ticket with a number: drafts, registration, and answers given on the spot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from core.errors import FaultLine
from core.events import announce
from core.secrets import phone_hash
from staff.queries import unit_by_id
from staff.rules import Actor, Role
from telephony.errors import CallNotFound
from telephony.model import Call
from tickets.actions.following import tell_raised
from tickets.actions.writing import begin_step, wait_for_year, write_history
from tickets.answer_limits import citizen_due
from tickets.catalogue import class_and_urgency, topic_place_and_line
from tickets.clocks import Clocks
from tickets.errors import DraftClosed, DraftNotFound, RoleRefused, VersionConflict
from tickets.events import DraftOpened, TicketRegistered
from tickets.forms import TicketForm, phone_kind, refuse_faults, ticket_faults
from tickets.kinds import PhoneKind, Source, Step, VoidReason
from tickets.model import Draft, Place, Ticket
from tickets.numbers import take_number
from tickets.photos.moving import drop_of_draft, move_to_ticket
from tickets.points import kept_points, missing_points, point_faults
from tickets.profiles import load_clocks
from tickets.queries.wordings import questions_of
from tickets.rules import TABLE, Action, State
from tickets.settings import TicketOffice


def open_draft(
    session: Session,
    *,
    call_id: int | None,
    person_id: int | None,
    now: datetime,
    form: Mapping[str, Any] | None = None,
) -> Draft:
    """The first draft of a call, with the caller's number filled in; a second time finds the same one.

    Announces DraftOpened.
    """
    if call_id is not None:
        known = session.scalar(select(Draft).where(Draft.call_id == call_id, Draft.matter_no == 1))
        if known is not None:
            known.person_id = known.person_id or person_id
            return known
    filled = dict(form or {})
    call = session.get(Call, call_id) if call_id is not None else None
    if call is not None and call.caller:
        filled.setdefault("phone", call.caller)
    return _add_draft(session, call_id=call_id, person_id=person_id, matter_no=1, form=filled, now=now)


def open_own_draft(session: Session, *, call_id: int | None, by: Actor, now: datetime) -> Draft:
    """The same at an agent's wish: only for a call that the agent answered, or that nobody is known to have answered.

    Raises CallNotFound, DraftNotFound.  Announces DraftOpened.
    """
    call = session.get(Call, call_id) if call_id is not None else None
    if call_id is not None and (call is None or call.person_id not in {by.person_id, None}):
        raise CallNotFound(call_id=call_id)
    draft = open_draft(session, call_id=call_id, person_id=by.person_id, now=now)
    if draft.person_id != by.person_id:
        raise DraftNotFound(draft_id=draft.id)
    return draft


def add_matter(session: Session, draft_id: int, *, by: Actor, now: datetime) -> Draft:
    """One more matter of the same call: caller and place are kept.  Raises DraftNotFound.  Announces DraftOpened."""
    first = locked_draft(session, draft_id, by)
    last = first.matter_no
    if first.call_id is not None:
        last = session.scalar(select(func.max(Draft.matter_no)).where(Draft.call_id == first.call_id)) or last
    kept = {name: first.form[name] for name in _KEPT_FOR_NEXT if name in first.form}
    return _add_draft(session, call_id=first.call_id, person_id=by.person_id, matter_no=last + 1, form=kept, now=now)


_KEPT_FOR_NEXT = (
    "place_id", "place_text", "caller_name", "caller_salutation", "caller_kind", "company_name", "phone",
    "is_anonymous", "contact_time", "reply_way",
)  # fmt: skip


def _add_draft(
    session: Session, *, call_id: int | None, person_id: int | None, matter_no: int, form: dict[str, Any], now: datetime
) -> Draft:
    draft = Draft(
        call_id=call_id,
        person_id=person_id,
        matter_no=matter_no,
        state=State.DRAFT,
        version=1,
        form=form,
        opened_at=now,
        saved_at=now,
    )
    session.add(draft)
    session.flush()
    announce(session, DraftOpened(draft.id, call_id, person_id))
    return draft


def locked_draft(session: Session, draft_id: int, by: Actor) -> Draft:
    """Own drafts, unowned ones, and for shift leaders every one.  Raises DraftNotFound."""
    draft = session.get(Draft, draft_id, with_for_update=True, populate_existing=True)
    is_own = draft is not None and draft.person_id in {by.person_id, None}
    if draft is None or not (is_own or by.may_act_as((Role.SHIFT_LEADER,))):
        raise DraftNotFound(draft_id=draft_id)
    return draft


def save_draft(session: Session, draft_id: int, form: TicketForm, *, version: int, by: Actor, now: datetime) -> Draft:
    """Keep what was typed so far.  Raises DraftNotFound, DraftClosed, VersionConflict with both texts."""
    draft = locked_draft(session, draft_id, by)
    _check_draft(draft, version, form)
    draft.form = typed_fields(form)
    draft.version += 1
    draft.saved_at = now
    draft.person_id = draft.person_id or by.person_id
    return draft


def typed_fields(form: TicketForm) -> dict[str, Any]:
    """Only what differs from an empty form, as JSON."""
    return form.model_dump(mode="json", exclude_defaults=True)


def _check_draft(draft: Draft, version: int | None, form: TicketForm | None) -> None:
    if draft.state is not State.DRAFT:
        raise DraftClosed(state=draft.state.name_zh)
    if version is not None and version != draft.version:
        yours = typed_fields(form) if form else {}
        raise VersionConflict(name="草稿", version=draft.version, current=draft.form, yours=yours)


def discard_draft(session: Session, draft_id: int, *, reason: VoidReason, by: Actor, now: datetime) -> Draft:
    """No matter at all.  Raises DraftNotFound, DraftClosed, RoleRefused."""
    draft = locked_draft(session, draft_id, by)
    _check_draft(draft, None, None)
    _check_role(Action.DISCARD, by)
    draft.state = State.VOID
    draft.void_reason = reason
    draft.form = {}  # no place for personal data once there is no matter
    drop_of_draft(session, draft.id)
    draft.saved_at = now
    return draft


def register_draft(
    session: Session,
    draft_id: int,
    *,
    form: TicketForm | None,
    version: int | None,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    source: Source | None = None,
) -> Ticket:
    """Make the draft a ticket; registering it again gives the same ticket.

    `form` None takes what was saved; `source` None is the telephone for a call's draft, else the web.
    Raises what register_ticket raises, DraftNotFound, DraftClosed, VersionConflict.
    """
    draft = locked_draft(session, draft_id, by)
    if draft.ticket_id is not None:
        return session.get_one(Ticket, draft.ticket_id)
    _check_draft(draft, version, form)
    form = form or TicketForm.model_validate(draft.form, strict=False)
    source = source or (Source.PHONE if draft.call_id is not None else Source.WEB)
    ticket = register_ticket(
        session,
        form,
        source=source,
        call_id=draft.call_id,
        is_asked=by.person_id is not None,
        by=by,
        office=office,
        now=now,
    )
    draft.state = State.REGISTERED
    draft.ticket_id = ticket.id
    move_to_ticket(session, draft.id, ticket.id)
    draft.form = {}  # the words stand on the ticket now; a draft is no second place for personal data
    draft.version += 1
    draft.saved_at = now
    return ticket


def _check_role(action: Action, by: Actor) -> None:
    if not by.may_act_as(TABLE[State.DRAFT, action].roles):
        raise RoleRefused(action=action.name_zh)


def register_ticket(
    session: Session,
    form: TicketForm,
    *,
    source: Source,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    call_id: int | None = None,
    is_asked: bool = False,
) -> Ticket:
    """Give a citizen's matter its number; the citizen clock starts now and never starts again.

    `is_asked`: an agent had the questions of the topic in sight.
    Raises Invalid with every fault, RoleRefused, TopicNotFound, PlaceNotFound, UnitNotFound.
    Announces TicketRegistered.
    """
    _check_role(Action.REGISTER, by)
    refuse_faults([*ticket_faults(form), *_faulty_points(session, form, is_asked=is_asked)])
    topic, place, line = topic_place_and_line(session, form.topic_id, form.place_id, now=now)
    if form.accused_unit_id is not None:
        unit_by_id(session, form.accused_unit_id)
    ticket = _ticket_of(form, place, source=source, call_id=call_id, by=by, now=now)
    ticket.limit_class, ticket.urgency = class_and_urgency(line, topic, form.urgency)
    ticket.phone_hash = phone_hash(ticket.phone, office.phone_key) if ticket.phone else ""
    _start_clocks(ticket, load_clocks(session, office.profile, Step.RESULT, Step.DISPATCH), now)
    ticket.number = take_number(session, now)
    session.add(ticket)
    session.flush()
    # what was read is shown, but need not be looked through when the ticket is written
    set_committed_value(ticket, "topic", topic)
    set_committed_value(ticket, "place", place)
    set_committed_value(ticket, "unit", None)
    told = {"source": source.value, "call_id": call_id, "no_place_reason": form.no_place_reason}
    write_history(session, ticket, Action.REGISTER, before=State.DRAFT, by=by, now=now, particulars=told)
    if ticket.urgency is not form.urgency:
        tell_raised(session, ticket, now=now)
    announce(session, TicketRegistered(ticket.id))
    return ticket


def _faulty_points(session: Session, form: TicketForm, *, is_asked: bool) -> list[FaultLine]:
    """Nothing is missing of a form that nobody asked by.  Raises TopicNotFound."""
    asked = questions_of(session, form.topic_id) if is_asked or form.points else ()
    return [*point_faults(form.points, asked, "form"), *missing_points(form.points, asked if is_asked else (), "form")]


def _ticket_of(
    form: TicketForm,
    place: Place | None,
    *,
    source: Source,
    call_id: int | None,
    by: Actor,
    now: datetime,
) -> Ticket:
    place_name = form.place_text or (place.full_name if place else "地点不详")
    return Ticket(
        version=1,
        state=State.REGISTERED,
        type=form.type,
        secrecy=form.secrecy_or_preset,
        source=source,
        outside_number=form.outside_number,
        title=form.titled(place_name),
        text=form.text,
        topic_id=form.topic_id,
        place_id=form.place_id,
        place_text=form.place_text,
        accused=form.accused,
        accused_unit_id=form.accused_unit_id,
        happened_text=form.happened_text,
        points=kept_points(form.points),
        people_count=form.people_count,
        representative=form.representative,
        **_caller_of(form),
        call_id=call_id,
        registered_by_id=by.person_id,
        registered_at=now,
        changed_at=now,
    )


def _caller_of(form: TicketForm) -> dict[str, Any]:
    return {
        "caller_name": "" if form.is_anonymous else form.caller_name,
        "caller_salutation": form.caller_salutation,
        "caller_kind": form.caller_kind,
        "company_name": form.company_name,
        "phone": form.plain_phone,
        "phone_kind": phone_kind(form.plain_phone) if form.phone else PhoneKind.NONE,
        "contact_time": form.contact_time,
        "reply_way": form.reply_way,
    }


def _start_clocks(ticket: Ticket, clocks: Clocks, now: datetime) -> None:
    """The citizen clock, and the limit of the next step: dispatch."""
    due = citizen_due(ticket, clocks, now)
    ticket.citizen_due_at, ticket.citizen_due_why = due.at, due.why
    step = clocks.due(Step.DISPATCH, now, what="派单", urgency=ticket.urgency, limit_class=ticket.limit_class)
    begin_step(ticket, step, began_at=now)
    wait_for_year(ticket, due)
