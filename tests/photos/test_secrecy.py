"""Photos of a sealed ticket are opened with a purpose; one that shows who somebody is does not leave the hotline."""

from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from core.audit.model import AuditRow
from staff.rules import Actor
from tests.intake.serving import Client
from tests.photos.house import House, added, headers, statuses
from tests.photos.making import photo
from tests.tickets.making import OFFICE
from tickets.actions.visiting import record_visit
from tickets.forms import VisitForm
from tickets.kinds import Secrecy
from tickets.queries.evidence import photos_of_visits
from tickets.queries.page import ticket_page

CLOSED, SHOWN, ABSENT = [403, 403], [200, 200], [404, 404]


async def sent(client: Client, path: str, who: str, **body: object) -> Any:
    return await client.post(f"/api{path}", json=body, headers={**headers(who), "Content-Type": "application/json"})


async def listed(client: Client, number: str, who: str) -> Any:
    return await (await client.get(f"/api/tickets/{number}/photos", headers=headers(who))).json()


async def photo_of(client: Client, number: str, who: str = "agent") -> int:
    kept = await (await added(client, f"/tickets/{number}", who=who)).json()
    return int(kept["id"])


def counted(house: House, number: str, by: Actor) -> int:
    """As the ticket's page says it."""
    shown = partial(ticket_page, by=by, profile=OFFICE.profile, now=house.now)
    return house.database.read(lambda session: shown(session, number).photo_count)


async def test_a_photo_of_a_sealed_ticket_is_shown_small_or_large_only_after_a_purpose(
    house: House, client: Client
) -> None:
    number = house.ticket(secrecy=Secrecy.SEALED)
    photo_id = await photo_of(client, number)

    refused = await client.get(f"/api/photos/{photo_id}", headers=headers("officer"))
    before = await listed(client, number, "officer")
    opened = await sent(client, f"/tickets/{number}/photos/open", "officer", purpose="办理本工单")
    after = await listed(client, number, "officer")

    assert (refused.status, (await refused.json())["code"]) == (403, "photos_closed")
    assert (before["needs_purpose"], before["open_until"], len(before["photos"])) == (True, None, 1)
    assert (opened.status, await opened.json()) == (200, after)
    assert after["open_until"] is not None
    assert await statuses(client, photo_id, "officer") == SHOWN
    assert await statuses(client, photo_id, "agent") == CLOSED


async def test_a_purpose_stands_in_the_audit_log_and_the_history_and_with_each_look(
    house: House, client: Client
) -> None:
    number = house.ticket(secrecy=Secrecy.SEALED)
    photo_id = await photo_of(client, number)

    await sent(client, f"/tickets/{number}/photos/open", "officer", purpose="审核或回访：核对现场")
    await statuses(client, photo_id, "officer")

    rows = house.database.read(lambda session: session.scalars(select(AuditRow).order_by(AuditRow.id)).all())
    assert [(row.action, row.object_id, row.purpose) for row in rows] == [
        ("open_photos", number, "审核或回访：核对现场"),
        ("view_photo", number, "审核或回访：核对现场"),
    ]
    lines = house.lines("open_photos")
    assert [(line.reason, line.is_internal) for line in lines] == [("审核或回访：核对现场", True)]


async def test_five_minutes_later_it_is_closed_again(house: House, client: Client) -> None:
    number = house.ticket(secrecy=Secrecy.SEALED)
    photo_id = await photo_of(client, number)
    await sent(client, f"/tickets/{number}/photos/open", "officer", purpose="办理本工单")

    house.clock.moment = house.now + timedelta(minutes=4, seconds=59)
    assert await statuses(client, photo_id, "officer") == SHOWN
    house.clock.moment = house.now + timedelta(minutes=5)
    assert await statuses(client, photo_id, "officer") == CLOSED
    assert (await listed(client, number, "officer"))["open_until"] is None


