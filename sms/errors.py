"""What sms/ refuses."""

from typing import ClassVar

from core.errors import NotFound, Refused


class MessageNotFound(NotFound):
    code: ClassVar[str] = "sms_message_not_found"
    message: ClassVar[str] = "没有短信 {message_id}"


class WebhookForged(Refused):
    code: ClassVar[str] = "sms_webhook_forged"
    message: ClassVar[str] = "短信回调签名不符，未予处理"
