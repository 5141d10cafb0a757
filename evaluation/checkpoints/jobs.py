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
    """Sign both chains; tomorrow is planned first, whatever becomes of this night."""
    work.note(actions.plan_checkpoints, now=work.now())
    office = work.service(CheckpointOffice)
    for chain in actions.CHAINS.values():
        while work.note(keep_nodes, chain, algorithm=office.algorithm, now=work.now()):
            pass
        work.note(actions.publish_checkpoint, chain, office=office, now=work.now())


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
