"""What a mail can come to, the marks of mails that no person wrote, and what its words say of the ticket."""

import re
import unicodedata
from dataclasses import dataclass

from core.masking import is_landline, is_mobile, plain_number
from core.typed import with_our_line_ends, without_unseen
from staff.rules import Role
from tickets.forms import TEXT_LEAST, TEXT_MOST, TITLE_MOST, TicketForm
from tickets.hearing import heard
from tickets.kinds import Named, ReplyWay, TicketType
from tickets.numbers import BadNumber, MisheardNumber, parse_number
from tickets.photos.rules import Picture

#: of what a citizen wrote no more is kept; a ticket's text holds TEXT_MOST of it
KEPT_MOST = 100_000
SUBJECT_MOST, NAME_MOST, ADDRESS_MOST = 200, 80, 200
#: our own mails carry it, so that one that comes back is known
OWN_HEADER = "X-Hotline-Answer"
NO_PLACE = "邮件来信，未选地点"
LEFT_OUT = "（来信较长，其余未录入）"

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_ROBOTS = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?([+=].*)?)@")
_AUTOMATIC_SUBJECT = re.compile(
    r"\W*(自动回复|自動回復|自动答复|自动应答|auto(matic)?[- ]?(reply|response|answer)|out of (the )?office)", re.I
)
_REPLY_SUBJECT = re.compile(r"^\s*((re|aw|回复|回覆|答复|fw|fwd|转发|轉發)\s*[:：]\s*)+", re.I)
_NUMBER = re.compile(r"(?<!\d)\d{4} ?\d{4} ?\d{4}(?!\d)")
_PHONE = re.compile(
    r"(?:联系电话|联系方式|聯繫電話|手机号?码?|手機號?碼?|电话号?码?|電話|tel|phone|mobile)"
    r"\s*[:：]?\s*(\+?\d[\d\- ]{6,18}\d)",
    re.I,
)


#: who decides of a mail that was held, and who may read it
ACTORS = (Role.AGENT, Role.SPECIALIST)
READERS = (*ACTORS, Role.SHIFT_LEADER, Role.SUPERVISOR, Role.INSPECTOR)


class MailOutcome(Named):
    """What came of a mail."""

    TICKET = "ticket", "已登记"
    SUPPLEMENT = "supplement", "已补充"
    HELD = "held", "待处理"
    DISMISSED = "dismissed", "不作处理"
    SAME = "same", "重复来信"
    EMPTY = "empty", "没有内容"
    TOO_LARGE = "too_large", "过大未收"
    AUTOMATIC = "automatic", "自动邮件"
    BOUNCE = "bounce", "退信"
    OWN = "own", "本热线发出"


class HeldReason(Named):
    """Why a person has to look at a mail."""

    SPAM = "spam", "疑似垃圾邮件或冒用地址"
    MANY = "many", "该地址今天来信较多"
    NO_ADDRESS = "no_address", "没有可以回信的地址"
    OTHER_SENDER = "other_sender", "写有工单号，但不是该工单的来信地址"
    OVER = "over", "所回复的工单已答复或办结"
    UNREADABLE = "unreadable", "邮件格式无法识别"


class AnswerKind(Named):
    """What is written back."""

    RECEIPT = "receipt", "登记回执"
    ADDED = "added", "补充回执"
    PROGRESS = "progress", "进展告知"
    SAME = "same", "重复告知"
    EMPTY = "empty", "无内容告知"
    TOO_LARGE = "too_large", "过大告知"
    HELD = "held", "收到告知"
    RATING = "rating", "评价邀请"


class AnswerState(Named):
    """How far an answer is."""

    WAITING = "waiting", "待发"
    HANDED = "handed", "已提交"
    SENT = "sent", "已发出"
    REFUSED = "refused", "被拒收"
    UNSURE = "unsure", "不确定"
    BOUNCED = "bounced", "被退回"
    MOOT = "moot", "不再需要"


