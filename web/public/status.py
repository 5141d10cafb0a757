"""The citizen's status page: number and phone tail open who holds it, until when and why, and who looked at it."""

from datetime import timedelta

from aiohttp import web as http

from core.calendar import SHANGHAI
from core.errors import HotlineError
from core.masking import plain_number
from tickets.actions.lookup import open_by_number
from tickets.errors import LookupWrong
from tickets.numbers import BadNumber, MisheardNumber, parse_number
from tickets.queries.citizen import CitizenPage, citizen_page, read_status_token, status_token
from tickets.settings import TicketOffice
from web.api.request import SERVICES, Services
from web.public.forms import address_of, address_with, read_form, refused, render

OPEN_FOR = timedelta(minutes=30)


def add_status_pages(app: http.Application) -> None:
    """Put the pages on the application; the templates are set up already."""
    app.router.add_get("/t", ask_for_number)
    app.router.add_post("/t", open_with_number)
    app.router.add_get("/t/{signed}", show_status)


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
    services = raw.app[SERVICES]
    now = services.clock.now()
    try:
        key = _office(services).phone_key
        ticket_id = read_status_token(raw.match_info["signed"], now=now, key=key)
        page: CitizenPage = await services.database.read(citizen_page, ticket_id)
    except HotlineError as error:
        return refused(raw, error, title="现在不能查询", back="/t", back_words="重新查询")
    return render("status.html", raw, {"page": page, "shanghai": SHANGHAI})


def _office(services: Services) -> TicketOffice:
    return services.service(TicketOffice)
