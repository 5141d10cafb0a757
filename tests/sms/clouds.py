"""An office that sends through the twins of Tencent and Aliyun, in this order."""

from sms.office import SmsOffice
from sms.providers.provider import Provider
from sms.settings import ProviderName, SmsSettings
from tests.sms import aliyun_twin, tencent_twin
from tests.sms.aliyun_twin import AliyunTwin
from tests.sms.desk import PHONE_KEY, Desk
from tests.sms.tencent_twin import TencentTwin
from tests.sms.test_providers import aliyun, tencent

TENCENT, ALIYUN = ProviderName.TENCENT, ProviderName.ALIYUN


def cloud_office(desk: Desk, there: TencentTwin, here: AliyunTwin, timeout_s: float = 0.5) -> SmsOffice:
    chosen = SmsSettings.model_validate(
        {
            "providers": [TENCENT, ALIYUN],
            "tencent": {
                "secret_id": tencent_twin.SECRET_ID,
                "sdk_app_id": tencent_twin.APP,
                "templates": tencent_twin.TEMPLATES,
            },
            "aliyun": {"access_key_id": aliyun_twin.KEY_ID, "templates": aliyun_twin.TEMPLATES},
        }
    )
    providers: dict[ProviderName, Provider] = {
        TENCENT: tencent(there.base_url, clock=desk.clock, timeout_s=timeout_s),
        ALIYUN: aliyun(here.base_url, clock=desk.clock, timeout_s=timeout_s),
    }
    return SmsOffice(chosen, PHONE_KEY, providers)
