"""What people fill in: the ticket form and the reply, with every rule that needs no database."""

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, ConfigDict, Field

from core.bounds import Day, RowId
from core.errors import FaultLine, Invalid
from core.masking import is_landline, is_mobile, plain_number
from core.typed import Typed, kept_text
from tickets.evidence import minute_of
from tickets.kinds import (
    CallerKind,
    ContactMade,
    ContactTime,
    PhoneKind,
    ReplyResult,
    ReplyWay,
    RequestKind,
    ReturnBasis,
    Salutation,
    Secrecy,
    TerminationReason,
    TicketType,
    ToldBy,
    Urgency,
)
from tickets.points import POINTS_MOST, Point

TEXT_LEAST, TEXT_MOST = 10, 10_000
TITLE_MOST = 30
REPLY_LEAST, REPLY_MOST = 50, 800
RETURN_LEAST = 20
#: kinds of basis that stand in the city's own list
LEGAL_BASES = (ReturnBasis.DUTY_TEXT, ReturnBasis.OTHER)
REASON_LEAST = 10
ANSWER_LEAST = 10
#: more people than this are a group and name somebody who speaks for them
GROUP_FROM = 6
REPRESENTATIVE_MISSING = f"{GROUP_FROM} 人及以上为群体诉求，请填写代表人"
PHONE_MALFORMED = "联系电话应为 11 位手机号或带区号的固话"
#: sentences that tell a citizen nothing when they stand alone
EMPTY_PHRASES = ("已转相关部门", "已转办", "正在处理", "已知悉", "已收悉")

#: what a citation looks like: 《…办法》, 长府发〔2025〕6号, 第十二条
_CITED = re.compile(
    r"《[^》]*》|[\u4e00-\u9fff]{0,10}[〔\[（(]\d{4}[〕\]）)]\s*(?:第)?\d+\s*号|第[\d〇零一二三四五六七八九十百]+[条款项]"
)
_WORDS = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
#: so much has to be left in plain words when citations are taken away
PLAIN_LEAST = 30


class Form(Typed):
    """Strict, nothing unknown; unfinished forms are allowed everywhere and judged only when they are sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TicketForm(Form):
    """The desk's form in the order of speech. Lengths here are what the database holds; see `ticket_faults`."""

    text: str = Field("", max_length=TEXT_MOST)
    place_id: RowId | None = None
    place_text: str = Field("", max_length=200)
    #: why there is no place: only with neither place_id nor place_text
    no_place_reason: str = Field("", max_length=100)
    type: TicketType | None = None
    topic_id: RowId | None = None
    urgency: Urgency = Urgency.NORMAL
    caller_name: str = Field("", max_length=40)
    caller_salutation: Salutation = Salutation.UNKNOWN
    caller_kind: CallerKind = CallerKind.PERSON
    company_name: str = Field("", max_length=100)
    phone: str = Field("", max_length=20)
    #: 不愿透露: neither name nor phone is asked for
    is_anonymous: bool = False
    contact_time: ContactTime = ContactTime.ANY
    reply_way: ReplyWay = ReplyWay.PHONE
    secrecy: Secrecy | None = None
    accused: str = Field("", max_length=100)
    accused_unit_id: RowId | None = None
    happened_text: str = Field("", max_length=60)
    points: list[Point] = Field([], max_length=POINTS_MOST)
    people_count: int = Field(1, ge=1, le=1_000_000)
    representative: str = Field("", max_length=40)
    title: str = Field("", max_length=60)
    outside_number: str = Field("", max_length=60)

    @property
    def plain_phone(self) -> str:
        return plain_number(self.phone)

    @property
    def secrecy_or_preset(self) -> Secrecy:
        """A report keeps its caller from the accused unless somebody chose otherwise."""
        preset = Secrecy.FROM_ACCUSED if self.type is TicketType.REPORT else Secrecy.NONE
        return self.secrecy or preset

    def titled(self, place_name: str) -> str:
        """The title that was typed, or one made of place and text."""
        text = " ".join(self.text.split())
        return self.title or f"{place_name.rsplit(' › ', 1)[-1]}：{text}"[:TITLE_MOST]


class ReplyForm(Form):
    """What a unit answers."""

    result: ReplyResult
    text: str = Field(max_length=REPLY_MOST)
    internal_note: str = Field("", max_length=2000)
    basis: str = Field("", max_length=400)
    measures: str = Field("", max_length=800)
    finish_on: Day | None = None
    contact: ContactMade
    contact_note: str = Field("", max_length=400)
    handler: str = Field(max_length=40)
    signer: str = Field("", max_length=40)


