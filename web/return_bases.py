"""退单依据: what a unit may choose, and the city's own list of legal bases."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field

from tickets.actions.catalogue import KEEPERS
from tickets.actions.legal_bases import make_legal_basis, retire_legal_basis
from tickets.forms import LegalBasisForm
from tickets.kinds import ReturnBasis
from tickets.model import LegalBasis
from tickets.queries.bases import Basis, bases_for, legal_bases
from tickets.rules import Action
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.catalogue_imports import READERS
from web.ticket_rows import TicketNumber
from web.tickets import roles_for

api = Api()


class WordsQuery(Query):
    """Part of a name, a number or a text."""

    q: str = Field("", max_length=60)


class BasisView(View):
    """One that may be chosen, as it is cited and as it says."""

    kind: ReturnBasis
    id: int
    name: str
    words: str


@api.get("/tickets/{number}/bases", role=roles_for(Action.RETURN), also=(404,))
async def show_bases(request: Request, number: TicketNumber, query: WordsQuery) -> list[BasisView]:
    """List on what a return may be founded: what is about like matters, or whatever speaks of the words."""

    def view(found: Sequence[Basis]) -> list[BasisView]:
        return [BasisView.model_validate(one) for one in found]

    shown: list[BasisView] = await request.read(
        bases_for, number, by=request.actor, now=request.now, text=query.q, view=view
    )
    return shown


class LegalBasisView(View):
    """An entry of the city's list; a retired one stays to be read."""

    id: int
    kind: ReturnBasis
    name: str
    words: str
    began_at: Moment
    made_by: str
    retired_at: Moment | None
    retired_by: str

    @classmethod
    def of(cls, basis: LegalBasis) -> Self:
        return cls.model_validate(basis)


@api.get("/legal-bases", role=READERS)
async def show_legal_bases(request: Request, query: WordsQuery) -> list[LegalBasisView]:
    """List the city's legal bases, those in force first."""

    def view(found: Sequence[LegalBasis]) -> list[LegalBasisView]:
        return [LegalBasisView.of(one) for one in found]

    shown: list[LegalBasisView] = await request.read(legal_bases, text=query.q, view=view)
    return shown


class NewLegalBasis(Body):
    """A new entry; `replaces`: the one that ends with it."""

    form: LegalBasisForm
    replaces: RowId | None = None


@api.post("/legal-bases", role=KEEPERS, status=201, idempotent=True, also=(404, 409))
async def add_legal_basis(request: Request, body: NewLegalBasis) -> LegalBasisView:
    """Put a clause onto the list."""
    made: LegalBasisView = await request.write(
        make_legal_basis,
        body.form,
        replaces=body.replaces,
        by=request.actor,
        now=request.now,
        view=LegalBasisView.of,
    )
    return made


@api.post("/legal-bases/{basis_id}/retire", role=KEEPERS, also=(404, 409))
async def end_legal_basis(request: Request, basis_id: RowId) -> LegalBasisView:
    """Retire an entry: no unit chooses it from now on."""
    retired: LegalBasisView = await request.write(
        retire_legal_basis, basis_id, by=request.actor, now=request.now, view=LegalBasisView.of
    )
    return retired
