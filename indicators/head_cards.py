"""The formula cards of the figures above the lists of work: what stands at this moment, without a period."""

from indicators.cards import CARDS, FormulaCard, IndicatorUnknown
from indicators.formula_cards import FORMULA_CARDS

_BELOW = "勾选“含下级”时为本单位与全部下级合计，每件只计一次"


def _standing(name: str, title: str, counted: str, basis: str, without: str) -> FormulaCard:
    return FormulaCard(name, title, f"此刻“{title}”的件数", counted, "", basis, without, "本系统", 1)


HEAD_CARDS: dict[str, FormulaCard] = {
    shown.name: shown
    for shown in (
        _standing(
            "dispatch_waiting",
            "待派",
            "状态为待派单的办件，含退单获准后重新派单的",
            "打开或刷新列表的时刻",
            "退回补正、会商中的不计；须本人回避的计入件数，不在列表中",
        ),
        _standing(
            "dispatch_soon",
            "1 小时内到限",
            "待派单、派单时限在此后 1 小时内到的办件",
            "派单时限（登记、退单获准或重新受理时起算）",
            "派单时限已过的另计“已超”；时限未算出的不计",
        ),
        _standing(
            "dispatch_over",
            "已超",
            "待派单、派单时限已到的办件",
            "派单时限（登记、退单获准或重新受理时起算）",
            "派出后各环节的超期不在此计；时限未算出的不计",
        ),
        _standing(
            "dispatch_sent_by_me",
            "我已派",
            "本人今日 0 时起派出的办件，同一件派出几次计一次",
            "派出时间",
            "已撤回的、系统自动派出的不计",
        ),
        _standing(
            "inbox_to_sign",
            "待签收",
            "派到本单位或由上级转来、尚未签收的办件",
            "打开或刷新收件箱的时刻",
            f"协办的不计；{_BELOW}",
        ),
        _standing(
            "inbox_due_today",
            "今日到期",
            "本单位主办、尚未答复，本单位时限在此后至今日 24 时到的办件",
            "本单位时限（含已批准的延期）",
            f"已超期的另计；已答复待审核、挂账的不计；转来的计在主办单位；{_BELOW}",
        ),
        _standing(
            "inbox_overdue",
            "已超期",
            "本单位主办、尚未答复，本单位时限已到的办件",
            "本单位时限（含已批准的延期）",
            f"已答复待审核、挂账的不计；转来的计在主办单位；{_BELOW}",
        ),
    )
}


def any_card(name: str) -> FormulaCard:
    """Of a figure of a period, of one beside the headline, or of one above a list.  Raises IndicatorUnknown."""
    found = CARDS.get(name) or FORMULA_CARDS.get(name) or HEAD_CARDS.get(name)
    if found is None:
        raise IndicatorUnknown(name=name)
    return found
