"""Material codes: an agent sends one, the end of the phone number opens it; time, use or guessing closes it."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from core.codes import draw_code
from core.masking import is_mobile, plain_number, tail
from core.secrets import tail_hash
from sms.actions.queueing import queue_message
from sms.model import Message
from sms.office import SmsOffice
from sms.templates import MATERIAL
from staff.rules import CITIZEN, SYSTEM, Actor
from telephony.model import Call
from tickets.actions.lookup import is_guessing, note_wrong
from tickets.actions.registration import locked_draft
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.intake.errors import CodeWrong, NoMobile, TooManyCodes
from tickets.intake.model import MaterialCode
from tickets.intake.settings import IntakeSettings
from tickets.model import Draft, Ticket
from tickets.photos.actions import put_to_draft, put_to_ticket
from tickets.photos.errors import NothingMoreTaken
from tickets.photos.model import Photo
from tickets.photos.queries import count_photos, photos_where
from tickets.photos.rules import Origin, Picture, fresh
from tickets.rules import OPEN_STATES, State

TRIES = 5
DAY = timedelta(days=1)
ASK = "ask_material"


def send_for_draft(
    session: Session,
    draft_id: int,
    *,
    by: Actor,
    office: SmsOffice,
    limits: IntakeSettings,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> MaterialCode:
    """To the phone on the form, else the caller's.  Raises DraftNotFound, NothingMoreTaken, NoMobile, TooManyCodes."""
    draft = locked_draft(session, draft_id, by)
    if draft.state is not State.DRAFT:
        raise NothingMoreTaken
    call = session.get(Call, draft.call_id) if draft.call_id is not None else None
    phone = str(draft.form.get("phone") or (call.caller if call is not None else None) or "")
    of = MaterialCode.draft_id == draft.id
    made = _made(session, phone, of=of, by=by, office=office, limits=limits, now=now, choose=choose)
    made.draft_id = draft.id
    return made


