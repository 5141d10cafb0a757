"""What happens every night: nodes are kept, roots signed, witnesses told, and the chains walked over."""

import structlog

from core.checkpoints.actions import keep_nodes, note_walk
from core.checkpoints.walk import walk_by
from core.errors import Unavailable
from core.jobs import Work, job
from evaluation.checkpoints import actions
from evaluation.checkpoints.rules import WitnessState
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.ledger import LEDGER_CHAIN
from evaluation.replay.queries import with_replay
from tickets.notices.carriers import CarrierRefused, CarrierUnsure

log = structlog.get_logger(__name__)
#: growing pauses up to 15 minutes: about a day, until the next checkpoint carries this root as well
A_DAY = 100
#: a hundred million links, at the pace of the budget
WALK_MOST_S = 3600.0


@job()
def take_checkpoints(work: Work) -> None:
    """Sign both chains; the next time is planned first, whatever becomes of this one."""
    office = work.service(CheckpointOffice)
    work.note(actions.plan_checkpoints, every_h=office.every_h, now=work.now())
    work.note(actions.plan_walk, now=work.now())
    for chain in actions.CHAINS.values():
        while work.note(keep_nodes, chain, algorithm=office.algorithm, now=work.now()):
            pass
        work.note(actions.publish_checkpoint, chain, office=office, now=work.now())


@job(limit_s=WALK_MOST_S)
def verify_chains(work: Work) -> None:
    """Walk over every link there is, every checkpoint and what is kept beside; the page shows what was found."""
    office = work.service(CheckpointOffice)
    for chain in actions.CHAINS.values():
        found = walk_by(work.database.read, chain, office.signer(chain).verifier, now=work.now())
        if chain is LEDGER_CHAIN:
            found = with_replay(work.database.read, found)
        work.note(note_walk, found, now=work.now())
        if found.fault is not None:
            log.error("chain does not hold", chain=chain.name, fault=found.fault)


@job(retry=(Unavailable, CarrierUnsure), tries_most=A_DAY)
def hand_to_witness(work: Work, *, checkpoint_id: int, witness: str) -> None:
    """Hand a checkpoint over, until the witness certainly has it; one who was taken off the list is asked no more."""
    keeper = work.service(CheckpointOffice).witnesses.get(witness)
    if keeper is None:
        return
    state, fault = WitnessState.KEPT, ""
    try:
        keeper.keep(work.database.read(actions.published, checkpoint_id))
    except CarrierRefused as error:
        state, fault = WitnessState.REFUSED, str(error)
        log.warning("checkpoint refused by a witness", checkpoint_id=checkpoint_id, witness=witness)
    work.finish(actions.note_witness, checkpoint_id, witness, state, fault=fault, now=work.now())
