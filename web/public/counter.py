"""What a window's QR code opens: rate a matter by the ends of its number and phone, or the window's service."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aiohttp import web as http
from sqlalchemy.orm import Session

from core import signing
from core.calendar import dated_words, moment_words
from core.errors import HotlineError
from core.masking import plain_number
from evaluation.actions.answering import Answer
from evaluation.counters.errors import MatterNotOpened
from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.queries import counting_rating, first_rating, rating_from, window_of_link
from evaluation.counters.rating import open_by_tails, rate_matter, rate_window
from evaluation.counters.rules import qr_link, window_source
from evaluation.errors import AlreadyRated
from evaluation.model import Rating
from evaluation.office import EvaluationOffice
from evaluation.queries import reasons_of, words_of
from evaluation.rules import CORRECTION_WINDOW, LEVEL_NAMES, BadReason, Channel, Level, may_correct
from indicators.periods import shanghai_day
from web.api.request import SERVICES, Services
from web.public.forms import address_of, address_with, read_form, refused, render

WORDS_MOST = 500
NONCE_LENGTH = 16
SOLVED = {"yes": True, "no": False}
#: which browser rated a window without a matter today; says nothing about anybody
VISITOR = "hotline_visitor"
_VISITOR_S = 400 * 24 * 3600
_PURPOSE = "counter-link.1"


@dataclass(frozen=True)
class CounterPage:
    """What the page shows: of a matter, or of a window's service when `asks_solved` is false."""

    title: str
    about: str
    asks_solved: bool
    level: int | None = None
    level_name: str = ""
    is_solved: bool | None = None
    reasons: tuple[BadReason, ...] = ()
    words: str = ""
    receipt: str = ""
    correct_until: str = ""
    closed_because: str = ""


@dataclass(frozen=True)
class ScannedWindow:
    """The window whose code was scanned."""

    id: int
    number: str
    name: str

    @classmethod
    def of(cls, window: CounterWindow) -> Self:
        return cls(window.id, window.number, window.name)


def add_counter_pages(app: http.Application) -> None:
    """Put the pages on the application; it runs an EvaluationOffice, and the templates are set up already."""
    app.router.add_get("/c/matter/{signed}", show_matter)
    app.router.add_post("/c/matter/{signed}", take_matter)
    app.router.add_get("/c/{window}", ask_for_matter)
    app.router.add_post("/c/{window}", open_matter)
    app.router.add_get("/c/{window}/service", show_service)
    app.router.add_post("/c/{window}/service", take_service)


async def ask_for_matter(raw: http.Request) -> http.StreamResponse:
    """The first page: the end of the matter's number and of the phone; or go on without a matter."""
    try:
        window = await _window(raw)
    except HotlineError as error:
        return _refused(raw, error)
    return _ask(raw, window)


async def open_matter(raw: http.Request) -> http.StreamResponse:
    """Right: on to the rating for a day.  Wrong: the same words whatever was wrong."""
    services, office = _services(raw)
    form = await read_form(raw)
    try:
        window = await _window(raw)
    except HotlineError as error:
        return _refused(raw, error)
    tail = plain_number(form.get("tail", ""))
    opened = await services.database.write(
        open_by_tails,
        window.id,
        form.get("number", ""),
        tail,
        phone_key=office.sms.phone_key,
        address=address_of(raw),
        now=services.clock.now(),
    )
    if opened is None:
        return _ask(raw, window, number=form.get("number", ""), fault=str(MatterNotOpened()), status=403)
    until = services.clock.now() + CORRECTION_WINDOW
    token = signing.sign(opened, purpose=_PURPOSE, expires_at=until, key=office.link_key)
    raise http.HTTPSeeOther(address_with(raw, f"/c/matter/{token}"))


async def show_matter(raw: http.Request) -> http.StreamResponse:
    """The five levels, or what was said by this link."""
    services, _ = _services(raw)
    try:
        signed = _signed(raw)
        page = await services.database.read(_matter_page, signed, services.clock.now())
    except HotlineError as error:
        return _refused(raw, error)
    return _show(raw, page)


