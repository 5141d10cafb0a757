"""Who works here and what they may be: roles, actors, and the constants of passwords and log-ins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a person may do. A person may hold several; the last two are never a person."""

    AGENT = "agent"
    DISPATCHER = "dispatcher"
    UNIT_OFFICER = "unit_officer"
    AUDITOR = "auditor"
    CALLBACK = "callback"
    ESCALATION = "escalation"
    SHIFT_LEADER = "shift_leader"
    QUALITY = "quality"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    SYSTEM = "system"
    CITIZEN = "citizen"


ROLE_NAMES: dict[Role, str] = {
    Role.AGENT: "话务员",
    Role.DISPATCHER: "派单员",
    Role.UNIT_OFFICER: "承办单位联络员",
    Role.AUDITOR: "审核员",
    Role.CALLBACK: "回访员",
    Role.ESCALATION: "督办员",
    Role.SHIFT_LEADER: "班长",
    Role.QUALITY: "质检员",
    Role.SUPERVISOR: "主管",
    Role.SPECIALIST: "专席",
    Role.ADMINISTRATOR: "管理员",
    Role.INSPECTOR: "审计（只读）",
    Role.SYSTEM: "系统",
    Role.CITIZEN: "群众",
}

#: roles a person can be given
STAFF_ROLES: tuple[Role, ...] = tuple(role for role in Role if role not in {Role.SYSTEM, Role.CITIZEN})


@dataclass(frozen=True)
class Actor:
    """Who does something: stands in histories by name and staff number, decides by role and unit."""

    person_id: int | None
    name: str
    staff_number: str
    roles: frozenset[Role]
    unit_id: int | None

    def may_act_as(self, roles: Iterable[Role]) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def label(self) -> str:
        """As it stands in histories and audit lines: 李明（A012）."""
        return f"{self.name}（{self.staff_number}）" if self.staff_number else self.name


SYSTEM = Actor(person_id=None, name="系统", staff_number="", roles=frozenset({Role.SYSTEM}), unit_id=None)
CITIZEN = Actor(person_id=None, name="群众", staff_number="", roles=frozenset({Role.CITIZEN}), unit_id=None)


class UnitKind(StrEnum):
    """Where a unit stands in the city's tree."""

    HOTLINE = "hotline"
    CITY_DEPARTMENT = "city_department"
    DISTRICT = "district"
    DISTRICT_DEPARTMENT = "district_department"
    STREET = "street"
    COMMUNITY = "community"
    UTILITY = "utility"


UNIT_KIND_NAMES: dict[UnitKind, str] = {
    UnitKind.HOTLINE: "热线机构",
    UnitKind.CITY_DEPARTMENT: "市级部门",
    UnitKind.DISTRICT: "县（市、区）",
    UnitKind.DISTRICT_DEPARTMENT: "区级部门",
    UnitKind.STREET: "街道（乡镇）",
    UnitKind.COMMUNITY: "社区（村）",
    UnitKind.UTILITY: "公共服务企业",
}


class DutyRank(StrEnum):
    """In which order the duty phones of a unit ring."""

    DUTY = "duty"
    DEPUTY = "deputy"
    LEADER = "leader"


DUTY_RANK_NAMES: dict[DutyRank, str] = {
    DutyRank.DUTY: "值班",
    DutyRank.DEPUTY: "副班",
    DutyRank.LEADER: "带班领导",
}

#: a shift longer than this is a slip of the pen
SHIFT_LONGEST = timedelta(days=31)


#: a log-in dies after this long without a request
SESSION_IDLE = timedelta(hours=2)
#: a log-in dies this long after it began, used or not: one shift and a bit
SESSION_ABSOLUTE = timedelta(hours=12)
#: the idle clock is written at most this often, so that reading a page is not a write
SESSION_TOUCH = timedelta(minutes=1)

#: failed log-ins per address, then per account: (window, how many)
FAILURES_PER_ADDRESS = (timedelta(minutes=5), 5)
FAILURES_PER_ACCOUNT = (timedelta(minutes=15), 10)

#: NIST SP 800-63B: length is what counts
PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 128


def unit_path(parent_path: str, unit_id: int) -> str:
    """`/1/12/` for unit 12 below unit 1; a subtree is every path that starts with it."""
    return f"{parent_path or '/'}{unit_id}/"


def is_within(path: str, ancestor_path: str) -> bool:
    """Whether a unit is the other one or stands below it."""
    return path.startswith(ancestor_path)
