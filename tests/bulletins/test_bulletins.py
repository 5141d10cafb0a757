"""通知公告: published to units and what lies below them, signed for once, withdrawn for good."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.audit.model import AuditRow
from core.database import Database
from core.errors import Invalid
from core.events import announced
from core.jobs.runner import drain
from staff.actions import add_unit, move_unit
from staff.errors import UnitNotFound
from staff.events import UnitAdded, UnitMoved
from staff.model import Unit
from staff.rules import UnitKind
from tests.fakes import HandClock
from tests.tickets.making import City
from tickets.bulletins.actions import give_standing_bulletins, publish_bulletin, receive_bulletin, withdraw_bulletin
from tickets.bulletins.errors import BulletinNotFound, BulletinOver
from tickets.bulletins.model import Bulletin
from tickets.bulletins.queries import bulletin_by_id, bulletins, bulletins_of_unit, receipts
from tickets.bulletins.rules import BulletinForm
from tickets.clocks import local_day
from tickets.errors import RoleRefused

import_all_jobs()

DAY = timedelta(days=1)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def form(now: datetime, **changes: object) -> BulletinForm:
    filled = {
        "title": "供暖季值班要求",
        "text": "十月二十日起各单位须二十四小时值守。",
        "valid_until": local_day(now + 9 * DAY),
    }
    return BulletinForm.model_validate(filled | changes)


def publish(city: City, now: datetime, **changes: object) -> Bulletin:
    return publish_bulletin(city.session, form(now, **changes), by=city.supervisor, now=now)


def reached(session: Session, bulletin: Bulletin) -> list[str]:
    return reached_by(session, bulletin.id)


def reached_by(session: Session, bulletin_id: int) -> list[str]:
    return [receipt.unit.code for receipt in receipts(session, bulletin_id)]


class TestPublishing:
    def test_to_all_it_reaches_every_unit_and_not_the_hotline(
        self, session: Session, city: City, now: datetime
    ) -> None:
        bulletin = publish(city, now)

        assert reached(session, bulletin) == ["heating", "roads", "district", "street", "community"]
        assert bulletin.audience == "全部单位"

    def test_to_chosen_ones_it_reaches_what_lies_below_them_once(
        self, session: Session, city: City, now: datetime
    ) -> None:
        bulletin = publish(city, now, unit_ids=[city.district.id, city.street.id])

        assert reached(session, bulletin) == ["district", "street", "community"]
        assert bulletin.audience == "朝阳区政府等 2 个单位及其下级"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": ""}, "title_missing"),
            ({"text": ""}, "text_missing"),
            ({"valid_until": -1}, "valid_until_past"),
            ({"receive_by": -1}, "receive_by_past"),
            ({"receive_by": 10}, "receive_by_after_end"),
        ],
    )
    def test_what_is_missing_or_past_is_named_at_its_field(
        self, city: City, now: datetime, changes: dict[str, object], code: str
    ) -> None:
        wrong = {
            name: local_day(now + value * DAY) if isinstance(value, int) else value for name, value in changes.items()
        }

        with pytest.raises(Invalid) as refused:
            publish(city, now, **wrong)

        assert [(fault[0][-1], fault[1]) for fault in refused.value.faults] == [(*changes, code)]

    def test_an_unknown_unit_and_anybody_but_a_supervisor_are_refused(self, city: City, now: datetime) -> None:
        with pytest.raises(UnitNotFound):
            publish(city, now, unit_ids=[4_000_000])
        with pytest.raises(RoleRefused):
            publish_bulletin(city.session, form(now), by=city.dispatcher, now=now)

    def test_publishing_and_withdrawing_stand_in_the_audit_log(
        self, session: Session, city: City, now: datetime
    ) -> None:
        bulletin = publish(city, now)
        withdraw_bulletin(session, bulletin.id, reason="已有新规定", by=city.supervisor, now=now)

        lines = session.execute(
            select(AuditRow.action, AuditRow.actor, AuditRow.purpose).where(AuditRow.object_kind == "bulletin")
        )
        assert [tuple(line) for line in lines] == [
            ("publish_bulletin", city.supervisor.label, "全部单位：供暖季值班要求"),
            ("withdraw_bulletin", city.supervisor.label, "已有新规定"),
        ]


def add(session: Session, code: str, kind: UnitKind, under: Unit | None = None) -> Unit:
    return add_unit(session, code=code, name=code, kind=kind, parent_id=under.id if under else None)


class TestUnitsThatComeLater:
    def test_they_get_what_stands_for_all_and_what_went_to_the_unit_above_once(
        self, session: Session, city: City, now: datetime
    ) -> None:
        for_all, for_district = publish(city, now), publish(city, now, unit_ids=[city.district.id])
        publish(city, now, unit_ids=[city.roads.id])
        beside, below = (
            add(session, "parks", UnitKind.CITY_DEPARTMENT),
            add(session, "s2", UnitKind.STREET, city.district),
        )

        for unit in (beside, below, below):
            give_standing_bulletins(session, unit.id, now=now)

        own = {
            unit.code: [
                receipt.bulletin_id for receipt in bulletins_of_unit(session, unit_id=unit.id, today=local_day(now))
            ]
            for unit in (beside, below)
        }
        assert own == {"parks": [for_all.id], "s2": [for_district.id, for_all.id]}
        assert UnitAdded(below.id) in announced(session)

    def test_what_is_over_and_what_is_for_units_reaches_neither_them_nor_a_part_of_the_hotline(
        self, session: Session, city: City, now: datetime
    ) -> None:
        publish(city, now)
        gone = publish(city, now, title="已废止")
        withdraw_bulletin(session, gone.id, reason="已有新规定", by=city.supervisor, now=now)
        unit, hall = add(session, "parks", UnitKind.CITY_DEPARTMENT), add(session, "hall2", UnitKind.HOTLINE)

        assert give_standing_bulletins(session, unit.id, now=now + 10 * DAY) == []
        assert give_standing_bulletins(session, hall.id, now=now) == []
        assert len(give_standing_bulletins(session, unit.id, now=now)) == 1


class TestUnitsThatAreMoved:
    def test_they_get_what_stands_for_the_unit_above_them_with_all_below_them_once(
        self, session: Session, city: City, now: datetime
    ) -> None:
        for_roads = publish(city, now, unit_ids=[city.roads.id])
        publish(city, now, unit_ids=[city.heating.id])
        closed = add(session, "closed", UnitKind.COMMUNITY, city.street)
        closed.is_active = False

        move_unit(session, city.street.id, parent_id=city.roads.id)
        for _ in range(2):
            give_standing_bulletins(session, city.street.id, now=now)

        assert UnitMoved(city.street.id) in announced(session)
        assert sorted(reached(session, for_roads)) == ["community", "roads", "street"]
        assert bulletins_of_unit(session, unit_id=city.district.id, today=local_day(now)) == []

    def test_what_they_had_stays_with_its_receipt(self, session: Session, city: City, now: datetime) -> None:
        for_district = publish(city, now, unit_ids=[city.district.id])
        receive_bulletin(session, for_district.id, by=city.street_officer, now=now)

        move_unit(session, city.street.id, parent_id=city.roads.id)
        given = give_standing_bulletins(session, city.street.id, now=now)

        assert given == []
        assert bulletin_by_id(session, for_district.id).received == 1

    def test_under_nobody_they_get_what_stands_for_all(self, session: Session, city: City, now: datetime) -> None:
        publish(city, now, unit_ids=[city.district.id])
        for_all = publish(city, now)
        moved = add(session, "s2", UnitKind.STREET, city.district)

        move_unit(session, moved.id, parent_id=None)

        assert [one.bulletin_id for one in give_standing_bulletins(session, moved.id, now=now)] == [for_all.id]

    def test_it_follows_from_the_move_itself(self, open_database: Callable[..., Database], now: datetime) -> None:
        database = open_database(reactions=REACTIONS, clock=HandClock(now))
        city = database.write(City)
        published = database.write(
            lambda session: publish(City.session_of(session, city), now, unit_ids=[city.roads.id]).id
        )

        database.write(lambda session: move_unit(session, city.street.id, parent_id=city.roads.id).id)
        drain(database)

        assert sorted(database.read(lambda session: reached_by(session, published))) == ["community", "roads", "street"]


class TestReceipts:
    def test_the_first_who_signs_for_a_unit_counts(self, session: Session, city: City, now: datetime) -> None:
        bulletin = publish(city, now, receive_by=local_day(now))

        receive_bulletin(session, bulletin.id, by=city.officer, now=now)
        again = receive_bulletin(session, bulletin.id, by=city.officer, now=now + timedelta(hours=1))

        assert (again.received_at, again.received_by) == (now, city.officer.label)
        counted = bulletin_by_id(session, bulletin.id)
        assert (counted.n, counted.received) == (5, 1)
        missing = [one.unit.code for one in receipts(session, bulletin.id, is_missing=True)]
        assert sorted(missing) == ["community", "district", "roads", "street"]

    def test_what_is_unread_stands_first_and_what_went_to_others_is_not_there(
        self, session: Session, city: City, now: datetime
    ) -> None:
        old = publish(city, now)
        new = publish(city, now, unit_ids=[city.heating.id])
        publish(city, now, unit_ids=[city.roads.id])
        receive_bulletin(session, new.id, by=city.officer, now=now)

        own = bulletins_of_unit(session, unit_id=city.heating.id, today=local_day(now))

        assert [receipt.bulletin_id for receipt in own] == [old.id, new.id]

    def test_nobody_signs_for_what_went_to_others(self, session: Session, city: City, now: datetime) -> None:
        bulletin = publish(city, now, unit_ids=[city.roads.id])

        with pytest.raises(BulletinNotFound):
            receive_bulletin(session, bulletin.id, by=city.officer, now=now)

    def test_late_it_may_still_be_signed_and_after_its_last_day_not(
        self, session: Session, city: City, now: datetime
    ) -> None:
        bulletin = publish(city, now, receive_by=local_day(now))

        receive_bulletin(session, bulletin.id, by=city.officer, now=now + 9 * DAY)
        with pytest.raises(BulletinOver):
            receive_bulletin(session, bulletin.id, by=city.roads_officer, now=now + 10 * DAY)


class TestWithdrawing:
    def test_no_unit_sees_it_any_more_and_who_signed_stays_on_record(
        self, session: Session, city: City, now: datetime
    ) -> None:
        bulletin = publish(city, now)
        receive_bulletin(session, bulletin.id, by=city.officer, now=now)

        withdraw_bulletin(session, bulletin.id, reason="已有新规定", by=city.supervisor, now=now)

        today = local_day(now)
        assert bulletins_of_unit(session, unit_id=city.roads.id, today=today) == []
        assert bulletins(session, today=today) == []
        (over,) = bulletins(session, today=today, is_over=True)
        assert (over.bulletin.withdraw_reason, over.received) == ("已有新规定", 1)

    def test_it_takes_a_reason_and_happens_once(self, session: Session, city: City, now: datetime) -> None:
        bulletin = publish(city, now)

        with pytest.raises(Invalid):
            withdraw_bulletin(session, bulletin.id, reason="", by=city.supervisor, now=now)
        withdraw_bulletin(session, bulletin.id, reason="已有新规定", by=city.supervisor, now=now)
        with pytest.raises(BulletinOver):
            withdraw_bulletin(session, bulletin.id, reason="再次", by=city.supervisor, now=now)
