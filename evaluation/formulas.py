"""口径 of other places: what their satisfaction counts, as data, to be computed beside ours and never instead."""

from dataclasses import dataclass

from tickets.kinds import Named
from tickets.rules import SATISFIED_FROM


class Formula(Named):
    """How satisfaction is computed elsewhere; ours is not among them."""

    DEFAULT_GOOD = "default_good", "默认好评口径"
    ALL_CLOSED = "all_closed", "全部办结口径"
    JIANGSU = "jiangsu", "江苏有效参评满意率"
    CALLBACK = "callback", "回访满意率"
    WITHOUT_FAIRLY = "without_fairly", "不含基本满意"
    THREE_RATES = "three_rates", "北京三率"


class Silence(Named):
    """What becomes of who does not answer."""

    LEFT_OUT = "left_out", "不计入"
    SATISFIED = "satisfied", "算满意"
    UNSATISFIED = "unsatisfied", "算未满意"


class Counted(Named):
    """Which answers count."""

    LAST = "last", "最后一次评价"
    EVERY = "every", "重办前后各次评价"
    CALLBACK = "callback", "回访得到的评价"


@dataclass(frozen=True)
class Definition:
    """`good_from`: the lowest level that is satisfied; `why`: in one sentence what it does otherwise than we do."""

    formula: Formula
    words: str
    why: str
    source: str
    silence: Silence = Silence.LEFT_OUT
    counted: Counted = Counted.LAST
    good_from: int = SATISFIED_FROM
    #: under which rule silence is imputed; empty where it is left out
    rule_id: str = ""


DEFINITIONS: dict[Formula, Definition] = {
    one.formula: one
    for one in (
        Definition(
            Formula.DEFAULT_GOOD,
            "（满意答复 + 未评价）÷ 全部办结",
            "把没有回答的人算作满意；本系统不采用。",
            "奈曼旗公布的规则：7 个工作日未评价默认“满意”",
            silence=Silence.SATISFIED,
            rule_id="silent-good-7wd",
        ),
        Definition(
            Formula.ALL_CLOSED,
            "满意答复 ÷ 全部办结",
            "把没有回答的人算作未满意，是最保守的下限。",
            "本系统：沉默者最坏的情形",
            silence=Silence.UNSATISFIED,
            rule_id="silent-bad",
        ),
        Definition(
            Formula.JIANGSU,
            "有效评价中满意的 ÷ 有效评价（重办前后各次都计）",
            "同一件重办前的评价也计入，本系统只取最后一次。",
            "江苏公布“有效参评满意率”73.26 %，未公布算法；此处按字面理解",
            counted=Counted.EVERY,
        ),
        Definition(
            Formula.CALLBACK,
            "回访中满意的 ÷ 回访得到的评价",
            "只计人工回访得到的评价，短信、网页评价不计。",
            "连云港按回访公布的满意率",
            counted=Counted.CALLBACK,
        ),
        Definition(
            Formula.WITHOUT_FAIRLY,
            "非常满意和满意 ÷ 参评",
            "基本满意不算满意；按国办发〔2019〕51号后两级才是差评。",
            "本系统：最严的等级口径",
            good_from=SATISFIED_FROM + 1,
        ),
        Definition(
            Formula.THREE_RATES,
            "响应率、解决率、满意率按权重合计",
            "还计入期限内联系并答复的比例和群众认为已解决的比例。",
            "北京市接诉即办条例以三率为考核核心，权重未公布；权重由本地设定",
        ),
    )
}
