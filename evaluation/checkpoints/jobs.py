"""What happens every night: nodes are kept, roots signed, witnesses told."""

import structlog

from core.checkpoints.actions import keep_nodes
from core.errors import Unavailable
from core.jobs import Work, job
from evaluation.checkpoints import actions
from evaluation.checkpoints.rules import WitnessState
from evaluation.checkpoints.settings import CheckpointOffice
from tickets.notices.carriers import CarrierRefused, CarrierUnsure

log = structlog.get_logger(__name__)
#: growing pauses up to 15 minutes: about a day, until the next checkpoint carries this root as well
A_DAY = 100


@job()
def take_checkpoints(work: Work) -> None:
    """Sign both chains, and come again tomorrow."""
    office = work.service(CheckpointOffice)
    for chain in actions.CHAINS.values():
        while work.note(keep_nodes, chain, now=work.now()):
            pass
        work.note(actions.publish_checkpoint, chain, office=office, now=work.now())
    work.finish(actions.plan_checkpoints, now=work.now())


@job(retry=(Unavailable,), tries_most=A_DAY)
def hand_to_witness(work: Work, *, checkpoint_id: int, witness: str) -> None:
    """Hand a checkpoint over; a witness who was taken off the list meanwhile is asked no more."""
    keeper = work.service(CheckpointOffice).witnesses.get(witness)
    if keeper is None:
        return
    state, fault = WitnessState.KEPT, ""
    try:
        keeper.keep(work.database.read(actions.published, checkpoint_id))
    except CarrierRefused as error:
        state, fault = WitnessState.REFUSED, str(error)
    except CarrierUnsure as error:
        state, fault = WitnessState.UNSURE, str(error)
    if fault:
        log.warning("checkpoint not witnessed", checkpoint_id=checkpoint_id, witness=witness, state=state.value)
    work.finish(actions.note_witness, checkpoint_id, witness, state, fault=fault, now=work.now())
