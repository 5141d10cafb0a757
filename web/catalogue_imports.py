"""The dispatch catalogue as administrators keep it: lines with their versions, and imports with their progress."""

from typing import Self

from aiohttp import web as http
from pydantic import Field

from staff.rules import Actor, Role
from tickets.actions.catalogue import KEEPERS
from tickets.importing.actions import begin_import
from tickets.importing.editing import LineForm, put_line
from tickets.importing.errors import FileEmpty, FileUnreadable
from tickets.importing.events import CatalogueChanged
from tickets.importing.model import CatalogueImport
from tickets.importing.queries import (
    Line,
    Lines,
    catalogue_lines,
    count_by_topic,
    import_by_id,
    newest_imports,
    versions_of,
)
from tickets.importing.reading import LARGEST_FILE
from tickets.importing.rules import ImportState
from tickets.kinds import Urgency
from tickets.model import CatalogueLine
from web.api import Api, Body, Count, Moment, Page, Query, Request, RowId, View
from web.live import Topic
from web.sheets import CONTENT_TYPES, Kind, open_sheet
from web.ticket_topics import LIST_GAP_S, read_list

api = Api()
READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.DISPATCHER, Role.INSPECTOR)
#: refused rows that the page lists; the download has all of them
REFUSED_SHOWN = 100


class LinesQuery(Query):
    """Words in topic, place, unit or basis; a topic stands for everything below it."""

    search: str = Field("", max_length=60)
    topic_id: RowId | None = None
    unit_id: RowId | None = None
    after: int | None = Field(None, ge=0, le=2**53 - 1)
    limit: int = Field(50, ge=1, le=200)


class LineView(View):
    """One line: for this topic in this place (none: the whole city) this unit answers."""

    id: int
    number: str
    topic_id: int
    topic: str
    place_id: int | None
    place: str | None
    unit_id: int
    unit: str
    urgency: Urgency | None
    limit_class: str
    basis: str
    version: int
    began_at: Moment | None
    retired_at: Moment | None
    changed_by: str

    @classmethod
    def of(cls, line: Line) -> Self:
        row = line.line
        return cls(
            id=row.id,
            number=str(row.id),
            topic_id=row.topic_id,
            topic=line.topic,
            place_id=row.place_id,
            place=line.place,
            unit_id=row.unit_id,
            unit=line.unit,
            urgency=row.urgency,
            limit_class=row.limit_class,
            basis=row.basis,
            version=row.version,
            began_at=row.began_at,
            retired_at=row.retired_at,
            changed_by=row.changed_by,
        )


class RefusedRow(View):
    """A row that did not go in."""

    row: int
    column: str
    reason: str


class ImportView(View):
    """How far an import is: `done` of `rows` less the refused ones."""

    id: int
    file_name: str
    state: ImportState
    started_at: Moment
    started_by: str
    ended_at: Moment | None
    rows: int
    done: int
    added: int
    changed: int
    unchanged: int
    refused: int
    refused_rows: list[RefusedRow]
    error: str

    @classmethod
    def of(cls, found: CatalogueImport) -> Self:
        named = [RefusedRow(row=row, column=column, reason=reason) for row, column, reason in found.refused]
        same = {name: getattr(found, name) for name in cls.model_fields if name not in {"refused", "refused_rows"}}
        return cls(**same, refused=len(named), refused_rows=named[:REFUSED_SHOWN])


class TopicCount(View):
    """How many lines a topic has."""

    topic_id: int
    n: int


class FileQuery(Query):
    """What the file is called."""

    name: str = Field(min_length=1, max_length=200)


@api.get("/catalogue/lines", role=READERS)
async def show_lines(request: Request, query: LinesQuery) -> Page[LineView]:
    """List the lines that hold now or will."""

    def view(lines: Lines) -> Page[LineView]:
        following = None if lines.next is None else str(lines.next)
        count = Count(n=min(lines.n, 1000), more=lines.n > 1000)
        return Page[LineView](rows=[LineView.of(line) for line in lines.rows], next=following, count=count)

    shown: Page[LineView] = await request.read(
        catalogue_lines,
        text=query.search,
        topic_id=query.topic_id,
        unit_id=query.unit_id,
        after=query.after,
        limit=query.limit,
        now=request.now,
        view=view,
    )
    return shown