def send_for_ticket(
    session: Session,
    key: TicketKey,
    *,
    by: Actor,
    office: SmsOffice,
    limits: IntakeSettings,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> MaterialCode:
    """To the ticket's phone, which whoever asks need not see.

    Raises TicketNotFound, NothingMoreTaken, NoMobile, TooManyCodes.
    """
    ticket = locked_ticket(session, key, by)
    if ticket.state not in OPEN_STATES:
        raise NothingMoreTaken
    of = _of_ticket(ticket.id)
    made = _made(session, ticket.phone, of=of, by=by, office=office, limits=limits, now=now, choose=choose)
    made.ticket_id = ticket.id
    ticket.version += 1
    ticket.changed_at = now
    write_history(session, ticket, ASK, before=ticket.state, by=by, now=now, is_internal=True)
    return made


def _made(
    session: Session,
    phone: str,
    *,
    of: ColumnElement[bool],
    by: Actor,
    office: SmsOffice,
    limits: IntakeSettings,
    now: datetime,
    choose: Callable[[str], str],
) -> MaterialCode:
    """A new code on its way; only the newest of a matter opens."""
    if not is_mobile(phone):
        raise NoMobile
    today = select(func.count()).select_from(MaterialCode).where(of, MaterialCode.made_at > now - DAY)
    if (session.scalar(today) or 0) >= limits.codes_per_matter:
        raise TooManyCodes(retry_after_s=int(DAY.total_seconds()))
    session.execute(update(MaterialCode).where(of, MaterialCode.closed_at.is_(None)).values(closed_at=now))
    code = _unused_code(session, choose)
    expires_at = now + timedelta(hours=limits.code_hours)
    message = queue_message(
        session, plain_number(phone), MATERIAL, {"code": code}, office=office, now=now, not_after=expires_at
    )
    made = MaterialCode(
        code=code,
        tail_hash=tail_hash(phone, office.phone_key),
        message_id=message.id,
        made_at=now,
        made_by=by.label,
        expires_at=expires_at,
    )
    session.add(made)
    session.flush()
    return made


def _unused_code(session: Session, choose: Callable[[str], str]) -> str:
    """Of 887 million some are taken."""
    while True:
        code = draw_code(choose)
        if session.scalar(select(MaterialCode.id).where(MaterialCode.code == code)) is None:
            return code


def open_by_code(
    session: Session, code: str, phone_tail: str, *, address: str, limits: IntakeSettings, key: bytes, now: datetime
) -> int | None:
    """The code's id, or None whatever was wrong.

    A write, and it does not raise: what was counted must be committed.
    """
    if is_guessing(session, address, now=now):
        return None
    found = select(MaterialCode).where(MaterialCode.code == code).with_for_update()
    asked = session.scalar(found.execution_options(populate_existing=True))
    if asked is None:
        note_wrong(session, code, address, now=now)
        return None
    typed = plain_number(phone_tail)
    fits = len(typed) == len(tail(typed)) and secrets.compare_digest(asked.tail_hash, tail_hash(typed, key))
    if asked.wrong_tails >= TRIES or not _opens(asked, now) or asked.uses >= limits.code_uses:
        return None
    if not fits:
        asked.wrong_tails += 1
        note_wrong(session, code, address, now=now)
        return None
    asked.uses += 1
    return asked.id


def _opens(asked: MaterialCode, now: datetime) -> bool:
    return asked.closed_at is None and now < asked.expires_at


def add_materials(session: Session, code_id: int, pictures: Sequence[Picture], *, most: int, now: datetime) -> int:
    """Photos to wherever the matter is by now, the draft or the ticket that it became; how many found no room.

    Raises CodeWrong, NothingMoreTaken.  Announces DraftPhotosChanged or TicketChanged.
    """
    asked = session.get_one(MaterialCode, code_id, with_for_update=True, populate_existing=True)
    if not _opens(asked, now):
        raise CodeWrong
    matter = _matter(session, asked)
    known = {photo.sha256 for photo in photos_where(session, Photo.material_id == asked.id)}
    new = fresh(pictures, known)
    room = max(0, most - len(known))
    if isinstance(matter, Draft):
        put = partial(put_to_draft, session, matter)
    else:
        put = partial(put_to_ticket, session, matter)
    if new[:room]:
        put(new[:room], origin=Origin.MATERIAL, by=CITIZEN, now=now, material_id=asked.id)
    return len(new[room:])


def _matter(session: Session, asked: MaterialCode) -> Draft | Ticket:
    """Locked.  Raises NothingMoreTaken for a draft that was discarded."""
    ticket_id = asked.ticket_id
    if asked.draft_id is not None:
        draft = session.get_one(Draft, asked.draft_id, with_for_update=True, populate_existing=True)
        if draft.ticket_id is None:
            return draft
        ticket_id = draft.ticket_id
    if ticket_id is None:
        raise NothingMoreTaken
    return locked_ticket(session, ticket_id, SYSTEM)


def photos_by(session: Session, code_id: int) -> int:
    """How many photos came by a code."""
    return count_photos(session, Photo.material_id == code_id)


def material_taken(session: Session, code_id: int, *, now: datetime) -> int:
    """How many photos a code has brought; it says nothing of the matter.  Raises CodeWrong once it is closed."""
    asked = session.get_one(MaterialCode, code_id)
    if not _opens(asked, now):
        raise CodeWrong
    return photos_by(session, code_id)


def codes_of_draft(session: Session, draft_id: int) -> Sequence[MaterialCode]:
    """Newest first."""
    return session.scalars(_newest(MaterialCode.draft_id == draft_id)).all()


def codes_of_ticket(session: Session, ticket_id: int) -> Sequence[MaterialCode]:
    """Newest first, those of the draft that it was included."""
    return session.scalars(_newest(_of_ticket(ticket_id))).all()


def messages_of_ticket(session: Session, ticket_id: int) -> Sequence[Message]:
    """The SMS that carried its codes."""
    sent = select(MaterialCode.message_id).where(_of_ticket(ticket_id))
    return session.scalars(select(Message).where(Message.id.in_(sent)).order_by(Message.id)).all()


def _of_ticket(ticket_id: int) -> ColumnElement[bool]:
    drafts = select(Draft.id).where(Draft.ticket_id == ticket_id)
    return or_(MaterialCode.ticket_id == ticket_id, MaterialCode.draft_id.in_(drafts))


def _newest(of: ColumnElement[bool]) -> Select[MaterialCode]:
    return select(MaterialCode).where(of).order_by(MaterialCode.id.desc())
