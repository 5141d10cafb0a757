"""What is stored about calls that staff make."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from telephony.bridges.rules import BridgeResult, BridgeState


class BridgedCall(Model):
    """One call by a member of staff to a citizen.  `about_id` is the ticket, which the telephone knows nothing of."""

    __tablename__ = "bridged_calls"
    __table_args__ = (
        Index("ix_bridged_calls_node_state", "node", "state"),
        Index("ix_bridged_calls_about_id", "about_id"),
        Index("ix_bridged_calls_person_id_state", "person_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int] = mapped_column(Id)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    person_label: Mapped[str] = mapped_column(String(80))
    #: what Asterisk dials first: a seat's interface, or the person's telephone
    own_channel: Mapped[str] = mapped_column(String(80))
    #: as the page shows it
    own_shown: Mapped[str] = mapped_column(String(40))
    #: what Asterisk dials then; wiped when the call has ended
    citizen_channel: Mapped[str] = mapped_column(String(80))
    state: Mapped[BridgeState]
    result: Mapped[BridgeResult | None]
    asked_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    own_answered_at: Mapped[datetime | None]
    citizen_answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    talk_s: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
