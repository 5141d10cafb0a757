"""Cuts off what was said before: replies carry their history below them.  Pure."""

import re

#: our own answers say so; whatever stands below was ours
ANSWER_ABOVE = "请在此线以上书写回信"

_BEGINS = re.compile(
    r"""^[\s>]*(?:
      -{2,}\s*(?:Original\ Message|Forwarded\ message|原始邮件|原始郵件|原邮件|回复的原邮件|转发的邮件)\s*-*\s*
    | -{5,}\s*$(?=\n\s*(?:发件人|寄件者|From)\s*[:：])
    | 在\s?.{0,200}(?:写道|寫道)\s*[:：]\s*
    | (?:于|於)\s?.{0,200}(?:写道|寫道)\s*[:：]\s*
    | \d{4}\s?年.{0,200}(?:写道|寫道)\s*[:：]\s*
    | On\ .{0,200}\ wrote:\s*
    | (?:发件人|寄件者|From)\s*[:：].*\n[\s>]*(?:发送时间|发送日期|日期|寄件日期|收件人|Sent|Date|To)\s*[:：].*
    | .*请在此线以上书写回信.*
    )$""",
    re.M | re.X | re.I,
)
_FOOT = re.compile(
    r"""^\s*(?:--\s*|发自我的\S{1,20}.*|發自我的\S{1,20}.*|来自我的\S{1,20}.*|Sent\ from\ my\ .*|Get\ Outlook\ for\ .*
    |发送自\S{1,20}.*|使用\S{1,20}邮箱.{0,20}发送.*|本邮件及其附件含有.*|This\ e-?mail\ .{0,200}confidential.*)$""",
    re.M | re.X | re.I,
)


def newly_said(text: str, *, is_forward: bool = False) -> str:
    """Without the quoted history and the sender's foot; all of it when nothing else is there.

    Whoever forwards a mail means what was said before.
    """
    cut = text
    if not is_forward:
        found = _BEGINS.search(text)
        cut = text[: found.start()] if found else text
        cut = "\n".join(line for line in cut.split("\n") if not line.lstrip().startswith(">"))
    foot = _FOOT.search(cut)
    said = (cut[: foot.start()] if foot else cut).strip()
    return said or cut.strip() or text.strip()
