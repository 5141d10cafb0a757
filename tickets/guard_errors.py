"""What the guards of the life-cycle table refuse: one error for each guard, with the guard's own reason."""

from core.errors import Conflict, Refused


class NotOwnUnit(Refused):
    """The ticket is held by another unit."""

    code = "not_own_unit"
    message = "{reason}"


class OwnAudit(Refused):
    """A unit would audit its own reply."""

    code = "own_audit"
    message = "{reason}"


class ReturnWindowOver(Conflict):
    """Too late to return a ticket."""

    code = "return_window_over"
    message = "{reason}"


class AlreadyRuled(Conflict):
    """A unit that was fixed by a ruling cannot return the ticket again."""

    code = "already_ruled"
    message = "{reason}"


class ConferenceRequired(Conflict):
    """The second dispute is decided by a conference."""

    code = "conference_required"
    message = "{reason}"


class ReopenWindowOver(Conflict):
    """Too late to reopen an answer that was given on the spot."""

    code = "reopen_window_over"
    message = "{reason}"


class ObjectionWindowOver(Conflict):
    """Too late to object to a termination."""

    code = "objection_window_over"
    message = "{reason}"


class NothingPromised(Conflict):
    """The answer promised nothing, or it has been done."""

    code = "nothing_promised"
    message = "{reason}"


class PromiseOpen(Conflict):
    """What the answer promised is still to be done."""

    code = "promise_open"
    message = "{reason}"


class NothingToTell(Conflict):
    """The citizen has been told, or will be by SMS."""

    code = "nothing_to_tell"
    message = "{reason}"


class EndUntold(Conflict):
    """A person has yet to tell the citizen to whom the matter went."""

    code = "end_untold"
    message = "{reason}"


class WorksElsewhere(Refused):
    """Another unit works on it now: the one that leads, or one below it."""

    code = "works_elsewhere"
    message = "{reason}"


class SentDown(Conflict):
    """A unit below works on it: it reports first, or is pulled back."""

    code = "sent_down"
    message = "{reason}"


class NotSigned(Conflict):
    """What was sent down must be signed before it is worked on."""

    code = "not_signed"
    message = "{reason}"


class AlreadySigned(Conflict):
    """It is signed already."""

    code = "already_signed"
    message = "{reason}"


class NotSentDown(Conflict):
    """Only what came from a unit above is reported upwards."""

    code = "not_sent_down"
    message = "{reason}"


class NotReported(Conflict):
    """The unit below has not reported yet."""

    code = "not_reported"
    message = "{reason}"


class NothingBelow(Conflict):
    """This unit sent nothing down."""

    code = "nothing_below"
    message = "{reason}"


class PartsOpen(Conflict):
    """Helping units have not said what they did."""

    code = "parts_open"
    message = "{reason}"


class NoOpenParts(Conflict):
    """Nobody is waited for."""

    code = "no_open_parts"
    message = "{reason}"


class NotTheLead(Refused):
    """That is for the unit that leads, or the hotline."""

    code = "not_the_lead"
    message = "{reason}"


class NotAHelper(Refused):
    """This unit has no open part."""

    code = "not_a_helper"
    message = "{reason}"


class RequestPending(Conflict):
    """One request at a time."""

    code = "request_pending"
    message = "{reason}"


class NoRequest(Conflict):
    """Nothing is asked for."""

    code = "no_request"
    message = "{reason}"


class NothingToReceive(Conflict):
    """No paper of the ladder waits for this unit's receipt."""

    code = "nothing_to_receive"
    message = "{reason}"


class ReleaseNeeded(Conflict):
    """The unit's replies are released by a second person."""

    code = "release_needed"
    message = "{reason}"


class ReleaseNotNeeded(Conflict):
    """The unit's replies go straight to the hotline."""

    code = "release_not_needed"
    message = "{reason}"


class ReplyWaits(Conflict):
    """A reply waits for its release already."""

    code = "reply_waits"
    message = "{reason}"


class NoReplyWaits(Conflict):
    """No reply waits for a release."""

    code = "no_reply_waits"
    message = "{reason}"


class OwnRelease(Refused):
    """Nobody releases what they wrote themselves."""

    code = "own_release"
    message = "{reason}"


class ExtensionUsed(Conflict):
    """A unit is granted more time once."""

    code = "extension_used"
    message = "{reason}"


class StillMissing(Conflict):
    """What was sent back for completion goes onto the list by completing it."""

    code = "still_missing"
    message = "{reason}"


class NothingMissing(Conflict):
    """Nobody has asked for anything to be added."""

    code = "nothing_missing"
    message = "{reason}"


class CompletionAsked(Conflict):
    """The unit has asked already, and waits for the answer."""

    code = "completion_asked"
    message = "{reason}"


class OthersWait(Conflict):
    """One caller of many does not end the matter of the others."""

    code = "others_wait"
    message = "{reason}"


class NoOthers(Conflict):
    """Nobody else asks: the whole ticket is withdrawn, not a part of it."""

    code = "no_others"
    message = "{reason}"


class PartWithdrawn(Conflict):
    """The caller has taken the own part back before."""

    code = "part_withdrawn"
    message = "{reason}"


class PartStands(Conflict):
    """What was answered ends without its rating only when the caller took the own part back."""

    code = "part_stands"
    message = "{reason}"


class ExtensionTooLate(Conflict):
    """More time is asked for before the time is over."""

    code = "extension_too_late"
    message = "{reason}"


GUARD_ERRORS: dict[str, type[Conflict | Refused]] = {
    error.code: error
    for error in (
        NotOwnUnit,
        OwnAudit,
        ReturnWindowOver,
        AlreadyRuled,
        ConferenceRequired,
        ReopenWindowOver,
        ObjectionWindowOver,
        NothingToTell,
        EndUntold,
        WorksElsewhere,
        SentDown,
        NotSigned,
        AlreadySigned,
        NotSentDown,
        NotReported,
        NothingBelow,
        PartsOpen,
        NoOpenParts,
        NotTheLead,
        NotAHelper,
        RequestPending,
        NoRequest,
        NothingToReceive,
        ReleaseNeeded,
        ReleaseNotNeeded,
        ReplyWaits,
        NoReplyWaits,
        OwnRelease,
        StillMissing,
        NothingMissing,
        CompletionAsked,
        OthersWait,
        NoOthers,
        PartWithdrawn,
        PartStands,
        ExtensionUsed,
        ExtensionTooLate,
        NothingPromised,
        PromiseOpen,
    )
}
