"""The texts we send: registered templates with short variables, and the limits a Chinese carrier puts on them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from core.errors import Conflict

SINGLE_PART = 70
LONG_PART = 67
LONGEST_VARIABLE = 6
#: signatures are registered with 2 to 16 characters between 【 and 】
SIGNATURE = re.compile(r"【[^【】]{2,16}】")
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_CODE = re.compile(r"码[0-9A-Z]{6}(?![0-9A-Z])")
_ADDRESS = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/[\w./?=&%{}-]*)?", re.ASCII)


class TemplateBreaksRule(Conflict):
    code: ClassVar[str] = "sms_template_breaks_rule"
    message: ClassVar[str] = "短信模板“{template}”不合规：{rule}"


class Opens(StrEnum):
    """Which of our fixed addresses stands in a text."""

    RATING = "rating"
    MATERIAL = "material"


@dataclass(frozen=True)
class Template:
    """`text` is what was registered with the carrier, without the signature; `variables` has each one's longest length.

    `{address}` is no variable: it is the one fixed address, part of the registered text.
    """

    name: str
    text: str
    variables: dict[str, int]
    expects_reply: bool = False
    #: to people on duty: quiet hours and the daily limit are for citizens
    is_for_staff: bool = False
    #: the citizen waits for it, on the line: neither quiet hours nor the daily limit hold it up
    is_asked_for: bool = False
    opens: Opens = Opens.RATING


@dataclass(frozen=True)
class Sender:
    """What a city registered once: its signature and its one address."""

    signature: str
    address: str


#: sent when the answer has been audited; a digit is the reply, the code and the phone's tail open the page
RATING = Template(
    "rating",
    "工单{ticket}已答复,请回复5非常满意4满意3基本满意2不满意1非常不满意;网页{address}码{code}",
    {"ticket": 4, "code": 6},
    expects_reply=True,
)
#: the same of what the hotline itself answered, without any unit
RATING_DIRECT = Template(
    "rating_direct",
    "热线答复工单{ticket},请回5非常满意4满意3基本满意2不满意1非常不满意;网页{address}码{code}",
    {"ticket": 4, "code": 6},
    expects_reply=True,
)
#: sent once after some days of silence
RATING_REMINDER = Template(
    "rating_reminder",
    "再请评价工单{ticket}:回复5非常满意4满意3基本满意2不满意1非常不满意;网页{address}码{code}",
    {"ticket": 4, "code": 6},
    expects_reply=True,
)
#: the second question, once a unit says that it has mended what was rated badly
RATING_REPAIR = Template(
    "rating_repair",
    "工单{ticket}已整改,请回复5非常满意4满意3基本满意2不满意1非常不满意;网页{address}码{code}",
    {"ticket": 4, "code": 6},
    expects_reply=True,
)
#: asked once after an answer that could mean two things; the first request stays open, so the reply belongs to it
RATING_UNCLEAR = Template(
    "rating_unclear",
    "没看懂您对工单{ticket}的评价,请只回一个数字:5非常满意4满意3基本满意2不满意1非常不满意",
    {"ticket": 4},
)
#: many people take 1 for the best, so a bad level is read back
RATING_ECHO = Template(
    "rating_echo", "已记录您对工单{ticket}的评价:{level}。如有误,24小时内回复数字5至1更正", {"ticket": 4, "level": 6}
)
#: asked once instead, where no other question is with the phone: what is written back is the reason
RATING_WHY = Template(
    "rating_why",
    "已记录您的评价:{level}。原因?回A未解决B无人联系C答复不清D态度E其他或文字;如有误回复数字5至1更正",
    {"level": 6},
)
RATING_CLOSED = Template("rating_closed", "该办件{ticket}已评价,无需重复评价", {"ticket": 4})

#: a matter that ends without an answer: why, and until when and where to object; the status page says the same words
TERMINATED = Template(
    "terminated",
    "您的工单{ticket}因{reason}终止办理,如有异议请在{until}24时前拨打12345提出",
    {"ticket": 4, "reason": 6, "until": 6},
)

#: a matter that the hotline must not handle, or that another house takes over: why, and where to turn
REJECTED = Template(
    "rejected",
    "您的工单{ticket}因{reason}不予受理,请向{channel}反映,如有疑问请拨打12345",
    {"ticket": 4, "reason": 6, "channel": 6},
)
TRANSFERRED = Template(
    "transferred", "您的工单{ticket}已转交{channel}办理,如有疑问请拨打12345", {"ticket": 4, "channel": 6}
)

#: at the caller's own wish, so that photos come while they are still on the line
MATERIAL = Template(
    "material",
    "请打开{address}输入材料码{code}和本机号码后四位上传照片,如非本人来电请忽略",
    {"code": 6},
    is_asked_for=True,
    opens=Opens.MATERIAL,
)

#: to an officer's own mobile, at their own wish; nobody of the office ever asks for it
LOG_IN_CODE = Template(
    "log_in_code", "登录验证码{code},5分钟内有效。请勿告诉任何人,非本人操作请忽略", {"code": 6}, is_for_staff=True
)

_ALL = (
    RATING, RATING_DIRECT, RATING_REMINDER, RATING_REPAIR, RATING_UNCLEAR, RATING_ECHO, RATING_WHY, RATING_CLOSED,
    TERMINATED, REJECTED, TRANSFERRED, MATERIAL, LOG_IN_CODE,
)  # fmt: skip
TEMPLATES = {template.name: template for template in _ALL}


def templates_saying(words: str) -> list[str]:
    """Names of those whose registered text has these words between its variables."""
    sought = words.casefold()
    return [
        name
        for name, template in TEMPLATES.items()
        if any(sought in said.casefold() for said in _VARIABLE.split(template.text)[::2])
    ]


def render(template: Template, sender: Sender, values: dict[str, str]) -> str:
    """The text as it leaves.  Raises TemplateBreaksRule for a variable unknown, missing, too long or an address."""
    check(template, sender)
    for name in template.variables.keys() ^ values.keys():
        raise TemplateBreaksRule(template=template.name, rule=f"变量 {name} 缺失或未登记")
    for name, value in values.items():
        if len(value) > template.variables[name]:
            raise TemplateBreaksRule(template=template.name, rule=f"变量 {name} 超过 {template.variables[name]} 个字符")
        if _ADDRESS.search(value):
            raise TemplateBreaksRule(template=template.name, rule=f"变量 {name} 不得含网址")
    return sender.signature + template.text.format(address=sender.address, **values)


def in_order(name: str, values: Mapping[str, str]) -> list[str]:
    """The values of a template in the order in which they stand in its text, for providers that number them."""
    found = _VARIABLE.findall(TEMPLATES[name].text)
    return [values[variable] for variable in found if variable != "address"]


def fits(template: Template, values: Mapping[str, str]) -> bool:
    """Whether these values may stand in it: short enough, and no address among them."""
    return all(len(value) <= template.variables[name] and not _ADDRESS.search(value) for name, value in values.items())


def without_code(text: str) -> str:
    """A rendered text for the eyes of staff: the citizen's one-time code is hidden."""
    return _CODE.sub("码••••••", text)


