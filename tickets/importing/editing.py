"""One line of the catalogue, changed by hand: the next version of its topic in its place, by whom and from when."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.bounds import Day, RowId
from core.errors import FaultLine
from core.events import announce
from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.actions.catalogue import KEEPERS, LineWords, put_next_version
from tickets.catalogue import of_key
from tickets.clocks import local_day, midnight
from tickets.errors import RoleRefused, VersionConflict
from tickets.forms import Form, refuse_faults
from tickets.importing.events import CatalogueChanged
from tickets.importing.queries import classes_in_use
from tickets.importing.rules import BASIS_MOST
from tickets.kinds import Urgency
from tickets.model import CatalogueLine, Place, Topic

#: nobody plans a catalogue further ahead
AHEAD = timedelta(days=366)


class LineForm(Form):
    """A topic in a place (None: the whole city), who answers, and from which day on (None: from now)."""

    topic_id: RowId | None = None
    place_id: RowId | None = None
    unit_id: RowId | None = None
    urgency: Urgency | None = None
    limit_class: str = Field("", max_length=40)
    basis: str = Field("", max_length=BASIS_MOST)
    begins_on: Day | None = None


def put_line(session: Session, form: LineForm, *, version: int, by: Actor, now: datetime) -> CatalogueLine:
    """The next version; `version` is the newest that was seen, 0 where there was none.  An undo is a version too.

    Raises RoleRefused, Invalid with every fault at its field, VersionConflict.  Announces CatalogueChanged.
    """
    if not by.may_act_as(KEEPERS):
        raise RoleRefused(action="修改派单目录")
    refuse_faults(_faults(session, form, now))
    assert form.topic_id is not None
    assert form.unit_id is not None
    newest = _newest(session, form)
    if (newest.version if newest is not None else 0) != version:
        raise VersionConflict(
            name="目录行",
            version=newest.version if newest else 0,
            current=_said(newest),
            yours=form.model_dump(mode="json"),
        )
    if newest is not None and newest.retired_at is None and _said(newest) == _wanted(form):
        refuse_faults([(("body", "form", "unit_id"), "unchanged", "与现行的一版相同，没有要改的")])
    words = LineWords(form.unit_id, form.urgency, form.limit_class, form.basis)
    begins_at = max(midnight(form.begins_on), now) if form.begins_on is not None else now
    line = put_next_version(session, form.topic_id, form.place_id, words, began_at=begins_at, changed_by=by.label)
    announce(session, CatalogueChanged(None))
    return line


def _faults(session: Session, form: LineForm, now: datetime) -> Iterator[FaultLine]:
    topic = session.get(Topic, form.topic_id) if form.topic_id is not None else None
    unit = session.get(Unit, form.unit_id) if form.unit_id is not None else None
    if topic is None or not topic.is_active:
        yield _at("topic_id", "topic_missing", "请选择诉求分类")
    elif session.scalar(select(Topic.id).where(Topic.parent_id == topic.id, Topic.is_active).limit(1)) is not None:
        yield _at("topic_id", "topic_has_branches", f"“{topic.name}”下面还有分类，请选最末一级")
    if form.place_id is not None and session.get(Place, form.place_id) is None:
        yield _at("place_id", "place_not_found", "没有这个地点")
    if unit is None or not unit.is_active or unit.kind is UnitKind.HOTLINE:
        yield _at("unit_id", "unit_missing", "请选择承办单位")
    if form.limit_class and form.limit_class not in classes_in_use(session):
        yield _at("limit_class", "class_not_found", "没有这个时限类别")
    if not form.basis:
        yield _at("basis", "basis_missing", "请写明依据，例如：派单目录 2026 版第 3.2 条")
    today = local_day(now)
    if form.begins_on is not None and not today <= form.begins_on <= today + AHEAD:
        yield _at("begins_on", "begins_on_invalid", "生效日期须在今天至一年之内")


def _at(field: str, code: str, sentence: str) -> FaultLine:
    return ("body", "form", field), code, sentence


def _newest(session: Session, form: LineForm) -> CatalogueLine | None:
    versions = select(CatalogueLine).where(of_key(form.topic_id or 0, form.place_id))
    return session.scalar(versions.order_by(CatalogueLine.version.desc(), CatalogueLine.id.desc()).limit(1))


def _said(line: CatalogueLine | None) -> dict[str, object]:
    if line is None:
        return {}
    urgency = line.urgency.value if line.urgency is not None else None
    return {"unit_id": line.unit_id, "urgency": urgency, "limit_class": line.limit_class, "basis": line.basis}


def _wanted(form: LineForm) -> dict[str, object]:
    return form.model_dump(mode="json", include={"unit_id", "urgency", "limit_class", "basis"})
