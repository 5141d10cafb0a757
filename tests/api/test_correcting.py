"""更正要素 over the API: who may, what is refused at which field, and what a unit reads of it afterwards."""

from datetime import datetime
from typing import Any

from tests.api.test_tickets import Town, database, town
from tests.tickets.making import City
from tickets.kinds import Secrecy

__all__ = ["database", "town"]


def sent(town: Town, now: datetime, **form: Any) -> str:
    return town.database.write(lambda session: City.session_of(session, town.city).dispatched(now, **form).number)


async def test_what_is_wrong_in_a_correction_is_said_at_its_field_and_changes_nothing(
    town: Town, now: datetime
) -> None:
    number, agent = sent(town, now), town.browser(town.city.agent)
    version = (await agent.get(f"/tickets/{number}"))["row"]["version"]

    for body, where, code in (
        ({"phone": "12345"}, ["body", "phone"], "phone_malformed"),
        ({"people_count": 9}, ["body", "representative"], "representative_missing"),
        ({"people_count": 0}, ["body", "people_count"], "greater_than_equal"),
    ):
        status, answer = await agent.ask("PATCH", f"/tickets/{number}", json=body | {"version": version})
        assert (status, [(fault["loc"], fault["code"]) for fault in answer["errors"]]) == (422, [(where, code)])
    status, answer = await agent.ask(
        "PATCH", f"/tickets/{number}", json={"accused_unit_id": 999999, "version": version}
    )
    assert (status, answer["code"]) == (404, "unit_not_found")
    assert (await agent.get(f"/tickets/{number}"))["row"]["version"] == version


async def test_a_unit_reads_that_words_were_corrected_and_not_which(town: Town, now: datetime) -> None:
    number = sent(town, now, secrecy=Secrecy.FROM_ACCUSED, accused="市城管局", accused_unit_id=town.city.roads.id)
    dispatcher, officer = town.browser(town.city.dispatcher), town.browser(town.city.officer)
    version = (await dispatcher.get(f"/tickets/{number}"))["row"]["version"]
    change = {"urgency": "urgent", "phone": "13987654321", "accused": "执法队", "accused_unit_id": None}

    status, _ = await dispatcher.ask("PATCH", f"/tickets/{number}", json=change | {"version": version})

    assert status == 200
    lines = [(await who.get(f"/tickets/{number}/history"))[-1] for who in (dispatcher, officer)]
    seen = [line["particulars"] for line in lines]
    assert seen[0]["after"] == change | {"phone": "139****4321"}
    assert seen[1]["after"] == {"urgency": "urgent", "phone": None, "accused": None, "accused_unit_id": None}
    assert seen[1]["before"]["urgency"] == "normal"
    status, _ = await officer.ask("PATCH", f"/tickets/{number}", json={"version": version + 1, "title": "改"})
    assert status == 403
