"""`hotline staff`: units, people and what they may do; how a new site gets its first administrator."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.processes import opened_database
from app.settings import read_settings
from core.audit.actions import record_view
from core.clock import SystemClock
from core.database import Database
from core.errors import Invalid
from staff.actions import add_person, add_unit, deactivate_person, move_unit, set_password, set_roles
from staff.log_in_codes import bind_mobile
from staff.model import Person, Unit
from staff.passwords import hash_password
from staff.queries import all_people, all_units, person_by_account, unit_by_code
from staff.rules import ROLE_NAMES, STAFF_ROLES, SYSTEM, UNIT_KIND_NAMES, Role, UnitKind
from tickets.actions.work_hours import drop_unit_hours, set_city_hours, set_unit_hours
from tickets.work_hours import WorkHours, parse_work_hours

ROLES = click.Choice([role.value for role in STAFF_ROLES])
password_option = click.password_option(
    prompt="密码", confirmation_prompt="再输一次", help="Asked for twice unless given; better asked for."
)


@click.group()
def command() -> None:
    """Units, people and roles.  Each change is a line of the audit log."""


@contextmanager
def writing(config: Path | None) -> Iterator[Database]:
    """The database of this site."""
    with opened_database(read_settings(config), SystemClock()) as database:
        yield database


def audited(database: Database, action: str, kind: str, key: str, change: Callable[[Session], Any]) -> None:
    """Make a change and write it down in one transaction; whoever may run commands acts for the system."""
    how = click.get_current_context().command_path

    def act(session: Session) -> None:
        change(session)
        record_view(session, SYSTEM.label, None, action, kind, key, how, database.clock.now())

    database.write(act)


@command.command("add-unit")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in UnitKind]), required=True)
@click.option("--under", help="Code of the unit above; without it the unit stands at the top.")
@click.option("--short", default="", help="The name as it fits into a column.")
@click.option("--duty-phone", default="")
@click.pass_obj
def add_unit_command(
    config: Path | None, code: str, name: str, kind: str, under: str | None, short: str, duty_phone: str
) -> None:
    """Add the unit NAME under the code CODE."""

    def change(session: Session) -> None:
        parent_id = unit_by_code(session, under).id if under else None
        add_unit(
            session,
            code=code,
            name=name,
            kind=UnitKind(kind),
            short_name=short,
            parent_id=parent_id,
            duty_phone=duty_phone,
        )

    with writing(config) as database:
        audited(database, "add_unit", "unit", code, change)
    click.echo(f"已建单位 {code} {name}")


@command.command("move-unit")
@click.argument("code")
@click.option("--under", help="Code of the unit above; without it the unit moves to the top.")
@click.pass_obj
def move_unit_command(config: Path | None, code: str, under: str | None) -> None:
    """Hang the unit CODE, with everything below it, under another."""

    def change(session: Session) -> None:
        parent_id = unit_by_code(session, under).id if under else None
        move_unit(session, unit_by_code(session, code).id, parent_id=parent_id)

    with writing(config) as database:
        audited(database, "move_unit", "unit", code, change)
    click.echo(f"已移动单位 {code}")


@command.command()
@click.argument("account")
@click.argument("name")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--number", required=True, help="Staff number (工号), as it stands in histories.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@click.option("--desk-phone", default="")
@password_option
@click.pass_obj
def add(
    config: Path | None,
    account: str,
    name: str,
    unit: str,
    number: str,
    roles: tuple[str, ...],
    desk_phone: str,
    password: str,
) -> None:
    """Add the person NAME, who logs in as ACCOUNT."""
    password_hash = hash_password(password)

    def change(session: Session) -> None:
        add_person(
            session,
            unit_id=unit_by_code(session, unit).id,
            account=account,
            name=name,
            staff_number=number,
            roles=map(Role, roles),
            password_hash=password_hash,
            desk_phone=desk_phone,
        )

    with writing(config) as database:
        audited(database, "add_person", "person", account, change)
    click.echo(f"已建人员 {account} {name}：{named(roles)}")


@command.command()
@click.argument("account")
@password_option
@click.pass_obj
def password(config: Path | None, account: str, password: str) -> None:
    """Give ACCOUNT a new password; its open log-ins end."""
    password_hash = hash_password(password)
    with writing(config) as database:
        now = database.clock.now()
        audited(
            database,
            "set_password",
            "person",
            account,
            lambda session: set_password(
                session, person_by_account(session, account).id, password_hash=password_hash, now=now
            ),
        )
    click.echo(f"{account} 的密码已更换，需重新登录")


@command.command()
@click.argument("account")
@click.argument("roles", type=ROLES, nargs=-1, required=True)
@click.pass_obj
def roles(config: Path | None, account: str, roles: tuple[str, ...]) -> None:
    """Give ACCOUNT exactly these ROLES; its open log-ins end."""
    with writing(config) as database:
        now = database.clock.now()
        audited(
            database,
            "set_roles",
            "person",
            account,
            lambda session: set_roles(session, person_by_account(session, account).id, roles=map(Role, roles), now=now),
        )
    click.echo(f"{account} 现在是：{named(roles)}")


@command.command()
@click.argument("account")
@click.argument("number", default="")
@click.pass_obj
def mobile(config: Path | None, account: str, number: str) -> None:
    """Bind the mobile NUMBER to ACCOUNT: its one-time codes for logging in go there.  Without one: none."""
    with writing(config) as database:
        audited(
            database,
            "bind_mobile",
            "person",
            account,
            lambda session: bind_mobile(session, person_by_account(session, account).id, phone=number),
        )
    click.echo(f"{account} 的手机号已{'绑定' if number else '解除'}")


@command.command()
@click.argument("account")
@click.pass_obj
def leave(config: Path | None, account: str) -> None:
    """ACCOUNT has left: no log-in stands, none can begin; histories keep the name."""
    with writing(config) as database:
        now = database.clock.now()
        audited(
            database,
            "deactivate_person",
            "person",
            account,
            lambda session: deactivate_person(session, person_by_account(session, account).id, now=now),
        )
    click.echo(f"{account} 已停用")


@command.command()
@click.argument("code", required=False)
@click.option("--working", "on_working_days", default="", help="Hours of working days: 08:30-12:00,13:30-17:00.")
@click.option("--off", "on_days_off", default="", help="Hours of days off; without it closed.")
@click.option("--as-city", is_flag=True, help="The unit works by the city's hours again.")
@click.pass_obj
def hours(config: Path | None, code: str | None, on_working_days: str, on_days_off: str, *, as_city: bool) -> None:
    """When the unit CODE works, or without one the city.  Open tickets whose limits count in hours are timed again."""
    settings = read_settings(config)
    profile, now = settings.tickets.profile, SystemClock().now()
    with writing(config) as database:
        if as_city and code:
            database.write(_drop_hours, code, profile=profile, now=now)
        elif code:
            database.write(_give_hours, code, typed_hours(on_working_days, on_days_off), now=now)
        else:
            kept = typed_hours(on_working_days, on_days_off)
            database.write(set_city_hours, kept, profile=profile, by=SYSTEM, now=now)
    click.echo("办公时间已更新，在办工单的时限将重新计算")


def typed_hours(on_working_days: str, on_days_off: str) -> WorkHours:
    """Raises BadParameter with every fault."""
    try:
        return parse_work_hours(on_working_days, on_days_off)
    except Invalid as invalid:
        raise click.BadParameter("；".join(message for _, _, message in invalid.faults)) from invalid


def _give_hours(session: Session, code: str, kept: WorkHours, *, now: datetime) -> None:
    set_unit_hours(session, unit_by_code(session, code).id, kept, by=SYSTEM, now=now)


def _drop_hours(session: Session, code: str, *, profile: str, now: datetime) -> None:
    drop_unit_hours(session, unit_by_code(session, code).id, profile=profile, by=SYSTEM, now=now)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(config: Path | None, *, as_json: bool) -> None:
    """Units in their tree, each with its people."""
    with writing(config) as database:
        units = database.read(all_units, view=lambda found: list(map(unit_line, found)))
        people = database.read(all_people, view=lambda found: list(map(person_line, found)))
    if as_json:
        click.echo(json.dumps({"units": units, "people": people}, ensure_ascii=False))
        return
    for unit in units:
        click.echo(f"{'  ' * unit['depth']}{unit['name']}  {unit['code']}  {UNIT_KIND_NAMES[unit['kind']]}")
        for person in people:
            if person["unit"] == unit["code"]:
                click.echo(
                    f"{'  ' * unit['depth']}  · {person['name']} {person['number']}"
                    f"  {person['account']}  {named(person['roles'])}"
                )


def unit_line(unit: Unit) -> dict[str, Any]:
    """A unit as it is printed; `depth` counts from 0 at the top."""
    return {"code": unit.code, "name": unit.name, "kind": unit.kind, "depth": unit.path.count("/") - 2}


def person_line(person: Person) -> dict[str, Any]:
    """A person as printed."""
    return {
        "account": person.account,
        "name": person.name,
        "number": person.staff_number,
        "unit": person.unit.code,
        "roles": sorted(row.role for row in person.role_rows),
    }


def named(roles: tuple[str, ...] | list[str]) -> str:
    """Roles in Chinese."""
    return "、".join(ROLE_NAMES[Role(role)] for role in roles)
