"""What is stored about dialling in: who may from which telephone, and each try."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from telephony.dial_in.rules import DialInState, Verdict


class DialInPin(Model):
    """From which telephone somebody dials in, and the argon2id hash of their PIN."""

    __tablename__ = "dial_in_pins"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(20), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    issued_at: Mapped[datetime]


class DialIn(Model):
    """One try: a number and a PIN keyed.  The PIN is nowhere in it."""

    __tablename__ = "dial_ins"
    __table_args__ = (
        Index("ix_dial_ins_node_state", "node", "state"),
        Index("ix_dial_ins_caller_heard_at", "caller", "heard_at"),
        Index("ix_dial_ins_person_id_heard_at", "person_id", "heard_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    node: Mapped[str] = mapped_column(String(40))
    #: of the exchange; where it is told what to do
    channel: Mapped[str] = mapped_column(String(80))
    caller: Mapped[str] = mapped_column(String(20))
    #: whose telephone it is; None: nobody's
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    #: digits of a ticket's number, as keyed
    ticket: Mapped[str] = mapped_column(String(20))
    state: Mapped[DialInState]
    verdict: Mapped[Verdict | None]
    bridge_id: Mapped[int | None] = mapped_column(ForeignKey("bridged_calls.id"))
    heard_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
