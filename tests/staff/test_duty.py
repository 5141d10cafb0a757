"""Who is on duty at a moment, and who may keep the roster."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.actions import add_unit
from staff.duty import (
    OnDuty,
    ShiftForm,
    add_shift,
    change_shift,
    everybody_on_duty,
    on_duty,
    remove_shift,
    set_contact,
    shifts_between,
    units_without_contact,
)
from staff.errors import OtherUnitsRoster, ShiftNotFound
from staff.model import Unit
from staff.rules import Actor, DutyRank, Role, UnitKind

PHONE, OTHER = "15404310001", "15404310002"
HOURS_12 = timedelta(hours=12)


@pytest.fixture
def unit(session: Session) -> Unit:
    return add_unit(session, code="heating", name="市供热公司", kind=UnitKind.UTILITY)


def officer(unit: Unit) -> Actor:
    return Actor(None, "李四", "U01", frozenset({Role.UNIT_OFFICER}), unit.id)


def shift(now: datetime, *, rank: DutyRank = DutyRank.DUTY, phone: str = PHONE, hours: float = 12) -> ShiftForm:
    return ShiftForm("赵六", phone, rank, now, now + timedelta(hours=hours))


def test_a_shift_runs_from_its_first_moment_to_its_last(session: Session, unit: Unit, now: datetime) -> None:
    add_shift(session, unit.id, shift(now), by=officer(unit), now=now)

    moments = (now - timedelta(seconds=1), now, now + HOURS_12 - timedelta(seconds=1), now + HOURS_12)

    found = [on_duty(session, unit.id, DutyRank.DUTY, at=moment) for moment in moments]
    assert [one.phone if one else None for one in found] == [None, PHONE, PHONE, None]


def test_without_a_roster_the_standing_phone_is_told_but_no_deputy(session: Session, unit: Unit, now: datetime) -> None:
    set_contact(session, unit.id, phone=OTHER, email="", webhook="")

    assert everybody_on_duty(session, unit.id, at=now) == [OnDuty("值班电话", OTHER, DutyRank.DUTY, is_standing=True)]


def test_of_two_shifts_at_once_the_later_one_counts(session: Session, unit: Unit, now: datetime) -> None:
    add_shift(session, unit.id, shift(now), by=officer(unit), now=now)
    add_shift(session, unit.id, shift(now + timedelta(hours=1), phone=OTHER), by=officer(unit), now=now)

    found = on_duty(session, unit.id, DutyRank.DUTY, at=now + timedelta(hours=2))

    assert found is not None
    assert found.phone == OTHER


def test_a_week_shows_the_shifts_that_touch_it(session: Session, unit: Unit, now: datetime) -> None:
    for days in (-1, 0, 6, 7):
        add_shift(session, unit.id, shift(now + timedelta(days=days), hours=24.5), by=officer(unit), now=now)

    found = shifts_between(session, unit.id, begins_at=now, ends_at=now + timedelta(days=7))

    assert [one.begins_at - now for one in found] == [timedelta(days=days) for days in (-1, 0, 6)]


def test_another_units_officer_changes_nothing(session: Session, unit: Unit, now: datetime) -> None:
    other = add_unit(session, code="roads", name="市城管局", kind=UnitKind.CITY_DEPARTMENT)
    kept = add_shift(session, unit.id, shift(now), by=officer(unit), now=now)

    with pytest.raises(OtherUnitsRoster):
        add_shift(session, unit.id, shift(now), by=officer(other), now=now)
    with pytest.raises(OtherUnitsRoster):
        change_shift(session, kept.id, shift(now, phone=OTHER), by=officer(other), now=now)
    with pytest.raises(OtherUnitsRoster):
        remove_shift(session, kept.id, by=officer(other))


def test_a_shift_is_changed_and_removed(session: Session, unit: Unit, now: datetime) -> None:
    kept = add_shift(session, unit.id, shift(now), by=officer(unit), now=now)

    change_shift(session, kept.id, shift(now, phone=OTHER), by=officer(unit), now=now)
    phones = [one.phone for one in everybody_on_duty(session, unit.id, at=now)]
    remove_shift(session, kept.id, by=officer(unit))

    assert phones == [OTHER]
    with pytest.raises(ShiftNotFound):
        remove_shift(session, kept.id, by=officer(unit))


def test_every_fault_of_a_shift_is_named_at_once(session: Session, unit: Unit, now: datetime) -> None:
    form = ShiftForm(" ", "12", DutyRank.DUTY, now, now, person_id=999)

    with pytest.raises(Invalid) as refused:
        add_shift(session, unit.id, form, by=officer(unit), now=now)

    assert [code for _, code, _ in refused.value.faults] == [
        "name_missing",
        "phone_invalid",
        "ends_before_it_begins",
        "person_of_other_unit",
    ]


def test_a_contact_is_checked(session: Session, unit: Unit) -> None:
    with pytest.raises(Invalid) as refused:
        set_contact(session, unit.id, phone="12", email="heating", webhook="http://robot.example")

    assert [code for _, code, _ in refused.value.faults] == ["phone_invalid", "email_invalid", "webhook_invalid"]


def test_units_that_nobody_could_tell_are_named(session: Session, unit: Unit, now: datetime) -> None:
    roads = add_unit(session, code="roads", name="市城管局", kind=UnitKind.CITY_DEPARTMENT)
    add_unit(session, code="hotline", name="热线中心", kind=UnitKind.HOTLINE)
    add_shift(session, unit.id, shift(now), by=officer(unit), now=now)

    assert units_without_contact(session, at=now) == [roads.short_name]
    without = units_without_contact(session, at=now + HOURS_12)
    assert sorted(without) == sorted([unit.short_name, roads.short_name])
