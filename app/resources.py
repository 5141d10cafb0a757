"""Every resource of the API and every public page, in one list."""

from aiohttp import web as http

from web import (
    calls,
    catalogue,
    catalogue_imports,
    desk,
    dispatch,
    disputes,
    drafts,
    duty,
    indicators,
    ledger,
    notices,
    ratings,
    satisfaction,
    seats,
    session,
    sms_messages,
    sms_webhooks,
    ticket_acts,
    tickets,
    units,
)
from web.public.rating import add_rating_pages

#: In the order of a matter's way: who works, the call, the ticket, the rating, the figures.
APIS = (
    session.api,
    seats.api,
    calls.api,
    desk.api,
    drafts.api,
    catalogue.api,
    catalogue_imports.api,
    units.api,
    tickets.api,
    ticket_acts.api,
    dispatch.api,
    disputes.api,
    duty.api,
    notices.api,
    ratings.api,
    sms_messages.api,
    sms_webhooks.api,
    satisfaction.api,
    indicators.api,
    ledger.api,
)


def add_public_pages(app: http.Application) -> None:
    """Citizens' pages, rendered here, without JavaScript."""
    add_rating_pages(app)