class Mark(Named):
    """What a mail shows of itself, apart from its words."""

    AUTOMATIC = "automatic", "自动邮件"
    BOUNCE = "bounce", "退信"
    OWN = "own", "本热线发出"
    SPAM = "spam", "疑似垃圾邮件"
    UNREADABLE = "unreadable", "格式无法识别"


@dataclass(frozen=True)
class MailRead:
    """A mail as it was read in the child process: values only, nothing of its markup.

    `text` is what is new in it, `whole` all of it; `answer_ids`: our own answers that it names, from whom only we
    could have the names; `left_out`: how many attached files are no photos that we take.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    whole: str
    marks: frozenset[Mark] = frozenset()
    answer_ids: tuple[int, ...] = ()
    pictures: tuple[Picture, ...] = ()
    left_out: int = 0


def one_line(text: str, most: int) -> str:
    """Without line ends and what cannot be stored or seen."""
    return " ".join(visible(text).split())[:most]


def visible(text: str) -> str:
    """Lines end as ours do; no control, format or half characters (emoji and their joiners stay)."""
    return without_unseen(with_our_line_ends(text))


def is_address(address: str) -> bool:
    """Whether an answer can go there."""
    return len(address) <= ADDRESS_MOST and _ADDRESS.fullmatch(address) is not None


def is_robot(address: str) -> bool:
    return _ROBOTS.match(address.lower()) is not None


def is_automatic_subject(subject: str) -> bool:
    return _AUTOMATIC_SUBJECT.match(subject) is not None


def number_in(subject: str) -> str | None:
    """The first ticket number that a subject names, also in full-width digits; a misheard one is none."""
    for found in _NUMBER.findall(unicodedata.normalize("NFKC", subject)):
        try:
            return parse_number(found)
        except (BadNumber, MisheardNumber):
            continue
    return None


def bare_subject(subject: str) -> str:
    """Without Re: and 转发:."""
    return _REPLY_SUBJECT.sub("", subject).strip()


def matter_of(read: MailRead) -> str:
    """Subject and words as one text; a subject that the words begin with is not said twice."""
    subject, text = bare_subject(read.subject), read.text.strip()
    if not subject or text.startswith(subject):
        return text
    return f"{subject}\n{text}".strip()


def is_enough(text: str) -> bool:
    return len(text) >= TEXT_LEAST


def form_of(read: MailRead) -> TicketForm:
    """A ticket's form, as urgent as its words; intake finds the place that they name, dispatch the topic."""
    text = matter_of(read)
    if len(text) > TEXT_MOST:
        text = text[: TEXT_MOST - len(LEFT_OUT)] + LEFT_OUT
    phone = phone_in(text)
    form = TicketForm(
        text=text,
        no_place_reason=NO_PLACE,
        type=type_in(bare_subject(read.subject)),
        caller_name=read.sender_name[:40],
        phone=phone,
        is_anonymous=not phone,
        reply_way=ReplyWay.PHONE if phone else ReplyWay.QUERY,
        title=(bare_subject(read.subject) or " ".join(text.split()))[:TITLE_MOST],
    )
    return heard(form)


def phone_in(text: str) -> str:
    """The one number that is called a telephone in the text; none when there are several."""
    named = {plain_number(found) for found in _PHONE.findall(unicodedata.normalize("NFKC", text))}
    phones = {number for number in named if is_mobile(number) or is_landline(number)}
    return phones.pop() if len(phones) == 1 else ""


def type_in(subject: str) -> TicketType:
    """What the subject calls itself; else 其他, until somebody has read it."""
    named = ((subject.find(kind.name_zh), kind) for kind in TicketType if kind is not TicketType.OTHER)
    return min(((at, kind) for at, kind in named if at >= 0), default=(0, TicketType.OTHER), key=lambda pair: pair[0])[
        1
    ]
