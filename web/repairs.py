"""差评整改: repairs as supervisors watch them and as their unit works on them."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from evaluation.repairs.actions import appealing, contacting, mending
from evaluation.repairs.forms import AppealForm, BookForm, ContactForm, DecisionForm, TryForm, WordsForm
from evaluation.repairs.model import Repair
from evaluation.repairs.queries import Narrowed, RepairHead, repair_by_number, repair_head, repairs_of, repairs_page
from evaluation.repairs.rules import DECIDERS, MENDERS, Ground, Lane
from staff.rules import Role
from tickets.numbers import parse_number
from tickets.queries.access import sees_own_unit_only, ticket_by_number
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Body, Query, Request, RowId
from web.repair_views import Reader, RepairHeadView, RepairPage, RepairRow, RepairView, repair_rows, shown_repair
from web.ticket_rows import TicketNumber

api = Api()
#: who watches over repairs; auditors do not read a rating before they have decided the matter's class
WATCHERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ESCALATION, Role.SHIFT_LEADER, Role.CALLBACK)
READERS = (*WATCHERS, Role.UNIT_OFFICER)
ALSO = (404, 409)
Version = Field(None, ge=1)


def _repair_number(text: str) -> str:
    """261013000012-Z1, with blanks and full-width digits as people copy them."""
    ticket, mark, n = text.strip().upper().replace("－", "-").partition("-Z")
    if not mark or not (n.isascii() and n.isdecimal() and len(n) <= 3):
        raise ValueError("整改单编号应为工单编号加 -Z 和序号")
    return f"{parse_number(ticket)}-Z{int(n)}"


RepairNumber = Annotated[str, Field(max_length=40), AfterValidator(_repair_number)]


class RepairsQuery(Query):
    """Which lane; narrowed by unit, level, ground of an appeal, and words of number or title."""

    lane: Lane | None = None
    unit_id: RowId | None = None
    level: int | None = Field(None, ge=1, le=2)
    ground: Ground | None = None
    q: str = Field("", max_length=60)
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)

    def narrowed(self, unit_ids: tuple[int, ...] | None = None) -> Narrowed:
        units = unit_ids or (None if self.unit_id is None else (self.unit_id,))
        return Narrowed(self.lane, units, self.level, self.ground, self.q)


def _own_units(request: Request) -> tuple[int, ...] | None:
    """A unit's officer reads the own unit's repairs only; None: all of them."""
    return (request.actor.unit_id or 0,) if sees_own_unit_only(request.actor) else None


@api.get("/repairs", role=READERS)
async def list_repairs(request: Request, query: RepairsQuery) -> RepairPage:
    """List repairs, the oldest first; a unit's officer reads the own unit's."""
    wanted = query.narrowed(_own_units(request))
    view = partial(repair_rows, now=request.now, limit=query.limit)
    found: RepairPage = await request.read(
        repairs_page, wanted, by=request.actor, now=request.now, after=query.after or 0, limit=query.limit, view=view
    )
    return found


@api.get("/repairs/head", role=READERS)
async def show_repair_head(request: Request, query: RepairsQuery) -> RepairHeadView:
    """Count what each lane holds of what the other filters leave."""

    def view(head: RepairHead) -> RepairHeadView:
        return RepairHeadView(lanes=head.lanes)

    wanted = query.narrowed(_own_units(request))
    shown: RepairHeadView = await request.read(repair_head, wanted, by=request.actor, now=request.now, view=view)
    return shown


@api.get("/repairs/{number}", role=READERS, also=(404,))
async def show_repair(request: Request, number: RepairNumber) -> RepairView:
    """Show one repair with its history, its evidence and what may be done now."""
    reader = Reader(request.actor, request.now)

    def read(session: Session) -> RepairView:
        return shown_repair(session, repair_by_number(session, number, reader.by), reader)

    return await request.read(read)


@api.get("/tickets/{number}/repairs", role=ANYONE)
async def list_ticket_repairs(request: Request, number: TicketNumber) -> list[RepairRow]:
    """List a ticket's repairs, oldest first; of a unit only its own, and to nobody else than who watches over them."""
    by = request.actor

    def read(session: Session) -> list[RepairRow]:
        ticket = ticket_by_number(session, number, by)
        if not by.may_act_as(READERS):
            return []
        found = repairs_of(session, ticket.id)
        own = _own_units(request)
        return [RepairRow.of(repair, request.now) for repair in found if own is None or repair.unit_id in own]

    return await request.read(read)


