"""Every resource of the API and every public page, in one list."""

from aiohttp import web as http

from web import (
    act_drafts,
    bulk,
    bulletins,
    calls,
    catalogue,
    catalogue_imports,
    completions,
    contacts,
    counter_windows,
    counters,
    decisions,
    desk,
    device,
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
    matter_classes,
    merging,
    notices,
    objections,
    oversight,
    own_keys,
    photos,
    platforms,
    printing,
    publications,
    ratings,
    reply_drafts,
    return_bases,
    rulings,
    satisfaction,
    satisfaction_beside,
    satisfaction_export,
    saved_views,
    seats,
    session,
    similar,
    sms_costs,
    sms_messages,
    sms_pushes,
    sms_templates,
    sms_webhooks,
    soon,
    ticket_acts,
    ticket_privacy,
    ticket_sharing,
    tickets,
    timeline,
    told_exports,
    unit_figures,
    units,
    visits,
    waiting_exports,
    withdrawing,
    wordings,
    work_hours,
)
from web.public.counter import add_counter_pages
from web.public.device import add_device_page
from web.public.forms import set_up_templates
from web.public.intake import add_intake_pages
from web.public.materials import add_material_pages
from web.public.openness import add_open_pages
from web.public.rating import add_rating_pages
from web.public.receipts import add_receipt_pages
from web.public.status import add_status_pages

#: In the order of a matter's way: who works, the call, the ticket, the rating, the figures.
APIS = (
    session.api,
    soon.api,
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
    own_keys.api,
    wordings.api,
    ticket_acts.api,
    reply_drafts.api,
    act_drafts.api,
    visits.api,
    ticket_sharing.api,
    merging.api,
    bulk.api,
    dispatch_sent.api,
    dispatch.api,
    completions.api,
    decisions.api,
    withdrawing.api,
    similar.api,
    rulings.api,
    return_bases.api,
    disputes.api,
    told_exports.api,
    waiting_exports.api,
    incidents.api,
    bulletins.api,
    oversight.api,
    duty.api,
    work_hours.api,
    notices.api,
    platforms.api,
    counters.api,
    counter_windows.api,
    device.api,
    ratings.api,
    matter_classes.api,
    sms_messages.api,
    sms_costs.api,
    sms_templates.api,
    mails.api,
    sms_webhooks.api,
    sms_pushes.api,
    satisfaction.api,
    satisfaction_beside.api,
    satisfaction_export.api,
    indicators.api,
    unit_figures.api,
    publications.api,
    objections.api,
    ledger.api,
)


def add_public_pages(app: http.Application) -> None:
    """Citizens' pages, rendered here, without JavaScript."""
    set_up_templates(app)
    add_rating_pages(app)
    add_counter_pages(app)
    add_device_page(app)
    add_receipt_pages(app)
    add_status_pages(app)
    add_intake_pages(app)
    add_material_pages(app)
    add_open_pages(app)
