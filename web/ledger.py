"""The evaluation ledger as auditors read it."""

from typing import Any, Self

from evaluation.ledger import LedgerLine, ledger_status, newest_lines
from evaluation.rules import LedgerKind
from staff.rules import Role
from web.api import Api, Moment, Query, Request, RowId, View
from web.satisfaction import LedgerStatusView

api = Api()
READERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR, Role.QUALITY)
PAGE_ROWS = 50


class LedgerQuery(Query):
    kind: LedgerKind | None = None
    after: RowId | None = None


class LedgerRow(View):
    """A line; `body` holds ids, codes and salted hashes, nothing personal.  The seal's parts are None until sealed."""

    id: int
    kind: LedgerKind
    at: Moment
    body: dict[str, Any]
    seq: int | None
    algorithm: str | None
    previous_hash: str | None
    hash: str | None
    sealed_at: Moment | None


class LedgerRows(View):
    rows: list[LedgerRow]
    next: int | None

    @classmethod
    def of(cls, lines: list[LedgerLine]) -> Self:
        rows = [LedgerRow.model_validate(line) for line in lines]
        return cls(rows=rows, next=rows[-1].id if len(rows) == PAGE_ROWS else None)


@api.get("/ledger/status", role=READERS)
async def show_ledger_status(request: Request) -> LedgerStatusView:
    """How long the chain is and where it ends."""
    return await request.read(ledger_status, view=LedgerStatusView.of)


@api.get("/ledger/rows", role=READERS)
async def list_ledger_rows(request: Request, query: LedgerQuery) -> LedgerRows:
    """Newest first."""
    return await request.read(newest_lines, kind=query.kind, before=query.after, limit=PAGE_ROWS, view=LedgerRows.of)
