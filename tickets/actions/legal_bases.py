"""The city's own list of legal bases: an entry is made, gives way to another, or is retired; none is reworded."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.actions.catalogue import KEEPERS
from tickets.errors import LegalBasisNotFound, LegalBasisRetired, RoleRefused
from tickets.forms import LegalBasisForm, legal_basis_faults, refuse_faults
from tickets.importing.events import CatalogueChanged
from tickets.model import LegalBasis


def make_legal_basis(
    session: Session, form: LegalBasisForm, *, by: Actor, now: datetime, replaces: int | None = None
) -> LegalBasis:
    """A new entry; `replaces`: the one that ends with it, so that what was founded on that still reads as it stood.

    Raises RoleRefused, Invalid, LegalBasisNotFound, LegalBasisRetired.  Announces CatalogueChanged.
    """
    _check_keeper(by)
    refuse_faults(legal_basis_faults(form, taken=_names_in_force(session, replaces)))
    if replaces is not None:
        _retire(session, replaces, by=by, now=now)
    made = LegalBasis(kind=form.kind, name=form.name, words=form.words, began_at=now, made_by=by.label)
    session.add(made)
    session.flush()
    announce(session, CatalogueChanged(None))
    return made


def retire_legal_basis(session: Session, basis_id: int, *, by: Actor, now: datetime) -> LegalBasis:
    """No unit chooses it from now on.

    Raises RoleRefused, LegalBasisNotFound, LegalBasisRetired.  Announces CatalogueChanged.
    """
    _check_keeper(by)
    announce(session, CatalogueChanged(None))
    return _retire(session, basis_id, by=by, now=now)


def _check_keeper(by: Actor) -> None:
    if not by.may_act_as(KEEPERS):
        raise RoleRefused(action="修改退单法定依据")


def _names_in_force(session: Session, replaces: int | None) -> set[str]:
    found = session.execute(select(LegalBasis.id, LegalBasis.name).where(LegalBasis.retired_at.is_(None)))
    return {name for basis_id, name in found if basis_id != replaces}


def _retire(session: Session, basis_id: int, *, by: Actor, now: datetime) -> LegalBasis:
    basis = session.get(LegalBasis, basis_id, with_for_update=True)
    if basis is None:
        raise LegalBasisNotFound(basis_id=basis_id)
    if basis.retired_at is not None:
        raise LegalBasisRetired(name=basis.name)
    basis.retired_at, basis.retired_by = now, by.label
    session.flush()
    return basis
