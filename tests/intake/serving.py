"""The citizen's pages over a small city, for tests: a client, and what it sends."""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import FormData
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from core.clock import Clock
from core.computer import Computer
from core.database import Database
from sms.office import SmsOffice
from tests.tickets.making import OFFICE
from tickets.intake.settings import IntakeSettings
from tickets.photos.settings import PhotoOffice, PhotoSettings
from tickets.settings import TicketOffice
from web.api import SERVICES, Services
from web.api.problems import problems
from web.photos import api
from web.public.forms import set_up_templates
from web.public.intake import add_intake_pages
from web.public.materials import add_material_pages
from web.public.status import add_status_pages
from web.security import protective_headers
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
TEXT = "南湖小區三號樓樓道堆放雜物😀，佔用消防通道，已經３天了。"
PHONE = "１９９00001234"
FILLED = {"text": TEXT, "place_text": "南湖小区３号楼", "type": "complaint", "phone": PHONE, "caller_name": "张三"}
MIB = 1 << 20


@asynccontextmanager
async def served(
    database: Database, clock: Clock, computer: Computer, folder: Path, sms: SmsOffice | None = None, **limits: int
) -> AsyncIterator[Client]:
    app = http.Application(middlewares=[problems], client_max_size=MIB)
    instances = {
        TicketOffice: OFFICE,
        IntakeSettings: IntakeSettings(**limits),
        PhotoOffice: PhotoOffice(PhotoSettings(file_mib=1, most_files=3, most_megapixels=4), folder),
        Computer: computer,
        SmsOffice: sms,
    }
    app[SERVICES] = Services(database.serving, clock, WebSettings(), instances)
    app.on_response_prepare.append(protective_headers(is_https=False))
    api.add_to(app)
    set_up_templates(app)
    add_intake_pages(app)
    add_material_pages(app)
    add_status_pages(app)
    async with TestClient(TestServer(app)) as client:
        yield client


def form_of(fields: dict[str, str], *photos: bytes) -> FormData:
    """As a browser sends it; an empty file where nothing was chosen."""
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    for n, content in enumerate(photos or (b"",)):
        name = f"../../照片{n}.jpg" if content else ""
        form.add_field("photo", io.BytesIO(content), filename=name, content_type="image/jpeg")
    return form


def token_of(html: str) -> str:
    found = re.search(r'name="form" value="([\w-]+)"', html)
    assert found, html
    return found[1]


def photo_ids(html: str) -> list[str]:
    return re.findall(r'name="remove" value="(\d+)"', html)
