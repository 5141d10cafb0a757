"""What printing refuses."""

from core.errors import Conflict, NotFound


class SealedPrintsAlone(Conflict):
    """A sealed ticket in a pile of paper is seen by whoever takes the pile."""

    code = "sealed_prints_alone"
    message = "工单 {number} 为密件，须单独打印并写明用途"


class PaperNotFound(NotFound):
    """No such paper of this ticket."""

    code = "paper_not_found"
    message = "没有这份督办件：{paper_id}"
