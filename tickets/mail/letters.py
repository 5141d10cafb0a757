"""What is written to citizens by mail: a ticket's number and how it stands, and nothing that tells who they are."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from core.calendar import SHANGHAI
from core.masking import mask_text
from tickets.mail.answer_ids import answer_name
from tickets.mail.model import Mail, MailAnswer
from tickets.mail.quoting import ANSWER_ABOVE
from tickets.mail.rules import OWN_HEADER, AnswerKind
from tickets.mail.settings import MailOffice
from tickets.queries.citizen import CitizenPage, status_token

_FOOT = "12345 政务服务便民热线\n遇火灾、伤病、违法犯罪，请直接拨打 119、120、110；有疑问请拨打 12345。"
_LEFT_OUT = "随信的 {n} 个附件没有收下：只收 JPG、PNG、WebP、HEIC 照片，每张不超过 10 MB，最多 9 张。"
_SUBJECTS = {
    AnswerKind.RECEIPT: "已收到您的来信，工单 {number}",
    AnswerKind.ADDED: "已收到您的补充，工单 {number}",
    AnswerKind.PROGRESS: "您的诉求有新进展，工单 {number}",
    AnswerKind.SAME: "您的来信已登记过，工单 {number}",
    AnswerKind.EMPTY: "没有看到您来信的内容",
    AnswerKind.TOO_LARGE: "您的来信过大，没有收下",
    AnswerKind.HELD: "已收到您的来信",
    AnswerKind.RATING: "请您评价，工单 {number}",
}
_OPENINGS = {
    AnswerKind.RECEIPT: "您的来信已登记为工单 {number}。",
    AnswerKind.ADDED: "您的补充已记入工单 {number}，承办单位能够看到。",
    AnswerKind.PROGRESS: "您的诉求（工单 {number}）有新进展。",
    AnswerKind.SAME: "这封来信与工单 {number} 内容相同，没有重复登记。如有新情况，请回复本邮件写明。",
    AnswerKind.EMPTY: "您的来信没有文字，或不足 10 个字，没有登记。请写明什么事、在哪里、什么时候，再发一次。",
    AnswerKind.TOO_LARGE: "您的来信超过 {mail_mib} MB，没有收下。请减少或压缩附件后再发，也可以在网页提交：{form}",
    AnswerKind.HELD: "您的来信已收到，工作人员看过后会登记或与您联系。",
    AnswerKind.RATING: "您的诉求（工单 {number}）已经答复，请您评价。每件评价一次，24 小时内可以更正：\n{rating}",
}
#: later than the mail that is answered
_ABOUT_THE_TICKET = (AnswerKind.PROGRESS, AnswerKind.RATING)


def letter_of(
    answer: MailAnswer,
    mail: Mail,
    page: CitizenPage | None,
    rating_address: str = "",
    *,
    office: MailOffice,
    now: datetime,
) -> EmailMessage:
    """The whole mail: Auto-Submitted as RFC 3834 says, so that no program answers it."""
    number = page.number if page is not None else ""
    letter = EmailMessage()
    letter["From"], letter["To"] = office.settings.address, mail.sender
    letter["Subject"] = _SUBJECTS[answer.kind].format(number=number)
    letter["Date"] = format_datetime(now.astimezone(SHANGHAI))
    letter["Message-ID"] = answer_name(answer.id, office.key, office.domain)
    letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"] = "auto-replied", "All"
    letter[OWN_HEADER] = str(answer.id)
    opening = _OPENINGS[answer.kind].format(
        number=number, mail_mib=office.settings.mail_mib, form=f"{office.base_url}/w", rating=rating_address
    )
    letter.set_content(_words(answer, mail, page, opening, office, now))
    return letter


def _words(
    answer: MailAnswer, mail: Mail, page: CitizenPage | None, opening: str, office: MailOffice, now: datetime
) -> str:
    blocks = [f"您好：\n\n{opening}"]
    if page is not None:
        blocks.append(f"现在：{page.sentence}。")
    if answer.kind is AnswerKind.PROGRESS and page is not None:
        blocks += _progress(page)
    if mail.left_out and answer.kind not in _ABOUT_THE_TICKET:
        blocks.append(_LEFT_OUT.format(n=mail.left_out))
    if answer.ticket_id is not None:
        until = now + timedelta(days=office.settings.link_days)
        token = status_token(answer.ticket_id, expires_at=until, key=office.key)
        blocks.append(f"由谁办理、何时答复、谁看过您的信息：\n{office.base_url}/t/{token}")
        if answer.kind is not AnswerKind.RATING:
            blocks.append("要补充情况或照片，直接回复本邮件即可。")
    return f"————{ANSWER_ABOVE}————\n\n" + "\n\n".join([*blocks, _FOOT]) + "\n"


def _progress(page: CitizenPage) -> list[str]:
    """The newest reply in full, else the newest step."""
    if page.replies:
        return [f"答复：\n{mask_text(page.replies[0])}"]
    return [f"最近：{step.words}" for step in page.steps[-1:]]
