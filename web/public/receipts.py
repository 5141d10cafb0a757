"""Where a citizen checks that a rating stands as it was given, and where the signed roots are published."""

import json

import structlog
from aiohttp import web as http

from core.calendar import moment_words
from core.checkpoints.notes import Verifier
from core.codes import typed_code
from evaluation.checkpoints.actions import CHAINS
from evaluation.checkpoints.proofs import Receipt, as_proof, prove
from evaluation.checkpoints.queries import is_in_doubt, newest_checkpoints, published_note
from evaluation.checkpoints.rules import Standing
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.checkpoints.telling import AT_A_WINDOW, WRONG_LEVELS_MOST, Agreement, compare_level
from evaluation.ledger import LEDGER_CHAIN
from evaluation.rules import LEVEL_NAMES
from web.api.request import SERVICES, Services
from web.public.forms import read_form, render

log = structlog.get_logger(__name__)
CODE_MOST = 40
TITLES = {
    Standing.WAITING: "您的评价已记入台账",
    Standing.PROVED: "您的评价原样在台账中",
    Standing.BROKEN: "这次评价没有通过核验",
}
NOT_FOUND = "没有这个回执码的评价，请核对后重试"
#: the last walk over the ledger found it, or what is kept beside it, otherwise than it was given
REMOVED = (
    "没有查到这个回执码的评价。台账最近一次核对没有通过：如果您抄写无误，这次评价可能已被删除或改动。"
    "请保留回执码，拨打 12345 或向监督部门反映"
)

LEVELS = {str(level.value): name for level, name in LEVEL_NAMES.items()}
SAID = {
    Agreement.DIFFERS: "与台账中的评价不一致。如果您没有选错，请拨打 12345 或向监督部门反映，并出示回执码。",
    Agreement.CLOSED: "选错次数过多，为保护评价人，不再核对这个回执码。如有疑问请拨打 12345。",
}


def add_receipt_pages(app: http.Application) -> None:
    """Put the pages on the application; it runs a CheckpointOffice, and the templates are set up already.

    The code travels in the body alone: addresses stand in logs.
    """
    app.router.add_get("/v", ask_for_receipt)
    app.router.add_post("/v", show_receipt)
    app.router.add_post("/v/proof", give_proof)
    app.router.add_get("/v/checkpoints", list_checkpoints)
    app.router.add_get("/v/checkpoints/{chain:ledger|audit}-{size:[0-9]{1,18}}.txt", show_note)


async def ask_for_receipt(raw: http.Request) -> http.StreamResponse:
    """The first page: the receipt code."""
    return render("receipt_ask.html", raw, {"fault": None, "code": ""})


async def show_receipt(raw: http.Request) -> http.StreamResponse:
    """What the ledger says, and whether a published root is over it."""
    code, receipt = await _asked_for(raw)
    if receipt is None:
        return await _not_found(raw, code)
    if (question := await _level_first(raw, receipt)) is not None:
        return question
    if receipt.standing is Standing.BROKEN:
        log.error("receipt does not hold", rating_id=receipt.rating_id)
    at = receipt.inclusion.checkpoint_at if receipt.inclusion else None
    context = {
        "title": TITLES[receipt.standing],
        "receipt": receipt,
        "recorded_on": moment_words(receipt.recorded_at),
        "checkpoint_on": moment_words(at) if at else None,
        "level": receipt.level.name_zh,
        "at_window": receipt.channel in AT_A_WINDOW,
        "every_h": _office(raw.app[SERVICES]).every_h,
    }
    return render("receipt.html", raw, context)


async def give_proof(raw: http.Request) -> http.StreamResponse:
    """The proof as a file, for docs/verify_receipt.py or anybody's own program."""
    code, receipt = await _asked_for(raw)
    if receipt is None or receipt.inclusion is None:
        return await _not_found(raw, code)
    if (question := await _level_first(raw, receipt)) is not None:
        return question
    body = json.dumps(as_proof(receipt, receipt.inclusion, _verifier(raw)), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="proof-{receipt.inclusion.index + 1}.json"'}
    return http.Response(text=body, content_type="application/json", headers=headers)


async def list_checkpoints(raw: http.Request) -> http.StreamResponse:
    """The newest roots of both chains and the key that they are signed with."""
    services = raw.app[SERVICES]
    chains = []
    for chain in CHAINS.values():
        found = await services.database.read(newest_checkpoints, chain.name)
        rows = [(moment_words(one.checkpoint.at), one.checkpoint.size, one.checkpoint.root) for one in found]
        chains.append((chain.name, _office(services).signer(chain).verifier.line, rows))
    return render("checkpoints.html", raw, {"chains": chains})


async def show_note(raw: http.Request) -> http.StreamResponse:
    """One checkpoint as it was signed."""
    chain, size = raw.match_info["chain"], int(raw.match_info["size"])
    note = await raw.app[SERVICES].database.read(published_note, chain, size)
    if note is None:
        raise http.HTTPNotFound
    return http.Response(text=note, content_type="text/plain")


async def _asked_for(raw: http.Request) -> tuple[str, Receipt | None]:
    typed = (await read_form(raw)).get("code", "")[:CODE_MOST]
    return typed, await raw.app[SERVICES].database.read(prove, typed_code(typed), _verifier(raw))


async def _level_first(raw: http.Request, receipt: Receipt) -> http.StreamResponse | None:
    """The question for the level, of a receipt that staff may have seen; None once it was answered rightly."""
    if receipt.channel not in AT_A_WINDOW:
        return None
    typed, said = (await read_form(raw)).get("level", ""), None
    if typed in LEVELS:
        said = await raw.app[SERVICES].database.write(compare_level, receipt.rating_id, int(typed))
    if said is Agreement.AGREES:
        return None
    context = {
        "fault": said and SAID[said],
        "closed": said is Agreement.CLOSED,
        "code": receipt.code,
        "levels": LEVELS.items(),
        "action": raw.path,
        "most": WRONG_LEVELS_MOST,
    }
    return render("receipt_level.html", raw, context)


async def _not_found(raw: http.Request, code: str) -> http.StreamResponse:
    is_doubted = await raw.app[SERVICES].database.read(is_in_doubt, LEDGER_CHAIN.name)
    fault = REMOVED if is_doubted else NOT_FOUND
    return render("receipt_ask.html", raw, {"fault": fault, "code": code}, status=404)


def _verifier(raw: http.Request) -> Verifier:
    return _office(raw.app[SERVICES]).signer(LEDGER_CHAIN).verifier


def _office(services: Services) -> CheckpointOffice:
    return services.service(CheckpointOffice)
