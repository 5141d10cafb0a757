"""申诉复核 of a bad rating: who may act on a repair, who decides, and that both values stand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.chain import seal
from core.database import Database
from evaluation.ledger import LEDGER_CHAIN, newest_lines, verify_ledger
from evaluation.repairs.actions.appealing import appeal_rating, refuse_appeal, uphold_appeal
from evaluation.repairs.actions.contacting import note_contact
from evaluation.repairs.actions.mending import explain_repair
from evaluation.repairs.errors import (
    AppealedBefore,
    OwnAppeal,
    RepairNotFound,
    RepairOfOtherUnit,
    RepairRoleRefused,
)
from evaluation.repairs.queries import (
    Narrowed,
    repair_by_number,
    repairs_page,
)
from evaluation.repairs.rules import Ground, Lane, RepairState
from evaluation.rules import LedgerKind
from indicators.periods import Period, shanghai_day
from indicators.satisfaction import Basis, Slice
from indicators.upheld import upheld_rows
from staff.rules import Role
from tests.evaluation.mending import Town, appeal, contact, decision, make_town, words
from tests.sms.desk import MovableClock
from tests.tickets import making
from tickets.kinds import PartState
from tickets.model import HelperPart

SHANGHAI_DAY_AFTER = datetime(2026, 10, 14, 16, 0, tzinfo=UTC)


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


def test_another_unit_neither_sees_nor_moves_it(town: Town) -> None:
    number = town.badly_rated()

    with pytest.raises(RepairNotFound):
        town.act(note_contact, number, contact(), by=town.town.roads_officer)
    with pytest.raises(RepairRoleRefused):
        town.act(note_contact, number, contact(), by=town.town.supervisor)


def test_a_unit_above_looks_on_and_does_not_act(town: Town) -> None:
    number = _rated_street(town)

    with pytest.raises(RepairOfOtherUnit):
        town.act(note_contact, number, contact(), by=town.town.district_officer)


def _rated_street(town: Town) -> str:
    """A repair whose unit is a street of the district."""
    number = town.badly_rated()

    def give(session: Session) -> None:
        repair = repair_by_number(session, number, town.town.supervisor)
        repair.unit_id = town.town.street.id
        session.add(_helped(repair.ticket_id, town.town.street.id))

    town.database.write(give)
    return number


def _helped(ticket_id: int, unit_id: int) -> object:
    return HelperPart(
        ticket_id=ticket_id, unit_id=unit_id, state=PartState.DONE, task="", asked_by="",
        asked_at=datetime(2026, 10, 13, tzinfo=UTC),
    )  # fmt: skip


def test_an_appeal_is_decided_by_another_body_and_both_values_stand(town: Town) -> None:
    number = town.badly_rated()
    before = town.ratings(town.repair(number).ticket_id)
    town.act(note_contact, number, contact())
    town.act(appeal_rating, number, appeal())

    town.act(uphold_appeal, number, decision(), by=town.town.supervisor)

    repair = town.repair(number)
    assert repair.state is RepairState.CLOSED
    after = town.ratings(repair.ticket_id)
    assert (
        [(one.level, one.is_current) for one in after] == [(one.level, one.is_current) for one in before] == [(1, True)]
    )
    assert town.ticket_of(number).rating_level == 1
    (line,) = town.database.read(newest_lines, kind=LedgerKind.RULING)
    assert (line.body["upheld"], line.body["level"], line.body["ground"]) == (True, 1, "mistaken")
    assert "录音" not in str(line.body)
    town.database.write(seal, LEDGER_CHAIN, now=town.clock.now())
    assert town.database.read(verify_ledger, now=town.clock.now()).sealed >= 3
    (upheld,) = town.database.read(upheld_rows, _rated_today(town))
    assert (upheld.repair_number, upheld.level, upheld.ground) == (number, 1, Ground.MISTAKEN)


def test_an_appeal_that_is_refused_leaves_the_unit_with_it_and_cannot_be_made_again(town: Town) -> None:
    number = town.badly_rated()
    town.act(note_contact, number, contact())
    town.act(appeal_rating, number, appeal())
    town.act(refuse_appeal, number, decision(), by=town.town.supervisor)

    with pytest.raises(AppealedBefore):
        town.act(appeal_rating, number, appeal())
    town.act(explain_repair, number, words())

    assert town.repair(number).state is RepairState.RERATING
    assert town.database.read(upheld_rows, _rated_today(town)) == []


def _rated_today(town: Town) -> Slice:
    today = shanghai_day(town.clock.now())
    return Slice(Period(today - timedelta(days=1), today), basis=Basis.RATED)


@pytest.mark.parametrize("where", ["street", "district", "community"])
def test_nobody_of_the_unit_nor_above_nor_below_it_decides(town: Town, where: str) -> None:
    number = _rated_street(town)
    street = town.town.street_officer
    town.act(note_contact, number, contact(), by=street)
    town.act(appeal_rating, number, appeal(), by=street)
    unit = getattr(town.town, where)
    judge = town.database.write(
        lambda session: making.City.session_of(session, town.town).person(
            f"{where}-judge", Role.SUPERVISOR, Role.INSPECTOR, unit=unit
        )
    )

    with pytest.raises(OwnAppeal):
        town.act(uphold_appeal, number, decision(), by=judge)


def test_limits_run_on_while_an_appeal_waits(town: Town) -> None:
    number = town.badly_rated()
    town.act(note_contact, number, contact())
    town.act(appeal_rating, number, appeal())
    town.wait(days=9)

    late = town.database.read(
        lambda session: [one.number for one in repairs_page(
            session, Narrowed(Lane.OVERDUE), by=town.town.supervisor, now=town.clock.now()
        )]
    )  # fmt: skip
    assert late == [number]
