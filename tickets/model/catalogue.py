"""What is stored about topics, places, who answers for which, and the limits of a city's profile."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.kinds import Measure, Step, TicketType, Urgency


class Topic(Model):
    """A topic of the tree (诉求分类), level 1 to 3. Tickets carry the leaves."""

    __tablename__ = "topics"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topics.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    level: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    #: 城乡建设 › 供暖 › 供暖不热
    full_name: Mapped[str] = mapped_column(String(140))
    is_active: Mapped[bool] = mapped_column(default=True)
    #: chooses rows of the profile: utility, complex, or empty
    limit_class: Mapped[str] = mapped_column(String(40), default="")
    #: a supervisor's switch; off: tickets of this topic always go to the dispatch list
    may_auto_dispatch: Mapped[bool] = mapped_column(default=True)


class TopicRecord(Model):
    """How automatic dispatch did on past tickets of a topic; the newest record counts."""

    __tablename__ = "topic_records"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    model_name: Mapped[str] = mapped_column(String(60))
    measured_at: Mapped[datetime]
    #: tickets at or above the threshold, and how many of them would have gone wrong
    n: Mapped[int]
    wrong: Mapped[int]
    threshold: Mapped[float]


class Place(Model):
    """A district, street or neighbourhood. `path` is `/1/12/` as with units."""

    __tablename__ = "places"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    #: 朝阳区 › 南湖街道 › 南湖小区
    full_name: Mapped[str] = mapped_column(String(200))


class CatalogueLine(Model):
    """Who answers for a topic in a place; no place means the whole city. The nearest place wins."""

    __tablename__ = "catalogue_lines"
    __table_args__ = (Index("ix_catalogue_lines_topic_id_place_id", "topic_id", "place_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    #: the least urgency of such a ticket
    urgency: Mapped[Urgency | None]
    #: 派单目录 2026 版 第 3.2 条
    basis: Mapped[str] = mapped_column(String(100), default="")
    #: chooses rows of the profile for such a ticket; empty: as the topic says
    limit_class: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: of this topic in this place; a change retires the line and makes the next version
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    began_at: Mapped[datetime | None]
    import_id: Mapped[int | None] = mapped_column(Id)
    #: who made this version: a person, or who sent the file
    changed_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    retired_at: Mapped[datetime | None]


class Limit(Model):
    """One limit of a profile. Where type, urgency and class are None: for all that have no row of their own."""

    __tablename__ = "profile_limits"
    __table_args__ = (Index("ix_profile_limits_profile", "profile"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    profile: Mapped[str] = mapped_column(String(40))
    step: Mapped[Step]
    type: Mapped[TicketType | None]
    urgency: Mapped[Urgency | None]
    limit_class: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[int]
    measure: Mapped[Measure]
    #: where the number comes from, or that it is assumed
    source: Mapped[str] = mapped_column(String(100))


class OfficeHours(Model):
    """When an office works: one row for each stretch, in minutes after midnight, Shanghai.

    `profile` is the city's profile, or the name under which a unit keeps hours of its own (Unit.office_hours).
    """

    __tablename__ = "office_hours"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    profile: Mapped[str] = mapped_column(String(40), index=True)
    opens: Mapped[int]
    closes: Mapped[int]
    on_days_off: Mapped[bool] = mapped_column(default=False, server_default=false())
