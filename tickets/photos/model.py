"""What is stored about photos; the pictures themselves lie in the data folder."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.intake.model import IntakeForm, MaterialCode
from tickets.model import Draft, Ticket
from tickets.photos.rules import Origin, PhotoKind


class Photo(Model):
    """One photo.  It belongs to a form until that is sent, to a draft until it is registered, then to the ticket."""

    __tablename__ = "photos"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    form_id: Mapped[int | None] = mapped_column(ForeignKey(IntakeForm.id), index=True)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey(Draft.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    #: the code by which it came
    material_id: Mapped[int | None] = mapped_column(ForeignKey(MaterialCode.id), index=True)
    #: the mail that brought it and waits for a person; no foreign key: mails know photos already
    mail_id: Mapped[int | None] = mapped_column(Id, index=True)
    origin: Mapped[Origin]
    kind: Mapped[PhotoKind] = mapped_column(default=PhotoKind.OTHER, server_default=PhotoKind.OTHER.value)
    #: the visit that it was taken on; no foreign key: visits know their ticket already
    visit_id: Mapped[int | None] = mapped_column(Id, index=True)
    #: by the camera's clock; and where, only if whoever added it wanted that kept
    taken_at: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    #: 不外传: not for units
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int]
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(80))
