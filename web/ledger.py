"""The evaluation ledger as auditors read it."""

from datetime import datetime
from typing import Any, Self

from sqlalchemy.orm import Session

from evaluation.checkpoints.queries import Witnessed, newest_checkpoints
from evaluation.checkpoints.rules import WitnessState, witness_name
from evaluation.ledger import LEDGER_CHAIN, LedgerLine, ledger_status, newest_lines
from evaluation.rules import LedgerKind
from staff.rules import Role
from web.api import Api, Moment, Query, Request, RowId, View

api = Api()
#: of the ledger and of the satisfaction page above it: who answers for a figure may check what it is counted from
READERS = (Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR, Role.ADMINISTRATOR)
PAGE_ROWS = 50


class WitnessView(View):
    """Who was handed a checkpoint; `fault` is why it was not taken."""

    name: str
    state: WitnessState
    fault: str


class WalkView(View):
    """The last walk over the whole chain and all its checkpoints: up to row `sealed` everything holds."""

    at: Moment
    sealed: int
    holds: bool


class CheckpointView(View):
    """The first `size` rows under a signed root; in order: of last night, and kept by enough witnesses."""

    at: Moment
    size: int
    root: str
    is_in_order: bool
    witnesses: list[WitnessView]
    walk: WalkView | None

    @classmethod
    def of(cls, newest: Witnessed, *, now: datetime) -> Self:
        one = newest.checkpoint
        witnesses = [
            WitnessView(name=witness_name(row.witness), state=row.state, fault=row.fault) for row in newest.witnesses
        ]
        walk = newest.walk and WalkView(at=newest.walk.at, sealed=newest.walk.sealed, holds=newest.walk.fault is None)
        return cls(
            at=one.at,
            size=one.size,
            root=one.root,
            is_in_order=newest.is_in_order(now),
            witnesses=witnesses,
            walk=walk,
        )


class LedgerStatusView(View):
    """The chain's length and end, what waits for the sealer, and the newest checkpoint."""

    sealed: int
    unsealed: int
    head: str
    sealed_until: Moment | None
    checkpoint: CheckpointView | None


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
    """How long the chain is, where it ends, and its newest checkpoint."""
    return await request.read(read_status, now=request.now)


@api.get("/ledger/rows", role=READERS)
async def list_ledger_rows(request: Request, query: LedgerQuery) -> LedgerRows:
    """Newest first."""
    return await request.read(newest_lines, kind=query.kind, before=query.after, limit=PAGE_ROWS, view=LedgerRows.of)


def read_status(session: Session, *, now: datetime) -> LedgerStatusView:
    status = ledger_status(session)
    return LedgerStatusView(
        sealed=status.sealed,
        unsealed=status.unsealed,
        head=status.head,
        sealed_until=status.sealed_until,
        checkpoint=read_checkpoint(session, now=now),
    )


def read_checkpoint(session: Session, *, now: datetime) -> CheckpointView | None:
    """The ledger's newest."""
    newest = newest_checkpoints(session, LEDGER_CHAIN.name, limit=1)
    return CheckpointView.of(newest[0], now=now) if newest else None
