"""Every resource of the API and every public page, in one list."""

from aiohttp import web as http

from web import (
    bulk,
    bulletins,
    calls,
    catalogue,
    catalogue_imports,
    completions,
    contacts,
    desk,
    dial_in,
    dispatch,
    dispatch_sent,
    disputes,
    drafts,
    duty,
    exports,
    incidents,
    indicators,
    ledger,
    list_exports,
    log_in_codes,
    mails,
    merging,
    notices,
    objections,
    oversight,
    photos,
    platforms,
    printing,
    ratings,
    reply_drafts,
    return_bases,
    rulings,
    satisfaction,
    saved_views,
    seats,
    session,
    similar,
    sms_messages,
    sms_webhooks,
    ticket_acts,
    ticket_privacy,
    ticket_sharing,
    tickets,
    timeline,
    unit_figures,
    units,
    visits,
    withdrawing,
    wordings,
    work_hours,
)
from web.public.forms import set_up_templates
from web.public.intake import add_intake_pages
from web.public.materials import add_material_pages
from web.public.rating import add_rating_pages
from web.public.status import add_status_pages

#: In the order of a matter's way: who works, the call, the ticket, the rating, the figures.
APIS = (
    session.api,
    log_in_codes.api,
    seats.api,
    calls.api,
    contacts.api,
    dial_in.api,
    desk.api,
    drafts.api,
    catalogue.api,
    catalogue_imports.api,
    units.api,
    tickets.api,
    ticket_privacy.api,
    timeline.api,
    photos.api,
    printing.api,
    exports.api,
    list_exports.api,
    saved_views.api,
    wordings.api,
    ticket_acts.api,
    reply_drafts.api,
    visits.api,
    ticket_sharing.api,
    merging.api,
    bulk.api,
    dispatch_sent.api,
    dispatch.api,
    completions.api,
    withdrawing.api,
    similar.api,
    rulings.api,
    return_bases.api,
    disputes.api,
    incidents.api,
    bulletins.api,
    oversight.api,
    duty.api,
    work_hours.api,
    notices.api,
    platforms.api,
    ratings.api,
    sms_messages.api,
    mails.api,
    sms_webhooks.api,
    satisfaction.api,
    indicators.api,
    unit_figures.api,
    objections.api,
    ledger.api,
)


def add_public_pages(app: http.Application) -> None:
    """Citizens' pages, rendered here, without JavaScript."""
    set_up_templates(app)
    add_rating_pages(app)
    add_status_pages(app)
    add_intake_pages(app)
    add_material_pages(app)
