"""The formula card of every figure: what it counts, over what, and what it leaves out."""

from dataclasses import dataclass
from typing import ClassVar

from core.errors import NotFound


class IndicatorUnknown(NotFound):
    code: ClassVar[str] = "indicator_unknown"
    message: ClassVar[str] = "没有指标 {name}"


@dataclass(frozen=True)
class FormulaCard:
    """`version` rises with any change of what is counted; `target` is a share, None where there is none."""

    name: str
    title: str
    formula: str
    numerator: str
    denominator: str
    time_basis: str
    exclusions: str
    source: str
    version: int
    target: float | None = None


CARDS: dict[str, FormulaCard] = {
    card.name: card
    for card in (
        FormulaCard(
            "connect_rate",
            "接通率",
            "人工接听 ÷ 请求人工的来电",
            "由坐席接听的来电",
            "进入排队的来电（已接听、放弃和无人接听）",
            "来电时间",
            "通话未结束的、欢迎语中挂断的、结果未知的来电不计，件数单列；事后回拨不改变结果",
            "GB/T 33358-2016：任意连续 24 小时不低于 95 %",
            1,
            0.95,
        ),
        FormulaCard(
            "answered_in_15s",
            "15 秒接听率",
            "15 秒内由坐席接听 ÷（接听 + 放弃）",
            "排队至接听不超过 15 秒的来电",
            "进入排队的来电（已接听、放弃和无人接听）",
            "来电时间",
            "通话未结束的、欢迎语中挂断的、结果未知的来电不计，件数单列；等待时长未知的接听不计入分子",
            "GB/T 33358-2016：15 秒内接听",
            1,
        ),
        FormulaCard(
            "on_time_rate",
            "按期办结率",
            "按期答复并审核通过 ÷ 期内到期的全部办件",
            "群众时限前答复已审核通过的办件",
            "群众时限在期内已到的办件；逾期未办结的也计入",
            "群众时限到期时间",
            "不予受理、转出、撤回、终止的和当场答复的不计；挂账中的待恢复后再计；时限未算出的不计",
            "本系统：到期而未办结的留在分母",
            1,
        ),
        FormulaCard(
            "satisfaction",
            "满意率",
            "满意答复 ÷ 参评",
            "最后一次有效评价为非常满意、满意或基本满意的办件",
            "有有效评价的办件；沉默不计入",
            "办结时间（已评价而未办结的按评价时间）",
            "重办前后的评价取最后一次；24 小时内更正的取更正后的；差评办件未办结也计入；坐席按键评价另计，从不相加；"
            "各次评价计入被评的单位，未评的计入被请评的单位，此后转派不改变归属",
            "吉林省数字政府建设措施第 21 项（目标 95 %）；国办发〔2019〕51号（后两级为差评）",
            2,
            0.95,
        ),
        FormulaCard(
            "auto_dispatch_error",
            "自动派单抽检差错率",
            "抽检判错 ÷ 已抽检",
            "抽中后由人工判为派错的自动派单",
            "抽中并已由人工判定的自动派单",
            "派出时间",
            "未抽中的、抽中尚未判定的不计，件数单列；抽中后被撤回或退单的仍在样本内；同一件改判的取最后一次",
            "本系统：按工单号固定抽取 5 %，事先无从挑选；目标差错率不高于 2 %",
            1,
        ),
        FormulaCard(
            "repair_rate",
            "差评整改率",
            "已整改 ÷ 有效差评",
            "责任单位已登记整改完成或解释说明的差评",
            "期内给出的差评（不满意和非常不满意），一次评价计一件",
            "评价时间",
            "24 小时内更正为满意的、申诉经另一单位复核成立的不计，件数单列；未到期的也计入分母",
            "本系统：DOMAIN §2，目标 100 %",
            1,
            1.0,
        ),
        FormulaCard(
            "repair_on_time_rate",
            "差评按期整改率",
            "按期整改 ÷ 有效差评",
            "在本市整改时限前登记整改完成或解释说明的差评，建账限期整改的同样以本市时限为限；应联系而通话、走访未证实的不计",
            "期内给出的差评（不满意和非常不满意），一次评价计一件",
            "评价时间",
            "与差评整改率相同；日历未加载而没有时限的，完成即为按期",
            "本系统：DOMAIN §2，目标 100 %",
            1,
            1.0,
        ),
        FormulaCard(
            "population",
            "人口账",
            "登记 = 办结 + 在办 + 并案 + 不予受理 + 终止 + 挂账 + 转出 + 撤回",
            "各状态的办件数",
            "期内登记的办件",
            "登记时间",
            "草稿和作废的不是登记",
            "本系统",
            1,
        ),
    )
}


def card(name: str) -> FormulaCard:
    """Raises IndicatorUnknown."""
    if name not in CARDS:
        raise IndicatorUnknown(name=name)
    return CARDS[name]