async def test_a_purpose_opens_one_ticket_for_one_person_who_may_see_it(house: House, client: Client) -> None:
    number, other = house.ticket(secrecy=Secrecy.SEALED), house.ticket(secrecy=Secrecy.SEALED)
    photo_id, others = await photo_of(client, number), await photo_of(client, other)

    blank = await sent(client, f"/tickets/{number}/photos/open", "officer", purpose="  ")
    strangers = await sent(client, f"/tickets/{number}/photos/open", "roads", purpose="办理本工单")
    await sent(client, f"/tickets/{number}/photos/open", "officer", purpose="办理本工单")

    assert (blank.status, strangers.status) == (422, 404)
    assert await statuses(client, photo_id, "roads") == ABSENT
    assert await statuses(client, others, "officer") == CLOSED


async def test_photos_of_other_tickets_need_no_purpose(house: House, client: Client) -> None:
    number = house.ticket()
    photo_id = await photo_of(client, number)

    assert await statuses(client, photo_id, "officer") == SHOWN
    assert (await listed(client, number, "officer"))["needs_purpose"] is False


async def test_a_photo_that_is_hidden_is_gone_for_the_unit_and_stays_for_the_hotline(
    house: House, client: Client
) -> None:
    number = house.ticket()
    photo_id = await photo_of(client, number)
    copy_id = await photo_of(client, number, "officer")

    hidden = await sent(client, f"/photos/{photo_id}/redact", "dispatcher", is_hidden=True)

    assert (hidden.status, (await hidden.json())["is_hidden"]) == (200, True)
    for one in (photo_id, copy_id):
        assert await statuses(client, one, "officer") == ABSENT
        assert await statuses(client, one, "dispatcher") == SHOWN
    assert (await listed(client, number, "officer"))["photos"] == []
    assert [one["is_hidden"] for one in (await listed(client, number, "agent"))["photos"]] == [True, True]
    assert [counted(house, number, by) for by in (house.city.officer, house.city.dispatcher)] == [0, 2]


async def test_hiding_is_written_down_once_and_taken_back(house: House, client: Client) -> None:
    number = house.ticket()
    photo_id = await photo_of(client, number)

    for is_hidden in (True, True, False):
        await sent(client, f"/photos/{photo_id}/redact", "dispatcher", is_hidden=is_hidden)

    lines = house.lines("redact")
    assert [(line.reason, line.is_internal) for line in lines] == [("照片不外传", True), ("照片取消不外传", True)]
    assert await statuses(client, photo_id, "officer") == SHOWN


async def test_only_whoever_hides_words_hides_photos(house: House, client: Client) -> None:
    number = house.ticket()
    photo_id, draft = await photo_of(client, number), house.draft(house.city.agent.person_id)
    of_draft = await (await added(client, f"/drafts/{draft}", photo(motif=2))).json()

    units = await sent(client, f"/photos/{photo_id}/redact", "officer", is_hidden=True)
    unknown = await sent(client, "/photos/999/redact", "dispatcher", is_hidden=True)
    drafts = await sent(client, f"/photos/{of_draft['id']}/redact", "agent", is_hidden=True)
    unsaid = await sent(client, f"/photos/{photo_id}/redact", "dispatcher")

    assert [answer.status for answer in (units, unknown, drafts, unsaid)] == [403, 404, 404, 422]
    assert (await unknown.json())["code"] == "photo_not_found"
    assert await statuses(client, photo_id, "officer") == SHOWN


async def test_a_hidden_photo_of_a_visit_bears_nothing_out_before_the_unit(house: House, client: Client) -> None:
    number = house.ticket()
    form = VisitForm(visitors="王工", visited_at=house.now, place="三号楼", met="业主")
    visit_id = house.database.write(
        record_visit, number, form, by=house.city.officer, now=house.now, view=lambda visit: visit.id
    )
    path = f"/api/tickets/{number}/photos?kind=visit&visit_id={visit_id}"
    kept = await (await client.post(path, data=photo(), headers=headers("officer"))).json()

    await sent(client, f"/photos/{kept['id']}/redact", "dispatcher", is_hidden=True)

    def seen(by: Actor) -> Any:
        return house.database.read(lambda session: photos_of_visits(session, [visit_id], by=by))

    assert (seen(house.city.officer), seen(house.city.dispatcher)) == ({}, {visit_id: [kept["id"]]})
