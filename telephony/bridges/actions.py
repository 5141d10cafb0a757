"""Every write to calls that staff make: asked for, taken by the call layer once, moved on by the exchange's news."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.events import announce
from telephony.bridges.errors import AlreadyCalling
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import LOST_AFTER, BridgeNews, BridgeResult, BridgeState, BridgeStep
from telephony.events import BridgeAsked, BridgeChanged, BridgeEnded


@dataclass(frozen=True)
class Line:
    """What Asterisk dials for somebody, and what a page may show of it."""

    channel: str
    shown: str


def ask_bridge(
    session: Session,
    *,
    node: str,
    about_id: int,
    person_id: int,
    person_label: str,
    own: Line,
    citizen_channel: str,
    now: datetime,
    has_dialled_in: bool = False,
) -> BridgedCall:
    """Ask the call layer to ring one's own telephone and then the citizen's; at once, or never.

    `has_dialled_in`: the own telephone is up already, and the citizen's is rung now.
    Raises AlreadyCalling.  Announces BridgeAsked, or BridgeChanged where nothing is left to ask for.
    """
    _refuse_second(session, person_id, now=now)
    up_at = now if has_dialled_in else None
    bridge = BridgedCall(
        node=node,
        about_id=about_id,
        person_id=person_id,
        person_label=person_label,
        own_channel=own.channel,
        own_shown=own.shown,
        citizen_channel=citizen_channel,
        state=BridgeState.CITIZEN_RINGING if has_dialled_in else BridgeState.ASKED,
        asked_at=now,
        taken_at=up_at,
        own_answered_at=up_at,
    )
    session.add(bridge)
    session.flush()
    announce(session, BridgeChanged(bridge.id) if has_dialled_in else BridgeAsked(bridge.id))
    return bridge


def _refuse_second(session: Session, person_id: int, *, now: datetime) -> None:
    """Raises AlreadyCalling."""
    running = sa.select(BridgedCall.id).where(
        BridgedCall.person_id == person_id,
        BridgedCall.state != BridgeState.ENDED,
        BridgedCall.asked_at > now - LOST_AFTER,
    )
    if session.scalar(running.limit(1)) is not None:
        raise AlreadyCalling


@dataclass(frozen=True)
class TakenBridge:
    """A call that is ours to make, once."""

    bridge_id: int
    own_channel: str
    citizen_channel: str


def take_bridges(session: Session, *, node: str, oldest: datetime, now: datetime) -> list[TakenBridge]:
    """Take what waits; what was asked for before `oldest` is given up, and what has not ended for hours as well."""
    asked = sa.select(BridgedCall).where(BridgedCall.node == node, BridgedCall.state == BridgeState.ASKED)
    taken = []
    for bridge in session.scalars(asked.order_by(BridgedCall.id).with_for_update()):
        if bridge.asked_at < oldest:
            _end(session, bridge, BridgeResult.FAILED, at=now)
            continue
        bridge.taken_at = now
        _move(session, bridge, BridgeState.OWN_RINGING)
        taken.append(TakenBridge(bridge.id, bridge.own_channel, bridge.citizen_channel))
    lost = sa.select(BridgedCall).where(
        BridgedCall.node == node, BridgedCall.state != BridgeState.ENDED, BridgedCall.asked_at < now - LOST_AFTER
    )
    for bridge in session.scalars(lost.with_for_update()):
        _end(session, bridge, BridgeResult.UNKNOWN, at=now)
    return taken


def note_bridge_news(session: Session, heard: Iterable[BridgeNews]) -> None:
    """What the exchange tells, in any order and any repetition; what has ended stays ended.

    Announces BridgeChanged, BridgeEnded.
    """
    for news in heard:
        bridge = session.get(BridgedCall, news.bridge_id, with_for_update=True)
        if bridge is not None and bridge.state is not BridgeState.ENDED:
            _note(session, bridge, news)


def fail_bridge(session: Session, bridge_id: int, *, now: datetime) -> None:
    """The exchange was away or refused: nothing has rung.  Announces BridgeChanged, BridgeEnded."""
    note_bridge_news(session, [BridgeNews(bridge_id, BridgeStep.ENDED, now, BridgeResult.FAILED)])


def _note(session: Session, bridge: BridgedCall, news: BridgeNews) -> None:
    match news.step:
        case BridgeStep.OWN_ANSWERED:
            bridge.own_answered_at = bridge.own_answered_at or news.at
            if bridge.state is not BridgeState.TALKING:
                _move(session, bridge, BridgeState.CITIZEN_RINGING)
        case BridgeStep.CITIZEN_ANSWERED:
            bridge.citizen_answered_at = bridge.citizen_answered_at or news.at
            _move(session, bridge, BridgeState.TALKING)
        case BridgeStep.OWN_FAILED | BridgeStep.ENDED:
            bridge.talk_s = news.talk_s
            _end(session, bridge, news.result or BridgeResult.UNKNOWN, at=news.at)


def _end(session: Session, bridge: BridgedCall, result: BridgeResult, *, at: datetime) -> None:
    bridge.result, bridge.ended_at, bridge.citizen_channel = result, at, ""
    _move(session, bridge, BridgeState.ENDED)
    announce(session, BridgeEnded(bridge.id))


def _move(session: Session, bridge: BridgedCall, state: BridgeState) -> None:
    bridge.state = state
    bridge.version += 1
    announce(session, BridgeChanged(bridge.id))