async def take_matter(raw: http.Request) -> http.StreamResponse:
    """Keep the rating; sent twice, it counts once."""
    services, office = _services(raw)
    form, now = await read_form(raw), services.clock.now()
    try:
        signed = _signed(raw)
        link = qr_link(signed.row_id, signed.expires_at)
        said = _answer(form, link + _nonce(form))
        if said is None:
            return _show(raw, await services.database.read(_matter_page, signed, now), form=form)
        days = office.settings.open_days
        await services.database.write(
            rate_matter, signed.row_id, said, is_real_name=False, link=link, open_days=days, now=now
        )
    except HotlineError as error:
        return _refused(raw, error)
    raise http.HTTPSeeOther(address_with(raw, raw.path))


async def show_service(raw: http.Request) -> http.StreamResponse:
    """Five levels for the window itself; once a day from one browser."""
    try:
        window = await _window(raw)
        page = await raw.app[SERVICES].database.read(_service_page, window.id, _service_source(raw, window))
    except HotlineError as error:
        return _refused(raw, error)
    return _with_visitor(raw, _show(raw, page, window=raw.match_info["window"]))


async def take_service(raw: http.Request) -> http.StreamResponse:
    """Keep what was said of the window: apart from all rates, and once a day from one browser."""
    services, _ = _services(raw)
    form = await read_form(raw)
    try:
        window = await _window(raw)
        source = _service_source(raw, window)
        said = _answer(form, source)
        if said is None or not source:
            page = await services.database.read(_service_page, window.id, source)
            fault = "" if source else "请允许本站使用 Cookie，然后再提交一次"
            return _with_visitor(raw, _show(raw, page, form=form, fault=fault, window=raw.match_info["window"]))
        await services.database.write(rate_window, window.id, said, now=services.clock.now())
    except HotlineError as error:
        return _refused(raw, error)
    raise http.HTTPSeeOther(address_with(raw, raw.path))


def _matter_page(session: Session, signed: signing.Signed, now: datetime) -> CounterPage:
    """What was said by another way is not shown: whoever knows two ends of numbers is not yet the citizen."""
    matter = session.get_one(CounterMatter, signed.row_id)
    rating, first = counting_rating(session, matter.id), first_rating(session, matter.id)
    done = dated_words(matter.done_at or matter.applied_at)
    about = f"{matter.item_name}（办件编号尾号 {matter.number_tail}），{done}{matter.stage.name_zh}。"
    if rating is None or first is None:
        return CounterPage("您对这次办事满意吗？", about, asks_solved=True)
    if not rating.source.startswith(qr_link(matter.id, signed.expires_at)):
        return CounterPage("现在不能评价", about, asks_solved=True, closed_because=str(AlreadyRated()))
    until = moment_words(first.recorded_at + CORRECTION_WINDOW) if may_correct(first.recorded_at, now) else ""
    return _said(session, rating, about, asks_solved=True, until=until)


def _service_page(session: Session, window_id: int, source: str) -> CounterPage:
    window = session.get_one(CounterWindow, window_id)
    about = f"{window.name}（{window.number} 号窗口）的服务。不对应具体办件，单独统计。"
    rating = rating_from(session, source) if source else None
    if rating is None:
        return CounterPage("您对窗口服务满意吗？", about, asks_solved=False)
    return _said(session, rating, about, asks_solved=False, until="")


def _said(session: Session, rating: Rating, about: str, *, asks_solved: bool, until: str) -> CounterPage:
    return CounterPage(
        "谢谢，您的评价已记录",
        about,
        asks_solved,
        level=rating.level,
        level_name=Level(rating.level).name_zh,
        is_solved=rating.is_solved,
        reasons=tuple(reasons_of(session, [rating.id]).get(rating.id, ())),
        words=words_of(session, rating.id) or "",
        receipt=rating.receipt,
        correct_until=until,
        closed_because=""
        if until
        else "今天已评价过该窗口，明天可以再评。"
        if not asks_solved
        else str(AlreadyRated()),
    )