class BegunReply(Form):
    """A reply that is being typed: nothing of it is judged before it is sent, so that no word of it is lost."""

    result: ReplyResult | None = None
    text: str = Field("", max_length=TEXT_MOST)
    internal_note: str = Field("", max_length=TEXT_MOST)
    basis: str = Field("", max_length=TEXT_MOST)
    measures: str = Field("", max_length=TEXT_MOST)
    finish_on: Day | None = None
    contact: ContactMade | None = None
    contact_note: str = Field("", max_length=TEXT_MOST)
    handler: str = Field("", max_length=200)
    signer: str = Field("", max_length=200)

    def filled(self) -> dict[str, Any]:
        """Only what was filled, as JSON."""
        return self.model_dump(mode="json", exclude_defaults=True)


class VisitForm(Form):
    """现场走访: either whom they met, or that nobody was there."""

    visitors: str = Field(max_length=80)
    visited_at: AwareDatetime
    place: str = Field(max_length=200)
    met: str = Field("", max_length=80)
    is_nobody_there: bool = False
    note: str = Field("", max_length=1000)


class LegalBasisForm(Form):
    """A clause that units may found a return on: as it is cited, and what it says."""

    kind: ReturnBasis
    name: str = Field(max_length=100)
    words: str = Field(max_length=1000)


class ReturnForm(Form):
    """Why a unit gives a ticket back. No proposed unit means that a conference should decide.

    `basis_id` is a line of the catalogue, a ruling, or an entry of the list of legal bases of that kind.
    """

    basis: ReturnBasis
    basis_id: RowId | None = None
    basis_text: str = Field("", max_length=200)
    proposed_unit_id: RowId | None = None
    explanation: str = Field(max_length=1000)


class RequestForm(Form):
    """What a unit asks for: `until_on` for more time, `plan` and `review_on` for the shelf.

    For an end `termination_reason`, and `channel` where another house takes the matter.
    """

    kind: RequestKind
    reason: str = Field(max_length=1000)
    until_on: Day | None = None
    told_by: ToldBy | None = None
    told_note: str = Field("", max_length=400)
    plan: str = Field("", max_length=1000)
    review_on: Day | None = None
    termination_reason: TerminationReason | None = None
    channel: str = Field("", max_length=100)


