"""The texts we send keep the limits under which carriers register templates."""

import pytest

from sms.settings import SmsSettings
from sms.templates import (
    RATING,
    TEMPLATES,
    Sender,
    Template,
    TemplateBreaksRule,
    check,
    longest,
    parts,
    render,
)

CITY = Sender(signature="【长春12345】", address="12345.example/r")


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
def test_every_shipped_template_may_be_registered_and_fits_one_part(template: Template) -> None:
    settings = SmsSettings()
    shipped = Sender(settings.signature, settings.rating_address)

    check(template, shipped)

    assert parts(longest(template, shipped)) == 1
    assert parts(longest(template, CITY)) == 1


def test_the_rating_request_reads_as_registered() -> None:
    text = render(RATING, CITY, {"ticket": "3821", "code": "K7M2QX"})

    assert text.startswith("【长春12345】工单3821已答复")
    assert "5非常满意4满意3基本满意2不满意1非常不满意" in text
    assert len(text) == 70


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        (Template("t", "您的{name}", {"name": 7}), "须为 1 至 6 个字符"),
        (Template("t", "您的{name}", {}), "变量与登记不符"),
        (Template("t", "您的工单", {"name": 4}), "变量与登记不符"),
        (Template("t", "详见http://a.cn/{code}", {"code": 6}), "只能含一个登记的固定网址"),
        (Template("t", "详见t.cn", {}), "只能含一个登记的固定网址"),
        (Template("t", "{address}或{address}", {}), "只能含一个登记的固定网址"),
        (Template("t", "{address}/x{code}", {"code": 6}), "网址中不得有变量"),
    ],
)
def test_a_template_that_carriers_refuse_is_refused_here(template: Template, rule: str) -> None:
    with pytest.raises(TemplateBreaksRule, match=rule):
        check(template, CITY)


@pytest.mark.parametrize("signature", ["长春12345", "【】", "【长】", "【" + "长" * 17 + "】", "【长春】12345"])
def test_a_signature_out_of_form_is_refused(signature: str) -> None:
    with pytest.raises(TemplateBreaksRule, match="签名"):
        check(RATING, Sender(signature, CITY.address))


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"ticket": "3821"}, "变量 code 缺失"),
        ({"ticket": "3821", "code": "K7M2QX", "more": "x"}, "变量 more"),
        ({"ticket": "38210", "code": "K7M2QX"}, "超过 4 个字符"),
        ({"ticket": "3821", "code": "t.cn/a"}, "不得含网址"),
    ],
)
def test_a_value_that_breaks_its_variable_is_refused(values: dict[str, str], rule: str) -> None:
    with pytest.raises(TemplateBreaksRule, match=rule):
        render(RATING, CITY, values)


@pytest.mark.parametrize(("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_parts_are_70_alone_and_67_together(length: int, count: int) -> None:
    assert parts("满" * length) == count
