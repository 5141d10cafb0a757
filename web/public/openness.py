"""公开: the months that were told, typical cases, and open data as CSV; for everybody, without log-in or JavaScript."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web as http
from sqlalchemy.orm import Session

from core.calendar import moment_words
from evaluation.rules import LEVEL_NAMES, Level
from evaluation.verdict import TARGET
from indicators.publications.model import Publication
from indicators.publications.queries import newest_publications, standing_cases, versions_of
from indicators.publications.rules import GROUP_LEAST
from web.api.request import SERVICES
from web.public.forms import render
from web.sheets import CONTENT_TYPES, Cells, CsvSheet, Kind

#: what was told does not change; that another month was told is seen within the hour
_KEPT = {"Cache-Control": "public, max-age=3600"}
RATING_COLUMNS = ("统计期起", "统计期止", "承办单位", "诉求分类", "评价等级", "等级代码", "件数")
_TABLES = {"standing": "现状", "sources": "来源", "types": "类型", "topics": "诉求分类", "repairs": "差评整改"}
TICKET_COLUMNS = ("统计期起", "统计期止", "项目", "类别", "件数")


def add_open_pages(app: http.Application) -> None:
    """Put the pages on the application; the templates are set up already."""
    day = "{first:[0-9]{4}-[0-9]{2}-[0-9]{2}}"
    app.router.add_get("/open", show_newest)
    app.router.add_get(f"/open/{day}", show_month)
    app.router.add_get(f"/open/ratings-{day}.csv", send_ratings)
    app.router.add_get(f"/open/tickets-{day}.csv", send_tickets)


async def show_newest(raw: http.Request) -> http.StreamResponse:
    """The latest month that was told, the others, and typical cases."""
    context = await raw.app[SERVICES].database.read(_page, None)
    return _shown(raw, context)


async def show_month(raw: http.Request) -> http.StreamResponse:
    """One month in its newest version, with the versions before it."""
    context = await raw.app[SERVICES].database.read(_page, _first(raw))
    if context["month"] is None:
        raise http.HTTPNotFound
    return _shown(raw, context)


async def send_ratings(raw: http.Request) -> http.StreamResponse:
    """Answers by unit, topic and level, put together until they point at nobody."""
    return await _send(raw, "ratings", RATING_COLUMNS, _rating_rows)


async def send_tickets(raw: http.Request) -> http.StreamResponse:
    """Registered matters by where they stand, source, type and topic."""
    return await _send(raw, "tickets", TICKET_COLUMNS, _ticket_rows)


def _page(session: Session, first: date | None) -> dict[str, Any]:
    told = newest_publications(session)
    wanted = told[0].first if told and first is None else first
    versions = versions_of(session, wanted) if wanted else []
    return {
        "months": [(one.first.isoformat(), _days(one)) for one in told],
        "month": _month(versions[0]) if versions else None,
        "earlier": [(one.version, moment_words(one.published_at), one.note) for one in versions[1:]],
        "cases": [(case.title, case.text, case.unit) for case in standing_cases(session)],
    }


def _month(told: Publication) -> dict[str, Any]:
    issue = told.body
    handled = issue["subjects"][0]
    return {
        "first": told.first.isoformat(),
        "days": _days(told),
        "version": told.version,
        "note": told.note,
        "published_on": moment_words(told.published_at),
        "issue": issue,
        "on_time": _share(issue["in_time"], issue["due"]),
        "handled": {
            **handled,
            "answer_rate": _share(handled["answered"], handled["closed"]),
            "of_all_closed": _share(handled["satisfied"], handled["closed"]),
            "silence": _share(handled["satisfied"] + handled["closed"] - handled["answered"], handled["closed"]),
        },
    }


def _days(told: Publication) -> str:
    return f"{told.first:%Y年%m月%d日}至{told.last:%m月%d日}"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "无" if share is None else f"{share * 100:.1f} %"


def _shown(raw: http.Request, context: dict[str, Any]) -> http.StreamResponse:
    shared = {"percent": _percent, "target": f"{float(TARGET) * 100:.0f}", "least": GROUP_LEAST}
    page = render("open.html", raw, {**context, **shared})
    page.headers.update(_KEPT)
    return page


def _first(raw: http.Request) -> date:
    try:
        return date.fromisoformat(raw.match_info["first"])
    except ValueError as error:
        raise http.HTTPNotFound from error


async def _send(raw: http.Request, name: str, columns: Cells, rows: Any) -> http.StreamResponse:
    versions = await raw.app[SERVICES].database.read(versions_of, _first(raw), view=_newest)
    if not versions:
        raise http.HTTPNotFound
    first, last, issue = versions
    sheet = CsvSheet()
    body = sheet.begin(columns) + sheet.add([(first, last, *row) for row in rows(issue)]) + sheet.end()
    named = f'attachment; filename="12345-{name}-{first}.csv"'
    headers = {**_KEPT, "Content-Type": CONTENT_TYPES[Kind.CSV], "Content-Disposition": named}
    return http.Response(body=body, headers=headers)


def _newest(versions: Sequence[Publication]) -> tuple[str, str, dict[str, Any]] | None:
    if not versions:
        return None
    return versions[0].first.isoformat(), versions[0].last.isoformat(), versions[0].body


def _rating_rows(issue: Mapping[str, Any]) -> Iterable[Cells]:
    for cell in issue["cells"]:
        level = Level(cell["level"])
        yield cell["unit"], cell["topic"], LEVEL_NAMES[level], str(level.value), str(cell["n"])


def _ticket_rows(issue: Mapping[str, Any]) -> Iterable[Cells]:
    for name, title in _TABLES.items():
        for count in issue.get(name, ()):
            yield title, count["name"], str(count["n"])