def request_faults(form: RequestForm, *, today: date) -> list[FaultLine]:
    """What keeps a request from being sent; `today` is the day in Shanghai."""
    extends, parks = form.kind is RequestKind.EXTENSION, form.kind is RequestKind.PARKING
    ends = form.kind is RequestKind.TERMINATION
    rules = (
        (len(form.reason) >= REASON_LEAST, "reason", "reason_too_short", f"请写明理由，至少 {REASON_LEAST} 个字"),
        (not extends or form.until_on is not None, "until_on", "until_missing", "请选择延期到哪一天"),
        (
            not extends or form.told_by is not None,
            "told_by",
            "citizen_not_told",
            "延期须先告知群众，请选择告知方式",
        ),
        (not extends or bool(form.told_note), "told_note", "told_note_missing", "请写明何时、如何告知群众"),
        (not parks or bool(form.plan), "plan", "plan_missing", "挂账须写明工作计划"),
        (not parks or form.review_on is not None, "review_on", "review_missing", "挂账须写明复查日"),
        (
            not parks or form.review_on is None or form.review_on > today,
            "review_on",
            "review_in_the_past",
            "复查日应晚于今天",
        ),
        (
            not ends or form.termination_reason is not None,
            "termination_reason",
            "termination_reason_missing",
            "请选择终止原因",
        ),
        (
            not ends or channel_named(form.termination_reason, form.channel),
            "channel",
            "channel_missing",
            CHANNEL_MISSING,
        ),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


CHANNEL_MISSING = "请写明群众应向哪里反映"


def channel_named(reason: TerminationReason | None, channel: str) -> bool:
    """Whether whoever takes the matter instead is named, where somebody does."""
    return reason is None or not reason.has_channel or bool(channel)


def phone_kind(number: str) -> PhoneKind:
    """Whether an SMS can reach the number."""
    if not number:
        return PhoneKind.NONE
    if is_mobile(number):
        return PhoneKind.MOBILE
    return PhoneKind.LANDLINE if is_landline(number) else PhoneKind.OTHER


def _fault(name: str, code: str, message: str) -> FaultLine:
    return (("body", "form", name), code, message)


def ticket_faults(form: TicketForm) -> list[FaultLine]:
    """Everything that keeps a form from becoming a ticket, at once and in the order of the form."""
    rules = (
        (len(form.text) >= TEXT_LEAST, "text", "text_too_short", f"诉求内容至少 {TEXT_LEAST} 个字"),
        (
            bool(form.place_id or form.place_text or form.no_place_reason),
            "place_text",
            "place_missing",
            "请填写发生地点；地点不详须说明原因",
        ),
        (form.type is not None, "type", "type_missing", "请选择类型"),
        (
            form.caller_kind is CallerKind.PERSON or bool(form.company_name),
            "company_name",
            "company_missing",
            "企业诉求请填写企业名称",
        ),
        (bool(form.phone) or form.is_anonymous, "phone", "phone_missing", "请填写联系电话；不愿透露请注明"),
        (
            not form.phone or phone_kind(form.plain_phone) is not PhoneKind.OTHER,
            "phone",
            "phone_malformed",
            PHONE_MALFORMED,
        ),
        (
            form.people_count < GROUP_FROM or bool(form.representative),
            "representative",
            "representative_missing",
            REPRESENTATIVE_MISSING,
        ),
        (len(form.title) <= TITLE_MOST, "title", "title_too_long", f"标题最多 {TITLE_MOST} 个字"),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


def reply_faults(form: ReplyForm, *, today: date) -> list[FaultLine]:
    """What keeps a reply from being sent: too short, only phrases, no measures for what is not wholly solved.

    `today` is the day in Shanghai.
    """
    leaves_rest = form.result.leaves_rest
    bare = form.text.rstrip("。！!. ")
    rules = (
        (len(form.text) >= REPLY_LEAST, "text", "reply_too_short", f"给群众的话至少 {REPLY_LEAST} 个字"),
        (
            not any(bare.endswith(phrase) and len(bare) < 2 * REPLY_LEAST for phrase in EMPTY_PHRASES),
            "text",
            "reply_says_nothing",
            "请写明办理经过和结果，不能只写已转相关部门",
        ),
        (
            len(form.text) < REPLY_LEAST or len(_WORDS.findall(_CITED.sub("", form.text))) >= PLAIN_LEAST,
            "text",
            "reply_only_cites",
            "请用群众听得懂的话写明结果，不能只写文号和法规名称",
        ),
        (not leaves_rest or bool(form.measures), "measures", "measures_missing", "未全部解决的请写明措施"),
        (not leaves_rest or form.finish_on is not None, "finish_on", "finish_on_missing", "未全部解决的请写明完成日期"),
        (
            not leaves_rest or form.finish_on is None or form.finish_on >= today,
            "finish_on",
            "finish_on_in_the_past",
            "完成日期不能早于今天",
        ),
        (
            form.contact is not ContactMade.NONE or bool(form.contact_note),
            "contact_note",
            "contact_reason_missing",
            "未联系群众请写明原因",
        ),
        (bool(form.handler), "handler", "handler_missing", "请填写经办人"),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


def visit_faults(form: VisitForm, *, since: datetime, now: datetime) -> list[FaultLine]:
    """`since`: when the unit got the ticket."""
    rules = (
        (bool(form.visitors), "visitors", "visitors_missing", "请填写走访人"),
        (form.visited_at <= now, "visited_at", "visit_in_the_future", "走访时间不能晚于现在"),
        (form.visited_at >= minute_of(since), "visited_at", "visit_before_ticket", "走访时间早于工单派到本单位"),
        (bool(form.place), "place", "visit_place_missing", "请填写走访地点"),
        (bool(form.met) is not form.is_nobody_there, "met", "met_missing", "请写明见到了谁，或注明现场无人，二选一"),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


def legal_basis_faults(form: LegalBasisForm, *, taken: Collection[str]) -> list[FaultLine]:
    """`taken`: names of the others that are in force."""
    rules = (
        (form.kind in LEGAL_BASES, "kind", "kind_not_legal", "请选择三定方案条款或其他法定依据"),
        (bool(form.name), "name", "name_missing", "请写明依据的名称和条款号"),
        (form.name not in taken, "name", "name_taken", "已有同名的法定依据"),
        (bool(form.words), "words", "words_missing", "请写明条款内容"),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


def return_faults(form: ReturnForm) -> list[FaultLine]:
    rules = (
        (
            len(form.explanation) >= RETURN_LEAST,
            "explanation",
            "explanation_too_short",
            f"退单说明至少 {RETURN_LEAST} 个字",
        ),
        (form.basis_id is not None, "basis_id", "basis_missing", "请选择依据：派单目录行、法定依据或既往裁定"),
    )
    return [_fault(name, code, message) for holds, name, code, message in rules if not holds]


def needed(text: str, name: str = "reason", sentence: str = "请写明理由") -> str:
    """What must be said, in the field of the body that is named so.  Raises Invalid where nothing is."""
    if not kept_text(text):
        raise Invalid([(("body", name), f"{name}_missing", sentence)])
    return text


def refuse_faults(faults: Iterable[FaultLine]) -> None:
    """Raises Invalid with all of them."""
    found = list(faults)
    if found:
        raise Invalid(found)
