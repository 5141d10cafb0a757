"""The citizen's status page: number and phone tail open who holds it, until when and why, and who looked at it.

From there haste is asked for, and words and photos are added.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web as http

from core.calendar import SHANGHAI, moment_words
from core.errors import HotlineError, Invalid
from core.masking import plain_number
from evaluation.queries import Asking, asking
from tickets.actions.by_citizen import ADDED_MOST, MayAct, add_by_citizen, deny_contact, may_act, urge_by_citizen
from tickets.actions.lookup import open_by_number
from tickets.errors import LookupWrong
from tickets.numbers import BadNumber, MisheardNumber, parse_number
from tickets.queries.citizen import CitizenPage, citizen_page, read_status_token, status_token
from tickets.settings import TicketOffice
from web.api.problems import answer_to
from web.api.request import SERVICES, Services
from web.public.forms import address_of, address_with, read_form, refused, render
from web.public.sent_in import judged, sent_in

OPEN_FOR = timedelta(minutes=30)


def add_status_pages(app: http.Application) -> None:
    """Put the pages on the application; the templates are set up already."""
    app.router.add_get("/t", ask_for_number)
    app.router.add_post("/t", open_with_number)
    app.router.add_get("/t/{signed}", show_status)
    app.router.add_post("/t/{signed}/urge", urge)
    app.router.add_post("/t/{signed}/add", add)
    app.router.add_post("/t/{signed}/deny-contact", deny)


async def ask_for_number(raw: http.Request) -> http.StreamResponse:
    """The first page: ticket number and the last four digits of the phone."""
    return render("lookup.html", raw, {"fault": None, "number": ""})


async def open_with_number(raw: http.Request) -> http.StreamResponse:
    """Right: on to the page for half an hour.  Wrong: the same words whatever was wrong, and what was typed stays."""
    services = raw.app[SERVICES]
    form = await read_form(raw)
    typed, phone_tail = form.get("number", "")[:40], plain_number(form.get("tail", ""))
    try:
        number = parse_number(typed)
    except (BadNumber, MisheardNumber) as fault:
        return render("lookup.html", raw, {"fault": str(fault), "number": typed}, status=422)
    now = services.clock.now()
    opened = await services.database.write(open_by_number, number, phone_tail, address=address_of(raw), now=now)
    if opened is None:
        return render("lookup.html", raw, {"fault": str(LookupWrong()), "number": typed}, status=403)
    token = status_token(opened, expires_at=now + OPEN_FOR, key=_office(services).phone_key)
    raise http.HTTPSeeOther(address_with(raw, f"/t/{token}"))


async def show_status(raw: http.Request) -> http.StreamResponse:
    """Where it stands now; opened again it is read again."""
    return await _show(raw, Said())


async def urge(raw: http.Request) -> http.StreamResponse:
    """Ask for haste, once a day."""
    services = raw.app[SERVICES]
    form = await read_form(raw)
    text = form.get("text", "")
    try:
        await services.database.write(urge_by_citizen, _opened(raw), text=text, now=services.clock.now())
    except HotlineError as error:
        return await _show(raw, Said([str(error)], "", answer_to(error).status))
    raise http.HTTPSeeOther(address_with(raw, f"/t/{raw.match_info['signed']}"))


async def deny(raw: http.Request) -> http.StreamResponse:
    """没人联系我: say that the contact which the answer claims was never made."""
    services = raw.app[SERVICES]
    await read_form(raw)
    try:
        await services.database.write(deny_contact, _opened(raw), now=services.clock.now())
    except HotlineError as error:
        return await _show(raw, Said([str(error)], "", answer_to(error).status))
    raise http.HTTPSeeOther(address_with(raw, f"/t/{raw.match_info['signed']}"))


async def add(raw: http.Request) -> http.StreamResponse:
    """Add words and photos; what is refused is said, and what was typed stays."""
    services = raw.app[SERVICES]
    async with sent_in(raw) as sent:
        text = sent.fields.get("text", "")
        said = Said(typed=text)
        try:
            ticket_id = _opened(raw)
            pictures = await judged(services, sent)
            if text or pictures or not sent.refusals:
                now = services.clock.now()
                await services.database.write(add_by_citizen, ticket_id, text=text, pictures=pictures, now=now)
                said.typed = ""
        except HotlineError as error:
            said.add(error)
        for refusal in sent.refusals:
            said.add(refusal)
    if said.sentences:
        return await _show(raw, said)
    raise http.HTTPSeeOther(address_with(raw, f"/t/{raw.match_info['signed']}"))


@dataclass
class Said:
    """What the page answers to an act that was not done whole."""

    sentences: list[str] = field(default_factory=list)
    typed: str = ""
    status: int = 200

    def add(self, error: HotlineError) -> None:
        words = [fault[2] for fault in error.faults] if isinstance(error, Invalid) and error.faults else [str(error)]
        self.sentences += [sentence for sentence in words if sentence not in self.sentences]
        self.status = max(self.status, answer_to(error).status)


def _opened(raw: http.Request) -> int:
    """The ticket that the address opens.  Raises LinkForged, LinkStale."""
    services = raw.app[SERVICES]
    return read_status_token(raw.match_info["signed"], now=services.clock.now(), key=_office(services).phone_key)


async def _show(raw: http.Request, said: Said) -> http.StreamResponse:
    services = raw.app[SERVICES]
    now = services.clock.now()
    try:
        ticket_id = _opened(raw)
        page: CitizenPage = await services.database.read(citizen_page, ticket_id)
        acts: MayAct = await services.database.read(may_act, ticket_id, now=now)
        asked: Asking = await services.database.read(asking, ticket_id, now=now)
    except HotlineError as error:
        return refused(raw, error, title="现在不能查询", back="/t", back_words="重新查询")
    context = {
        "page": page, "asked": asked, "shanghai": SHANGHAI, "acts": acts, "moment_words": moment_words,
        "sentences": said.sentences, "typed": said.typed, "most": ADDED_MOST, "at": raw.match_info["signed"],
    }  # fmt: skip
    return render("status.html", raw, context, status=said.status)


def _office(services: Services) -> TicketOffice:
    return services.service(TicketOffice)
