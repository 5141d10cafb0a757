"""What the demo city published to its units: one that some have yet to sign for, and one to read."""

from datetime import datetime, timedelta

from app.demo.stage import Story
from app.demo.world import World
from staff.rules import Role
from tickets.bulletins.actions import publish_bulletin, receive_bulletin
from tickets.bulletins.rules import BulletinForm
from tickets.clocks import local_day

#: so long before the demo begins
BEFORE = timedelta(days=4)
_DAY = timedelta(days=1)
#: of the officers all but every third have signed in time
_EVERY = 3


def publish_bulletins(world: World, *, start_at: datetime) -> Story:
    """Four days ago what has to be signed for until yesterday, this morning what is to be read."""
    today, supervisor = local_day(start_at), world.founded.with_role(Role.SUPERVISOR)[0]
    form = BulletinForm(
        title="关于做好供暖季诉求办理工作的通知",
        text="10月20日起进入供暖季。供暖类紧急诉求须 30 分钟内签收、2 小时内首次处置；"
        "各单位值班电话 24 小时有人接听，值班表于每周五前更新。",
        valid_until=today + 30 * _DAY,
        receive_by=today - _DAY,
    )
    bulletin = publish_bulletin(world.session, form, by=supervisor, now=world.now)
    signed: set[int | None] = set()
    for n, officer in enumerate(world.founded.with_role(Role.UNIT_OFFICER)):
        if n % _EVERY == 0 or officer.unit_id in signed:
            continue
        yield world.now + timedelta(minutes=37)
        signed.add(officer.unit_id)
        receive_bulletin(world.session, bulletin.id, by=officer, now=world.now)
    yield start_at - timedelta(minutes=90)
    form = BulletinForm(
        title="热线平台今晚 23:00 例行维护",
        text="维护约 20 分钟，期间短信和来电照常受理；请提前保存正在填写的答复。",
        valid_until=today,
    )
    publish_bulletin(world.session, form, by=supervisor, now=world.now)
