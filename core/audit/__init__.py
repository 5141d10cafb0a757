"""The audit log: every look at personal data has a line that nobody can quietly change."""

from core.audit.actions import record_view
from core.audit.model import AUDIT_CHAIN, AuditRow, AuditSeal

__all__ = ["AUDIT_CHAIN", "AuditRow", "AuditSeal", "record_view"]
