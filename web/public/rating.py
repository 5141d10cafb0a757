"""The citizen's rating page: opened by code and phone tail, or by a signed link; works without JavaScript."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.calendar import dated_words, moment_words
from core.codes import typed_code
from core.errors import HotlineError
from core.masking import plain_number
from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.ending import refuse_invitation
from evaluation.actions.opening import open_by_code
from evaluation.errors import AlreadyRated, CodeWrong, InvitationExpired, InvitationVoided
from evaluation.links import read_link, sign_link
from evaluation.office import EvaluationOffice
from evaluation.queries import counting_answer, first_answer, invitation, reasons_of, words_of
from evaluation.rules import (
    CORRECTION_WINDOW,
    LEVEL_NAMES,
    BadReason,
    Channel,
    InvitationState,
    Level,
    Subject,
    may_correct,
)
from tickets.model import Ticket
from web.api.request import SERVICES, Services
from web.public.forms import HERE, address_of, address_with, read_form, refused, render

WORDS_MOST = 500
NONCE_LENGTH = 16
SOLVED = {"yes": True, "no": False}


@dataclass(frozen=True)
class RatingPage:
    """What the page shows: `level` is the answer that counts, `may_rate` whether the form is open."""

    ticket: str
    #: about the repair of a bad rating, or about what the hotline itself answered; else about a unit's handling
    is_second: bool
    is_direct: bool
    answered_on: str
    level: int | None
    level_name: str | None
    is_solved: bool | None
    reasons: list[BadReason]
    words: str | None
    receipt: str | None
    correct_until: str | None
    is_refused: bool
    may_rate: bool
    closed_because: str | None


def add_rating_pages(app: http.Application) -> None:
    """Put the pages on the application; it runs an EvaluationOffice, and the templates are set up already."""
    app.router.add_get("/r/rating.css", _style)
    app.router.add_get("/r", ask_for_code)
    app.router.add_post("/r", open_with_code)
    app.router.add_get("/r/{signed}", show_rating)
    app.router.add_post("/r/{signed}", take_rating)


async def ask_for_code(raw: http.Request) -> http.StreamResponse:
    """The first page: the code from the SMS and the last four digits of the phone."""
    return render("code.html", raw, {"fault": None})


async def open_with_code(raw: http.Request) -> http.StreamResponse:
    """Right: on to the rating page for half an hour.  Wrong: the same words whatever was wrong."""
    services, office = _services(raw)
    form = await read_form(raw)
    code, phone_tail = typed_code(form.get("code", "")), plain_number(form.get("tail", ""))
    now, address = services.clock.now(), address_of(raw)
    opened = await services.database.write(
        open_by_code, code, phone_tail, phone_key=office.sms.phone_key, address=address, now=now
    )
    if opened is None:
        return render("code.html", raw, {"fault": str(CodeWrong())}, status=403)
    expires_at = now + timedelta(minutes=office.settings.page_minutes)
    token = sign_link(opened, expires_at=expires_at, key=office.link_key)
    raise http.HTTPSeeOther(address_with(raw, f"/r/{token}"))


async def show_rating(raw: http.Request) -> http.StreamResponse:
    """The five levels, or what was said and until when it may be corrected."""
    services, office = _services(raw)
    now = services.clock.now()
    try:
        opened = read_link(raw.match_info["signed"], now=now, key=office.link_key)
        page = await services.database.read(_page, opened, now)
    except HotlineError as error:
        return _refused(raw, error)
    return _show(raw, page, solved=page.is_solved, reasons=page.reasons, words=page.words or "")


async def take_rating(raw: http.Request) -> http.StreamResponse:
    """Keep the answer and show it with its receipt; sent twice, it counts once."""
    services, office = _services(raw)
    form = await read_form(raw)
    now = services.clock.now()
    try:
        opened = read_link(raw.match_info["signed"], now=now, key=office.link_key)
        if form.get("refuse"):
            await services.database.write(refuse_invitation, opened, channel=Channel.PAGE, now=now)
        else:
            said = _answer(opened, form)
            if said is None:
                return await _ask_again(raw, services, opened, form)
            await services.database.write(record_answer, opened, said, now=now)
    except HotlineError as error:
        return _refused(raw, error)
    raise http.HTTPSeeOther(address_with(raw, f"/r/{raw.match_info['signed']}"))


def _page(session: Session, opened: int, now: Any) -> RatingPage:
    asked = invitation(session, opened)
    ticket = session.get_one(Ticket, asked.ticket_id)
    rating, first = counting_answer(session, opened), first_answer(session, opened)
    closed = _closed_because(asked.state, asked.expires_at, first.recorded_at if first else None, now)
    return RatingPage(
        ticket=ticket.number[-4:],
        is_second=asked.subject is Subject.REPAIR,
        is_direct=asked.subject is Subject.DIRECT,
        answered_on=dated_words(asked.invited_at),
        level=rating.level if rating else None,
        level_name=Level(rating.level).name_zh if rating else None,
        is_solved=rating.is_solved if rating else None,
        reasons=reasons_of(session, [rating.id]).get(rating.id, []) if rating else [],
        words=words_of(session, rating.id) if rating else None,
        receipt=rating.receipt if rating else None,
        correct_until=moment_words(first.recorded_at + CORRECTION_WINDOW) if first and closed is None else None,
        is_refused=asked.state is InvitationState.REFUSED,
        may_rate=closed is None,
        closed_because=closed,
    )


def _closed_because(state: InvitationState, expires_at: Any, first_at: Any, now: Any) -> str | None:
    if first_at is not None:
        return None if may_correct(first_at, now) else str(AlreadyRated())
    if state is InvitationState.VOIDED:
        return str(InvitationVoided())
    return str(InvitationExpired()) if now >= expires_at or state is InvitationState.EXPIRED else None


def _answer(opened: int, form: dict[str, str]) -> Answer | None:
    """What the form says, or None if no level was chosen."""
    level, nonce = form.get("level", ""), form.get("nonce", "")
    if level not in {"1", "2", "3", "4", "5"}:
        return None
    is_nonce = len(nonce) == NONCE_LENGTH and all(letter in "0123456789abcdef" for letter in nonce)
    solved = SOLVED.get(form.get("solved", ""))
    words = form.get("words", "")[:WORDS_MOST]
    source = f"page:{opened}:{nonce if is_nonce else secrets.token_hex(NONCE_LENGTH // 2)}"
    return Answer(Level(int(level)), Channel.PAGE, source, words or None, solved, _reasons(form))


def _reasons(form: dict[str, str]) -> list[BadReason]:
    return [reason for reason in BadReason if form.get(f"reason_{reason}")]


async def _ask_again(raw: http.Request, services: Services, opened: int, form: dict[str, str]) -> http.StreamResponse:
    """Nothing that was typed is lost."""
    page = await services.database.read(_page, opened, services.clock.now())
    solved = SOLVED.get(form.get("solved", ""))
    words = form.get("words", "")[:WORDS_MOST]
    fault = "请先选择一个满意程度"
    return _show(raw, page, fault=fault, solved=solved, reasons=_reasons(form), words=words, status=422)


def _show(
    raw: http.Request,
    page: RatingPage,
    *,
    solved: bool | None,
    reasons: list[BadReason],
    words: str,
    fault: str | None = None,
    status: int = 200,
) -> http.StreamResponse:
    """The page with its form filled in as far as is known; its nonce makes an answer count once."""
    nonce = secrets.token_hex(NONCE_LENGTH // 2)
    context = {"page": page, "fault": fault, "nonce": nonce, "solved": solved, "words": words}
    choices = {"levels": LEVEL_NAMES, "all_reasons": BadReason, "reasons": reasons}
    return render("rating.html", raw, {**choices, **context}, status=status)


def _services(raw: http.Request) -> tuple[Services, EvaluationOffice]:
    services = raw.app[SERVICES]
    return services, services.service(EvaluationOffice)


def _refused(raw: http.Request, error: HotlineError) -> http.StreamResponse:
    return refused(raw, error, title="现在不能评价", back="/r", back_words="输入评价码")


async def _style(raw: http.Request) -> http.StreamResponse:
    return http.FileResponse(HERE / "rating.css", headers={"Cache-Control": "max-age=3600"})
