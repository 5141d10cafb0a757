"""Our API against its own description: whoever asks whatever, no server error and no answer that is not described."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from core import migrate
from core.clock import SystemClock
from core.database import Database, DatabaseSettings
from staff.actions import Attempt, add_person, finish_log_in
from staff.rules import STAFF_ROLES, Role
from staff.tokens import token_hash
from tests.system.rabbitmq import free_port
from tests.system.server import running_server
from tests.tickets.making import City

#: Every office but the unit officer's, who sees less: this person gets furthest.
EVERYTHING = "everything"
NOBODY = "nobody"
#: Rules that JSON Schema cannot say (check digits, states, who may) refuse data that its schema allows, and an ignored
#: field of a body that nobody reads is not refused.
NOT_OURS = (positive_data_acceptance, negative_data_rejection)


def token_of(who: str) -> str:
    return f"token-{who}"


@pytest.fixture(scope="module")
def numbers() -> list[str]:
    """Tickets that exist, for paths that name one."""
    return []


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory, numbers: list[str]) -> Iterator[Any]:
    """The served API of a small city in which one person of each role is logged in."""
    folder = tmp_path_factory.mktemp("schemathesis")
    url = f"sqlite:///{folder}/hotline.db"
    database = Database(DatabaseSettings(url=url))
    migrate.upgrade(database.writing)
    numbers += database.write(settle)
    database.close()
    environment = {
        "HOTLINE_DATABASE__URL": url,
        "HOTLINE_DATA_FOLDER": str(folder / "data"),
        "HOTLINE_TELEPHONY__IS_ENABLED": "false",
    }
    port = free_port()
    with running_server(["serve", "--port", str(port)], port=port, folder=folder, environment=environment) as server:
        yield schemathesis.openapi.from_url(f"{server.url}/api/openapi.json")
        said = server.log.read_text()
    assert "Traceback" not in said, said[-4000:]


def settle(session: Any) -> list[str]:
    """A city, tickets in several states, people logged in; the tickets' numbers."""
    city, now = City(session), SystemClock().now()
    tickets = [make(now) for make in (city.registered, city.listed, city.dispatched, city.signed, city.replied)]
    everything: list[Role] = [role for role in STAFF_ROLES if role is not Role.UNIT_OFFICER]
    people = {EVERYTHING: everything} | {role.value: [role] for role in STAFF_ROLES}
    for who, roles in people.items():
        unit = city.heating if who == Role.UNIT_OFFICER else city.hotline
        person = add_person(
            session, unit_id=unit.id, account=f"st-{who}", name="王小明", staff_number=f"ST{who}"[:20], roles=roles
        )
        attempt = Attempt(id=0, person_id=person.id, password_hash="")
        token = token_of(who)
        finish_log_in(session, attempt, token_hash=token_hash(token), csrf_token=token, address="127.0.0.1", now=now)
    return [ticket.number for ticket in tickets]


def check_operation(operation: Any, who: str, numbers: list[str], examples: int) -> None:
    """Ask one operation `examples` things as `who`; raises what schemathesis found."""
    chosen = random.Random(f"{who} {operation.label}")
    headers = {} if who == NOBODY else {"Cookie": f"hotline={token_of(who)}", "X-CSRF-Token": token_of(who)}

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if "number" in case.path_parameters and chosen.random() < 0.7:
            case.path_parameters["number"] = chosen.choice(numbers)
        case.call_and_validate(headers=headers, excluded_checks=NOT_OURS)

    ask()


def faults_of(schema: Any, check: Callable[[Any], None]) -> list[str]:
    """What is wrong with each operation, all of them asked."""
    faults = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label == "DELETE /api/session":
            continue  # whoever asks it is nobody afterwards; tests/api/test_session.py asks it
        try:
            check(operation)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # every operation has its turn
            faults.append(f"{operation.label}: {error}")
    return faults


@pytest.mark.parametrize(
    ("who", "examples"),
    [(EVERYTHING, 20), (NOBODY, 2), *((role.value, 6 if role is Role.UNIT_OFFICER else 2) for role in STAFF_ROLES)],
)
@pytest.mark.timeout(900)
def test_no_answer_is_a_server_error_or_undescribed(schema: Any, numbers: list[str], who: str, examples: int) -> None:
    faults = faults_of(schema, lambda operation: check_operation(operation, who, numbers, examples))

    assert faults == [], "\n\n".join(faults)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_same_with_many_more_examples(schema: Any, numbers: list[str]) -> None:
    faults = faults_of(schema, lambda operation: check_operation(operation, EVERYTHING, numbers, 200))

    assert faults == [], "\n\n".join(faults)
