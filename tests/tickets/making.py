"""A small city for tests: units, people by role, topics, places, tickets in a given state."""

import copy
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from staff.actions import add_person, add_unit
from staff.model import Unit
from staff.queries import actor_by_id
from staff.rules import Actor, Role, UnitKind
from tickets.actions.catalogue import add_catalogue_line, add_place, add_topic
from tickets.actions.dispatching import dispatch_ticket, list_for_dispatch
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.registration import register_ticket
from tickets.forms import ReplyForm, ReturnForm, TicketForm
from tickets.kinds import ContactMade, ReplyResult, ReturnBasis, Source, TicketType
from tickets.model import Ticket, Topic
from tickets.settings import TicketOffice

OFFICE = TicketOffice(phone_key=b"a key for tests only, never used elsewhere")
TEXT = "南湖小区三号楼暖气不热，室内只有十四度，已经三天了。"
REPLY_TEXT = (
    "您好，您反映的南湖小区三号楼暖气不热问题，我单位已于当日上门检测，发现楼内循环泵故障，"
    "现已更换完毕，室内温度恢复到二十度以上。"
)


class City:
    """What tests need to name: units and one person for each role."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.hotline = add_unit(session, code="hotline", name="市热线中心", kind=UnitKind.HOTLINE)
        self.heating = add_unit(session, code="heating", name="市供热公司", kind=UnitKind.UTILITY)
        self.roads = add_unit(session, code="roads", name="市城管局", kind=UnitKind.CITY_DEPARTMENT)
        self.district = add_unit(session, code="district", name="朝阳区政府", kind=UnitKind.DISTRICT)
        self.street = add_unit(
            session, code="street", name="南湖街道办", kind=UnitKind.STREET, parent_id=self.district.id
        )
        self.community = add_unit(
            session, code="community", name="南湖社区", kind=UnitKind.COMMUNITY, parent_id=self.street.id
        )
        self.agent = self.person("agent", Role.AGENT)
        self.dispatcher = self.person("dispatcher", Role.DISPATCHER)
        self.auditor = self.person("auditor", Role.AUDITOR)
        self.callback = self.person("callback", Role.CALLBACK)
        self.supervisor = self.person("supervisor", Role.SUPERVISOR)
        self.officer = self.person("heating-1", Role.UNIT_OFFICER, unit=self.heating)
        self.roads_officer = self.person("roads-1", Role.UNIT_OFFICER, unit=self.roads)
        self.escalation = self.person("escalation", Role.ESCALATION)
        self.district_officer = self.person("district-1", Role.UNIT_OFFICER, unit=self.district)
        self.street_officer = self.person("street-1", Role.UNIT_OFFICER, unit=self.street)
        self.community_officer = self.person("community-1", Role.UNIT_OFFICER, unit=self.community)
        top = add_topic(session, code="T1", name="城乡建设")
        self.topic = add_topic(session, code="T1.1", name="供暖不热", parent_id=top.id)
        self.road_topic = add_topic(session, code="T1.2", name="道路破损", parent_id=top.id)
        self.chaoyang = add_place(session, code="P1", name="朝阳区")
        self.nanhu = add_place(session, code="P2", name="南湖小区", parent_id=self.chaoyang.id)
        line = add_catalogue_line(session, topic_id=self.topic.id, unit_id=self.heating.id, basis="目录 3.2")
        self.line_id = line.id

    @classmethod
    def session_of(cls, session: Session, city: "City") -> "City":
        """The same city, worked on in another session."""
        other = copy.copy(city)
        other.session = session
        return other

    def person(self, account: str, *roles: Role, unit: Unit | None = None) -> Actor:
        person = add_person(
            self.session,
            unit_id=(unit or self.hotline).id,
            account=account,
            name=f"王{account[:3]}",
            staff_number=account.upper(),
            roles=roles,
        )
        return actor_by_id(self.session, person.id)

    def form(self, **changes: object) -> TicketForm:
        filled: dict[str, object] = {
            "text": TEXT,
            "place_id": self.nanhu.id,
            "type": TicketType.HELP,
            "topic_id": self.topic.id,
            "caller_name": "张三",
            "phone": "13812345678",
            "title": "南湖小区暖气不热",
        }
        return TicketForm.model_validate(filled | changes)

    def return_form(self, **changes: object) -> ReturnForm:
        filled: dict[str, object] = {
            "basis": ReturnBasis.CATALOGUE,
            "basis_id": self.line_id,
            "explanation": "该小区供热管网由市城管局委托单位管理，不属于我单位职责范围。",
        }
        return ReturnForm.model_validate(filled | changes)

    def registered(self, now: datetime, **changes: object) -> Ticket:
        form = self.form(**changes)
        return register_ticket(self.session, form, source=Source.PHONE, by=self.agent, office=OFFICE, now=now)

    def listed(self, now: datetime, **changes: object) -> Ticket:
        ticket = self.registered(now, **changes)
        return list_for_dispatch(self.session, ticket.id, by=self.agent, now=now)

    def dispatched(self, now: datetime, **changes: object) -> Ticket:
        ticket = self.listed(now, **changes)
        return dispatch_ticket(
            self.session, ticket.id, unit_id=self.heating.id, by=self.dispatcher, office=OFFICE, now=now
        )

    def signed(self, now: datetime, **changes: object) -> Ticket:
        ticket = self.dispatched(now, **changes)
        return sign_ticket(self.session, ticket.id, by=self.officer, now=now, handler="赵六")

    def replied(self, now: datetime, **changes: object) -> Ticket:
        ticket = self.signed(now, **changes)
        return reply_ticket(self.session, ticket.id, reply_form(), by=self.officer, office=OFFICE, now=now)

    def answered(self, now: datetime, **changes: object) -> Ticket:
        ticket = self.replied(now, **changes)
        return pass_audit(self.session, ticket.id, by=self.auditor, office=OFFICE, now=now + timedelta(minutes=1))


def topic_of(session: Session, ticket: Ticket) -> str:
    """The code of its topic; empty: it has none."""
    return session.get_one(Topic, ticket.topic_id).code if ticket.topic_id is not None else ""


def reply_form(**changes: object) -> ReplyForm:
    filled: dict[str, object] = {
        "result": ReplyResult.SOLVED,
        "text": REPLY_TEXT,
        "contact": ContactMade.CALL,
        "handler": "赵六",
    }
    return ReplyForm.model_validate(filled | changes)
