"""One line of the catalogue is changed by hand: versions stay, each names who made it, an undo is a version too."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announced
from tests.tickets.making import City
from tickets.catalogue import catalogue_line_for
from tickets.errors import RoleRefused, VersionConflict
from tickets.importing.editing import LineForm, put_line
from tickets.importing.events import CatalogueChanged
from tickets.importing.queries import catalogue_lines, versions_of
from tickets.kinds import Urgency
from tickets.model import CatalogueLine


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def form(city: City, **changes: object) -> LineForm:
    filled: dict[str, object] = {"topic_id": city.topic.id, "unit_id": city.roads.id, "basis": "会商纪要 3 号"}
    return LineForm.model_validate(filled | changes)


def unit_at(session: Session, city: City, moment: datetime) -> int:
    line = catalogue_line_for(session, city.topic.id, city.nanhu, now=moment)
    assert line is not None
    return line.unit_id


def put(session: Session, city: City, now: datetime, version: int, **changes: object) -> CatalogueLine:
    return put_line(session, form(city, **changes), version=version, by=city.supervisor, now=now)


def test_a_change_is_a_new_version_and_says_who_made_it(session: Session, city: City, now: datetime) -> None:
    line = put(session, city, now, 1, urgency=Urgency.URGENT, limit_class="utility")

    newest, first = versions_of(session, line.id)
    assert (newest.line.version, newest.line.changed_by, newest.unit) == (
        2,
        city.supervisor.label,
        city.roads.short_name,
    )
    assert (first.line.version, first.line.retired_at) == (1, now)
    assert (newest.line.urgency, newest.line.limit_class) == (Urgency.URGENT, "utility")
    assert unit_at(session, city, now) == city.roads.id
    assert CatalogueChanged(None) in announced(session)


def test_an_undo_is_a_version_too(session: Session, city: City, now: datetime) -> None:
    put(session, city, now, 1)

    line = put(session, city, now + timedelta(hours=1), 2, unit_id=city.heating.id, basis="恢复第 1 版")

    assert [one.line.version for one in versions_of(session, line.id)] == [3, 2, 1]
    assert unit_at(session, city, now + timedelta(hours=1)) == city.heating.id


def test_a_line_begins_on_its_day_and_until_then_the_old_one_holds(session: Session, city: City, now: datetime) -> None:
    put(session, city, now, 1, begins_on=date(2026, 11, 1))

    assert unit_at(session, city, datetime.fromisoformat("2026-10-31T23:59:00+08:00")) == city.heating.id
    assert unit_at(session, city, datetime.fromisoformat("2026-11-01T00:00:00+08:00")) == city.roads.id
    assert [one.line.version for one in catalogue_lines(session, now=now).rows] == [1, 2]


def test_what_was_planned_gives_way_to_what_is_said_later(session: Session, city: City, now: datetime) -> None:
    put(session, city, now, 1, begins_on=date(2026, 11, 1))

    put(session, city, now, 2, unit_id=city.district.id)

    assert unit_at(session, city, now + timedelta(days=60)) == city.district.id
    assert [one.line.version for one in catalogue_lines(session, now=now).rows] == [3]


def test_a_topic_in_a_place_of_its_own_leaves_the_city_as_it_is(session: Session, city: City, now: datetime) -> None:
    line = put(session, city, now, 0, place_id=city.nanhu.id)

    assert (line.version, unit_at(session, city, now)) == (1, city.roads.id)
    elsewhere = catalogue_line_for(session, city.topic.id, city.chaoyang, now=now)
    assert elsewhere is not None
    assert elsewhere.unit_id == city.heating.id


def test_two_who_change_a_line_at_once_lose_nothing(session: Session, city: City, now: datetime) -> None:
    put(session, city, now, 1)

    with pytest.raises(VersionConflict) as conflict:
        put(session, city, now, 1, unit_id=city.district.id)

    assert conflict.value.more["version"] == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topic_id": None}, "topic_id"),
        ({"topic_id": 999_999}, "topic_id"),
        ({"place_id": 999_999}, "place_id"),
        ({"unit_id": None}, "unit_id"),
        ({"limit_class": "没有的"}, "limit_class"),
        ({"basis": ""}, "basis"),
        ({"begins_on": date(2026, 10, 12)}, "begins_on"),
        ({"begins_on": date(2027, 12, 1)}, "begins_on"),
    ],
)
def test_a_refused_edit_names_its_field(
    session: Session, city: City, now: datetime, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        put(session, city, now, 1, **changes)

    assert [loc[-1] for loc, _, _ in refused.value.faults] == [field]


def test_a_branch_the_hotline_and_no_change_at_all_are_refused(session: Session, city: City, now: datetime) -> None:
    for changes, code in (
        ({"topic_id": city.topic.parent_id}, "topic_has_branches"),
        ({"unit_id": city.hotline.id}, "unit_missing"),
        ({"unit_id": city.heating.id, "basis": "目录 3.2"}, "unchanged"),
    ):
        with pytest.raises(Invalid) as refused:
            put(session, city, now, 1, **changes)
        assert [fault[1] for fault in refused.value.faults] == [code]


def test_a_dispatcher_changes_no_line(session: Session, city: City, now: datetime) -> None:
    with pytest.raises(RoleRefused):
        put_line(session, form(city), version=1, by=city.dispatcher, now=now)
