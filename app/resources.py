"""Every resource of the API and every public page, in one list."""

from aiohttp import web as http

from web import indicators, ledger, ratings, satisfaction, session, sms_messages, sms_webhooks
from web.public.rating import add_rating_pages

APIS = (
    session.api,
    ratings.api,
    sms_messages.api,
    satisfaction.api,
    indicators.api,
    ledger.api,
    sms_webhooks.api,
)


def add_public_pages(app: http.Application) -> None:
    """Citizens' pages, rendered here, without JavaScript."""
    add_rating_pages(app)