async def _act(request: Request, action: Callable[..., Repair], number: str, *args: Any, **kwargs: Any) -> RepairView:
    """Do it and show what there is now, in one transaction."""
    reader = Reader(request.actor, request.now)

    def act_and_show(session: Session) -> RepairView:
        action(session, number, *args, by=reader.by, now=reader.now, **kwargs)
        session.flush()
        return shown_repair(session, repair_by_number(session, number, reader.by), reader)

    return await request.write(act_and_show)


class NoteContact(Body):
    form: ContactForm
    version: int | None = Version


class NoteTry(Body):
    form: TryForm
    version: int | None = Version


class GiveUp(Body):
    version: int | None = Version


class SayWords(Body):
    form: WordsForm
    version: int | None = Version


class Book(Body):
    form: BookForm
    version: int | None = Version


class Appeal(Body):
    form: AppealForm
    version: int | None = Version


class Decide(Body):
    form: DecisionForm
    version: int | None = Version


@api.post("/repairs/{number}/contact", role=MENDERS, also=ALSO)
async def note_contact(request: Request, number: RepairNumber, body: NoteContact) -> RepairView:
    """Write down that the citizen was spoken with; the hotline's own records bear it out or not."""
    return await _act(request, contacting.note_contact, number, body.form, version=body.version)


@api.post("/repairs/{number}/try", role=MENDERS, also=ALSO)
async def note_try(request: Request, number: RepairNumber, body: NoteTry) -> RepairView:
    """Write down a try that reached nobody."""
    profile = request.service(TicketOffice).profile
    return await _act(request, contacting.note_try, number, body.form, profile=profile, version=body.version)


@api.post("/repairs/{number}/give-up", role=MENDERS, also=ALSO)
async def give_up(request: Request, number: RepairNumber, body: GiveUp) -> RepairView:
    """Let three dated tries stand for the contact."""
    return await _act(request, contacting.give_up_contact, number, version=body.version)


@api.post("/repairs/{number}/fix", role=MENDERS, also=ALSO)
async def fix(request: Request, number: RepairNumber, body: SayWords) -> RepairView:
    """立行立改: say what is being done at once."""
    return await _act(request, mending.fix_at_once, number, body.form, version=body.version)


@api.post("/repairs/{number}/book", role=MENDERS, also=ALSO)
async def book(request: Request, number: RepairNumber, body: Book) -> RepairView:
    """建账限期整改: say what will be done, and by which day; the city's limit stays."""
    return await _act(request, mending.book_fix, number, body.form, version=body.version)


@api.post("/repairs/{number}/explain", role=MENDERS, also=ALSO)
async def explain(request: Request, number: RepairNumber, body: SayWords) -> RepairView:
    """解释说明: say why nothing can be mended; the citizen is asked again."""
    return await _act(request, mending.explain_repair, number, body.form, version=body.version)


@api.post("/repairs/{number}/complete", role=MENDERS, also=ALSO)
async def complete(request: Request, number: RepairNumber, body: SayWords) -> RepairView:
    """整改完成: say what was done; the citizen is asked again."""
    return await _act(request, mending.complete_repair, number, body.form, version=body.version)


@api.post("/repairs/{number}/appeal", role=MENDERS, also=ALSO)
async def appeal(request: Request, number: RepairNumber, body: Appeal) -> RepairView:
    """申诉: say on which ground the rating is not to be held against the unit."""
    return await _act(request, appealing.appeal_rating, number, body.form, version=body.version)


@api.post("/repairs/{number}/uphold", role=DECIDERS, also=ALSO)
async def uphold(request: Request, number: RepairNumber, body: Decide) -> RepairView:
    """Uphold an appeal; the rating stays, the ruling stands beside it."""
    return await _act(request, appealing.uphold_appeal, number, body.form, version=body.version)


@api.post("/repairs/{number}/refuse", role=DECIDERS, also=ALSO)
async def refuse(request: Request, number: RepairNumber, body: Decide) -> RepairView:
    """Refuse an appeal; the unit does something about it after all."""
    return await _act(request, appealing.refuse_appeal, number, body.form, version=body.version)
