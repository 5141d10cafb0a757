"""Formula cards of what stands beside the headline: reasonable matters, and the formulas of other places."""

from evaluation.formulas import DEFINITIONS, Counted, Definition, Silence
from indicators.cards import FormulaCard

REASONABLE = "satisfaction_reasonable"
UPHELD = "satisfaction_upheld"


def name_of(definition: Definition) -> str:
    return f"satisfaction_{definition.formula}"


def _card(one: Definition) -> FormulaCard:
    silence = {Silence.LEFT_OUT: "有评价的办件；沉默不计入"}.get(one.silence, "全部办结，沉默在内")
    return FormulaCard(
        name_of(one),
        one.formula.name_zh,
        one.words,
        f"评价达到{one.good_from}级及以上；沉默{one.silence.name_zh}"
        + (f"（规则 {one.rule_id}）" if one.rule_id else ""),
        silence if one.counted is not Counted.CALLBACK else "回访得到评价的办件",
        "与本页相同",
        one.why,
        one.source,
        2,
    )


FORMULA_CARDS: dict[str, FormulaCard] = {
    REASONABLE: FormulaCard(
        REASONABLE,
        "合理诉求满意率",
        "（满意答复 − 排除的满意答复）÷（参评 − 排除）",
        "参评者中的满意答复，去掉排除的",
        "参评的办件，去掉排除的",
        "办结时间（已评价而未办结的按评价时间）",
        "只排除评价之前由第三方定类为政策不支持、不合理的（以本地设定为准）；评价后定类的不排除；每单位每期不超过参评的上限，"
        "超出部分不排除，排除时先去掉满意的；各次评价计入被评的单位",
        "本系统：与“全部”并列，不代替",
        2,
    ),
    UPHELD: FormulaCard(
        UPHELD,
        "剔除误评后满意率",
        "（满意答复 − 剔除的满意答复）÷（参评 − 剔除）",
        "参评者中的满意答复，去掉剔除的",
        "参评的办件，去掉剔除的",
        "与本页相同（以评价所属的期计，不以裁定的时间计）",
        "只剔除申诉（误评、恶意差评、非本单位）经其他机构裁定采纳的评价，原评价保留并照常计入满意率；裁定后群众已更正的按更正后的评价计",
        "本系统：与“全部”并列，不代替",
        1,
    ),
    **{name_of(one): _card(one) for one in DEFINITIONS.values()},
}
