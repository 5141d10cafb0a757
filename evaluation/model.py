"""What is stored about evaluation: who was asked, what they said, and the ledger that nobody can rewrite."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.chain import Seal
from core.model import Id, Model
from evaluation.plan import CallbackOutcome
from evaluation.rules import BadReason, Channel, InvitationState, LedgerKind, Reason, Subject


class Invitation(Model):
    """The one question about one answer: of a unit's that was audited, and of the hotline's own (subject direct).

    `rework_no` counts the reworks of a unit's answers; of direct ones how many such answers went before.

    Beside it the second question (subject repair), where the answer was bad and its unit has mended it; one that became
    void may be put anew; after a direct answer it is numbered from -1 downward.

    `tail_hash` is the keyed hash of the phone's last four digits; `unit_id` and `topic_id` are those of the moment.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "ix_invitations_one_standing",
            "ticket_id",
            "rework_no",
            "subject",
            unique=True,
            sqlite_where=text("state <> 'voided'"),
            postgresql_where=text("state <> 'voided'"),
        ),
        Index(
            "ix_invitations_said_after_at",
            "said_after_at",
            sqlite_where=text("said_after_at IS NOT NULL"),
            postgresql_where=text("said_after_at IS NOT NULL"),
        ),
        Index("ix_invitations_state_invited_at", "state", "invited_at"),
        Index("ix_invitations_unit_id_invited_at", "unit_id", "invited_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[Subject]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), index=True)
    rework_no: Mapped[int] = mapped_column(default=0)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"))
    phone_hash: Mapped[str] = mapped_column(String(64))
    tail_hash: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    state: Mapped[InvitationState]
    reason: Mapped[Reason | None]
    invited_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    wrong_tails: Mapped[int] = mapped_column(default=0)
    unclear_replies: Mapped[int] = mapped_column(default=0)
    #: something was written back after the rating that is none; until somebody has spoken with the citizen
    said_after_at: Mapped[datetime | None]


class UnaskedAnswer(Model):
    """An answer given at once of which, by the rule of the day, no citizen was asked: the named reason why not.

    `has_no_template`: the city asks about such answers, and no provider had approved the words of the question.
    """

    __tablename__ = "unasked_answers"
    __table_args__ = (UniqueConstraint("ticket_id", "answered_at", name="uq_unasked_answers_ticket_id_answered_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    answered_at: Mapped[datetime]
    has_no_template: Mapped[bool] = mapped_column(default=False, server_default=false())
    noted_at: Mapped[datetime]


class InvitationMessage(Model):
    """Which SMS asked for which invitation."""

    __tablename__ = "invitation_messages"

    message_id: Mapped[int] = mapped_column(ForeignKey("sms_messages.id"), primary_key=True, autoincrement=False)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)


class CodeTry(Model):
    """A code and phone tail that opened nothing, and from where; kept for as long as such tries are counted."""

    __tablename__ = "code_tries"
    __table_args__ = (Index("ix_code_tries_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(index=True)


class CallbackAttempt(Model):
    """One call to ask for a rating, and what came of it; `source` makes it count once.

    `is_proven`: whether the hotline's records have a call of that person with that citizen, made (`bridge_id`) or taken
    (`call_id`); None of those from before it was looked for.
    """

    __tablename__ = "callback_attempts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitations.id"), index=True)
    outcome: Mapped[CallbackOutcome]
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str] = mapped_column(String(80))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    source: Mapped[str] = mapped_column(String(80), unique=True)
    is_proven: Mapped[bool | None]
    bridge_id: Mapped[int | None] = mapped_column(Id)
    call_id: Mapped[int | None] = mapped_column(Id)


class Rating(Model):
    """One answer.  A correction is a row of its own; `is_current` marks the one that counts, the others stay.

    `source` names what it came from (sms:17, key:call:9, page:4:1) and is unique: however often that is told, it counts
    once.  `receipt` is what the citizen keeps.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        Index("ix_ratings_subject_recorded_at", "subject", "recorded_at"),
        Index("ix_ratings_unit_id_recorded_at", "unit_id", "recorded_at"),
        Index("ix_ratings_window_id_recorded_at", "window_id", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[Subject]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(Id, index=True)
    #: of a hall; a rating with a window and no matter is of its service in general (综合点评) and in no rate
    matter_id: Mapped[int | None] = mapped_column(Id, index=True)
    window_id: Mapped[int | None] = mapped_column(Id)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    channel: Mapped[Channel]
    level: Mapped[int]
    is_solved: Mapped[bool | None]
    is_real_name: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(60), unique=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("ratings.id"))
    is_current: Mapped[bool]
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    recorded_at: Mapped[datetime]


class RatingWords(Model):
    """What a citizen wrote beside the level; outside the ledger, so that it can be erased and proofs stay.

    `entry_id` is the line of the ledger that says the rating, `salt` what its words are hashed with there; both words
    and salt are gone once they were erased.  `receipt_salt` is what the receipt code is hashed with, and is given out
    with a proof only; ratings from before have none.
    """

    __tablename__ = "rating_words"

    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"), primary_key=True, autoincrement=False)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    words: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    receipt_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    #: typed by whoever checked a receipt of a window
    wrong_levels: Mapped[int] = mapped_column(default=0)
    erased_at: Mapped[datetime | None]


class RatingReason(Model):
    """One of the reasons that a citizen named for a bad rating."""

    __tablename__ = "rating_reasons"

    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id"), primary_key=True, autoincrement=False)
    reason: Mapped[BadReason] = mapped_column(primary_key=True)


class LedgerEntry(Model):
    """A line of the ledger as its transaction wrote it.  Append-only; `body` is canonical JSON, hashed as it stands."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[LedgerKind]
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)


class LedgerSeal(Seal, Model):
    """The chain over LedgerEntry.  Append-only."""

    __tablename__ = "ledger_seals"
