"""退单依据: chosen from what is in force, read by whoever decides as it stood then, and kept on a list of the city."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City
from tickets.actions.catalogue import LineWords, put_next_version
from tickets.actions.dispatching import confer
from tickets.actions.handling import refuse_return, return_ticket
from tickets.actions.legal_bases import make_legal_basis, retire_legal_basis
from tickets.actions.recusing import recuse
from tickets.actions.ruling import rule
from tickets.errors import LegalBasisNotFound, LegalBasisRetired, RoleRefused
from tickets.forms import LegalBasisForm
from tickets.kinds import ReturnBasis
from tickets.model import LegalBasis, Ruling, Ticket
from tickets.photos.actions import add_to_ticket
from tickets.photos.rules import PhotoKind, Picture, Shows
from tickets.queries.bases import bases_for, legal_bases
from tickets.queries.page import TicketPage, history_of, ticket_page
from tickets.queries.rulings import rulings
from tickets.rules import State

DUTY = LegalBasisForm(
    kind=ReturnBasis.DUTY_TEXT, name="《市城管局职能配置规定》第四条", words="负责城市道路照明和市容环境卫生。"
)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def on_the_list(city: City, now: datetime, **changes: Any) -> LegalBasis:
    form = DUTY.model_copy(update=changes)
    return make_legal_basis(city.session, form, by=city.supervisor, now=now)


def ruled(city: City, now: datetime, **changes: Any) -> tuple[Ticket, Ruling]:
    """A ticket that was disputed and ruled to belong to the roads office."""
    ticket = city.listed(now, **changes)
    confer(city.session, ticket.id, by=city.dispatcher, now=now, reason="两家均称非本单位职责")
    rule(
        city.session, ticket.id, unit_id=city.roads.id, by=city.supervisor, office=OFFICE, now=now, reason="道路归城管"
    )
    return ticket, rulings(city.session, by=SYSTEM)[0]


def page_of(city: City, ticket: Ticket, now: datetime) -> TicketPage:
    return ticket_page(city.session, ticket.number, by=city.dispatcher, profile=OFFICE.profile, now=now)


def codes(refused: Invalid) -> set[tuple[str, str]]:
    return {(str(where[-1]), code) for where, code, _ in refused.faults}


class TestChosen:
    """A line of the catalogue, an entry of the list, or a ruling; nothing else, and nothing that is over."""

    def test_each_kind_is_read_as_it_stood_by_whoever_decides(
        self, session: Session, city: City, now: datetime
    ) -> None:
        legal = on_the_list(city, now)
        _, ruling = ruled(city, now)
        chosen = [
            (ReturnBasis.CATALOGUE, city.line_id, "城乡建设 › 供暖不热（全市）由市供热公司承办", "第 1 版　目录 3.2"),
            (ReturnBasis.DUTY_TEXT, legal.id, DUTY.name, DUTY.words),
            (ReturnBasis.RULING, ruling.id, "裁〔2026〕1号：由市城管局承办", "道路归城管"),
        ]

        for kind, basis_id, name, words in chosen:
            ticket = city.dispatched(now)
            form = city.return_form(basis=kind, basis_id=basis_id, basis_text="见附件", proposed_unit_id=city.roads.id)
            return_ticket(session, ticket.id, form, by=city.officer, now=now)

            asked = page_of(city, ticket, now).return_asked
            assert asked is not None
            said = asked.line.particulars
            assert (said["basis"], said["basis_id"], said["basis_name"], said["basis_words"]) == (
                kind.value,
                basis_id,
                name,
                words,
            )
            assert (asked.unit, asked.proposed, said["basis_text"]) == (city.heating, city.roads, "见附件")

    def test_what_the_line_said_stays_when_the_catalogue_is_changed(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket, later = city.dispatched(now), now + timedelta(hours=1)
        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

        words = LineWords(city.roads.id, basis="会商纪要 3 号")
        put_next_version(session, city.topic.id, None, words, began_at=later, changed_by="王主管")

        asked = page_of(city, ticket, later + timedelta(minutes=1)).return_asked
        assert asked is not None
        assert asked.line.particulars["basis_words"] == "第 1 版　目录 3.2"
        assert (
            history_of(session, ticket.number, by=city.dispatcher)[-1].particulars["basis_name"].endswith("热公司承办")
        )

    def test_what_is_over_not_begun_or_of_another_kind_is_refused_at_its_field(
        self, session: Session, city: City, now: datetime
    ) -> None:
        legal, retired = on_the_list(city, now), on_the_list(city, now, name="《旧规定》第一条")
        retire_legal_basis(session, retired.id, by=city.supervisor, now=now)
        words, tomorrow = LineWords(city.roads.id), now + timedelta(days=1)
        ahead = put_next_version(session, city.road_topic.id, None, words, began_at=tomorrow, changed_by="王主管")
        ticket = city.dispatched(now)

        for kind, basis_id in (
            (ReturnBasis.DUTY_TEXT, retired.id),
            (ReturnBasis.OTHER, legal.id),
            (ReturnBasis.CATALOGUE, ahead.id),
            (ReturnBasis.RULING, 999_999),
        ):
            form = city.return_form(basis=kind, basis_id=basis_id)
            with pytest.raises(Invalid) as refused:
                return_ticket(session, ticket.id, form, by=city.officer, now=now)
            assert codes(refused.value) == {("basis_id", "basis_not_in_force")}
        with pytest.raises(Invalid) as refused:
            return_ticket(session, ticket.id, city.return_form(basis_id=None), by=city.officer, now=now)
        assert codes(refused.value) == {("basis_id", "basis_missing")}
        assert ticket.state is State.DISPATCHED

    def test_photos_of_the_basis_belong_to_the_return_of_the_unit_that_added_them(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.dispatched(now)
        shows, picture = Shows(PhotoKind.BASIS), Picture("a" * 64, 10, 10, 100)
        added = add_to_ticket(session, ticket.id, picture, most=9, by=city.officer, now=now, shows=shows)
        other = Picture("b" * 64, 10, 10, 100)
        add_to_ticket(session, ticket.id, other, most=9, by=city.officer, now=now)

        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

        asked = page_of(city, ticket, now).return_asked
        assert asked is not None
        assert asked.line.particulars["basis_photos"] == [added.id]

    def test_once_it_is_decided_there_is_nothing_to_decide_on(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.dispatched(now)
        assert page_of(city, ticket, now).return_asked is None
        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

        refuse_return(session, ticket.id, by=city.dispatcher, now=now, reason="目录写明由贵单位承办")

        assert page_of(city, ticket, now).return_asked is None


class TestOffered:
    """What the unit may choose from."""

    def test_without_words_it_is_what_is_about_like_matters_and_the_city_s_list(
        self, session: Session, city: City, now: datetime
    ) -> None:
        legal = on_the_list(city, now)
        _, ruling = ruled(city, now)
        ruled(city, now, topic_id=city.road_topic.id)
        ticket = city.dispatched(now)

        offered = bases_for(session, ticket.number, by=city.officer, now=now)

        assert [(one.kind, one.id) for one in offered] == [
            (ReturnBasis.CATALOGUE, city.line_id),
            (ReturnBasis.RULING, ruling.id),
            (ReturnBasis.DUTY_TEXT, legal.id),
        ]

    def test_words_find_lines_rulings_by_number_and_clauses_but_not_by_what_a_ruling_tells_of_a_matter(
        self, session: Session, city: City, now: datetime
    ) -> None:
        legal = on_the_list(city, now)
        _, ruling = ruled(city, now, topic_id=city.road_topic.id)
        ticket = city.dispatched(now)

        def found(text: str) -> list[tuple[ReturnBasis, int]]:
            return [
                (one.kind, one.id) for one in bases_for(session, ticket.number, by=city.officer, now=now, text=text)
            ]

        assert found("裁〔2026〕1号") == found("道路破损") == [(ReturnBasis.RULING, ruling.id)]
        assert found("目录 3.2") == [(ReturnBasis.CATALOGUE, city.line_id)]
        assert found("道路照明") == [(ReturnBasis.DUTY_TEXT, legal.id)]
        assert found("归城管") == found("100%") == []

    def test_a_ruling_on_a_matter_that_is_kept_from_somebody_is_neither_offered_nor_taken(
        self, session: Session, city: City, now: datetime
    ) -> None:
        disputed, ruling = ruled(city, now)
        ticket = city.dispatched(now)
        assert city.officer.person_id is not None
        recuse(session, disputed.number, person_id=city.officer.person_id, reason="亲属", by=city.supervisor, now=now)

        offered = bases_for(session, ticket.number, by=city.officer, now=now)

        assert ReturnBasis.RULING not in {one.kind for one in offered}
        form = city.return_form(basis=ReturnBasis.RULING, basis_id=ruling.id)
        with pytest.raises(Invalid):
            return_ticket(session, ticket.id, form, by=city.officer, now=now)


class TestList:
    """The city's own list: an entry is never reworded, another takes its place."""

    def test_another_entry_takes_the_place_of_one_and_both_stay_to_be_read(
        self, session: Session, city: City, now: datetime
    ) -> None:
        old = on_the_list(city, now)
        form = DUTY.model_copy(update={"words": "负责城市道路照明。"})

        new = make_legal_basis(session, form, by=city.supervisor, now=now, replaces=old.id)

        assert [one.id for one in legal_bases(session)] == [new.id, old.id]
        assert (old.retired_at, old.retired_by, new.made_by) == (now, city.supervisor.label, city.supervisor.label)
        assert [one.id for one in legal_bases(session, text="市容")] == [old.id]

    def test_two_at_once_or_a_stranger_change_nothing(self, session: Session, city: City, now: datetime) -> None:
        old = on_the_list(city, now)
        retire_legal_basis(session, old.id, by=city.supervisor, now=now)

        with pytest.raises(LegalBasisRetired):
            retire_legal_basis(session, old.id, by=city.supervisor, now=now)
        with pytest.raises(LegalBasisRetired):
            make_legal_basis(session, DUTY, by=city.supervisor, now=now, replaces=old.id)
        with pytest.raises(LegalBasisNotFound):
            retire_legal_basis(session, 999_999, by=city.supervisor, now=now)
        for by in (city.dispatcher, city.officer):
            with pytest.raises(RoleRefused):
                make_legal_basis(session, DUTY, by=by, now=now)
            with pytest.raises(RoleRefused):
                retire_legal_basis(session, old.id, by=by, now=now)

        assert len(legal_bases(session)) == 1

    def test_every_fault_is_named_at_its_field(self, session: Session, city: City, now: datetime) -> None:
        on_the_list(city, now)
        empty = LegalBasisForm(kind=ReturnBasis.RULING, name="", words="")

        with pytest.raises(Invalid) as refused:
            make_legal_basis(session, empty, by=city.supervisor, now=now)
        with pytest.raises(Invalid) as again:
            make_legal_basis(session, DUTY, by=city.supervisor, now=now)

        assert codes(refused.value) == {
            ("kind", "kind_not_legal"),
            ("name", "name_missing"),
            ("words", "words_missing"),
        }
        assert codes(again.value) == {("name", "name_taken")}
