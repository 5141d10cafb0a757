"""The page behind a material code: the citizen adds photos, and learns nothing of the matter from it."""

from datetime import timedelta

from aiohttp import web as http

from core.codes import typed_code
from core.errors import HotlineError
from core.signing import read_signed, sign
from tickets.intake.errors import CodeWrong
from tickets.intake.materials import add_materials, material_taken, open_by_code
from tickets.intake.settings import IntakeSettings
from tickets.photos.errors import PhotoMissing, TooManyPhotos
from tickets.photos.settings import PhotoOffice
from tickets.settings import TicketOffice
from web.api.problems import answer_to
from web.api.request import SERVICES, Services
from web.public.forms import address_of, address_with, read_form, refused, render
from web.public.sent_in import SentIn, judged, sent_in

PURPOSE = "material-page.1"
OPEN_FOR = timedelta(hours=2)


def add_material_pages(app: http.Application) -> None:
    """Put the pages on the application; the templates are set up already."""
    app.router.add_get("/m", ask_for_code)
    app.router.add_post("/m", open_with_code)
    app.router.add_get("/m/{signed}", show_page)
    app.router.add_post("/m/{signed}", take_photos)


async def ask_for_code(raw: http.Request) -> http.StreamResponse:
    """The code from the SMS and the last four digits of the phone."""
    return render("material_code.html", raw, {"fault": None, "code": ""})


async def open_with_code(raw: http.Request) -> http.StreamResponse:
    """Right: on to the page.  Wrong: the same words whatever was wrong."""
    services = raw.app[SERVICES]
    form = await read_form(raw)
    now = services.clock.now()
    opened = await services.database.write(
        open_by_code,
        typed_code(form.get("code", "")[:40])[:12],
        form.get("tail", "")[:20],
        address=address_of(raw),
        limits=services.service(IntakeSettings),
        key=_key(services),
        now=now,
    )
    if opened is None:
        wrong = {"fault": str(CodeWrong()), "code": form.get("code", "")[:40]}
        return render("material_code.html", raw, wrong, status=403)
    token = sign(opened, purpose=PURPOSE, expires_at=now + OPEN_FOR, key=_key(services))
    raise http.HTTPSeeOther(address_with(raw, f"/m/{token}"))


async def show_page(raw: http.Request) -> http.StreamResponse:
    """How many photos came, and a field for more."""
    return await _show(raw, [], 200)


async def take_photos(raw: http.Request) -> http.StreamResponse:
    """Put what is acceptable to the matter, and say why the rest is not."""
    services = raw.app[SERVICES]
    try:
        code_id = _opened(raw)
        await services.database.read(material_taken, code_id, now=services.clock.now())
        async with sent_in(raw) as sent:
            await _keep(services, code_id, sent)
    except HotlineError as error:
        return _refused(raw, error)
    if sent.refusals:
        sentences = list(dict.fromkeys(str(refusal) for refusal in sent.refusals))
        return await _show(raw, sentences, max(answer_to(refusal).status for refusal in sent.refusals))
    raise http.HTTPSeeOther(address_with(raw, raw.path))


async def _keep(services: Services, code_id: int, sent: SentIn) -> None:
    pictures = await judged(services, sent)
    if not pictures and not sent.refusals:
        sent.refusals.append(PhotoMissing())
    if pictures:
        most = services.service(PhotoOffice).settings.most_files
        left_out = await services.database.write(add_materials, code_id, pictures, most=most, now=services.clock.now())
        if left_out:
            sent.refusals.append(TooManyPhotos(most=most))


async def _show(raw: http.Request, sentences: list[str], status: int) -> http.StreamResponse:
    services = raw.app[SERVICES]
    try:
        taken = await services.database.read(material_taken, _opened(raw), now=services.clock.now())
    except HotlineError as error:
        return _refused(raw, error)
    settings = services.service(PhotoOffice).settings
    room = max(0, settings.most_files - taken)
    context = {"sentences": sentences, "taken": taken, "room": room, "file_mib": settings.file_mib}
    return render("material.html", raw, context, status=status)


def _opened(raw: http.Request) -> int:
    """The code's id.  Raises LinkForged, LinkStale."""
    services = raw.app[SERVICES]
    return read_signed(raw.match_info["signed"], purpose=PURPOSE, now=services.clock.now(), key=_key(services))


def _key(services: Services) -> bytes:
    return services.service(TicketOffice).phone_key


def _refused(raw: http.Request, error: HotlineError) -> http.StreamResponse:
    return refused(raw, error, title="现在不能上传", back="/m", back_words="重新输入材料码")