def _answer(form: dict[str, str], source: str) -> Answer | None:
    """What the form says, or None if no level was chosen."""
    level = form.get("level", "")
    if level not in {"1", "2", "3", "4", "5"}:
        return None
    words = form.get("words", "")[:WORDS_MOST]
    return Answer(
        Level(int(level)), Channel.QR, source, words or None, SOLVED.get(form.get("solved", "")), _reasons(form)
    )


def _reasons(form: dict[str, str]) -> tuple[BadReason, ...]:
    return tuple(reason for reason in BadReason if form.get(f"reason_{reason}"))


def _nonce(form: dict[str, str]) -> str:
    nonce = form.get("nonce", "")
    is_ours = len(nonce) == NONCE_LENGTH and all(letter in "0123456789abcdef" for letter in nonce)
    return nonce if is_ours else secrets.token_hex(NONCE_LENGTH // 2)


def _service_source(raw: http.Request, window: ScannedWindow) -> str:
    """Which browser, window and day; empty for a browser that carries no cookie of ours yet."""
    visitor = raw.cookies.get(VISITOR, "")
    if not visitor:
        return ""
    who = hashlib.sha256(visitor.encode()).hexdigest()[:20]
    return window_source(window.id, shanghai_day(raw.app[SERVICES].clock.now()), who)


def _with_visitor(raw: http.Request, page: http.StreamResponse) -> http.StreamResponse:
    if not raw.cookies.get(VISITOR):
        secure = raw.app[SERVICES].settings.is_https
        value = secrets.token_hex(16)
        page.set_cookie(VISITOR, value, max_age=_VISITOR_S, path="/c", httponly=True, samesite="Lax", secure=secure)
    return page


def _ask(
    raw: http.Request, window: ScannedWindow, *, number: str = "", fault: str = "", status: int = 200
) -> http.StreamResponse:
    context = {"window": window, "number": number[:60], "fault": fault, "link": raw.match_info["window"]}
    return render("counter_ask.html", raw, context, status=status)


def _show(
    raw: http.Request, page: CounterPage, *, form: dict[str, str] | None = None, fault: str = "", window: str = ""
) -> http.StreamResponse:
    """The page with what was typed in it; its nonce makes an answer count once.  `form` without a level is a fault."""
    said = form or {}
    context = {
        "page": page,
        "fault": fault or ("请先选择一个满意程度" if form is not None else ""),
        "nonce": secrets.token_hex(NONCE_LENGTH // 2),
        "levels": LEVEL_NAMES,
        "chosen": said.get("level") or str(page.level or ""),
        "solved": SOLVED.get(said.get("solved", ""), page.is_solved),
        "all_reasons": BadReason,
        "reasons": _reasons(said) if form is not None else page.reasons,
        "words": said.get("words", page.words)[:WORDS_MOST],
        "link": window,
    }
    return render("counter_rating.html", raw, context, status=200 if form is None else 422)


async def _window(raw: http.Request) -> ScannedWindow:
    """Raises WindowUnknown."""
    services, office = _services(raw)
    token = raw.match_info["window"]
    found: ScannedWindow = await services.database.read(
        window_of_link, token, master=office.link_key, view=ScannedWindow.of
    )
    return found


def _signed(raw: http.Request) -> signing.Signed:
    services, office = _services(raw)
    return signing.read_whole(raw.match_info["signed"], purpose=_PURPOSE, now=services.clock.now(), key=office.link_key)


def _services(raw: http.Request) -> tuple[Services, EvaluationOffice]:
    services = raw.app[SERVICES]
    return services, services.service(EvaluationOffice)


def _refused(raw: http.Request, error: HotlineError) -> http.StreamResponse:
    back = f"/c/{raw.match_info['window']}" if "window" in raw.match_info else "/r"
    words = "重新输入办件编号" if "window" in raw.match_info else "用评价码评价"
    return refused(raw, error, title="现在不能评价", back=back, back_words=words)
