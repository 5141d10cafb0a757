"""Every live thing: who may watch it, how it is read, and which events change it."""

from web import (
    bulletins,
    calls,
    catalogue_imports,
    contacts,
    incidents,
    mails,
    notices,
    objections,
    photos,
    seats,
    sms_messages,
    ticket_topics,
)
from web.live import Topic

TOPICS: tuple[Topic, ...] = (
    *calls.TOPICS,
    *contacts.TOPICS,
    *seats.TOPICS,
    *ticket_topics.TOPICS,
    *photos.TOPICS,
    *sms_messages.TOPICS,
    *notices.TOPICS,
    *objections.TOPICS,
    *mails.TOPICS,
    *bulletins.TOPICS,
    *incidents.TOPICS,
    *catalogue_imports.TOPICS,
)