class LineMade(View):
    """The version that was made."""

    id: int
    version: int
    began_at: Moment

    @classmethod
    def of(cls, line: CatalogueLine) -> Self:
        return cls.model_validate(line)


class PutLine(Body):
    """What the line says from then on, and the newest version that was seen; 0: there was none."""

    form: LineForm
    version: int = Field(0, ge=0)


@api.post("/catalogue/lines", role=KEEPERS, status=201, also=(409,))
async def write_line(request: Request, body: PutLine) -> LineMade:
    """Make the next version of a line; the earlier ones stay."""
    made: LineMade = await request.write(
        put_line, body.form, version=body.version, by=request.actor, now=request.now, view=LineMade.of
    )
    return made


@api.get("/catalogue/counts", role=READERS)
async def show_counts(request: Request) -> list[TopicCount]:
    """Count the lines of each topic that has any."""

    def view(counts: dict[int, int]) -> list[TopicCount]:
        return [TopicCount(topic_id=topic_id, n=n) for topic_id, n in counts.items()]

    shown: list[TopicCount] = await request.read(count_by_topic, now=request.now, view=view)
    return shown


@api.get("/catalogue/lines/{line_id}/versions", role=READERS, also=(404,))
async def show_versions(request: Request, line_id: RowId) -> list[LineView]:
    """List every version of this topic and place, the newest first."""
    shown: list[LineView] = await request.read(
        versions_of, line_id, view=lambda lines: [LineView.of(line) for line in lines]
    )
    return shown


@api.get("/catalogue/imports", role=READERS)
async def show_imports(request: Request) -> list[ImportView]:
    """List the newest imports with their progress."""
    shown: list[ImportView] = await request.read(
        newest_imports, view=lambda found: [ImportView.of(one) for one in found]
    )
    return shown


@api.post("/catalogue/imports", role=KEEPERS, status=201, also=(409, 413))
async def import_file(request: Request, query: FileQuery) -> ImportView:
    """Import a table; the body is the file itself (XLSX or CSV).  It is read behind this answer."""
    content = await _uploaded(request)
    begun: ImportView = await request.write(
        begin_import, query.name, content, by=request.actor, now=request.now, view=ImportView.of
    )
    return begun


async def _uploaded(request: Request) -> bytes:
    """Larger than other bodies, so read past their limit, and no further than ours."""
    content = bytearray()
    async for chunk in request.raw.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > LARGEST_FILE:
            raise FileUnreadable(reason=f"文件超过 {LARGEST_FILE >> 20} MB")
    if not content:
        raise FileEmpty([(("body",), "file_empty", "没有收到文件")])
    return bytes(content)


@api.get("/catalogue/imports/{import_id}/refused", role=READERS, also=(404,))
async def download_refused(request: Request, import_id: RowId) -> http.Response:
    """Download the refused rows as CSV for an office program."""
    content: bytes = await request.read(import_by_id, import_id, view=_as_csv)
    disposition = f'attachment; filename="catalogue-refused-{import_id}.csv"'
    return http.Response(
        body=content, headers={"Content-Type": CONTENT_TYPES[Kind.CSV], "Content-Disposition": disposition}
    )


def _as_csv(found: CatalogueImport) -> bytes:
    sheet = open_sheet(Kind.CSV)
    rows = sheet.add([(str(row), column, reason) for row, column, reason in found.refused])
    return sheet.begin(("行号", "列", "原因")) + rows + sheet.end()


def _may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(READERS)


TOPICS = (Topic("catalogue", _may_watch, read_list, {CatalogueChanged: lambda _event: ""}, least_gap_s=LIST_GAP_S),)
