"""The losses that nobody can explain, as rows to look at."""

from sqlalchemy.orm import Session

from core.masking import mask_phone
from indicators.coverage.account import call_rows, missing_numbers
from indicators.coverage.fates import fate_rows
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.rules import UNEXPLAINED, Flag
from tickets.model import Ticket
from tickets.queries.direct import is_answered_at_once


def unexplained(session: Session, wanted: Wanted) -> list[FlagRow]:
    """Closed matters that are lost on the way to a rating without a reason."""
    found = fate_rows(session, wanted.period, UNEXPLAINED, now=wanted.now, after=wanted.after, limit=wanted.limit)
    return [
        FlagRow(
            Flag.UNEXPLAINED,
            row.ticket.id,
            _key(row.ticket),
            row.ticket.closed_at,
            row.unit_name or "",
            row.fate.name_zh,
            [row.ticket.number],
        )
        for row in found
    ]


def _key(ticket: Ticket) -> str:
    """An answer is looked at once; the next one of the same ticket is another one."""
    if is_answered_at_once(ticket) and ticket.answered_at is not None:
        return f"ticket:{ticket.id}:direct:{ticket.answered_at.isoformat()}"
    return f"ticket:{ticket.id}:{ticket.rework_no}"


def numbers_missing(session: Session, wanted: Wanted) -> list[FlagRow]:
    """Numbers that were given out and have no ticket; the number itself orders them."""
    rows = [
        FlagRow(Flag.NUMBER_MISSING, int(number), f"number:{number}", None, "", f"编号 {number} 没有工单", [])
        for number in missing_numbers(session, wanted.period).numbers
        if wanted.after is None or int(number) < wanted.after
    ]
    return sorted(rows, key=lambda row: row.id, reverse=True)[: wanted.limit]


def calls_unaccounted(session: Session, wanted: Wanted) -> list[FlagRow]:
    """Answered calls that led to no ticket and of which nobody has said what came of them."""
    found = call_rows(session, wanted.period, now=wanted.now, after=wanted.after, limit=wanted.limit)
    return [
        FlagRow(
            Flag.CALL_UNACCOUNTED,
            call.id,
            f"call:{call.id}",
            call.began_at,
            "",
            f"来电 {mask_phone(call.caller) if call.caller else '未知'}，通话 {call.talk_s or 0:.0f} 秒，无工单无结果",
            [],
        )
        for call in found
    ]
