"""Writes of platforms: adding one, taking its matters over, and noting what it was told."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tickets.actions.notes import supplement_ticket, urge_ticket
from tickets.actions.registration import register_ticket
from tickets.forms import TicketForm
from tickets.hearing import heard
from tickets.kinds import Source
from tickets.model import Ticket
from tickets.platforms.errors import PlatformExists
from tickets.platforms.model import Platform, PlatformTicket, PlatformWord
from tickets.platforms.queries import matter_of, platform_by_code, told_of
from tickets.platforms.rules import Told
from tickets.queries.placing import placed
from tickets.settings import TicketOffice


def add_platform(session: Session, *, code: str, name: str, write_back_url: str, now: datetime) -> Platform:
    """Raises PlatformExists."""
    if session.scalar(select(Platform.id).where(Platform.code == code)) is not None:
        raise PlatformExists(platform=code)
    platform = Platform(code=code, name=name, write_back_url=write_back_url, key_no=1, is_active=True, added_at=now)
    session.add(platform)
    session.flush()
    return platform


def renew_key(session: Session, code: str) -> Platform:
    """From now on only the next key opens; the old one is worth nothing.  Raises PlatformNotFound."""
    platform = platform_by_code(session, code)
    platform.key_no += 1
    return platform


def stop_platform(session: Session, code: str) -> Platform:
    """It hands nothing over any longer, and is told nothing.  Raises PlatformNotFound."""
    platform = platform_by_code(session, code)
    platform.is_active = False
    return platform


def take_matter(
    session: Session, platform_id: int, outside_number: str, form: TicketForm, *, office: TicketOffice, now: datetime
) -> Told:
    """Register a platform's matter; by the same number again it is the same ticket.

    Raises what register_ticket raises.  Announces TicketRegistered.
    """
    platform = session.get_one(Platform, platform_id, with_for_update=True)
    known = session.scalar(
        select(PlatformTicket).where(
            PlatformTicket.platform_id == platform_id, PlatformTicket.outside_number == outside_number
        )
    )
    if known is None:
        form = placed(session, heard(form.model_copy(update={"outside_number": outside_number})))
        by = _citizen_of(platform)
        ticket = register_ticket(session, form, source=Source.PLATFORM, by=by, office=office, now=now)
        known = PlatformTicket(
            platform_id=platform_id,
            outside_number=outside_number,
            ticket_id=ticket.id,
            taken_at=now,
            told_version=ticket.version,
            told_at=now,
            failure="",
        )
        session.add(known)
        session.flush()
    return told_of(session, known)


def add_words(
    session: Session, platform_id: int, outside_number: str, *, outside_id: str, text: str, now: datetime
) -> Told:
    """What the citizen adds over there.  Raises OutsideNumberUnknown, MoveRefused."""

    def add(ticket_id: int, by: Actor) -> Ticket:
        return supplement_ticket(session, ticket_id, text=text, by=by, now=now)

    return _once(session, platform_id, outside_number, outside_id, add, now)


def urge(session: Session, platform_id: int, outside_number: str, *, outside_id: str, text: str, now: datetime) -> Told:
    """The citizen asks for haste over there.  Raises OutsideNumberUnknown, MoveRefused.  Announces TicketUrged."""

    def press(ticket_id: int, by: Actor) -> Ticket:
        return urge_ticket(session, ticket_id, reason=text, by=by, now=now)

    return _once(session, platform_id, outside_number, outside_id, press, now)


def _once(
    session: Session,
    platform_id: int,
    outside_number: str,
    outside_id: str,
    act: Callable[[int, Actor], Ticket],
    now: datetime,
) -> Told:
    """Platforms send again what they got no answer to: the same id changes nothing."""
    platform = session.get_one(Platform, platform_id, with_for_update=True)
    matter = matter_of(session, platform_id, outside_number)
    was_said = select(PlatformWord.id).where(
        PlatformWord.platform_ticket_id == matter.id, PlatformWord.outside_id == outside_id
    )
    if session.scalar(was_said) is None:
        act(matter.ticket_id, _citizen_of(platform))
        session.add(PlatformWord(platform_ticket_id=matter.id, outside_id=outside_id, said_at=now))
        session.flush()
    return told_of(session, matter)


def _citizen_of(platform: Platform) -> Actor:
    """A citizen who speaks through the platform: its name stands in the history."""
    return Actor(None, platform.name, platform.code, frozenset({Role.CITIZEN}), None)


def note_told(session: Session, ticket_id: int, *, version: int, now: datetime, failure: str = "") -> None:
    """The platform has a version, or has refused it."""
    matter = session.scalars(select(PlatformTicket).where(PlatformTicket.ticket_id == ticket_id)).one()
    matter.told_version = max(matter.told_version, version)
    matter.told_at, matter.failure = now, failure[:200]
