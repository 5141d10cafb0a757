"""Which columns the made-up rows have, in their order, and what stands in the others of each."""

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS: Mapping[str, tuple[Sequence[str], Mapping[str, Any]]] = {
    "invitations": (
        ("id", "subject", "ticket_id", "rework_no", "unit_id", "topic_id", "phone_hash", "code", "state", "reason",
         "invited_at", "delivered_at", "closed_at", "expires_at"),
        {"tail_hash": "", "wrong_tails": 0, "unclear_replies": 0},
    ),
    "ratings": (
        ("id", "subject", "invitation_id", "ticket_id", "call_id", "matter_id", "window_id", "unit_id", "person_id",
         "channel", "level", "is_solved", "source", "corrects_id", "is_current", "receipt", "recorded_at"),
        {},
    ),
    "replies": (
        ("ticket_id", "unit_id", "replied_at", "contact"),
        {"holding_id": 1, "author_label": "承办人", "result": "solved", "text": "已处理。", "internal_note": "",
         "basis": "", "measures": "", "contact_note": "", "handler": "", "signer": "", "auditor_label": "系统",
         "audit_passed": 1, "audit_note": ""},
    ),
    "ticket_history": (
        ("ticket_id", "at", "from_state"),
        {"action": "archive", "to_state": "archived", "actor_label": "系统", "reason": "", "particulars": "{}",
         "is_internal": 0, "version": 1},
    ),
    "matter_classes": (
        ("ticket_id", "rework_no", "matter_class", "decided_at"),
        {"reason": "现行政策不支持，已向诉求人说明。", "decided_by": "张审（S001）", "is_current": 1},
    ),
    "repairs": (
        ("id", "number", "ticket_id", "invitation_id", "rating_id", "unit_id", "level", "state", "outcome", "opened_at",
         "fix_due_at", "done_at"),
        {"is_real_name": 1, "contact_why": "", "fix_why": "", "tries": 0, "version": 1},
    ),
    "repair_lines": (
        ("repair_id", "at", "act", "to_state"),
        {"actor_label": "系统", "words": "", "particulars": "{}"},
    ),
    "calls": (
        ("id", "uid", "began_at", "queued_at", "answered_at", "ended_at", "result", "waited_s", "talk_s", "person_id",
         "rating", "rating_key"),
        {"node": "main", "version": 1, "state": "ended", "is_held": 0, "ring_attempts": 1},
    ),
    "call_summaries": (
        ("call_id", "recorded_at"),
        {"outcome": "answered", "answer": "", "article": "", "channel_told": "", "earlier": "[]"},
    ),
    "counter_matters": (
        ("id", "platform_id", "number", "number_tail", "item_code", "item_name", "unit_id", "window_number",
         "staff_number", "applied_at", "done_at", "asked_at", "registered_at", "changed_at"),
        {"version": 1, "stage": "done", "user_kind": "person", "phone_hash": "", "tail_hash": "", "phone_masked": "",
         "wrong_tails": 0},
    ),
    "sms_messages": (
        ("id", "phone", "phone_hash", "created_at", "not_before", "delivered_at"),
        {"template": "rating", "text": "请评价。", "parts": 1, "expects_reply": 1, "may_wait": 1, "state": "delivered",
         "attempt": 1, "asked": 0},
    ),
    "invitation_messages": (("message_id", "invitation_id"), {}),
    "ticket_number_days": (("day", "running"), {}),
}  # fmt: skip

#: the other columns of a ticket are those of the city's first one
TICKET = (
    "id", "number", "state", "topic_id", "unit_id", "working_unit_id", "registered_by_id", "phone", "phone_hash",
    "rework_no", "needs_repair", "rating_level", "registered_at", "changed_at", "citizen_due_at", "answered_at",
    "closed_at", "close_reason", "archived_at",
)  # fmt: skip