def check(template: Template, sender: Sender) -> None:
    """Raise TemplateBreaksRule unless a carrier would register `template` under this signature and address."""
    if fault := _fault(template, sender):
        raise TemplateBreaksRule(template=template.name, rule=fault)


def parts(text: str) -> int:
    """How many messages a carrier counts: one up to 70 characters with the signature, else 67 a part."""
    return 1 if len(text) <= SINGLE_PART else -(-len(text) // LONG_PART)


def longest(template: Template, sender: Sender) -> str:
    """`template` with every variable at its longest, to count its parts before anything is sent."""
    return render(template, sender, {name: "满" * length for name, length in template.variables.items()})


def _fault(template: Template, sender: Sender) -> str | None:
    used = set(_VARIABLE.findall(template.text)) - {"address"}
    if not SIGNATURE.fullmatch(sender.signature):
        return "签名须为【】内 2 至 16 个字符"
    if used != set(template.variables):
        return "变量与登记不符"
    if too_long := [name for name, length in template.variables.items() if not 1 <= length <= LONGEST_VARIABLE]:
        return f"变量 {too_long[0]} 须为 1 至 {LONGEST_VARIABLE} 个字符"
    if _ADDRESS.search(_VARIABLE.sub("、", template.text)) or template.text.count("{address}") > 1:
        return "只能含一个登记的固定网址"
    if "{address}" in template.text and not _ADDRESS.fullmatch(sender.address):
        return "固定网址无效"
    if "{" in sender.address or "}" in sender.address or re.search(r"\{address\}[\w/?=&-]", template.text, re.ASCII):
        return "网址中不得有变量"
    return None
