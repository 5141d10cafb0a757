"""Topics, places, and what the desk is told while somebody types."""

import asyncio
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.computer import Computer
from core.errors import Unavailable
from nlp.classifier import Certainty, Suggestions
from nlp.serving import suggest
from tickets.actions.suggesting import NO_MODEL, ranked_plain, topics_by_code
from tickets.catalogue import all_topics, places_like
from tickets.hearing import urgent_words
from tickets.kinds import TicketType, Urgency
from tickets.model import Place, Topic
from tickets.queries.desk import Promise, promise_for
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Moment, Query, Request, RowId, View
from web.ticket_rows import UnitRef

api = Api()


class TopicView(View):
    """A topic of the tree; tickets carry those of level 3."""

    id: int
    parent_id: int | None
    level: int
    code: str
    name: str
    full_name: str
    may_auto_dispatch: bool


@api.get("/topics", role=ANYONE)
async def show_topics(request: Request) -> list[TopicView]:
    """List the topic tree, parents before children."""

    def view(topics: list[Topic]) -> list[TopicView]:
        return [TopicView.model_validate(topic) for topic in topics]

    shown: list[TopicView] = await request.read(all_topics, view=view)
    return shown


class PlaceView(View):
    """A place of the gazetteer."""

    id: int
    parent_id: int | None
    name: str
    full_name: str


class PlacesQuery(Query):
    """The beginning of a name; without it the districts."""

    text: str = Field("", max_length=60)


@api.get("/places", role=ANYONE)
async def show_places(request: Request, query: PlacesQuery) -> list[PlaceView]:
    """List up to twenty places whose name begins so."""

    def view(places: list[Place]) -> list[PlaceView]:
        return [PlaceView.model_validate(place) for place in places]

    shown: list[PlaceView] = await request.read(places_like, query.text, view=view)
    return shown


class SuggestionQuery(Query):
    """What was typed so far."""

    text: str = Field(max_length=2000)
    place: str = Field("", max_length=200)


class SuggestedTopic(View):
    """A topic with how sure the system is, 0..1 and in a word, and what spoke for it."""

    topic_id: int
    name: str
    confidence: float
    certainty: Certainty
    words: list[str]


class SuggestedTopics(View):
    """Up to three, surest first; none: 系统不确定.  `urgent_words`: what in the text says that it cannot wait."""

    topics: list[SuggestedTopic]
    model: str
    urgent_words: list[str]

    @classmethod
    def of(cls, session: Session, suggestions: Suggestions, text: str) -> Self:
        known = ranked_plain(suggestions, topics_by_code(session, suggestions))
        return cls(
            topics=[SuggestedTopic.model_validate(topic) for topic in known],
            model=suggestions.model,
            urgent_words=urgent_words(text),
        )


@api.get("/suggestions/topics", role=ANYONE)
async def suggest_topics(request: Request, query: SuggestionQuery) -> SuggestedTopics:
    """Classify what was typed, in the child process, and find what cannot wait, also while the classifier is away."""
    computer = request.service(Computer)
    try:
        suggestions = await asyncio.to_thread(computer.run, suggest, query.text, query.place or None)
    except Unavailable:
        suggestions = Suggestions(NO_MODEL)
    found: SuggestedTopics = await request.read(SuggestedTopics.of, suggestions, query.text)
    return found


class PromiseQuery(Query):
    """What is known of the matter so far."""

    type: TicketType = TicketType.HELP
    urgency: Urgency = Urgency.NORMAL
    topic_id: RowId | None = None
    place_id: RowId | None = None


class PromiseView(View):
    """What the agent may say aloud: 预计 10-20 24:00 前由朝阳区住建局答复."""

    unit: UnitRef | None
    due_at: Moment | None
    sentence: str
    why: str

    @classmethod
    def of(cls, promise: Promise) -> Self:
        return cls(
            unit=UnitRef.of(promise.unit),
            due_at=promise.due.at,
            sentence=promise.sentence,
            why=promise.due.why,
        )


@api.get("/suggestions/promise", role=ANYONE, also=(404,))
async def promise(request: Request, query: PromiseQuery) -> PromiseView:
    """Say who will probably answer, and by when."""
    view: PromiseView = await request.read(
        promise_for,
        topic_id=query.topic_id,
        place_id=query.place_id,
        type_=query.type,
        urgency=query.urgency,
        profile=request.service(TicketOffice).profile,
        now=request.now,
        view=PromiseView.of,
    )
    return view
