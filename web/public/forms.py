"""What the citizen's pages share: reading a form, showing a page in big letters, saying no in plain words."""

from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web as http
from aiohttp.http_exceptions import HttpProcessingError

from core.errors import HotlineError
from core.typed import kept_text, with_our_line_ends
from web.api.problems import RequestRefused, answer_to
from web.api.request import SERVICES, client_address

HERE = Path(__file__).parent
#: what aiohttp raises for a body that is no form
NO_FORM = (ValueError, LookupError, AssertionError, HttpProcessingError)
#: for old eyes; kept in the address, so that no cookie is needed
BIG = "big"


def set_up_templates(app: http.Application) -> None:
    """Once for each application, before its pages."""
    aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=jinja2.select_autoescape(default=True)
    )


async def read_form(raw: http.Request) -> dict[str, str]:
    """The form's text fields.  Raises RequestRefused for an unreadable form.

    No check of the origin: nothing here rests on a cookie, only on the code or link that the form itself carries, and
    browsers send `Origin: null` under our Referrer-Policy.
    """
    try:
        fields = await raw.post()
    except NO_FORM as error:
        raise RequestRefused(400, "bad_form", "表单无法解析") from error
    return {name: typed_value(value) for name, value in fields.items() if isinstance(value, str)}


def typed_value(text: str) -> str:
    """As it is kept; lines end as ours do, not as browsers send them."""
    return kept_text(with_our_line_ends(text))


def refused(raw: http.Request, error: HotlineError, *, title: str, back: str, back_words: str) -> http.StreamResponse:
    """A page with the error's own sentence, and a way back."""
    answer = answer_to(error)
    context = {"sentence": str(error), "code": error.code, "title": title, "back": back, "back_words": back_words}
    page = render("refused.html", raw, context, status=answer.status)
    if "Retry-After" in answer.headers:
        page.headers["Retry-After"] = answer.headers["Retry-After"]
    return page


def render(name: str, raw: http.Request, context: dict[str, Any], *, status: int = 200) -> http.StreamResponse:
    """A page of ours; `here` and `suffix` keep the size of the letters."""
    is_big = raw.query.get(BIG) == "1"
    shared = {"is_big": is_big, "here": raw.path, "suffix": f"?{BIG}=1" if is_big else ""}
    return aiohttp_jinja2.render_template(name, raw, {**shared, **context}, status=status)


def address_with(raw: http.Request, path: str) -> str:
    """A path of ours in the same size of letters."""
    return f"{path}?{BIG}=1" if raw.query.get(BIG) == "1" else path


def address_of(raw: http.Request) -> str:
    """From where the request came, as far as a trusted proxy tells."""
    return client_address(raw.remote or "", raw.headers.getall("X-Forwarded-For", []), raw.app[SERVICES].settings)
