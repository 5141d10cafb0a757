"""Every write of an import: begin, put a batch of good rows in, end."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from staff.rules import Actor
from tickets.importing.errors import ImportNotFound
from tickets.importing.events import CatalogueChanged
from tickets.importing.model import CatalogueImport
from tickets.importing.rules import Bad, Good, ImportState
from tickets.model import CatalogueLine

IMPORT = "tickets.import_catalogue"
#: rows of one transaction: the writer is free for others between them
BATCH = 500
#: imports run one after the other
ORDER = "catalogue"


def begin_import(session: Session, name: str, content: bytes, *, by: Actor, now: datetime) -> CatalogueImport:
    """Keep the file and write the job that reads it.  Announces CatalogueChanged."""
    begun = keep_file(session, name, content, by=by, now=now)
    enqueue(session, IMPORT, idempotency_key=f"{IMPORT}:{begun.id}", order_key=ORDER, now=now, import_id=begun.id)
    return begun


def keep_file(session: Session, name: str, content: bytes, *, by: Actor, now: datetime) -> CatalogueImport:
    begun = CatalogueImport(
        file_name=name[-120:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        state=ImportState.WAITING,
        started_at=now,
        started_by=by.label,
        refused=[],
    )
    session.add(begun)
    session.flush()
    announce(session, CatalogueChanged(begun.id))
    return begun


def note_judged(session: Session, import_id: int, *, rows: int, refused: Sequence[Bad]) -> int:
    """How many rows there are, and which are refused; how many were put in by an earlier run of the job."""
    found = _locked(session, import_id)
    found.state, found.rows = ImportState.RUNNING, rows
    found.refused = [[bad.row, bad.column, bad.reason] for bad in refused]
    announce(session, CatalogueChanged(import_id))
    return found.done


def put_rows(session: Session, import_id: int, rows: Sequence[Good], *, after: int, now: datetime) -> None:
    """Put the next good rows in; `after` are in already, and a batch that comes twice changes nothing.

    A row that says what the catalogue says changes nothing either; one that says otherwise retires the old line and
    becomes its next version.
    """
    found = _locked(session, import_id)
    if found.done != after:
        return
    known = _present(session, rows)
    versions = _versions(session, rows)
    for row in rows:
        key = (row.topic_id, row.place_id)
        line = known.get(key)
        if line is not None and _says(line) == _wants(row):
            found.unchanged += 1
            continue
        if line is None:
            found.added += 1
        else:
            line.retired_at = now
            found.changed += 1
        session.add(_line(row, import_id, version=versions.get(key, 0) + 1, by=found.started_by, now=now))
    found.done += len(rows)
    announce(session, CatalogueChanged(import_id))


def end_import(session: Session, import_id: int, *, now: datetime, error: str = "") -> None:
    """The file is no longer needed.  Announces CatalogueChanged."""
    found = _locked(session, import_id)
    found.state = ImportState.FAILED if error else ImportState.DONE
    found.error, found.ended_at, found.content = error[:200], now, None
    announce(session, CatalogueChanged(import_id))


def _locked(session: Session, import_id: int) -> CatalogueImport:
    found = session.get(CatalogueImport, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ImportNotFound(import_id=import_id)
    return found


def _present(session: Session, rows: Sequence[Good]) -> dict[tuple[int, int | None], CatalogueLine]:
    """The line that holds now for each topic and place; of two the newer."""
    topics = {row.topic_id for row in rows}
    lines = session.scalars(
        select(CatalogueLine)
        .where(CatalogueLine.topic_id.in_(topics), CatalogueLine.retired_at.is_(None))
        .order_by(CatalogueLine.id)
    )
    return {(line.topic_id, line.place_id): line for line in lines}


def _versions(session: Session, rows: Sequence[Good]) -> dict[tuple[int, int | None], int]:
    columns = (CatalogueLine.topic_id, CatalogueLine.place_id)
    found = (
        select(*columns, func.max(CatalogueLine.version))
        .where(CatalogueLine.topic_id.in_({row.topic_id for row in rows}))
        .group_by(*columns)
    )
    return {(topic_id, place_id): int(newest) for topic_id, place_id, newest in session.execute(found)}


def _says(line: CatalogueLine) -> tuple[object, ...]:
    return line.unit_id, line.urgency, line.limit_class, line.basis


def _wants(row: Good) -> tuple[object, ...]:
    return row.unit_id, row.urgency, row.limit_class, row.basis


def _line(row: Good, import_id: int, *, version: int, by: str, now: datetime) -> CatalogueLine:
    return CatalogueLine(
        topic_id=row.topic_id,
        place_id=row.place_id,
        unit_id=row.unit_id,
        urgency=row.urgency,
        limit_class=row.limit_class,
        basis=row.basis,
        version=version,
        began_at=now,
        import_id=import_id,
        changed_by=by,
    )
