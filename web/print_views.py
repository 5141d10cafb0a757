"""A ticket's page and the papers of the ladder as they are printed: the same words, masked by the same rules."""

from datetime import datetime

from core.calendar import SHANGHAI, dated_words
from staff.rules import Actor
from tickets.actions.papers import paper_number
from tickets.clocks import moment_zh
from tickets.kinds import Salutation, Secrecy, Urgency
from tickets.numbers import in_fours
from tickets.points import in_words
from tickets.printing.queries import Issued
from tickets.printing.rules import Letter, Mark, Sheet
from web.masked_views import title_of
from web.ticket_views import ClockView, TicketView


def mark_of(by: Actor, now: datetime) -> Mark:
    return Mark(by.label, _written(now))


def sheet_of(page: TicketView, office: str) -> Sheet:
    """Without the number of the phone, whoever prints."""
    row = page.row
    return Sheet(
        office=office,
        number=in_fours(row.number),
        registered_at=_written(row.registered_at),
        flags=_flags(page),
        title=row.title,
        place=row.place or page.place_text,
        type=row.type.name_zh,
        topic=row.topic.full_name if row.topic else "",
        unit=row.unit.name if row.unit else "",
        helpers="、".join(part.unit for part in page.sharing.parts),
        unit_due=_due(page.unit_clock),
        citizen_due=_due(page.citizen_clock),
        caller=_caller(page),
        contact=f"{page.caller.contact_time.name_zh}；答复方式 {page.caller.reply_way.name_zh}",
        points=in_words(page.points),
        text=page.text,
    )


def letter_of(issued: Issued) -> Letter:
    """What is not known yet stays empty."""
    paper, ticket = issued.paper, issued.ticket
    about = f"现就群众诉求工单 {in_fours(ticket.number)}《{title_of(ticket)}》有关办理事项通知如下："
    instructed = f"{paper.leader}批示：" if paper.leader else ""
    answer_by = f"请于 {moment_zh(paper.answer_by)} 前办结并反馈。" if paper.answer_by else ""
    paragraphs = (about, *f"{instructed}{paper.text}".splitlines(), answer_by)
    return Letter(
        office=issued.office,
        number=paper_number(paper),
        kind=paper.kind.name_zh,
        unit=paper.unit.name if paper.unit else issued.office,
        paragraphs=tuple(one for one in paragraphs if one.strip()),
        issued_on=dated_words(paper.issued_at),
        received_by=paper.received_by,
        received_on=dated_words(paper.received_at) if paper.received_at else "",
        answer=paper.answer,
    )


def _flags(page: TicketView) -> tuple[str, ...]:
    row = page.row
    said = {
        page.secrecy.name_zh: page.secrecy is not Secrecy.NONE,
        row.urgency.name_zh: row.urgency is not Urgency.NORMAL,
        "督办件": bool(page.sharing.papers),
        f"催办 {row.urged_count}": row.urged_count > 0,
        f"重办 {page.rework_no}": page.rework_no > 0,
        f"群体 {row.people_count} 人": row.people_count > 1,
        f"并案 {row.child_count} 件": row.child_count > 0,
    }
    return tuple(word for word, holds in said.items() if holds)


def _caller(page: TicketView) -> str:
    caller = page.caller
    salutation = caller.salutation.name_zh if caller.salutation is not Salutation.UNKNOWN else ""
    name = f"{caller.name or '未留姓名'} {salutation}".strip()
    besides = [caller.company_name, f"代表人 {caller.representative}" if caller.representative else ""]
    said = "，".join(word for word in besides if word)
    return f"{name}（{said}）" if said else name


def _due(clock: ClockView | None) -> str:
    if clock is None:
        return ""
    if clock.missing_year is not None:
        return f"日历未加载（{clock.missing_year}）"
    return moment_zh(clock.due_at) if clock.due_at else ""


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
