"""What sms/ refuses."""

from typing import ClassVar

from core.errors import Conflict, NotFound, Refused, Unavailable


class MessageNotFound(NotFound):
    code: ClassVar[str] = "sms_message_not_found"
    message: ClassVar[str] = "没有短信 {message_id}"


class TemplateNotFound(NotFound):
    code: ClassVar[str] = "sms_template_not_found"
    message: ClassVar[str] = "没有短信模板 {template}"


class OutcomeKnown(Conflict):
    code: ClassVar[str] = "sms_outcome_known"
    message: ClassVar[str] = "这条短信的结果已经明确，请刷新查看"


class NoProviderUp(Unavailable):
    """Every provider was tried now, or rests after failing: the message waits."""

    code: ClassVar[str] = "sms_no_provider_up"
    message: ClassVar[str] = "没有可用的短信通道，短信 {message_id} 稍后再发"


class WebhookForged(Refused):
    code: ClassVar[str] = "sms_webhook_forged"
    message: ClassVar[str] = "短信回调签名不符，未予处理"
    is_suspicious: ClassVar[bool] = True
