"""The thin typed layer over aiohttp: who, what, do, show."""

from core.bounds import Day, Moment, RowId
from web.api.access import ANYONE, PUBLIC
from web.api.request import SERVICES, Request, Services
from web.api.routes import Api
from web.api.shapes import Body, Count, Page, Query, View

__all__ = [
    "ANYONE",
    "PUBLIC",
    "SERVICES",
    "Api",
    "Body",
    "Count",
    "Day",
    "Moment",
    "Page",
    "Query",
    "Request",
    "RowId",
    "Services",
    "View",
]
