"""What a demo city has told everybody: its last statistical month and two typical cases."""

from datetime import timedelta

from app.demo.stage import Story
from app.demo.world import World
from indicators.periods import shanghai_day, statistical_month
from indicators.publications.actions import publish_case, publish_month
from indicators.publications.rules import CaseForm
from staff.rules import Role

#: the counts of the month have come to rest by then
BEFORE = timedelta(hours=1)
_CASES = (
    CaseForm(
        title="老旧小区供暖恢复",
        text="多名居民反映室温不足。供热单位当天检修换热站并逐户测温，次日室温达标，困难家庭由社区回访。",
        unit="市住建局",
    ),
    CaseForm(
        title="夜间施工扰民得到纠正",
        text="居民反映工地夜间施工。城管部门当晚到场核查，责令停工并约谈施工方，此后按审批时间作业，一周内未再接到同类反映。",
        unit="市城管局",
    ),
)


def publish(world: World) -> Story:
    """The last month that is over, then the cases."""
    supervisor = world.founded.with_role(Role.SUPERVISOR)[0]
    month = statistical_month(shanghai_day(world.now)).before()
    publish_month(world.session, month, by=supervisor, now=world.now)
    yield world.now + timedelta(minutes=10)
    for form in _CASES:
        publish_case(world.session, form, by=supervisor, now=world.now)
