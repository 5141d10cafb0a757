"""The nightly checkpoint: a root that witnesses keep, and a receipt that proves a rating to whoever trusts nobody."""

import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.checkpoints.model import Checkpoint
from core.checkpoints.notes import BadNote, Signer
from core.checkpoints.walk import walk
from core.jobs.model import JobRow
from evaluation.checkpoints.actions import TAKE, plan_checkpoints
from evaluation.checkpoints.queries import newest_checkpoints
from evaluation.checkpoints.rules import Standing, WitnessState, next_due
from evaluation.checkpoints.settings import CheckpointOffice, CheckpointSettings
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import LedgerEntry, Rating
from evaluation.rules import Channel, LedgerKind, Level
from tests.evaluation.house import House, checked
from tickets.notices.carriers import CarrierNotReached, CarrierRefused, CarrierUnsure
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.forms import set_up_templates
from web.public.receipts import add_receipt_pages
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]


@pytest.fixture
async def client(house: House) -> AsyncIterator[Client]:
    app = http.Application(middlewares=[problems])
    offices: dict[type, Any] = {CheckpointOffice: house.office}
    app[SERVICES] = Services(house.city.database.serving, house.city.clock, WebSettings(), offices)
    set_up_templates(app)
    add_receipt_pages(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def test_every_night_both_roots_are_signed_and_every_witness_has_them(house: House) -> None:
    house.rate(Level.SATISFIED)

    house.night()

    files = sorted(path.name for path in house.folder.iterdir())
    assert [name.partition("-")[0] for name in files] == ["ledger"]
    note = (house.folder / files[0]).read_text(encoding="utf-8")
    assert house.server.kept == [note]
    assert house.verifier.read(note).size == 2
    assert house.witnessed() == {"file": WitnessState.KEPT, "server": WitnessState.KEPT}


def test_the_checkpoint_is_a_line_of_the_ledger_that_the_next_one_is_over(house: House) -> None:
    house.rate(Level.SATISFIED)
    house.night()

    lines = house.city.database.read(
        lambda session: session.scalars(select(LedgerEntry.body).filter_by(kind=LedgerKind.CHECKPOINT)).all()
    )
    assert [json.loads(body)["size"] for body in lines] == [2]

    house.rate(Level.SATISFIED)
    house.night()
    newest, first = house.city.database.read(newest_checkpoints, "ledger")
    assert (newest.checkpoint.size, newest.checkpoint.previous_root) == (5, first.checkpoint.root)


def test_a_witness_who_is_away_is_asked_again_and_has_it_once(house: House) -> None:
    house.server.faults = [CarrierNotReached(), CarrierNotReached()]
    house.rate(Level.SATISFIED)

    house.night()
    first = house.witnessed()["server"]
    for _ in range(4):
        house.city.clock.move_to(house.city.clock.now() + timedelta(minutes=20))
        house.work()

    assert first is WitnessState.WAITING
    assert house.witnessed()["server"] is WitnessState.KEPT
    assert len(house.server.kept) == 1


def test_a_witness_who_may_have_it_already_is_handed_it_again(house: House) -> None:
    house.server.faults = [CarrierUnsure()]
    house.rate(Level.SATISFIED)

    house.night()
    house.city.clock.move_to(house.city.clock.now() + timedelta(minutes=20))
    house.work()

    assert house.witnessed()["server"] is WitnessState.KEPT


def test_a_night_that_fails_does_not_cost_the_next_one(house: House) -> None:
    house.rate(Level.SATISFIED)
    house.forge(FORGERIES["no line"])
    house.night()
    assert house.city.database.read(newest_checkpoints, "ledger") == []

    due = house.city.database.read(lambda session: session.scalar(select(func.max(JobRow.due_at)).filter_by(kind=TAKE)))

    assert due == next_due(house.city.clock.now())


def test_a_witness_who_refuses_is_named(house: House) -> None:
    house.server.faults = [CarrierRefused(reason="HTTP 410")]
    house.rate(Level.SATISFIED)

    house.night()

    assert house.witnessed() == {"file": WitnessState.KEPT, "server": WitnessState.REFUSED}


def test_asked_for_twice_there_is_one_checkpoint_a_night(house: House) -> None:
    house.rate(Level.SATISFIED)
    house.city.database.write(plan_checkpoints, now=house.city.clock.now())

    house.night()

    count = select(func.count()).select_from(Checkpoint).where(Checkpoint.chain == "ledger")
    assert house.city.database.read(lambda session: session.scalar(count)) == 1


def test_a_receipt_proves_its_rating_to_a_program_that_shares_nothing_with_ours(house: House, tmp_path: Path) -> None:
    codes = [house.rate(level) for level in Level]
    house.night()
    (witness,) = house.folder.iterdir()

    for code, level in zip(codes, Level, strict=True):
        told = checked(house.proof(code), tmp_path, witness)
        assert told.returncode == 0, told.stderr
        assert f"holds: level {level.value}" in told.stdout


def _another_level(proof: dict[str, Any]) -> None:
    proof["line"] = proof["line"].replace('\\"level\\":1', '\\"level\\":5')


def _another_receipt(proof: dict[str, Any]) -> None:
    proof["receipt"] = "ABCDEFGHJK"


def _another_place(proof: dict[str, Any]) -> None:
    proof["index"] -= 1


def _another_root(proof: dict[str, Any]) -> None:
    text, _, signature = proof["checkpoint"].partition("\n\n")
    origin, size, _, *rest = text.split("\n")
    proof["checkpoint"] = "\n".join([origin, size, "A" * 43 + "=", *rest]) + "\n\n" + signature


def _another_key(proof: dict[str, Any]) -> None:
    proof["key"] = Signer("hotline.example/ledger", b"the seed of somebody else at all").verifier.line


@pytest.mark.parametrize("forge", [_another_level, _another_receipt, _another_place, _another_root, _another_key])
def test_the_independent_program_finds_a_forged_proof(
    house: House, tmp_path: Path, forge: Callable[[dict[str, Any]], None]
) -> None:
    house.rate(Level.SATISFIED)
    code = house.rate(Level.VERY_DISSATISFIED)
    house.night()
    proof = house.proof(code)
    before = json.dumps(proof)
    forge(proof)

    assert json.dumps(proof) != before
    assert checked(proof, tmp_path).returncode != 0


def test_before_the_first_checkpoint_a_rating_is_there_and_not_proved(house: House) -> None:
    code = house.rate(Level.SATISFIED)

    assert house.receipt(code).inclusion is None


def test_erasing_what_a_citizen_wrote_leaves_every_proof_as_it_was(house: House, tmp_path: Path) -> None:
    code = house.rate(Level.DISSATISFIED, words="没人来过")
    house.night()

    def erase(session: Session) -> None:
        rating = session.scalars(select(Rating)).one()
        session.connection().exec_driver_sql(f"UPDATE rating_words SET words = NULL WHERE rating_id = {rating.id}")

    house.city.database.write(erase)

    assert checked(house.proof(code), tmp_path).returncode == 0
    found = house.city.database.read(walk, LEDGER_CHAIN, house.verifier, now=house.city.clock.now())
    assert found.holds
    assert "没人来过" not in json.dumps(house.proof(code), ensure_ascii=False)


async def test_a_citizen_checks_a_receipt_and_takes_the_proof_away(
    house: House, client: Client, tmp_path: Path
) -> None:
    code = house.rate(Level.DISSATISFIED)
    house.night()

    spoken = f"{code[:5].lower()} {code[5:]}"
    html = await (await client.post("/v", data={"code": spoken})).text()
    proof = await client.post("/v/proof", data={"code": code})

    assert "您的评价原样在台账中" in html
    assert "不满意" in html
    assert proof.headers["Content-Disposition"].startswith("attachment")
    assert checked(await proof.json(), tmp_path).returncode == 0


FORGERIES = {
    "another level": "UPDATE ledger_entries SET body = replace(body, '\"level\":2', '\"level\":5')",
    "both levels": "UPDATE ledger_entries SET body = replace(body, '\"level\":2', '\"level\":5');"
    "UPDATE ratings SET level = 5",
    "no line": "UPDATE rating_words SET entry_id = NULL; DELETE FROM ledger_entries WHERE kind = 'answer'",
    "no seal": "DELETE FROM ledger_seals WHERE row_id = (SELECT id FROM ledger_entries WHERE kind = 'answer')",
    "another hash": "UPDATE checkpoints SET algorithm = 'md5'",
    "another note": "UPDATE checkpoints SET note = replace(note, 'sha256', 'sha512')",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
async def test_a_citizen_whose_rating_was_changed_quietly_is_told_so(
    house: House, client: Client, forgery: str
) -> None:
    code = house.rate(Level.DISSATISFIED)
    house.night()
    house.forge(forgery)

    html = await (await client.post("/v", data={"code": code})).text()

    assert house.receipt(code).standing is Standing.BROKEN
    assert "这次评价没有通过核验" in html
    assert "原样" not in html


async def test_before_the_checkpoint_the_page_says_when_to_come_back(house: House, client: Client) -> None:
    code = house.rate(Level.SATISFIED)

    html = await (await client.post("/v", data={"code": code})).text()

    assert "每天零时十分公开一次检查点" in html
    assert (await client.post("/v/proof", data={"code": code})).status == 404


@pytest.mark.parametrize("code", ["", "ABCDEFGHJK", "不是回执码", "' OR 1=1 --", "A" * 5000, "\x00"])
async def test_a_code_that_nobody_has_is_refused_in_the_same_words(house: House, client: Client, code: str) -> None:
    house.rate(Level.SATISFIED)
    house.night()

    answer = await client.post("/v", data={"code": code})

    assert answer.status == 404
    assert "没有这个回执码的评价" in await answer.text()


async def test_every_checkpoint_is_published_as_it_was_signed(house: House, client: Client) -> None:
    house.rate(Level.SATISFIED)
    house.night()

    html = await (await client.get("/v/checkpoints")).text()
    address = re.search(r'href="(/v/checkpoints/ledger-\d+\.txt)"', html)
    assert address
    note = await (await client.get(address[1])).text()

    assert house.verifier.line.replace("+", "&#43;") in html or house.verifier.line in html
    assert house.server.kept == [note]
    assert (await client.get("/v/checkpoints/ledger-999.txt")).status == 404


def test_a_note_of_the_audit_log_is_no_note_of_the_ledger(house: House) -> None:
    house.rate(Level.SATISFIED)
    house.night()
    ledgers = house.city.database.read(newest_checkpoints, "ledger")[0].checkpoint.note

    with pytest.raises(BadNote):
        house.office.signers["audit"].verifier.read(ledgers)


def test_the_same_witness_twice_is_one_witness() -> None:
    with pytest.raises(ValueError, match="the same witness twice"):
        CheckpointSettings(witnesses=("mailto:a@b.example", "mailto:a@b.example"))


@pytest.mark.parametrize(
    "address", ["nowhere", "ftp://a.example/x", "mailto:", "mailto:a", "file://", "file://folder/x", "https:///x"]
)
def test_a_witness_without_a_way_to_it_stops_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="none of file:"):
        CheckpointSettings(witnesses=(address,))


async def test_a_citizen_whose_rating_was_taken_away_is_told_that_it_may_have_been(
    house: House, client: Client
) -> None:
    code = house.rate(Level.DISSATISFIED)
    house.night()
    house.forge("DELETE FROM rating_words; DELETE FROM ratings; UPDATE invitations SET state = 'expired'")
    house.rate(Level.SATISFIED)
    house.night()

    html = await (await client.post("/v", data={"code": code})).text()

    assert "没有这个回执码" not in html
    assert "这次评价可能已被删除" in html


@pytest.mark.parametrize("channel", [Channel.DEVICE, Channel.QR])
async def test_a_receipt_of_a_window_tells_nobody_the_level_who_does_not_know_it(
    house: House, client: Client, channel: Channel
) -> None:
    code = house.rate(Level.DISSATISFIED, channel=channel)
    house.night()

    asked = await (await client.post("/v", data={"code": code})).text()
    proof = await client.post("/v/proof", data={"code": code})
    wrong = await (await client.post("/v", data={"code": code, "level": "5"})).text()
    right = await (await client.post("/v", data={"code": code, "level": "2"})).text()
    taken = await client.post("/v/proof", data={"code": code, "level": "2"})

    assert "请选出您给的评价" in asked
    assert "原样" not in asked
    assert proof.content_type == "text/html"
    assert "不一致" in wrong
    assert "原样" not in wrong
    assert "您的评价原样在台账中" in right
    assert (await taken.json())["receipt"] == code


async def test_the_level_is_not_found_out_by_trying(house: House, client: Client) -> None:
    code = house.rate(Level.VERY_DISSATISFIED, channel=Channel.DEVICE)
    house.night()

    pages = [await (await client.post("/v", data={"code": code, "level": str(level)})).text() for level in (5, 4, 3, 1)]

    assert ["不再核对" in page for page in pages] == [False, False, True, True]
    assert not any("原样" in page for page in pages)
