"""What citizens of the demo city wrote by e-mail on its last morning: a matter, and two that wait for a person."""

from datetime import timedelta

from app.demo.stage import Story
from app.demo.world import World
from tickets.mail.rules import MailRead, Mark
from tickets.mail.settings import MailOffice
from tickets.mail.taking import Desk, Fetched, take_mail

MAILS = (
    MailRead(
        "<demo-1@mail.example>",
        "wang.lihua@mail.example",
        "王丽华",
        "投诉：小区路灯不亮",
        "您好，滨河花园北门外的三盏路灯从上周五起一直不亮，晚上接孩子放学看不清路，请尽快维修。谢谢。",
        "",
    ),
    MailRead(
        "<demo-2@bulk.example>",
        "promo@bulk.example",
        "",
        "代开发票，点数优惠",
        "本公司长期代开各类发票，欢迎来电。",
        "本公司长期代开各类发票，欢迎来电。",
        frozenset({Mark.SPAM}),
    ),
    MailRead(
        "<demo-3@mail.example>",
        "sunqiang@mail.example",
        "孙强",
        "（请转交）关于上次反映的停车问题",
        "上次电话反映的占道停车问题已经两周了，现在是什么进展？请告知。",
        "上次电话反映的占道停车问题已经两周了，现在是什么进展？请告知。",
        frozenset({Mark.SPAM}),
    ),
)
#: so long before the demo begins
BEFORE = timedelta(minutes=25)


def write_mails(world: World, office: MailOffice) -> Story:
    """One after the other, some minutes apart; answers go to the file that stands for the post."""
    for n, read in enumerate(MAILS):
        desk = Desk(office.settings, world.office, world.stage.now())
        world.stage.write(take_mail, Fetched("folder", f"demo-{n}.eml", 4096), read, desk)
        yield world.stage.now() + timedelta(minutes=4)
