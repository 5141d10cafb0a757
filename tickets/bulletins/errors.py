"""What bulletins refuse."""

from core.errors import Conflict, NotFound


class BulletinNotFound(NotFound):
    """No such bulletin, or it did not go to this unit."""

    code = "bulletin_not_found"
    message = "没有这条公告：{bulletin_id}"


class BulletinOver(Conflict):
    """It was withdrawn, or its last day has passed."""

    code = "bulletin_over"
    message = "公告“{title}”已撤回或已过有效期"
